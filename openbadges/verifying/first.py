"""Open Badges 1.1, 1.0 and 0.5: shown, and said to be too old.

These editions had no way to say who may speak for an issuer's address, and signed little. What they say is
worth reading, and their issuer's site may still answer; but they prove nothing by themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Any

from openbadges.errors import MalformedDocument
from openbadges.recipients import Person, is_hash, matches
from openbadges.verifying.fetching import Library, Source
from openbadges.verifying.reading import Reading, version_of
from openbadges.verifying.report import Check, CheckCode, Expectation, Outcome, Report, shown, verdict_of
from openbadges.verifying.statement import Statement, id_of, of_half, of_second, text, written
from openbadges.vocabulary import is_url, parse_date_time

PASSED, FAILED, WARNING = Outcome.PASSED, Outcome.FAILED, Outcome.WARNING
NOT_APPLICABLE, NOT_CHECKED = Outcome.NOT_APPLICABLE, Outcome.NOT_CHECKED
_NOT_NAMED = Source(problem="not_named", final=True)


def is_first(version: str) -> bool:
    """Whether this edition came before Open Badges 2.0."""
    return version in ("0.5", "1.0", "1.1")


def renewed(reading: Reading, library: Library) -> Reading:
    """What the badge has become: many sites show their old badges in Open Badges 2.0 today, at the old address."""
    source = _hosted(reading, library)
    today = source.document or {}
    if version_of(today) != "2.0" or today.get("id") != source.url:
        return reading
    return replace(reading, document={**reading.document, "id": source.url}, version="2.0")


def judge(reading: Reading, library: Library, *, at: datetime, expect: Expectation) -> Report:
    """The report on an old badge. Its verdict is always `not_valid`; what could be asked is told all the same."""
    source = _hosted(reading, library)
    told = source.document if source.document is not None and not source.gone else reading.document
    checks = (
        Check(CheckCode.PICTURE, PASSED if reading.picture else NOT_APPLICABLE, _type(reading.picture)),
        Check(CheckCode.VERSION, FAILED, {"reason": "too_old", "version": reading.version}),
        _refetch(reading, source),
        _revocation(source),
        _expiry(told, at),
        _recipient_match(told, expect),
    )
    own_id = told.get("id", told.get("uid"))
    return Report(
        verdict=verdict_of(checks),
        checks=checks,
        at=at,
        kind=reading.kind,
        id=own_id if isinstance(own_id, str) else None,
        statement=_statement(reading.version, told, library),
        document=told,
        token=reading.token,
    )


def _type(picture: str | None) -> dict[str, Any]:
    return {"type": picture} if picture else {}


def _hosted(reading: Reading, library: Library) -> Source:
    """The badge at its own address: the one it names, or the one that led here."""
    verify = reading.document.get("verify")
    named = text(verify, "url") if text(verify, "type") == "hosted" else ""
    address = named or reading.address or ""
    return library.get(address) if is_url(address) else _NOT_NAMED


def _statement(version: str, told: Mapping[str, Any], library: Library) -> Statement:
    if version == "0.5":
        return of_half(told)
    badge = _followed(told.get("badge"), library)
    return of_second(version, told, badge, _with_id(badge.get("issuer"), library))


def _with_id(link: object, library: Library) -> Mapping[str, Any]:
    """The issuer, with its address as its id: Open Badges 1.0 wrote none into it."""
    return {**_followed(link, library), "id": id_of(link)}


def _followed(link: object, library: Library) -> Mapping[str, Any]:
    """The object at an address, or as it stands; empty where there is none to be had."""
    if isinstance(link, Mapping):
        return link
    return library.get(link).document or {}


def _refetch(reading: Reading, source: Source) -> Check:
    code = CheckCode.HOSTED_REFETCH
    if source.problem == "not_named":
        return Check(code, NOT_APPLICABLE)
    if source.gone:
        return Check(code, PASSED, source.facts)
    if source.document is None:
        return Check(code, FAILED if source.final else NOT_CHECKED, source.facts)
    if source.document != reading.document:
        return Check(code, WARNING, {"reason": "copy_differs", "url": source.url})
    return Check(code, PASSED, {"url": source.url})


def _revocation(source: Source) -> Check:
    """410 Gone, or a document that says so ("revoked"). No other word on it is looked for."""
    if source.gone or (source.document or {}).get("revoked") is True:
        return Check(CheckCode.REVOCATION, FAILED, {"reason": "revoked", "revocation_reason": None})
    return Check(CheckCode.REVOCATION, NOT_APPLICABLE)


def _expiry(told: Mapping[str, Any], at: datetime) -> Check:
    code, expires = CheckCode.EXPIRY, written(told.get("expires"))
    if not expires:
        return Check(code, NOT_APPLICABLE)
    moment, facts = _moment(expires), {"expires": shown(expires)}
    if moment is None:
        return Check(code, NOT_CHECKED, {"reason": "not_date_time", **facts})
    if moment <= at:
        return Check(code, FAILED, {"reason": "expired", **facts})
    return Check(code, PASSED, facts)


def _moment(expires: str) -> datetime | None:
    """These editions allowed a day alone, too."""
    try:
        return parse_date_time(expires)
    except MalformedDocument:
        pass
    try:
        return datetime.combine(datetime.fromisoformat(expires[:10]), time.max, UTC)
    except ValueError:
        return None


def _recipient_match(told: Mapping[str, Any], expect: Expectation) -> Check:
    code, expected, person = CheckCode.RECIPIENT_MATCH, expect.recipient, _person(told)
    if expected is None:
        return Check(code, NOT_APPLICABLE)
    facts = {"type": shown(person.type), "hashed": person.hashed}
    if person.type != expect.recipient_type:
        return Check(code, FAILED, {"reason": "other_type", **facts})
    if not matches(expected, person):
        return Check(code, FAILED, {"reason": "other_recipient", **facts})
    return Check(code, PASSED, facts)


def _person(told: Mapping[str, Any]) -> Person:
    recipient = told.get("recipient")
    if isinstance(recipient, str):
        return Person("email", recipient, is_hash(recipient), text(told, "salt"))
    identity = text(recipient, "identity")
    return Person(text(recipient, "type"), identity, is_hash(identity), text(recipient, "salt"))
