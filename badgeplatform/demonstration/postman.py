"""Mails of the demonstration: delivered on the day they tell of, so that the local mailbox reads like a real one."""

import re
from datetime import datetime
from email.utils import format_datetime
from pathlib import Path

from django.conf import settings

from journal.models import Message
from journal.services import deliver_due
from journal.services.delivery import Outcome, claim, settle

_DATE = re.compile(rb"^Date: .*$", re.MULTILINE)


def deliver(at: datetime) -> None:
    """Sends what is due then; into the local mailbox whatever the settings say, for nobody of all these exists."""
    folder = Path(settings.MAILBOX_DIR)
    before = set(folder.glob("*.eml"))
    deliver_due(now=lambda: at, backend="journal.mailbox.Backend")
    for number, path in enumerate(sorted(set(folder.glob("*.eml")) - before)):
        _date(path, at, number)


def bounce(address: str, answer: str, *, at: datetime) -> None:
    """The mail server of `address` refuses the one mail that is due then, for good."""
    message = claim(at=at)
    if message is None or message.recipient != address:
        raise RuntimeError(f"no mail to {address} is due")
    settle(message, Outcome(Message.State.FAILED, reason=answer), at=at)


def _date(path: Path, at: datetime, number: int) -> None:
    """The mailbox sorts by name, which begins with the time in nanoseconds."""
    content = _DATE.sub(b"Date: " + format_datetime(at).encode(), path.read_bytes(), count=1)
    nanoseconds = int(at.timestamp() * 1e6) * 1000 + number
    path.with_name(f"{nanoseconds:020d}-{path.stem[-8:]}.eml").write_bytes(content)
    path.unlink()
