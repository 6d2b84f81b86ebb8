"""`manage.py verify FILE|URL... [--recipient ADDRESS] [--json]`: the report of /verify, on the command line."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from assertions.services.bringing import MOST_BADGES, Pack, badge_in_word, unpack
from assertions.services.judging import Judged, Verdicts, judge
from assertions.services.receipts import with_receipts
from assertions.services.reports import check_json
from common.addresses import normalise, problem_with
from openbadges import Outcome, Verdict

VALID, NOT_VALID, COULD_NOT_RUN = 0, 1, 2
MOST_BYTES = 25_000_000
SIGNS = {
    Outcome.PASSED: "ok",
    Outcome.FAILED: "FAILED",
    Outcome.WARNING: "note",
    Outcome.NOT_CHECKED: "not checked",
}


class Command(BaseCommand):
    help = (
        "Verify badges of any issuer: files (PNG, SVG, JSON, JWS, PDF, Word, text), links, or - for standard input. "
        "Exit status: 0 all are valid, or consistent with an issuer that is not known here; 1 one is not valid; "
        "2 something could not be verified: no badge in it, a file that is not there, an issuer that does not answer."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("brought", nargs="+", metavar="FILE|URL")
        parser.add_argument("--recipient", default="", metavar="ADDRESS", help="whose badges they should be")
        parser.add_argument("--seconds", type=float, default=60.0, help="for asking issuers, in all (60)")
        parser.add_argument("--json", action="store_true", help="the report that the API gives (docs/api.md)")

    def handle(self, *args: Any, **options: Any) -> None:
        recipient = normalise(options["recipient"])
        if recipient and (problem := problem_with(recipient)):
            raise CommandError(problem, returncode=COULD_NOT_RUN)
        pack = _pack(options["brought"])
        verdicts = judge(pack, at=timezone.now(), recipient=recipient, seconds=options["seconds"])
        if options["json"]:
            self.stdout.write(json.dumps(with_receipts(verdicts), indent=2, ensure_ascii=False))
        else:
            self._tell(verdicts)
        if status := exit_status(verdicts):
            sys.exit(status)

    def _tell(self, verdicts: Verdicts) -> None:
        for one in verdicts.judged:
            self.stdout.write(
                f"{one.brought.label}\n  {one.headline.word}: {one.headline.title} {one.headline.text}"
            )
            for place in one.brought.places:
                self.stdout.write(f"  found in {place}")
            for check in one.report.checks if one.is_public else ():
                if check.outcome != Outcome.NOT_APPLICABLE:
                    said = check_json(check)
                    self.stdout.write(f"  {SIGNS[check.outcome]:>11}  {said['title']}. {said['text']}")
        for one in verdicts.elsewhere:
            self.stdout.write(f"{one.brought.label}\n  leads to no badge: {one.headline.title}")
        for brought in verdicts.waiting:
            self.stdout.write(f"{brought.label}\n  not looked at: there was no time or room for it")
        if verdicts.more:
            self.stdout.write(f"And {verdicts.more} more: at most {MOST_BADGES} badges are verified at once.")
        for note in verdicts.notes:
            self.stdout.write(note)


def exit_status(verdicts: Verdicts) -> int:
    """A badge that is proven wrong weighs more than one that could not be asked about."""
    if any(_is_wrong(one) for one in verdicts.judged):
        return NOT_VALID
    is_whole = verdicts.judged and not (verdicts.waiting or verdicts.more)
    sound = all(one.verdict != Verdict.NOT_VALID for one in verdicts.judged)
    return VALID if is_whole and sound else COULD_NOT_RUN


def _is_wrong(one: Judged) -> bool:
    """Not valid, of what is a badge, by a check that failed and not for want of an answer."""
    return one.is_public and one.is_badge and one.verdict == Verdict.NOT_VALID and not one.report.undecided


def _pack(named: list[str]) -> Pack:
    links, files = [], []
    for one in named:
        if badge_in_word(one) and not _is_file(one):
            links.append(one)
        else:
            files.append((one, _content(one)))
    return unpack(texts=links, files=files)


def _is_file(name: str) -> bool:
    try:
        return Path(name).is_file()
    except OSError:  # longer than a name can be: a signed badge
        return False


def _content(name: str) -> bytes:
    try:
        if name == "-":
            content = sys.stdin.buffer.read(MOST_BYTES + 1)
        else:
            with Path(name).open("rb") as file:
                content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise CommandError(f"{name}: {error.strerror or error}", returncode=COULD_NOT_RUN) from error
    if len(content) > MOST_BYTES:
        raise CommandError(f"{name}: larger than 25 MB", returncode=COULD_NOT_RUN)
    return content
