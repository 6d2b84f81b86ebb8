"""Sends what is due. Every mail ends as sent, or in a state that a person can see; whatever is sent twice bears
the same Message-ID.

A mail is claimed (leased) in one transaction, sent outside of any, and settled in another. A worker that dies in
between leaves a lease that runs out: the mail is then sent again, for nobody can tell whether it went. `attempts`
fences: who comes late, after another worker has claimed the mail anew, changes nothing.
"""

import json
import logging
import smtplib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self, cast

from anymail.exceptions import AnymailAPIError, AnymailError
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction
from requests import ReadTimeout

from common import stopping
from common.sealing import key_provider
from journal.emails import write
from journal.models import Message, Suppression
from journal.services import smtp

log = logging.getLogger(__name__)
# Longer than any mail can take (smtp.PATIENCE, Anymail's time-outs): a running worker never loses its lease.
LEASE = timedelta(seconds=75)
# How often a mail is sent again although it may have arrived.
MOST_DOUBTS = 3
Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Outcome:
    """What became of one attempt."""

    state: Message.State
    reason: str = ""
    doubtful: bool = False
    """The mail may have arrived."""
    stop: bool = False
    """The server is in trouble: the others wait for the next sweep."""


SENT = Outcome(Message.State.SENT)


def deliver_due(*, now: Clock, seconds: float = 25) -> Counter[str]:
    """Sends what is due, for at most that long; how many mails were settled in which state."""
    tally: Counter[str] = Counter()
    until = now() + timedelta(seconds=seconds)
    with Postbox() as postbox:
        while not stopping.has_begun() and (at := now()) < until and (message := claim(at=at)):
            outcome = _attempt(message, postbox)
            tally[settle(message, outcome, at=now())] += 1
            if outcome.stop:
                break
    return tally


@transaction.atomic
def claim(*, at: datetime) -> Message | None:
    """The next mail to send, leased to the caller; None when there is nothing to do.

    PostgreSQL skips what others are claiming; on SQLite the transaction is alone, and the UPDATE looks again.
    """
    skip = connection.features.has_select_for_update_skip_locked
    for rows in (Message.objects.due(at=at), Message.objects.abandoned(at=at)):
        message = (rows.select_for_update(skip_locked=True) if skip else rows).first()
        if message is not None:
            return _lease(message, at=at)
    return None


def _lease(message: Message, *, at: datetime) -> Message | None:
    was_abandoned = message.state == Message.State.LEASED
    changes = {
        "state": Message.State.LEASED,
        "lease_until": at + LEASE,
        "attempts": message.attempts + 1,
        "doubts": message.doubts + was_abandoned,
        "reason": Message.Reason.ABANDONED if was_abandoned else message.reason,
    }
    found = Message.objects.filter(pk=message.pk, state=message.state, attempts=message.attempts)
    return _with(message, changes) if found.update(**changes) else None


@transaction.atomic
def settle(message: Message, outcome: Outcome, *, at: datetime) -> Message.State:
    """Writes down what became of a leased mail; later attempts come after growing delays, then no more."""
    delays = settings.MAIL_RETRY_DELAYS
    doubts = message.doubts + outcome.doubtful
    changes: dict[str, Any] = {
        "state": outcome.state, "reason": outcome.reason, "doubts": doubts, "lease_until": None
    }  # fmt: skip
    if outcome.state == Message.State.SENT:
        changes["sent_at"] = at
    elif outcome.state == Message.State.DUE:
        if message.attempts > len(delays) or doubts >= MOST_DOUBTS:
            changes["state"] = Message.State.UNKNOWN if doubts else Message.State.FAILED
        else:
            changes["due_at"] = at + timedelta(seconds=delays[message.attempts - 1])
    if changes["state"] != Message.State.DUE:
        changes["sealed"] = None
    mine = Message.objects.filter(pk=message.pk, state=Message.State.LEASED, attempts=message.attempts)
    mine.update(**changes)
    return Message.State(changes["state"])


