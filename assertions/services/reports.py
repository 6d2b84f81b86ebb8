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

if TYPE_CHECKING:
    from assertions.services.judging import Judged, Verdicts  # at run time this would be a circle

LONGEST_TEXT = 10_000  # of what a stranger wrote
LONGEST_NAME = 300
MOST_EVIDENCE = 20


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
        "verdict": str(one.report.verdict) if one.is_public else "not_valid",
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
        "recipient_matches": recipient_matches(report),
        "address": award_url(one.award.pk) if one.award else address_said(report) or None,
        "former_edition": one.is_former,
        "badge": badge_json(report),
        "checks": [check_json(check) for check in report.checks],
    }


def _nothing() -> dict[str, Any]:
    return {
        "undecided": False, "revoked": False, "expired": False, "recipient_matches": None, "address": None,
        "former_edition": False, "badge": None, "checks": [],
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
    if not badge_said(report) and not issued_said(report):
        return None
    badge, issuer, assertion = report.badge, report.issuer, report.assertion
    criteria = badge.criteria if badge else None
    return {
        "id": report.id,
        "name": badge_said(report),
        "description": (badge.description or "")[:LONGEST_TEXT] if badge else "",
        "criteria": (criteria.narrative or "")[:LONGEST_TEXT] if criteria else "",
        "criteria_url": (criteria.id or "")[:LONGEST_NAME] if criteria else "",
        "issuer": {"id": issuer.id[:LONGEST_NAME] if issuer else "", "name": issuer_said(report)},
        "issued_on": issued_said(report),
        "expires_on": expires_said(report),
        "narrative": (assertion.narrative or "")[:LONGEST_TEXT] if assertion else "",
        "evidence": [
            {"url": (item.id or "")[:LONGEST_NAME], "name": (item.name or "")[:LONGEST_NAME]}
            for item in assertion.evidence[:MOST_EVIDENCE]
        ]
        if assertion
        else [],
    }


def badge_said(report: Report) -> str:
    """The badge's name."""
    return (report.badge.name or "")[:LONGEST_NAME] if report.badge else ""


def issuer_said(report: Report) -> str:
    """The issuer's name, as they call themselves."""
    return (report.issuer.name or "")[:LONGEST_NAME] if report.issuer else ""


def issued_said(report: Report) -> str:
    return str(report.assertion.issued_on or "")[:40] if report.assertion else ""


def expires_said(report: Report) -> str:
    return str(report.assertion.expires or "")[:40] if report.assertion else ""


def criteria_said(report: Report) -> str:
    """The criteria in the badge's own words, Markdown."""
    criteria = report.badge.criteria if report.badge else None
    return (criteria.narrative or "")[:LONGEST_TEXT] if criteria else ""


def address_said(report: Report) -> str:
    """The web address under which the badge can be looked up again; empty where it has none."""
    own = report.id or ""
    return own[:2000] if report.token is None and own.lower().startswith(("https://", "http://")) else ""


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
