"""A real SMTP server that does what a test tells it to do with each mail."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

ACCEPT = "250 OK"
HANG, HANG_AFTER_DATA = "hang", "hang after data"
DROP, DROP_AFTER_DATA = "drop", "drop after data"


class Server:
    """`plan` says what happens to the next mails: a reply to RCPT, or one of the accidents; then all are accepted."""

    def __init__(self) -> None:
        self.plan: list[str] = []
        self.received: list[EmailMessage] = []
        self.sessions = 0
        self._now = ACCEPT

    async def handle_EHLO(
        self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> Any:
        self.sessions += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        self._now = self.plan.pop(0) if self.plan else ACCEPT
        if self._now == DROP:
            server.transport.abort()
        if self._now == HANG:
            await asyncio.Event().wait()
        if self._now[:1] in "45":
            return self._now
        envelope.rcpt_tos.append(address)
        return ACCEPT

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.received.append(message_from_bytes(envelope.content, policy=policy.default))
        if self._now == DROP_AFTER_DATA:
            server.transport.abort()
        if self._now == HANG_AFTER_DATA:
            await asyncio.Event().wait()
        return ACCEPT

    @property
    def ids(self) -> list[str]:
        return [mail["Message-ID"] for mail in self.received]


class FreePort(Controller):
    """Listens wherever there is room, and then knows where."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def running(server: Server) -> Iterator[int]:
    """The port it listens on."""
    controller = FreePort(server, hostname="127.0.0.1", port=0)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()
