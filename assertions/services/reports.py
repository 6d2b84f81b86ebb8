"""The report on a badge as JSON: one shape for the API, the command line and receipts. docs/api.md describes it.

What is read from the badge's own documents goes through the functions at the end, and nowhere else.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from assertions.documents import award_url
from assertions.services.sentences import sentence
from openbadges import Check, CheckCode, Outcome, Report
from openbadges.verifying import Kind

if TYPE_CHECKING:
    from assertions.services.judging import Judged, Verdicts  # at run time this would be a circle

LONGEST_TEXT = 10_000  # of what a stranger wrote
LONGEST_NAME = 300
MOST_ITEMS = 20


def verdicts_json(verdicts: "Verdicts") -> dict[str, Any]:
    """The report on everything that was brought."""
    said = {
        "at": verdicts.at.isoformat(timespec="seconds"),
        "summary": verdicts.summary,
        "results": [judged_json(one) for one in verdicts.judged],
        "elsewhere": [
            {"label": one.brought.label, "found_in": list(one.brought.places), "text": one.headline.title}
            for one in verdicts.elsewhere
        ],
        "waiting": [one.label for one in verdicts.waiting],
        "more": verdicts.more,
        "notes": list(verdicts.notes),
    }
    shown: dict[str, Any] = plain(said)
    return shown


def judged_json(one: "Judged") -> dict[str, Any]:
    """The report on one badge. Of what its holder does not show, nothing but that."""
    brought, head = one.brought, one.headline
    said: dict[str, Any] = {
        "label": brought.label,
        "found_in": list(brought.places),
        "sha256": brought.sha256,
        "verdict": str(one.verdict),
        "public": one.is_public,
        "says": {"kind": head.kind, "word": head.word, "title": head.title, "text": head.text},
    }
    if not one.is_public:
        return {**said, **_nothing()}
    report = one.report
    return {
        **said,
        "undecided": report.undecided,
        "revoked": report.revoked,
        "expired": report.expired,
        "suspended": one.is_on_hold,
        "recipient_matches": recipient_matches(report),
        "address": award_url(one.award.pk) if one.award else address_said(report) or None,
        "former_edition": one.is_former,
        "badge": badge_json(report),
        "checks": [check_json(check) for check in report.checks],
    }


def _nothing() -> dict[str, Any]:
    return {
        "undecided": False, "revoked": False, "expired": False, "suspended": False, "recipient_matches": None,
        "address": None, "former_edition": False, "badge": None, "checks": [],
    }  # fmt: skip


def check_json(check: Check) -> dict[str, Any]:
    """`code`, `outcome` and `facts` are for programs; `title` and `text` say the same in the reader's language."""
    said = {"code": str(check.code), "outcome": str(check.outcome), "facts": plain(check.facts)}
    if check.outcome == Outcome.NOT_APPLICABLE:
        return {**said, "title": "", "text": ""}
    words = sentence(check)
    return {**said, "title": words.title, "text": words.text}


def check_of(written: Mapping[str, Any]) -> Check:
    """The check that `check_json` wrote. Raises ValueError or KeyError for what is none."""
    facts = written.get("facts") or {}
    if not isinstance(facts, Mapping):
        raise ValueError("facts are an object")
    return Check(CheckCode(written["code"]), Outcome(written["outcome"]), dict(facts))


def recipient_matches(report: Report) -> bool | None:
    """None where no address was given to compare with, or the badge could not be compared."""
    check = report.check(CheckCode.RECIPIENT_MATCH)
    known = {Outcome.PASSED: True, Outcome.FAILED: False}
    return known.get(check.outcome) if check else None


def plain(value: Any) -> Any:
    """JSON-like data as JSON has it: tuples become lists, whatever else there is becomes text that can be written."""
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(inner) for inner in value]
    if isinstance(value, int | float | bool) or value is None:
        return value
    return str(value).encode("utf-8", "replace").decode()


# What the documents say ---------------------------------------------------------------------------------


def badge_json(report: Report) -> dict[str, Any] | None:
    """What the badge says of itself, shortened; None where nothing could be read."""
    statement = report.statement
    if statement is None:
        return None
    return {
        "id": report.id,
        "standard": statement.standard,
        "name": badge_said(report),
        "description": statement.description[:LONGEST_TEXT],
        "criteria": criteria_said(report),
        "criteria_url": statement.criteria_url[:LONGEST_NAME],
        "issuer": {"id": statement.issuer.id[:LONGEST_NAME], "name": issuer_said(report)},
        "issued_on": issued_said(report),
        "expires_on": expires_said(report),
        "narrative": statement.narrative[:LONGEST_TEXT],
        "evidence": [
            {"url": item.url[:LONGEST_NAME], "name": item.name[:LONGEST_NAME]}
            for item in statement.evidence[:MOST_ITEMS]
        ],
        "results": [
            {"name": item.name[:LONGEST_NAME], "value": item.value[:LONGEST_NAME]}
            for item in statement.results[:MOST_ITEMS]
        ],
        "endorsements": [
            {"by": (one.by.name or one.by.id)[:LONGEST_NAME], "verdict": str(one.verdict)}
            for one in report.endorsements[:MOST_ITEMS]
        ],
    }


def badge_said(report: Report) -> str:
    """The badge's name."""
    return report.statement.name[:LONGEST_NAME] if report.statement else ""


def issuer_said(report: Report) -> str:
    """The issuer's name, as they call themselves."""
    return report.statement.issuer.name[:LONGEST_NAME] if report.statement else ""


def issued_said(report: Report) -> str:
    """The date of award as written."""
    return report.statement.issued[:40] if report.statement else ""


def expires_said(report: Report) -> str:
    """The date of expiry as written."""
    return report.statement.expires[:40] if report.statement else ""


def criteria_said(report: Report) -> str:
    """The criteria in the badge's own words, Markdown."""
    return report.statement.criteria[:LONGEST_TEXT] if report.statement else ""


def address_said(report: Report) -> str:
    """The web address under which the badge can be looked up again; empty where it has none."""
    own = report.id or ""
    is_hosted = report.kind == Kind.HOSTED and own.lower().startswith(("https://", "http://"))
    return own[:2000] if is_hosted else ""


def judged_text(report: Report) -> str:
    """What the verdict is about, to be judged again: the signed text, or the document as JSON; empty if unread."""
    if report.token:
        return report.token
    return _canonical(report.document) if report.document else ""


def imprint(report: Report) -> str:
    """SHA-256 of `judged_text`, in hexadecimal; empty where nothing was read."""
    text = judged_text(report)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest() if text else ""


def _canonical(document: Mapping[str, Any]) -> str:
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=True, default=str)
