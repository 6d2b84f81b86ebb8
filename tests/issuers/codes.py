"""What waits in the outbox: sign-in codes and links."""

import json

from common.sealing import key_provider
from journal.models import Message


def secrets_of(message: Message) -> dict[str, str]:
    found: dict[str, str] = json.loads(key_provider().unseal(bytes(message.sealed)))
    return found


def code_for(address: str) -> str:
    return secrets_of(Message.objects.filter(kind="sign_in_code", recipient=address).latest("created_at"))[
        "code"
    ]


def invitation_path() -> str:
    url = secrets_of(Message.objects.filter(kind="invitation").latest("created_at"))["action_url"]
    return url.removeprefix("https://badges.example.org")
