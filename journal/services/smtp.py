"""Django's SMTP backend, which also keeps the time and knows how far a mail had got when the connection ended."""

import smtplib
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from django.core.mail.backends import smtp

# One mail may take this long, connecting and a second call included: well below the lease of delivery.py.
PATIENCE = 50.0


class Session(smtplib.SMTP):
    """`doubtful` is true from the moment that a mail's bytes go out until the server has answered for them."""

    doubtful = False

    def __init__(self, *args: Any, deadline: float, **options: Any) -> None:
        self.deadline = deadline
        super().__init__(*args, **options)

    def send(self, s: Any) -> None:
        # smtplib writes commands as str and the mail itself, dot and all, as bytes.
        self.doubtful = isinstance(s, bytes)
        super().send(s)

    def getreply(self) -> tuple[int, bytes]:
        if self.sock is not None:
            left = max(0.05, self.deadline - time.monotonic())
            # After the mail itself a server may think (filters, viruses): it gets all the time that is left.
            self.sock.settimeout(left if self.doubtful else min(left, self.timeout or left))
        reply = super().getreply()
        self.doubtful = False
        return reply


class TlsSession(Session, smtplib.SMTP_SSL):
    """The same, with TLS from the first byte."""


class Backend(smtp.EmailBackend):
    deadline = 0.0

    connection: Session | None
    _partial_connection: Session | None

    @property
    def connection_class(self) -> Callable[..., smtplib.SMTP]:  # type: ignore[override]
        deadline = self.deadline or time.monotonic() + PATIENCE  # nobody has started the clock
        return partial(TlsSession if self.use_ssl else Session, deadline=deadline)

    @property
    def doubtful(self) -> bool:
        """Whether the server may have taken the mail that was last tried, although it did not say so."""
        return self.connection is not None and self.connection.doubtful

    def start_clock(self) -> None:
        """From now on PATIENCE runs, for an open connection and for one that is opened now."""
        self.deadline = time.monotonic() + PATIENCE
        if self.connection is not None:
            self.connection.deadline = self.deadline

    def hang_up(self) -> None:
        """Without a farewell: nobody waits for a server that has stopped answering."""
        sessions = (self.connection, self._partial_connection)
        self.connection = self._partial_connection = None
        for session in filter(None, sessions):
            session.close()
