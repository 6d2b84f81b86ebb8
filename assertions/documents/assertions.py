"""Awards as Open Badges 2.0 assertions: what is signed, and what follows from it."""

import json
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from assertions.models import Award, Evidence
from common.json_documents import json_bytes
from common.links import absolute
from issuers.documents import profile_url
from issuers.models import Issuer, SigningKey
from openbadges import jws, v2
from openbadges.recipients import hash_identity


def award_url(award_id: object) -> str:
    """The public page and the id of the hosted assertion."""
    return absolute(f"/assertions/{award_id}")


def signed_id(award_id: object) -> str:
    """The id of the signed assertion: a URN, because its truth is in the signature and not at an address."""
    return f"urn:uuid:{award_id}"


def signed_payload(award: Award, *, address: str, evidence: Sequence[Evidence], key: SigningKey) -> bytes:
    """What is signed: an OB 2.0 Assertion with SignedBadge verification, as compact UTF-8 JSON.

    Awards of one badge differ in a few places only: the rest of the text is composed once.
    """
    award_id = str(award.id)
    pieces = _pieces(
        absolute(""), award.issuer.slug, f"{award.badge_id}/v/{award.version.number}{key.edition}", key.number,
        bool(award.expires_at), bool(evidence), bool(award.narrative),
    )  # fmt: skip
    said = {
        _ID: award_id,
        _SALT: award.salt,
        _IDENTITY: hash_identity(address, award.salt),
        _ISSUED_ON: date_time(award.issued_on),
        _EXPIRES: date_time(award.expires_at) if award.expires_at else "",
        _EVIDENCE: _json([_evidence(award_id, row).to_dict() for row in evidence]) if evidence else "",
        _NARRATIVE: _json(award.narrative) if award.narrative else "",
    }
    return "".join([said.get(piece, piece) for piece in pieces]).encode()


_ID, _SALT, _IDENTITY, _ISSUED_ON, _EXPIRES, _EVIDENCE, _NARRATIVE = _PLACES = tuple(
    f"<<{name}>>" for name in ("id", "salt", "identity", "issued", "expires", "evidence", "narrative")
)
_PLACE = re.compile("(" + "|".join(_PLACES) + ")")


@lru_cache(maxsize=256)
def _pieces(
    site: str, slug: str, badge: str, key_number: int,
    expires: bool, evidence: bool, narrative: bool,
) -> tuple[str, ...]:  # fmt: skip
    """The text of an assertion in pieces; what is one of the places is to be filled in."""
    issuer_url = f"{site}/issuers/{slug}"
    assertion = v2.Assertion(
        context=v2.CONTEXT,
        id=signed_id(_ID),
        recipient=v2.IdentityObject(type="email", hashed=True, salt=_SALT, identity=_IDENTITY),
        badge=f"{site}/badges/{badge}",
        verification=v2.VerificationObject(type="SignedBadge", creator=f"{issuer_url}/keys/{key_number}"),
        issued_on=_ISSUED_ON,
        expires=_EXPIRES if expires else None,
        image=v2.Image(id=f"{award_url(_ID)}.png"),
        evidence=(v2.Evidence(id=_EVIDENCE, type="Evidence"),) if evidence else (),
        narrative=_NARRATIVE if narrative else None,
    )
    text = _json(assertion.to_dict())
    # These two are JSON of their own, not words inside of quotation marks.
    text = text.replace(_json([v2.Evidence(id=_EVIDENCE, type="Evidence").to_dict()]), _EVIDENCE)
    text = text.replace(_json(_NARRATIVE), _NARRATIVE)
    return tuple(_PLACE.split(text))


def _json(value: Any) -> str:
    return json_bytes(value).decode()


def _evidence(award_id: str, row: Evidence) -> v2.Evidence:
    return v2.Evidence(
        id=evidence_url(award_id, row),
        type="Evidence",
        name=row.name or None,
        narrative=row.narrative or None,
    )


def evidence_url(award_id: object, row: Evidence) -> str | None:
    """Where the evidence is: its own address, or ours for an uploaded file; None for words alone."""
    return row.url or (f"{award_url(award_id)}/evidence/{row.position}" if row.file else None)


@lru_cache(maxsize=1024)
def date_time(value: datetime) -> str:
    """ISO 8601 in UTC, to the second: 2026-03-03T00:00:00Z."""
    return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def hosted_assertion(award_id: object, signed: str) -> dict[str, Any]:
    """The hosted form of what was signed: the same statement under its URL, with HostedBadge verification."""
    document: dict[str, Any] = json.loads(jws.decode_unverified(signed).payload)
    document["id"] = award_url(award_id)
    document["verification"] = {"type": "HostedBadge"}
    return document


@lru_cache(maxsize=1024)
def hosted_assertion_json(award_id: object, signed: str) -> bytes:
    """The document as it is served. It follows from what was signed, and so from nothing that changes."""
    return json_bytes(hosted_assertion(award_id, signed))


def revoked_assertion(award_id: object, reason: str) -> dict[str, Any]:
    """What a machine gets with 410 Gone."""
    return v2.revoked_document(award_url(award_id), reason or None)


def revocation_list(
    issuer: Issuer, revoked: Iterable[tuple[object, str]], key: SigningKey | None = None
) -> dict[str, Any]:
    """The issuer's OB 2.0 RevocationList of (award id, reason), by the ids of the signed assertions; for a later key
    the same, as its edition of the Profile names it."""
    profile = profile_url(issuer, key)
    entries = (
        v2.RevokedAssertion(id=signed_id(award_id), revocation_reason=reason or None)
        for award_id, reason in revoked
    )
    listing = v2.RevocationList.listing(entries, id=f"{profile}/revocations", issuer=profile)
    return listing.to_document()
