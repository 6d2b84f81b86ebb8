"""Where mails go when no mail server is named: files below settings.MAILBOX_DIR, read back by the page /mailbox."""

import base64
import re
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_binary_file, policy
from email.message import EmailMessage as Parsed
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

_NAME = re.compile(r"[0-9]{20}-[0-9a-f]{8}")
_SHOWN_HEADERS = (
    "From", "To", "Reply-To", "Date", "Message-ID", "Auto-Submitted", "List-Unsubscribe", "List-Unsubscribe-Post",
)  # fmt: skip


class Backend(BaseEmailBackend):
    """Django's e-mail backend: one .eml file per mail, there as a whole or not at all."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = Path(settings.MAILBOX_DIR)
        folder.mkdir(parents=True, exist_ok=True)
        for mail in email_messages:
            name = f"{time.time_ns():020d}-{secrets.token_hex(4)}"
            draft = folder / f".{name}"
            draft.write_bytes(mail.message().as_bytes())
            draft.replace(folder / f"{name}.eml")
        return len(email_messages)


@dataclass(frozen=True)
class LocalMail:
    name: str
    subject: str
    sender: str
    to: str
    at: datetime
    text: str = ""
    html: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list)


def newest(*, to: str = "", most: int = 100) -> list[LocalMail]:
    """The last mails, newest first; only those to addresses that contain `to`."""
    found: list[LocalMail] = []
    names = sorted((path.stem for path in Path(settings.MAILBOX_DIR).glob("*.eml")), reverse=True)
    for name in names:
        mail = read(name, whole=False)
        if mail and to.casefold() in mail.to.casefold():
            found.append(mail)
        if len(found) == most:
            break
    return found


def read(name: str, *, whole: bool = True) -> LocalMail | None:
    """One mail; `whole` with its parts and headers. None when there is no such mail."""
    path = Path(settings.MAILBOX_DIR) / f"{name}.eml"
    if not _NAME.fullmatch(name) or not path.is_file():
        return None
    with path.open("rb") as file:
        parsed = message_from_binary_file(file, policy=policy.default)
    mail = LocalMail(
        name=name,
        subject=str(parsed["Subject"] or ""),
        sender=str(parsed["From"] or ""),
        to=str(parsed["To"] or ""),
        at=datetime.fromtimestamp(int(name[:20]) / 1e9, tz=UTC),
    )
    return _with_parts(mail, parsed) if whole else mail


def _with_parts(mail: LocalMail, parsed: Parsed) -> LocalMail:
    bodies = {"plain": "", "html": ""}
    for kind in bodies:
        part = parsed.get_body((kind,))
        bodies[kind] = part.get_content() if part is not None else ""
    headers = [(name, str(parsed[name])) for name in _SHOWN_HEADERS if parsed[name]]
    return LocalMail(
        **{
            **vars(mail),
            "text": bodies["plain"],
            "html": _with_pictures(bodies["html"], parsed),
            "headers": headers,
        }
    )


def _with_pictures(html: str, parsed: Parsed) -> str:
    """Inline pictures as data: URIs, since a browser knows no cid:."""
    for part in parsed.walk():
        if part["Content-ID"] and part.get_content_maintype() == "image":
            data = base64.b64encode(part.get_content()).decode()
            html = html.replace(
                f"cid:{part['Content-ID'].strip('<>')}", f"data:{part.get_content_type()};base64,{data}"
            )
    return html
