"""Verifying what strangers bring: facts out, expectations in.

Open Badges 2.0, "Verification". `verify` reads, follows the links through the caller's `fetch`, and
answers with a report of small checks. An invalid badge is a verdict, not an exception.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from openbadges import v2
from openbadges.errors import FetchFailed, MalformedDocument
from openbadges.verifying.checks import CHECKS, LINKS_OF_ISSUER, linked
from openbadges.verifying.fetching import MAX_FETCHES, Fetch, Fetched, Library
from openbadges.verifying.gathering import Dossier, gather
from openbadges.verifying.reading import Unreadable, read
from openbadges.verifying.report import (
    Check,
    CheckCode,
    Doubt,
    Expectation,
    Kind,
    Outcome,
    Report,
    Verdict,
    verdict_of,
)

__all__ = [
    "MAX_FETCHES",
    "Check",
    "CheckCode",
    "Doubt",
    "Expectation",
    "Fetch",
    "FetchFailed",
    "Fetched",
    "Kind",
    "Outcome",
    "Report",
    "Verdict",
    "verify",
]

N = TypeVar("N", bound=v2.Node)


def verify(
    document: str | bytes | Mapping[str, Any],
    *,
    fetch: Fetch,
    at: datetime,
    expect: Expectation | None = None,
) -> Report:
    """Judge a badge: an address, JSON text or object, compact JWS, or the bytes of a baked picture.

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
    dossier = gather(reading, library, at=at, expect=expect or Expectation())
    return _report(dossier)


def _report(dossier: Dossier) -> Report:
    checks = tuple(check(dossier) for check in CHECKS)
    own_id = dossier.told.get("id")
    badge, issuer = dossier.badge.document or {}, dossier.issuer.document or {}
    return Report(
        verdict=verdict_of(checks),
        checks=checks,
        at=dossier.at,
        kind=dossier.kind,
        id=own_id if isinstance(own_id, str) else None,
        assertion=_parsed(v2.Assertion, linked(dossier.told, "badge")),
        badge=_parsed(v2.BadgeClass, linked(badge, "issuer")),
        issuer=_parsed(v2.Profile, linked(issuer, *LINKS_OF_ISSUER)),
        document=dossier.told,
        token=dossier.reading.token,
    )


def _parsed(cls: type[N], document: Mapping[str, Any]) -> N | None:
    try:
        return cls.from_dict(document)
    except MalformedDocument:
        return None
