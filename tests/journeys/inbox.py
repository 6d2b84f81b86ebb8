"""A mail server on this machine, and the worker that sends to it."""

import re
import socket
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, Self

from aiosmtpd.controller import Controller
from django.utils import timezone

from journal.services import deliver_due


class Inbox:
    """What arrived."""

    host = "127.0.0.1"

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.port = _free_port()
        self._controller = Controller(self, hostname=self.host, port=self.port)

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._controller.stop()

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 OK"

    def last_to(self, address: str) -> EmailMessage:
        """The newest mail to somebody; what is due is sent first, as the worker would."""
        deliver_due(now=timezone.now)
        return next(mail for mail in reversed(self.mails) if address in mail["To"])

    def code_for(self, address: str) -> str:
        return self._find(address, r"\b([A-Z0-9]{3,4}-[A-Z0-9]{3,4})\b")

    def button_for(self, address: str) -> str:
        """Where the one button of the HTML part leads: to the same address as the text part says."""
        mail = self.last_to(address)
        html = mail.get_body(("html",))
        assert html is not None
        links = re.findall(r'href="(http[^"]+/(?:claim|invitations|address)/[^"]+)"', html.get_content())
        assert links, html.get_content()
        link = str(links[0])
        assert link in self._text(mail)
        return link

    def _find(self, address: str, pattern: str) -> str:
        text = self._text(self.last_to(address))
        found = re.search(pattern, text)
        assert found, text
        return found[1]

    @staticmethod
    def _text(mail: EmailMessage) -> str:
        part = mail.get_body(("plain",))
        assert part is not None
        return str(part.get_content())


def _free_port() -> int:
    """The server of aiosmtpd calls itself to start, so it must know its port beforehand."""
    with socket.socket() as probe:
        probe.bind((Inbox.host, 0))
        return int(probe.getsockname()[1])
