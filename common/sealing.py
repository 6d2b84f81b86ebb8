"""Envelope encryption: what must be kept but never lie about in the clear.

One provider behind one protocol: Fernet keys from the settings now, a key management service where
there is one. Rotation: put a new key in front of KEY_ENCRYPTION_KEYS, run `manage.py rewrap`.
"""

from functools import lru_cache
from typing import Protocol

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class SealBroken(Exception):
    """The bytes were not sealed with any of the keys at hand, or were changed since."""


class KeyProvider(Protocol):
    def seal(self, secret: bytes) -> bytes: ...

    def unseal(self, sealed: bytes) -> bytes: ...

    def reseal(self, sealed: bytes) -> bytes: ...

    def is_current(self, sealed: bytes) -> bool: ...


class FernetKeyProvider:
    """AES-128-CBC with HMAC-SHA256 under the first of several 32-byte keys; every key decrypts."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        self._first = Fernet(keys[0])
        self._fernet = MultiFernet([Fernet(key) for key in keys])

    def seal(self, secret: bytes) -> bytes:
        return self._fernet.encrypt(secret)

    def unseal(self, sealed: bytes) -> bytes:
        try:
            return self._fernet.decrypt(bytes(sealed))
        except InvalidToken as error:
            raise SealBroken("sealed with a key that is not at hand, or changed since") from error

    def reseal(self, sealed: bytes) -> bytes:
        """The same secret under the first key."""
        try:
            return self._fernet.rotate(bytes(sealed))
        except InvalidToken as error:
            raise SealBroken("sealed with a key that is not at hand, or changed since") from error

    def is_current(self, sealed: bytes) -> bool:
        """Whether the first key sealed it."""
        try:
            self._first.decrypt(bytes(sealed))
        except InvalidToken:
            return False
        return True


@lru_cache(maxsize=4)
def _provider(keys: tuple[str, ...]) -> KeyProvider:
    return FernetKeyProvider(keys)


def key_provider() -> KeyProvider:
    return _provider(tuple(settings.KEY_ENCRYPTION_KEYS))
