"""The outbox: who is told what. Rows are written with the act they tell of; the worker sends them."""

import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from common.bulk import insert_rows, like
from common.errors import Refused
from common.sealing import key_provider
from journal.models import Message, Suppression


@dataclass(frozen=True)
class Mail:
    """One mail to come. `context` must be plain JSON; what opens doors (links with tokens) goes into `secrets`.

    `asked_for`: its reader has just asked for it and waits (a code, a new link). It goes before all others, also
    to addresses that asked not to be written to. `round`: of one act for many, by which its mails are counted.
    """

    scope: str
    kind: str
    subject: str
    recipient: str
    language: str
    recipient_name: str = ""
    reply_to: str = ""
    picture: str = ""
    asked_for: bool = False
    round: uuid.UUID | None = None
    context: Mapping[str, Any] = field(default_factory=dict)
    secrets: Mapping[str, Any] = field(default_factory=dict)


@transaction.atomic(savepoint=False)  # always part of an act: it stands or falls with it
def queue_mails(
    mails: Iterable[Mail], *, at: datetime, occurrence: int = 1, about_new: bool = False
) -> list[Message]:
    """Leaves one due row per mail; a mail that was queued before (same subject, kind, recipient, occurrence)
    is left as it is. `about_new`: of subjects that came to be in this transaction, so that there is none."""
    usual = Message(occurrence=occurrence, created_at=at, due_at=at)
    rows = [_row(mail, usual) for mail in mails]
    insert_rows(rows, ignore_conflicts=not about_new, batch_size=500)
    return rows


@transaction.atomic
def mail_again(mail: Mail, *, at: datetime) -> Message:
    """Queues the next occurrence of a mail that was queued before: a person asked for it."""
    earlier = Message.objects.filter(subject=mail.subject, kind=mail.kind, recipient=mail.recipient)
    last = earlier.aggregate(last=Max("occurrence"))["last"] or 0
    waiting = earlier.filter(occurrence=last, state__in=[Message.State.DUE, Message.State.LEASED])
    if waiting.exists():
        raise Refused(_("This mail is on its way already."), code="mail_waiting")
    row = _row(mail, Message(occurrence=last + 1, created_at=at, due_at=at))
    row.save(force_insert=True)
    return row


def unsent(mail: Mail, *, at: datetime) -> Message:
    """The row that a mail would be, in no table: for a look at what it would say."""
    return _row(mail, Message(occurrence=1, created_at=at, due_at=at))


@transaction.atomic
def unsubscribe(address: str, *, at: datetime) -> None:
    """No more mail that nobody asked for goes to this address; what it asks for itself still does."""
    wish = {"cause": Suppression.Cause.UNSUBSCRIBED, "at": at}
    row, is_new = Suppression.objects.get_or_create(address=address, scope="", defaults=wish)
    if not is_new and row.cause == Suppression.Cause.RETURNED:  # what they want outlasts what we can
        Suppression.objects.filter(pk=row.pk).update(**wish)


@transaction.atomic
def subscribe_again(address: str) -> None:
    """They changed their mind."""
    Suppression.objects.by_reader().filter(address=address).delete()


def _row(mail: Mail, usual: Message) -> Message:
    return like(
        usual, id=uuid.uuid4(), scope=mail.scope, kind=mail.kind, subject=mail.subject, recipient=mail.recipient,
        recipient_name=mail.recipient_name, reply_to=mail.reply_to, language=mail.language,
        asked_for=mail.asked_for, round=mail.round, context=dict(mail.context), picture=mail.picture,
        sealed=key_provider().seal(json.dumps(dict(mail.secrets)).encode()) if mail.secrets else None,
    )  # fmt: skip
