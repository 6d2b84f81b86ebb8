"""Which credentials are revoked or suspended (Bitstring Status List 1.0; Open Badges 3.0, 1EdTechRevocationList)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from assertions.documents.assertions import date_time
from assertions.documents.credentials import credential_url
from assertions.models import StatusList
from common.links import absolute
from issuers.documents import did
from issuers.models import Issuer
from openbadges import status, v3

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
    return v3.BitstringStatusListCredential(
        id=url,
        issuer=did(slug),
        valid_from=date_time(at),
        credential_subject=v3.BitstringStatusList(
            id=f"{url}#list",
            status_purpose=str(purpose),
            ttl=TTL,
            encoded_list=status.encode(_bits(size, places)),
        ),
    ).to_document()


def _bits(size: int, places: Iterable[int]) -> bytearray:
    bits = status.empty(size)
    for place in places:
        status.set_bit(bits, place)
    return bits


def list_claims(slug: str, number: int, purpose: str, *, at: datetime) -> dict[str, Any]:
    """The registered claims of the same as a VC-JWT."""
    url = status_list_url(slug, number, purpose)
    return {"iss": did(slug), "jti": url, "sub": f"{url}#list", "nbf": int(at.timestamp())}


def revoked_credentials(issuer: Issuer, revoked: Iterable[tuple[object, str]]) -> dict[str, Any]:
    """The 1EdTechRevocationList of (award id, reason): status lists name no reasons, this one does."""
    listed = (
        v3.RevokedCredential(id=credential_url(award_id), revoked=True, revocation_reason=reason or None)
        for award_id, reason in revoked
    )
    listing = v3.RevocationList(
        id=absolute(f"/issuers/{issuer.slug}/revocations.json"),
        issuer=did(issuer.slug),
        revoked_credential=tuple(listed),
    )
    return {"revokedCredential": []} | listing.to_dict()
