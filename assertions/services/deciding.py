"""Deciding on names that recipients ask for."""

from datetime import datetime

from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from assertions.emails import name_decided_mail
from assertions.models import Award, NameRequest
from assertions.services.awarding import open_claims
from common.actors import Actor
from common.errors import Refused
from journal.models import Action
from journal.services import queue_mails, record
from journal.services.changing import withdraw_mails


@transaction.atomic
def decide_name(*, request: NameRequest, approve: bool, by: Actor, at: datetime) -> NameRequest:
    """Puts the name on the award, or leaves it as it was; the recipient is told either way."""
    rows = NameRequest.objects.select_for_update(of=("self", "award"))
    rows = rows.select_related("award__issuer", "award__recipient", "award__version__picture")
    row = get_object_or_404(rows, pk=request.pk)  # its recipient may have taken it back meanwhile
    if row.state != NameRequest.State.PENDING:
        raise Refused(_("This has been decided already."), code="decided")
    award = row.award
    former = award.recipient_name
    row.state = NameRequest.State.APPROVED if approve else NameRequest.State.REFUSED
    row.decided_at = at
    row.save(update_fields=["state", "decided_at"])
    withdraw_mails(kind="name_asked", subjects=[row.mail_subject])  # to others who could have decided
    if approve:
        award.stamp += 1
        award.corrected_from = ""  # further small corrections are measured against this name
        award.save(update_fields=[*award.call(row.name), "corrected_from", "stamp"])
    if award.is_public and not award.revoked_at:
        queue_mails([name_decided_mail(row, former=former, token=_link(award, at=at))], at=at)
    record(
        scope=award.issuer.scope, action=Action.NAME_DECIDED, by=by, at=at,
        target=("award", award.pk, str(award.version)), data={"approved": approve},
    )  # fmt: skip
    return row


def _link(award: Award, *, at: datetime) -> str:
    """The token of a new claim link where the badge still waits for an answer."""
    return open_claims([award], at=at)[award.pk] if award.response == Award.Response.WAITING else ""
