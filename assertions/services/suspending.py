"""Awards that are not to be relied on for the time being, while somebody looks into them; and when that is over."""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from assertions.models import Award, Suspension
from assertions.services.revoking import check_words
from assertions.webhooks import award_event, suspension_event
from common.actors import Actor
from common.errors import Refused
from journal.models import Action, EventType
from journal.services import Event, queue_events, record


@transaction.atomic
def suspend(*, award: Award, reason: str, by: Actor, at: datetime) -> Award:
    """Whoever checks the badge is told, with the reason, until it is lifted. The award stays what it is.

    Raises Invalid without a reason; Refused where it is suspended already, revoked, or its recipient turned it down.
    """
    reason = reason.strip()
    check_words(reason, "")
    row = _locked(award)
    if row.suspended:
        raise Refused(_("This badge is suspended already."), code="already_suspended")
    if row.revoked_at or not row.is_public:
        raise Refused(_("This badge is not public any more, so there is nothing to suspend."), code="gone")
    fresh = {
        "reason": reason, "suspended_at": at, "suspended_by_label": by.label, "lifted_at": None, "lifted_by_label": "",
    }  # fmt: skip
    row.suspension, _created = Suspension.objects.update_or_create(award=row, defaults=fresh)
    event = suspension_event(row, reason=reason)
    _changed(row, Action.AWARD_SUSPENDED, EventType.AWARD_SUSPENDED, event, by=by, at=at)
    return row


@transaction.atomic
def lift_suspension(*, award: Award, by: Actor, at: datetime) -> Award:
    """The badge counts again, as if nothing had happened. Raises Refused where it is not suspended."""
    row = _locked(award)
    suspension = row.suspended
    if suspension is None:
        raise Refused(_("This badge is not suspended."), code="not_suspended")
    suspension.lifted_at, suspension.lifted_by_label = at, by.label
    suspension.save(update_fields=["lifted_at", "lifted_by_label"])
    _changed(row, Action.AWARD_SUSPENSION_LIFTED, EventType.AWARD_REINSTATED, award_event(row), by=by, at=at)
    return row


def _locked(award: Award) -> Award:
    rows = Award.objects.select_for_update(of=("self",))
    return rows.select_related("issuer", "recipient", "version", "suspension").get(pk=award.pk)


def _changed(row: Award, action: Action, kind: EventType, event: Event, *, by: Actor, at: datetime) -> None:
    Award.objects.filter(pk=row.pk).update(stamp=F("stamp") + 1)
    queue_events([event], scope=row.issuer.scope, kind=kind, at=at)
    record(
        scope=row.issuer.scope, action=action, by=by, at=at, target=("award", row.pk, str(row.version)),
        data={"awards": [str(row.pk)]},
    )  # fmt: skip
