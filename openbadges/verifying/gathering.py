"""Following the links: assertion, badge class, issuer, key, revocation list. No judgement here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from openbadges.canonical import MAX_VALUES_OF_LIST
from openbadges.verifying.fetching import Library, Source
from openbadges.verifying.reading import Reading
from openbadges.verifying.report import Expectation, Kind

_NOT_NAMED = Source(problem="not_named", final=True)
_NOT_REACHED = Source(problem="not_reached")


@dataclass(frozen=True, kw_only=True, slots=True)
class Dossier:
    """Everything the checks look at.

    `assertion`: the source of truth; `told`: its content, filled up from the copy in hand where the
    truth is withdrawn or out of reach. `creator`: id of the key that is said to have signed.
    """

    reading: Reading
    kind: Kind
    at: datetime
    expect: Expectation
    assertion: Source
    told: Mapping[str, Any]
    badge: Source
    issuer: Source
    creator: str | None = None
    key: Source = _NOT_NAMED
    revocations: Source = _NOT_NAMED


def gather(reading: Reading, library: Library, *, at: datetime, expect: Expectation) -> Dossier:
    """Fetch what the assertion refers to. A hosted assertion is itself fetched anew."""
    kind = reading.kind
    hosted = kind == Kind.HOSTED
    assertion = library.get(reading.document.get("id")) if hosted else Source(None, reading.document)
    told = _told(reading, assertion)
    badge = _badge(told, assertion, library)
    issuer = _issuer(badge, library)
    dossier = Dossier(
        reading=reading,
        kind=kind,
        at=at,
        expect=expect,
        assertion=assertion,
        told=told,
        badge=badge,
        issuer=issuer,
    )
    return dossier if hosted else _with_key(dossier, library)


def is_revoked(source: Source) -> bool:
    """Whether the document itself says so: HTTP 410 Gone, or `revoked` set."""
    return source.gone or (source.document or {}).get("revoked") is True


def _told(reading: Reading, assertion: Source) -> Mapping[str, Any]:
    # A revoked assertion may be reduced to its id: the copy in hand then says which badge it was.
    if assertion.document is not None and not is_revoked(assertion):
        return assertion.document
    return {**reading.document, **(assertion.document or {})}


def _badge(told: Mapping[str, Any], assertion: Source, library: Library) -> Source:
    if told.get("badge") is not None:
        return library.follow(told["badge"], embeddable=True)
    known = assertion.document is not None and not is_revoked(assertion)
    return _NOT_NAMED if known else _NOT_REACHED


def _with_key(dossier: Dossier, library: Library) -> Dossier:
    issuer = dossier.issuer.document or {}
    creator = _creator(dossier.reading.document, issuer)
    return replace(
        dossier,
        creator=creator,
        key=_key(creator, issuer, library) if issuer else _NOT_REACHED,
        revocations=_revocations(dossier.issuer, library),
    )


def _issuer(badge: Source, library: Library) -> Source:
    if badge.document is None:
        return _NOT_REACHED
    link = badge.document.get("issuer")
    return _NOT_NAMED if link is None else library.follow(link)


def _revocations(issuer: Source, library: Library) -> Source:
    if issuer.document is None:
        return _NOT_REACHED
    link = issuer.document.get("revocationList")
    address = link.get("id") if isinstance(link, Mapping) else link
    return _NOT_NAMED if link is None else library.get(address, max_values=MAX_VALUES_OF_LIST)


def _creator(assertion: Mapping[str, Any], issuer: Mapping[str, Any]) -> str | None:
    """The key the assertion names, else the only one its issuer lists."""
    verification = assertion.get("verification")
    named = verification.get("creator") if isinstance(verification, Mapping) else None
    if isinstance(named, str):
        return named
    listed = list(listed_keys(issuer))
    return listed[0] if named is None and len(listed) == 1 else None


def _key(creator: str | None, issuer: Mapping[str, Any], library: Library) -> Source:
    if creator is None:
        return _NOT_NAMED
    embedded = listed_keys(issuer).get(creator)
    return Source(None, embedded) if embedded is not None else library.get(creator)


def listed_keys(issuer: Mapping[str, Any]) -> dict[str, Mapping[str, Any] | None]:
    """The keys an issuer lists: id -> the key itself where it is embedded in the Profile."""
    written = issuer.get("publicKey")
    keys: dict[str, Mapping[str, Any] | None] = {}
    for entry in written if isinstance(written, list) else [written]:
        if isinstance(entry, str):
            keys[entry] = None
        elif isinstance(entry, Mapping) and isinstance(entry.get("id"), str):
            keys[entry["id"]] = entry if "publicKeyPem" in entry else None
    return keys
