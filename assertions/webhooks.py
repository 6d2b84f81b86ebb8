"""What webhooks are told of awards: public ids and addresses, times, and as little of people as will do.

The recipient's address, and what they wrote, go only to webhooks that are to be told personal data; their name too,
and never before they accept (docs/decisions/0001).
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from assertions.documents import award_url, date_time
from assertions.models import Award
from common.links import absolute
from issuers.models import Issuer
from journal.services import Event

# Why an award is not public: part of the API.
DECLINED, NOT_ME, WITHDRAWN = "declined", "not_me", "withdrawn"


def award_events(awards: Iterable[Award]) -> Iterator[Event]:
    """One of each; nothing is read before it is asked for."""
    return (award_event(row) for row in awards)


def suspension_event(row: Award, *, reason: str) -> Event:
    """The award at the moment when it was suspended, with the public reason."""
    event = award_event(row)
    award = _award(row) | {"state": "suspended", "suspension_reason": reason}
    return Event({**event.data, "award": award}, personal=event.personal)


def award_event(row: Award, *, reason: str = "") -> Event:
    """The award as it is now. `reason`: of those above, where its recipient turned it down."""
    data: dict[str, Any] = {
        "award": _award(row),
        "badge": {
            "id": str(row.badge_id),
            "url": absolute(f"/badges/{row.badge_id}"),
            "version": row.version.number,
            "version_url": absolute(f"/badges/{row.badge_id}/v/{row.version.number}"),
        },
        "issuer": _issuer(row.issuer),
    }
    if reason:
        data["reason"] = reason
    return Event(data, personal=_personal(row, note=bool(reason)))


def batch_event(
    *, issuer: Issuer, batch_id: object, badge_id: object, name: str, counts: Mapping[str, int], at: datetime
) -> Event:
    """A batch that has nothing left to do. `counts`: rows by state, as Batch.counts gives them."""
    return Event(
        {
            "batch": {
                "id": str(batch_id),
                "url": absolute(f"/api/v1/batches/{batch_id}/"),
                "name": name,
                "counts": dict(counts),
                "finished_on": date_time(at),
            },
            "badge": {"id": str(badge_id), "url": absolute(f"/badges/{badge_id}")},
            "issuer": _issuer(issuer),
        }
    )


def _award(row: Award) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "url": award_url(row.pk),
        "state": "revoked" if row.revoked_at else str(row.response),
        "issued_on": date_time(row.issued_on),
        "expires_on": _time(row.expires_at),
        "responded_on": _time(row.responded_at),
        "revoked_on": _time(row.revoked_at),
        "revocation_reason": row.revocation_reason,
    }


def _issuer(issuer: Issuer) -> dict[str, str]:
    return {"slug": issuer.slug, "url": absolute(f"/issuers/{issuer.slug}")}


def _personal(row: Award, *, note: bool) -> dict[str, Any]:
    has_accepted = row.response == Award.Response.ACCEPTED
    recipient = {"email": row.recipient.address, "name": row.recipient_name if has_accepted else None}
    return {"recipient": recipient} | ({"note": row.response_note} if note else {})


def _time(value: datetime | None) -> str | None:
    return date_time(value) if value else None
