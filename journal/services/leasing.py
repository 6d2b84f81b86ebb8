"""Leases on mails: several are claimed in one transaction, sent outside of any, and settled in another.

A worker that dies in between leaves leases that run out: those mails are then sent again, for nobody can tell whether
they went. `attempts` fences: who comes late, after another worker has claimed the mail anew, changes nothing.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Greatest

from journal.models import Message, MessageQuerySet
from journal.services import gathering, pacing
from journal.services.postbox import Outcome

# Longer than any mail can take (smtp.PATIENCE, Anymail's time-outs): a running worker never loses its lease.
LEASE = timedelta(seconds=75)
# Mails under one lease: so many are sent again, with the same Message-ID, when a worker is killed.
LOT = 20
# How often a mail is sent again although it may have arrived.
MOST_DOUBTS = 3


def claim(*, at: datetime) -> Message | None:
    """The next mail to send, leased to the caller; None when there is nothing to do."""
    return next(iter(claim_lot(at=at, most=1)), None)


@transaction.atomic
def claim_lot(*, at: datetime, most: int = LOT) -> list[Message]:
    """The next mails to send, leased to the caller, those that a person waits for first.

    PostgreSQL skips what others are claiming; on SQLite the transaction is alone, and the UPDATE looks again.
    """
    most = pacing.allowed(at=at, most=most)
    abandoned = _locked(Message.objects.abandoned(at=at), max(1, most // 2) if most else 0)
    due = _locked(pacing.paced(Message.objects.due(at=at)), most - len(abandoned))
    lot = gathering.gather(_lease(due, at=at), until=at + LEASE, at=at) + _lease(abandoned, at=at)
    pacing.count(len(lot), at=at)
    return sorted(lot, key=lambda message: not message.asked_for)


@transaction.atomic
def release(messages: Sequence[Message]) -> None:
    """Gives back what was claimed and not tried: it is due as it was."""
    for attempts, some in _by_attempts(messages).items():
        _mine(some, attempts).update(
            state=Message.State.DUE, lease_until=None, attempts=Greatest(F("attempts") - 1, 0)
        )
    gathering.follow(messages, {"state": Message.State.DUE})


@transaction.atomic
def settle_sent(messages: Sequence[Message], *, at: datetime) -> None:
    """Writes down that they have gone."""
    changes = {"state": Message.State.SENT, "sent_at": at, "reason": "", "lease_until": None, "sealed": None}
    for attempts, some in _by_attempts(messages).items():
        _mine(some, attempts).update(**changes)
    gathering.follow(messages, changes)


@transaction.atomic
def settle(message: Message, outcome: Outcome, *, at: datetime) -> Message.State:
    """Writes down what became of a leased mail; later attempts come after growing delays, then no more."""
    delays = settings.MAIL_RETRY_DELAYS
    doubts = message.doubts + outcome.doubtful
    changes: dict[str, Any] = {
        "state": outcome.state, "reason": outcome.reason, "doubts": doubts, "lease_until": None
    }  # fmt: skip
    is_last = message.attempts > len(delays) or doubts >= MOST_DOUBTS
    if outcome.state == Message.State.SENT:
        changes["sent_at"] = at
    elif outcome.state == Message.State.DUE and not is_last:
        changes |= {"due_at": at + timedelta(seconds=delays[message.attempts - 1]), "is_paced": False}
    else:  # who refuses it now may have taken it before
        changes["state"] = Message.State.UNKNOWN if doubts else Message.State.FAILED
    if changes["state"] != Message.State.DUE:
        changes["sealed"] = None
    if _mine([message], message.attempts).update(**changes):
        gathering.follow([message], {name: value for name, value in changes.items() if name != "doubts"})
    return Message.State(changes["state"])


def _locked(rows: MessageQuerySet, most: int) -> list[Message]:
    if most <= 0:
        return []
    skip = connection.features.has_select_for_update_skip_locked
    return list((rows.select_for_update(skip_locked=True) if skip else rows)[:most])


def _lease(messages: Sequence[Message], *, at: datetime) -> list[Message]:
    """One UPDATE for all that have as many attempts behind them; those that somebody else was faster with are left."""
    leased: list[Message] = []
    was_abandoned = int(bool(messages) and messages[0].state == Message.State.LEASED)
    changes: dict[str, Any] = {"state": Message.State.LEASED, "lease_until": at + LEASE}
    if was_abandoned:
        changes["reason"] = Message.Reason.ABANDONED
    for attempts, some in _by_attempts(messages).items():
        found = Message.objects.filter(
            pk__in=[message.pk for message in some], state=some[0].state, attempts=attempts
        )
        if found.update(**changes, attempts=attempts + 1, doubts=F("doubts") + was_abandoned) != len(some):
            continue
        leased += [
            _with(message, changes | {"attempts": attempts + 1, "doubts": message.doubts + was_abandoned})
            for message in some
        ]
    return leased


def _mine(messages: Sequence[Message], attempts: int) -> MessageQuerySet:
    """Those of them that are still leased to us."""
    keys = [message.pk for message in messages]
    return Message.objects.filter(pk__in=keys, state=Message.State.LEASED, attempts=attempts)


def _by_attempts(messages: Sequence[Message]) -> dict[int, list[Message]]:
    found: dict[int, list[Message]] = defaultdict(list)
    for message in messages:
        found[message.attempts].append(message)
    return found


def _with(message: Message, changes: Mapping[str, Any]) -> Message:
    for name, value in changes.items():
        setattr(message, name, value)
    return message
