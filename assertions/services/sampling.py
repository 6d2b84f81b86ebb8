"""A mail for a look: as it would be for somebody who gets the badge today."""

import uuid
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from assertions.emails import sample_mail
from assertions.models import Award, Recipient
from badges.models import Badge
from common.actors import Actor
from common.calendar import months_after
from common.errors import Refused
from journal.models import Action, Message
from journal.services import Mail, record
from journal.services.changing import mails_again
from journal.services.outbox import unsent


def sample_message(*, badge: Badge, kind: str, language: str, at: datetime) -> Message:
    """A row that is in no table."""
    return unsent(_sample(badge, kind, language, "alex.martin@example.org", at), at=at)


@transaction.atomic
def send_sample(
    *, badge: Badge, kind: str, language: str, address: str, name: str, by: Actor, at: datetime
) -> None:
    """Mails it to the person who asks. Raises Refused while the one before is on its way."""
    if not mails_again([_sample(badge, kind, language, address, at, name)], at=at):
        raise Refused(_("A test mail is on its way already."), code="mail_waiting")
    record(
        scope=badge.issuer.scope, action=Action.MAIL_TESTED, by=by, at=at, target=("badge", badge.pk, str(badge)),
        data={"kind": kind, "language": language},
    )  # fmt: skip


def _sample(badge: Badge, kind: str, language: str, address: str, at: datetime, name: str = "") -> Mail:
    """About an award that does not exist."""
    version = badge.shown
    with translation.override(language):
        name = name or _("Alex Martin")
    expires_at = months_after(at, version.valid_months) if version.valid_months else None
    award = Award(
        id=uuid.uuid4(), issuer=badge.issuer, badge=badge, version=version, recipient=Recipient(address=address),
        recipient_name=name, language=language, issued_on=at,
        expires_at=expires_at or (at + timedelta(days=30) if kind == "expiry" else None),
    )  # fmt: skip
    return sample_mail(award, kind=kind)
