import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings

from common.actors import SYSTEM
from journal.models import Delivery, EventType, Message, Webhook
from journal.services import Event, Mail, make_webhook, queue_events, queue_mails
from tests.journal.receiver import Receiver
from tests.journal.receiver import running as running_receiver
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


@pytest.fixture
def receiver(settings: LazySettings) -> Iterator[Receiver]:
    """Webhooks may lead to it, and to nothing else inside; it has time enough to answer."""
    with running_receiver(Receiver()) as receiver:
        settings.OUTBOUND_EXCEPTIONS = [f"127.0.0.1:{receiver.port}"]
        settings.WEBHOOK_TIMEOUT = 10
        yield receiver


def hook_to(url: str, *, scope: str = "issuer:1", at: datetime = NOON, **fields: Any) -> tuple[Webhook, str]:
    """A webhook that is told everything, and its secret."""
    events = fields.pop("events", EventType.values)
    return make_webhook(scope=scope, url=url, events=events, by=SYSTEM, at=at, **fields)


def happen(count: int = 1, *, scope: str = "issuer:1", at: datetime = NOON) -> list[Delivery]:
    """So many awards are accepted; gives all deliveries that there are."""
    events = (Event({"number": number}) for number in range(count))
    queue_events(events, scope=scope, kind=EventType.AWARD_ACCEPTED, at=at)
    return list(Delivery.objects.order_by("pk"))
