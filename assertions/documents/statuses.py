"""Which credentials are revoked or suspended (Bitstring Status List 1.0; Open Badges 3.0, 1EdTechRevocationList)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from assertions.documents.assertions import date_time
from assertions.documents.credentials import CONTEXTS, credential_url
from assertions.models import StatusList
from common.links import absolute
from issuers.documents import did
from issuers.models import Issuer
from openbadges import status

TTL = 60_000  # milliseconds
ENDINGS = {StatusList.Purpose.REVOCATION: "", StatusList.Purpose.SUSPENSION: "/suspension"}


def status_list_url(slug: str, number: int, purpose: str = StatusList.Purpose.REVOCATION) -> str:
    """The id of the BitstringStatusListCredential, and where it is served."""
    return absolute(f"/issuers/{slug}/status/{number}{ENDINGS[StatusList.Purpose(purpose)]}")


def status_list(
    slug: str, number: int, purpose: str, *, size: int, places: Iterable[int], at: datetime
) -> dict[str, Any]:
    """The BitstringStatusListCredential without its proof: a bit is set for each of the places."""
    url = status_list_url(slug, number, purpose)
    return {
        "@context": [CONTEXTS[0]],
        "id": url,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": did(slug),
        "validFrom": date_time(at),
        "credentialSubject": {
            "id": f"{url}#list",
            "type": "BitstringStatusList",
            "statusPurpose": str(purpose),
            "ttl": TTL,
            "encodedList": status.encode(_bits(size, places)),
        },
    }


def _bits(size: int, places: Iterable[int]) -> bytes:
    """Place 0 is the first bit, the highest of the first octet (Bitstring Status List, 3.3)."""
    bits = bytearray(size // 8)
    for place in places:
        bits[place // 8] |= 0x80 >> place % 8
    return bytes(bits)


def list_claims(slug: str, number: int, purpose: str, *, at: datetime) -> dict[str, Any]:
    """The registered claims of the same as a VC-JWT."""
    url = status_list_url(slug, number, purpose)
    return {"iss": did(slug), "jti": url, "sub": f"{url}#list", "nbf": int(at.timestamp())}


def revoked_credentials(issuer: Issuer, revoked: Iterable[tuple[object, str]]) -> dict[str, Any]:
    """The 1EdTechRevocationList of (award id, reason): status lists name no reasons, this one does."""
    listed = [
        {"id": credential_url(award_id), "revoked": True} | ({"revocationReason": reason} if reason else {})
        for award_id, reason in revoked
    ]
    return {
        "id": absolute(f"/issuers/{issuer.slug}/revocations.json"),
        "issuer": did(issuer.slug),
        "revokedCredential": listed,
    }