def _attempt(message: Message, postbox: "Postbox") -> Outcome:
    if message.doubts >= MOST_DOUBTS:
        return Outcome(Message.State.DUE, reason=message.reason)
    if not message.asked_for and Suppression.objects.filter(address=message.recipient).exists():
        return Outcome(Message.State.FAILED, reason=Message.Reason.UNSUBSCRIBED)
    try:
        mail = write(message, secrets=_unsealed(message))
    except Exception:  # whatever is wrong with one mail must not hold up the others
        log.exception("Mail %s (%s) could not be written", message.pk, message.kind)
        return Outcome(Message.State.DUE, reason=Message.Reason.UNWRITABLE)
    return postbox.send(mail)


def _unsealed(message: Message) -> dict[str, str]:
    return json.loads(key_provider().unseal(bytes(message.sealed))) if message.sealed else {}


def _with(message: Message, changes: Mapping[str, Any]) -> Message:
    for name, value in changes.items():
        setattr(message, name, value)
    return message


class Postbox:
    """One connection for many mails, opened when the first is sent and anew after an accident."""

    def __init__(self) -> None:
        self._backend: BaseEmailBackend = get_connection()
        self._used = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        if self._used:
            try:
                self._backend.close()
            except OSError:
                log.info("The mail server did not say goodbye")

    def send(self, mail: EmailMessage) -> Outcome:
        """A server that hung up between two mails (idle, enough from us) is called again, once."""
        if isinstance(self._backend, smtp.Backend):
            self._backend.start_clock()
        was_open = self._used
        outcome = self._send(mail)
        return self._send(mail) if was_open and outcome.stop and not outcome.doubtful else outcome

    def _send(self, mail: EmailMessage) -> Outcome:
        try:
            self._backend.open()
        except Exception as error:  # noqa: BLE001  every backend has its own, none is the mail's fault
            return self._accident(error, opening=True)
        self._used = True
        try:
            self._backend.send_messages([mail])
        except Exception as error:  # noqa: BLE001  every backend has its own
            return self._accident(error)
        return SENT

    def _accident(self, error: Exception, *, opening: bool = False) -> Outcome:
        doubtful = not opening and isinstance(error, ReadTimeout)
        if isinstance(self._backend, smtp.Backend):
            doubtful = not opening and self._backend.doubtful
        outcome = judge(error, opening=opening, doubtful=doubtful)
        log.warning(
            "Mail not sent: %s, %s", type(error).__name__, outcome.reason[:4]
        )  # no address in the log
        if outcome.stop:
            self._hang_up()
        return outcome

    def _hang_up(self) -> None:
        self._used = False
        if isinstance(self._backend, smtp.Backend):
            self._backend.hang_up()


def judge(error: Exception, *, opening: bool, doubtful: bool) -> Outcome:
    """5xx is for ever; everything else is tried again."""
    if doubtful:
        return Outcome(Message.State.DUE, reason=Message.Reason.UNANSWERED, doubtful=True, stop=True)
    code, words = _reply(error)
    if opening or (not words and isinstance(error, OSError)) or code == 421:
        return Outcome(Message.State.DUE, reason=words or Message.Reason.UNREACHABLE, stop=True)
    if code >= 500 or isinstance(error, smtplib.SMTPNotSupportedError):
        return Outcome(Message.State.FAILED, reason=words or str(error))
    return Outcome(Message.State.DUE, reason=words or Message.Reason.UNWRITABLE)


def _reply(error: Exception) -> tuple[int, str]:
    """(code, the server's words on one line); (0, "") when no server has spoken."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, text = cast(tuple[int, bytes | str], next(iter(error.recipients.values())))
    elif isinstance(error, smtplib.SMTPResponseException):
        code, text = error.smtp_code, error.smtp_error
    elif isinstance(error, AnymailError):
        return _provider_reply(error)
    else:
        return 0, ""
    words = text.decode(errors="replace") if isinstance(text, bytes) else str(text)
    return code, f"{code} {' '.join(words.split())}"[:500]


def _provider_reply(error: AnymailError) -> tuple[int, str]:
    """A provider's HTTP answer in the words of SMTP: 429 and 5xx pass, 4xx stay; no answer is an accident."""
    status = getattr(error, "status_code", None)
    if isinstance(error, AnymailAPIError) and status is None:
        return 0, ""
    words = " ".join(str(error).split())[:500]
    return (450 if status is not None and (status == 429 or status >= 500) else 550), words
