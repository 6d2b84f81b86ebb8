"""`python -m tests.conformance`: what we serve and what an exit kit holds before the judges, and what others made
before them and us; a table of the verdicts, exit 1 where one is not as expected."""

import argparse
import re
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.conformance import agreement, judges, judges_ob3
from tests.conformance.judges import Judges
from tests.conformance.judges_ob3 import Judge
from tests.served import SITE, Server, configure, end_in_order

JSON_TYPES = ("application/ld+json", "application/json")
PICTURE_TYPES = ("image/png", "image/svg+xml")
PARTS = ("served", "kit", "others")
Counts = tuple[int, int]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.conformance", description=__doc__)
    parser.add_argument("--version", choices=("2", "3"), help="Open Badges 2.0 or 3.0 only")
    parser.add_argument(
        "--part", choices=PARTS, help="only what is served, the exit kit, or badges of others"
    )
    asked = parser.parse_args()
    versions = {asked.version} - {None} or {"2", "3"}
    end_in_order()
    began = time.monotonic()
    installed = [
        module.install() for version, module in (("2", judges), ("3", judges_ob3)) if version in versions
    ]
    if any(installed):
        print(f"Installed the judges into {judges.HOME.name}/ ({time.monotonic() - began:.0f} s)")
    with tempfile.TemporaryDirectory(prefix="badges-conformance-") as name:
        configure(Path(name))
        passed, failed = judge_parts({asked.part} - {None} or set(PARTS), versions, Path(name))
    who = "1EdTech's openbadges and openbadges-bakery; @digitalbazaar/vc, jose and ajv; openbadgeslib and jsonschema"
    print(f"\nJudged by {who} in {time.monotonic() - began:.0f} s.")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


def judge_parts(parts: set[str], versions: set[str], folder: Path) -> Counts:
    """How many came out as expected, and how many did not. Our server is stopped before the exit kit is judged."""
    from tests.conformance import cases, cases_ob3, kit  # once the product is configured
    from tests.conformance.stage import Stage

    stage, counts = Stage(), []
    if "served" in parts:
        with Server(threads=2) as server:
            of_2, of_3 = cases.all_cases(stage, server), cases_ob3.all_cases(stage, server)
            counts.append(judge_cases(of_2, of_3, server.port, versions, folder))
    if "kit" in parts:
        left = kit.leave(stage, folder)
        for told in (False, True):
            with kit.serving(left, told=told) as port:
                of_2, of_3 = kit.of_2(left, told=told), kit.of_3(left, told=told)
                counts.append(judge_cases(of_2, of_3, port, versions, folder))
    if "others" in parts:
        counts.append(agreement.compare(folder, versions))
    return sum(passed for passed, _ in counts), sum(failed for _, failed in counts)


def judge_cases(
    of_2: Iterable[Any], of_3: Iterable[Any], port: int, versions: set[str], folder: Path
) -> Counts:
    """The cases of each version before the judges of that version, who find the site at `port`."""
    counts = [(0, 0)]
    if "2" in versions:
        with Judges(port) as bench:
            counts.append(judge_all(of_2, bench, folder))
    if "3" in versions:
        with judges_ob3.digital_bazaar(port) as first, judges_ob3.openbadgeslib(port) as second:
            counts.append(judge_all_ob3(of_3, (first, second), folder))
    return sum(passed for passed, _ in counts), sum(failed for _, failed in counts)


def judge_all(cases: Iterable[Any], bench: Judges, folder: Path) -> Counts:
    """A line for each case; gives how many came out as expected, and how many did not."""
    counts = [0, 0]
    group = ""
    for case in cases:
        if case.group != group:
            group = case.group
            print(f"\n{group}")
        verdict, objections = judge(case, bench, folder)
        counts[bool(objections)] += 1
        print(f"  {'FAILED' if objections else 'ok':6}  {case.name:36}  {said(verdict)}", flush=True)
        for objection in objections:
            print(f"          {objection}")
    return counts[0], counts[1]


