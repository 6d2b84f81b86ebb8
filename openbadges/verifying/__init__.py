"""Verifying what strangers bring: facts out, expectations in.

Open Badges 3.0, 2.0 and 2.1, "Verification"; of earlier editions only what they say. `verify` reads,
follows the links through the caller's `fetch`, and answers with a report of small checks. An invalid
badge is a verdict, not an exception.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from openbadges.errors import FetchFailed
from openbadges.verifying import credentials, editions, first, second
from openbadges.verifying.fetching import MAX_FETCHES, Fetch, Fetched, Library
from openbadges.verifying.reading import Reading, Unreadable, read
from openbadges.verifying.report import (
    Check,
    CheckCode,
    Doubt,
    Endorsed,
    Expectation,
    Kind,
    Outcome,
    Report,
    Verdict,
)
from openbadges.verifying.statement import Statement

__all__ = [
    "MAX_FETCHES",
    "Check",
    "CheckCode",
    "Doubt",
    "Endorsed",
    "Expectation",
    "Fetch",
    "FetchFailed",
    "Fetched",
    "Kind",
    "Outcome",
    "Report",
    "Statement",
    "Verdict",
    "verify",
]


def verify(
    document: str | bytes | Mapping[str, Any],
    *,
    fetch: Fetch,
    at: datetime,
    expect: Expectation | None = None,
) -> Report:
    """Judge a badge: an address, JSON text or object, compact JWS, or the bytes of a baked picture.

    A picture may carry two editions of one badge: both are judged, and must agree.

    `fetch(url)` gives a `Fetched` or raises FetchFailed; it is called at most `MAX_FETCHES` times,
    once per address. `at`: the aware datetime to judge dates by (ValueError if it is naive).
    Never raises for a bad badge: the report's verdict says so.
    """
    if at.tzinfo is None:
        raise ValueError("verify needs an aware datetime")
    library = Library(fetch)
    try:
        reading = read(document, library)
    except Unreadable as problem:
        return Report(verdict=Verdict.NOT_VALID, checks=(problem.check,), at=at)
    wanted = expect or Expectation()
    report = _judge(reading, library, at, wanted)
    if reading.also is None:
        return report
    return editions.together(report, _judge(reading.also, library, at, wanted))


def _judge(reading: Reading, library: Library, at: datetime, expect: Expectation) -> Report:
    if reading.version == "3.0":
        return credentials.judge(reading, library, at=at, expect=expect)
    if first.is_first(reading.version):
        reading = first.renewed(reading, library)
    if first.is_first(reading.version):
        return first.judge(reading, library, at=at, expect=expect)
    return second.judge(reading, library, at=at, expect=expect)
