"""The award mail once more, with a new claim link: because a person asked for it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from assertions.emails import award_mail
from assertions.models import Award
from assertions.services.awarding import open_claims
from common.actors import Actor
from common.errors import Refused
from journal.models import Action
from journal.services import record
from journal.services.changing import mails_again, subjects_waiting


@dataclass(frozen=True)
class Sent:
    """Which awards were mailed again, and why the others were not, by award id."""

    awards: list[Award] = field(default_factory=list)
    refused: dict[UUID, Refused] = field(default_factory=dict)


def send_again(*, award: Award, by: Actor, at: datetime) -> Award:
    """Mails a new claim link to the recipient. Raises Refused where there is nothing left to claim."""
    sent = send_many_again(awards=[award], by=by, at=at)
    if sent.refused:
        raise sent.refused[award.pk]
    return sent.awards[0]


@transaction.atomic
def send_many_again(*, awards: Sequence[Award], by: Actor, at: datetime) -> Sent:
    """Mails a new claim link to each recipient who has not answered; earlier links stay good until one is used.

    The awards are those of one organisation.
    """
    rows = list(
        Award.objects.select_for_update(of=("self",))
        .filter(pk__in=[row.pk for row in awards])
        .select_related("issuer", "recipient", "version__picture")
        .prefetch_related("version__texts")
        .order_by("pk")
    )
    waiting = subjects_waiting(kind="award", subjects=[row.mail_subject for row in rows])
    refused = {row.pk: problem for row in rows if (problem := _problem(row, row.mail_subject in waiting))}
    wanted = [row for row in rows if row.pk not in refused]
    tokens = open_claims(wanted, at=at)
    mails_again([award_mail(row, token=tokens[row.pk]) for row in wanted], at=at)
    if wanted:
        first = wanted[0]
        one = len(wanted) == 1
        record(
            scope=first.issuer.scope, action=Action.AWARD_SENT_AGAIN, by=by, at=at,
            target=("award", first.pk, str(first.version)) if one else ("awards", "", str(len(wanted))),
            data={"awards": [str(row.pk) for row in wanted]},
        )  # fmt: skip
    return Sent(awards=wanted, refused=refused)


def _problem(row: Award, is_waiting: bool) -> Refused | None:
    if row.revoked_at:
        return Refused(_("This badge is revoked."), code="revoked")
    if row.response != Award.Response.WAITING:
        return Refused(_("This badge has been answered already."), code="answered")
    if is_waiting:
        return Refused(_("This mail is on its way already."), code="mail_waiting")
    return None