def judge(case: Any, bench: Judges, folder: Path) -> tuple[dict[str, Any], list[str]]:
    """The verdict, and in what it is not what it should be."""
    objections = []
    document = case.document
    if case.picture:
        file = folder / ("badge.png" if case.picture.startswith(b"\x89PNG") else "badge.svg")
        file.write_bytes(case.picture)
        document = bench.extracted(file)
        if document != case.document:
            objections.append(f"the bakery finds something else: {document[:200]!r}")
    verdict = bench.verdict(document, case.recipient)
    objections += why_not_invalid(case, verdict) if case.flaw else why_not_valid(case, verdict)
    return verdict, objections


def why_not_valid(case: Any, verdict: dict[str, Any]) -> list[str]:
    """Errors, warnings, an unmatched recipient; and answers that the validator does not look at itself."""
    objections = [*verdict["errors"], *verdict["warnings"]]
    if not verdict["valid"] and not objections:
        objections.append("not valid, and nothing says why")
    if case.recipient and verdict.get("recipient") != case.recipient:
        objections.append(f"the recipient is not confirmed: {verdict.get('recipient')!r}")
    for url, status, media_type in verdict["fetched"]:
        if case.any_type and status in (200, 301):
            continue
        kinds = PICTURE_TYPES if url.endswith((".png", ".svg")) else JSON_TYPES
        if status != 200 or media_type.partition(";")[0] not in kinds:
            objections.append(f"{url} answered {status} as {media_type!r}")
    return objections


def why_not_invalid(case: Any, verdict: dict[str, Any]) -> list[str]:
    """Found valid, or invalid for another reason than the one that was planted."""
    objections = []
    if verdict["valid"]:
        objections.append("found valid")
    if not any(re.search(case.flaw, error) for error in verdict["errors"]):
        objections += ["not for the reason that was planted:", *verdict["errors"]]
    answers = {url: status for url, status, _type in verdict["fetched"]}
    if case.gone and answers.get(case.document) != 410:
        objections.append(f"the address answers {answers.get(case.document)}, not 410")
    return objections


def judge_all_ob3(cases: Iterable[Any], judging: tuple[Judge, Judge], folder: Path) -> Counts:
    """As `judge_all`, for Open Badges 3.0: both judges are asked, and the second one takes pictures apart."""
    counts = [0, 0]
    group = ""
    for case in cases:
        if case.group != group:
            group = case.group
            print(f"\n3.0: {group}")
        objections, words = judge_ob3(case, judging, folder)
        counts[bool(objections)] += 1
        print(f"  {'FAILED' if objections else 'ok':6}  {case.name:36}  {words}", flush=True)
        for objection in objections:
            print(f"          {objection}")
    return counts[0], counts[1]


def judge_ob3(case: Any, judging: tuple[Judge, Judge], folder: Path) -> tuple[list[str], str]:
    """In what the verdicts are not what they should be, and a line of the judges' own words."""
    objections, words = [], []
    document = case.document
    if case.picture:
        file = folder / ("badge.png" if case.picture.startswith(b"\x89PNG") else "badge.svg")
        file.write_bytes(case.picture)
        document = judging[1].extracted(file)
        if document != case.document:
            objections.append(f"another document was found in the picture: {document[:200]!r}")
    for judge in judging:
        verdict = judge.verdict(document)
        errors = verdict["errors"]
        words.append("valid" if verdict["valid"] else f"invalid: {' '.join(errors[0].split())[:80]}")
        if verdict["valid"] == bool(case.flaw):
            objections += [f"{judge.name}: {error}" for error in errors] or [f"{judge.name}: found valid"]
        elif case.flaw and not any(re.search(case.flaw, error) for error in errors):
            objections += [f"{judge.name}: not for the reason that was planted: {error}" for error in errors]
    return objections, " | ".join(words).replace(SITE, "")


def said(verdict: dict[str, Any]) -> str:
    """One line of the judge's own words."""
    if verdict["valid"]:
        who = f", recipient {verdict['recipient']}" if verdict["recipient"] else ""
        return f"valid, Open Badges {verdict['version']}, {len(verdict['warnings'])} warnings{who}"
    words = " ".join((verdict["errors"] or ["no reason"])[0].split()).replace(SITE, "")
    return f"invalid: {words[:110]}"


if __name__ == "__main__":
    sys.exit(main())
