"""Sends what is due. Every mail ends as sent, or in a state that a person can see; whatever is sent twice bears
the same Message-ID. Leases and fences: leasing.py. How fast: pacing.py. What a server's answer means: postbox.py."""

import json
import logging
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import chain
from typing import Any
from uuid import UUID

from common import stopping
from common.sealing import key_provider
from journal.emails import Words, facts_of, words_for, write
from journal.models import Message
from journal.queries import suppressed
from journal.services import pacing, smtp
from journal.services.gathering import members_of
from journal.services.leasing import (
    LEASE,
    LOT,
    MOST_DOUBTS,
    claim,
    claim_lot,
    release,
    settle,
    settle_sent,
)
from journal.services.postbox import SENT, Outcome, Postbox, judge

__all__ = ["LEASE", "LOT", "MOST_DOUBTS", "SENT", "Outcome", "claim", "deliver_due", "judge", "settle"]
log = logging.getLogger(__name__)
Clock = Callable[[], datetime]
# Under a lease, a mail is begun only where there is time to end it.
LAST_START = LEASE - timedelta(seconds=smtp.PATIENCE + 5)
# What has gone is written down at the latest then: that much is sent again when a worker is killed.
UNWRITTEN = timedelta(seconds=2)


def deliver_due(
    *,
    now: Clock,
    seconds: float = 25,
    pause: Callable[[float], None] = time.sleep,
    backend: str | None = None,
) -> Counter[str]:
    """Sends what is due, for at most that long; how many mails were settled in which state.

    It waits only for a mail that a rate holds back, with nothing leased, and only within that time. `backend`: another
    one than the settings name.
    """
    tally: Counter[str] = Counter()
    until = now() + timedelta(seconds=seconds)
    with Postbox(backend) as postbox:
        while not stopping.has_begun() and (at := now()) < until:
            pacing.give_times(at=at)
            lot = claim_lot(at=at)
            if lot:
                if not Round(lot, postbox, now, tally).send(until):
                    break
            elif (wait := pacing.next_time(at=at)) is not None and at + wait < until:
                pause(wait.total_seconds())
            else:
                break
    return tally


class Round:
    """The mails under one lease."""

    def __init__(self, lot: Sequence[Message], postbox: Postbox, now: Clock, tally: Counter[str]) -> None:
        self.lot, self.postbox, self.now, self.tally = lot, postbox, now, tally
        self.gone: list[Message] = []
        self.begun = self.written = now()
        self.words: dict[UUID, Words] = {}
        self.members: dict[UUID, list[Message]] = {}
        self.refused: dict[tuple[str, str], str] = {}

    def send(self, until: datetime) -> bool:
        """False where the server is in trouble. What is not begun in time is given back."""
        self._look_up()
        goes_on, done = True, 0
        try:
            for message in self.lot:
                if done and self._must_end(until):
                    break
                goes_on = self._one(message)
                done += 1
                if not goes_on:
                    break
        finally:
            self._write_down()
        if done < len(self.lot):
            release(self.lot[done:])
        return goes_on

    def _must_end(self, until: datetime) -> bool:
        at = self.now()
        return stopping.has_begun() or at >= until or at - self.begun > LAST_START

    def _look_up(self) -> None:
        """What all of them need, at once."""
        self.members = members_of(self.lot)
        self.refused = suppressed((one.recipient, one.scope) for one in self.lot if not one.asked_for)
        try:
            self.words = words_for([*self.lot, *chain.from_iterable(self.members.values())])
        except Exception:  # a text that cannot be read must not hold up the mails
            log.exception("The organisations' own words could not be read")

    def _one(self, message: Message) -> bool:
        if message.pk in self.members and not self.members[message.pk]:
            message.delete()  # all that it would have said was taken back
            return True
        outcome = self._attempt(message)
        if outcome == SENT:
            self.gone.append(message)
            self.tally[Message.State.SENT] += 1
        else:
            self.tally[settle(message, outcome, at=self.now())] += 1
        if self.now() - self.written > UNWRITTEN:
            self._write_down()
        return not outcome.stop

    def _attempt(self, message: Message) -> Outcome:
        if message.doubts >= MOST_DOUBTS:
            return Outcome(Message.State.DUE, reason=message.reason)
        cause = self.refused.get((message.recipient, message.scope))
        if cause and not message.asked_for:
            return Outcome(Message.State.FAILED, reason=cause)
        try:
            parts = [self._part(member) for member in self.members.get(message.pk, ())]
            mail = write(
                message, secrets=unsealed(message) | {"parts": parts}, words=self.words.get(message.pk)
            )
        except Exception:  # whatever is wrong with one mail must not hold up the others
            log.exception("Mail %s (%s) could not be written", message.pk, message.kind)
            return Outcome(Message.State.DUE, reason=Message.Reason.UNWRITABLE)
        return self.postbox.send(mail)

    def _part(self, member: Message) -> dict[str, Any]:
        """What one of several says in the mail for all of them, in the organisation's own words where it has any."""
        facts: dict[str, Any] = member.context | unsealed(member)
        return facts | facts_of(self.words.get(member.pk))

    def _write_down(self) -> None:
        gone, self.gone = self.gone, []
        self.written = self.now()
        if gone:
            settle_sent(gone, at=self.written)


def unsealed(message: Message) -> dict[str, Any]:
    """What its sealed part says; nothing once that is erased."""
    return json.loads(key_provider().unseal(bytes(message.sealed))) if message.sealed else {}
