import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings

from journal.models import Message
from journal.services import Mail, queue_mails
from tests.journal.smtp_server import Server, running

NOON = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _letters(settings: LazySettings) -> None:
    """A mail of the tests' own, so that they do not hang on anybody's words."""
    folder = Path(__file__).parent / "templates"
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [*settings.TEMPLATES[0]["DIRS"], folder]}]


@pytest.fixture
def server(settings: LazySettings) -> Iterator[Server]:
    """Mails go to it."""
    server = Server()
    with running(server) as port:
        settings.EMAIL_BACKEND = "journal.services.smtp.Backend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", port, 0.3
        yield server


@pytest.fixture
def closed_port() -> int:
    """Nobody listens there."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def letter(number: int = 1, **fields: Any) -> Mail:
    words = {"name": "O’Brien <b>", "since": "2026-03-03T09:00:00+00:00"}
    return Mail(
        **{
            "scope": "issuer:1", "kind": "letter", "subject": f"award:{number}", "language": "en",
            "recipient": f"ines{number}@example.org", "recipient_name": "Inès Marchand", "context": words,
        } | fields
    )  # fmt: skip


def queue(*mails: Mail, at: datetime = NOON) -> list[Message]:
    queue_mails(mails or [letter()], at=at)
    return list(Message.objects.order_by("subject"))
