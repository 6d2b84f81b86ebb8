"""Second factors under a new encryption key."""

from collections.abc import Iterator
from typing import Any

from allauth.mfa.models import Authenticator

from common.resealing import Step, reseal_bytes, reseal_in_steps


def reseal_authenticators() -> Iterator[Step]:
    """The secrets of authenticator apps and recovery codes."""
    sealed = Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN)
    yield from reseal_in_steps(sealed, _reseal, columns=["data"])


def _reseal(row: Any) -> bool:
    before = row.data
    row.data = {name: _resealed(name, value) for name, value in before.items()}
    return bool(row.data != before)


def _resealed(name: str, value: Any) -> Any:
    if name in ("secret", "seed"):
        return _text(value)
    if name == "migrated_codes":
        return [_text(code) for code in value]
    return value


def _text(sealed: str) -> str:
    return (reseal_bytes(sealed.encode()) or sealed.encode()).decode()
