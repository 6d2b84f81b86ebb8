"""Awards in the words of the Open Badges standard. The only bridge from our rows to `openbadges.v2`."""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from assertions.models import Award, Evidence
from common.json_documents import json_bytes
from common.links import absolute
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
    """What is signed: an OB 2.0 Assertion with SignedBadge verification, as compact UTF-8 JSON."""
    award_id, issuer_url = str(award.id), absolute(f"/issuers/{award.issuer.slug}")
    assertion = v2.Assertion(
        context=v2.CONTEXT,
        id=signed_id(award_id),
        recipient=v2.IdentityObject(
            type="email", hashed=True, salt=award.salt, identity=hash_identity(address, award.salt)
        ),
        badge=absolute(f"/badges/{award.badge_id}/v/{award.version.number}"),
        verification=v2.VerificationObject(type="SignedBadge", creator=f"{issuer_url}/keys/{key.number}"),
        issued_on=date_time(award.issued_on),
        expires=date_time(award.expires_at) if award.expires_at else None,
        image=v2.Image(id=f"{award_url(award_id)}.png"),
        evidence=tuple(_evidence(award_id, row) for row in evidence),
        narrative=award.narrative or None,
    )
    return json_bytes(assertion.to_dict())


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


def revocation_list(issuer: Issuer, revoked: Iterable[tuple[object, str]]) -> dict[str, Any]:
    """The issuer's OB 2.0 RevocationList of (award id, reason), by the ids of the signed assertions."""
    issuer_url = absolute(f"/issuers/{issuer.slug}")
    entries = (
        v2.RevokedAssertion(id=signed_id(award_id), revocation_reason=reason or None)
        for award_id, reason in revoked
    )
    listing = v2.RevocationList.listing(entries, id=f"{issuer_url}/revocations", issuer=issuer_url)
    return listing.to_document()
