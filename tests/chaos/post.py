"""A mail server that has its days: it refuses, answers 4xx and 5xx, hangs, and drops the line after it has the mail."""

import asyncio
from dataclasses import dataclass
from email import message_from_bytes
from typing import Any

from aiosmtpd.controller import Controller

from tests.chaos.servers import free_port

TROUBLES = ("refused", "4xx", "5xx", "hang", "drop after data")
REPLIES = {"4xx": "451 4.3.0 come again", "5xx": "550 5.1.1 nobody of that name"}


@dataclass(frozen=True)
class Received:
    """A mail that the server had in its hands, whether or not it said so."""

    recipient: str
    message_id: str


class Post:
    """`with Post() as post: post.port`; `trouble` is one of TROUBLES or nothing."""

    def __init__(self) -> None:
        self.port = free_port()
        self.received: list[Received] = []
        self._trouble = ""
        self._controller: Controller | None = None

    def __enter__(self) -> "Post":
        self._listen()
        return self

    def __exit__(self, *_error: object) -> None:
        self._hang_up()

    def have(self, trouble: str) -> None:
        was, self._trouble = self._trouble, trouble
        if trouble == "refused":
            self._hang_up()
        elif was == "refused":
            self._listen()

    def _listen(self) -> None:
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def _hang_up(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if self._trouble == "hang":
            await asyncio.sleep(30)
        if reply := REPLIES.get(self._trouble):
            return reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        mail = message_from_bytes(envelope.content)
        message_id = str(mail["Message-ID"]).strip()  # a long one stands on a line of its own
        self.received += [Received(address, message_id) for address in envelope.rcpt_tos]
        if self._trouble == "drop after data":
            server.transport.abort()
        return "250 OK"
