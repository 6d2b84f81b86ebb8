"""Two editions of the standard in one picture: both are judged, and must speak of the same badge.

A picture may carry an Open Badges 2.0 assertion and a 3.0 credential side by side (Open Badges 3.0, "Baked
Badges"). Different readers look at different ones, so a difference between them is a way to deceive.
"""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import timedelta
from typing import Any

from openbadges.errors import MalformedDocument
from openbadges.verifying.report import Check, CheckCode, Outcome, Report, Verdict, verdict_of
from openbadges.verifying.statement import Statement
from openbadges.vocabulary import parse_date_time


def together(newer: Report, older: Report) -> Report:
    """The report on the newer edition, with a check that the older one agrees; the older where the newer could
    not be judged today and the older holds."""
    told, other = newer, older
    if newer.undecided and older.verdict != Verdict.NOT_VALID:
        told, other = older, newer
    checks = list(told.checks)
    checks.insert(1 if checks and checks[0].code == CheckCode.PICTURE else 0, _agreement(told, other))
    return replace(told, checks=tuple(checks), verdict=verdict_of(tuple(checks)), other=other)


def _agreement(told: Report, other: Report) -> Check:
    """Both hold and say the same. Facts: `versions`."""
    code, versions = CheckCode.EDITIONS, [_version(told), _version(other)]
    facts: dict[str, Any] = {"versions": versions}
    if told.undecided or other.undecided:
        return Check(code, Outcome.WARNING, {"reason": "other_undecided", **facts})
    if not _agree(told.statement, other.statement):
        return Check(code, Outcome.FAILED, {"reason": "differ", **facts})
    if other.verdict == Verdict.NOT_VALID and told.verdict != Verdict.NOT_VALID:
        return Check(code, Outcome.FAILED, {"reason": "other_not_valid", **facts})
    return Check(code, Outcome.PASSED, facts)


def _version(report: Report) -> str | None:
    return report.statement.standard if report.statement else None


def _agree(one: Statement | None, other: Statement | None) -> bool:
    """Whether both speak of the same badge of the same issuer, awarded on the same day or the next."""
    if one is None or other is None:
        return False
    same_names = (_plain(one.name), _plain(one.issuer.name)) == (
        _plain(other.name),
        _plain(other.issuer.name),
    )
    return same_names and _same_day(one.issued, other.issued)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(text.split()))


def _same_day(one: str, other: str) -> bool:
    try:
        return abs(parse_date_time(one) - parse_date_time(other)) <= timedelta(days=1)
    except MalformedDocument:
        return one == other
