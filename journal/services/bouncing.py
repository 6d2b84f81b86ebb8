"""Mails that come back after the server took them: told by the provider, or by a member of the organisation."""

from datetime import datetime
from enum import Enum
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from common.actors import SYSTEM, Actor
from common.errors import Refused
from journal.models import Action, Message, MessageQuerySet, Suppression
from journal.services.gathering import follow
from journal.services.outbox import unsubscribe
from journal.services.recording import record

Cause = Suppression.Cause
# From where a mail can come back: a provider may be faster than our own note that it has gone.
LEFT = (Message.State.SENT, Message.State.UNKNOWN, Message.State.LEASED, Message.State.FAILED)


class News(Enum):
    """What a provider tells of a mail."""

    RETURNED = "returned"
    COMPLAINED = "complained"
    UNSUBSCRIBED = "unsubscribed"
    DELAYED = "delayed"


@transaction.atomic
def take_in(*, message_id: UUID, news: News, reason: str, at: datetime) -> bool:
    """Notes what became of a mail; nobody writes to an address that does not exist, or does not want it, again.

    False where there is no such mail, or it is known already.
    """
    message = Message.objects.select_for_update().filter(pk=message_id).first()
    if message is None:
        return False
    reason = " ".join(reason.split())[:500]
    if news == News.DELAYED:
        return bool(_left(message).filter(state=Message.State.SENT).update(reason=reason))
    if news == News.UNSUBSCRIBED:
        unsubscribe(message.recipient, at=at)
        return True
    if not _came_back(message, reason or Message.Reason(news.value)):
        return False
    cause = Cause.COMPLAINED if news == News.COMPLAINED else Cause.RETURNED
    _suppress(message.recipient, scope="", cause=cause, at=at)
    _record(Action.MAIL_BOUNCED, message, by=SYSTEM, at=at)
    return True


@transaction.atomic
def mark_bounced(*, message: Message, by: Actor, at: datetime) -> None:
    """A member saw it come back: this organisation writes to the address no more. Raises Refused."""
    message = Message.objects.select_for_update().get(pk=message.digest_id or message.pk)
    if message.state not in (Message.State.SENT, Message.State.UNKNOWN):
        raise Refused(_("Only a mail that was sent can have come back."), code="not_sent")
    _came_back(message, Message.Reason.BY_HAND)
    _suppress(message.recipient, scope=message.scope, cause=Cause.RETURNED, at=at)
    _record(Action.MAIL_BOUNCED, message, by=by, at=at)


@transaction.atomic
def address_works(*, message: Message, by: Actor, at: datetime) -> None:
    """The address of a mail that came back is written to again. What its reader does not want stays so."""
    returned = Suppression.objects.by_return().filter(
        address=message.recipient, scope__in=["", message.scope]
    )
    deleted, _rows = returned.delete()
    if not deleted:
        raise Refused(
            _("This address is written to already, or its reader does not want it."), code="not_returned"
        )
    _record(Action.ADDRESS_WORKS, message, by=by, at=at)


def _left(message: Message) -> MessageQuerySet:
    return Message.objects.filter(pk=message.pk, state__in=LEFT)


def _came_back(message: Message, reason: str) -> bool:
    changes = {"state": Message.State.BOUNCED, "reason": reason, "lease_until": None, "sealed": None}
    if not _left(message).update(**changes):
        return False
    follow([message], changes)
    return True


def _suppress(address: str, *, scope: str, cause: Cause, at: datetime) -> None:
    """What the reader of the address said before is not overwritten by what machines say."""
    facts = {"cause": cause, "at": at}
    row, is_new = Suppression.objects.get_or_create(address=address, scope=scope, defaults=facts)
    if not is_new and row.cause == Cause.RETURNED:
        Suppression.objects.filter(pk=row.pk).update(**facts)


def _record(action: Action, message: Message, *, by: Actor, at: datetime) -> None:
    """Without the address: the journal cannot forget, so it must not know."""
    record(scope=message.scope, action=action, by=by, at=at, target=("mail", message.pk, message.kind))
