"""What webhooks are sent: the body of an event, and its headers signed as Standard Webhooks have it.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import hashlib
import hmac
import json
import secrets
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from common.sealing import key_provider
from journal.models import Delivery, Webhook

SECRET_PREFIX = "whsec_"  # noqa: S105  how every secret begins, so that scanners find them


def new_secret() -> str:
    """`whsec_` and 256 random bits in base64."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def new_event_id() -> str:
    return f"msg_{uuid.uuid4().hex}"


def body_of(kind: str, data: Mapping[str, Any], *, at: datetime) -> str:
    """The event as JSON; the time is when it happened."""
    happened = at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    event = {"type": str(kind), "timestamp": happened, "data": dict(data)}
    return json.dumps(event, ensure_ascii=False, separators=(",", ":"))


def secrets_of(webhook: Webhook, *, at: datetime) -> list[str]:
    """Those that sign: the newest, and for a day after a change the one before."""
    sealed = [webhook.sealed_secret]
    if webhook.sealed_previous and webhook.previous_until and at < webhook.previous_until:
        sealed.append(webhook.sealed_previous)
    return [key_provider().unseal(bytes(one)).decode() for one in sealed]


def headers_of(delivery: Delivery, *, signed_with: list[str], at: datetime) -> dict[str, str]:
    stamp = str(int(at.timestamp()))
    content = f"{delivery.event_id}.{stamp}.{delivery.payload}".encode()
    return {
        "Content-Type": "application/json",
        "User-Agent": "badgeplatform-webhooks/1",
        "webhook-id": delivery.event_id,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(_signature(secret, content) for secret in signed_with),
    }


def _signature(secret: str, content: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    return "v1," + base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()
