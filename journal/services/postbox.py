"""Handing mails to a mail server, and what its answers mean."""

import logging
import smtplib
from dataclasses import dataclass
from typing import Self, cast

from anymail.exceptions import AnymailAPIError, AnymailError
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from requests import ReadTimeout

from journal.models import Message
from journal.services import smtp

log = logging.getLogger(__name__)


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


class Postbox:
    """One connection for many mails, opened when the first is sent and anew after an accident."""

    def __init__(self, backend: str | None = None) -> None:
        self._backend: BaseEmailBackend = get_connection(backend)
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
