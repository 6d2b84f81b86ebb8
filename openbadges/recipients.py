"""Hashed identities: who a badge is for, without telling strangers.

Open Badges 2.0, "IdentityObject" and "IdentityHash": `sha256$` + hexadecimal SHA-256 of the UTF-8
identity with the salt appended. The standard folds no case, so an address is normalised once, by
`normalise_address`, before it is hashed.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from typing import Protocol

_HASH = re.compile(r"(sha256)\$([0-9a-f]{64})|(md5)\$([0-9a-f]{32})", re.IGNORECASE)


class Identity(Protocol):
    """What `matches` reads; `v2.IdentityObject` has this shape."""

    @property
    def type(self) -> str | tuple[str, ...]: ...
    @property
    def identity(self) -> str: ...
    @property
    def hashed(self) -> bool: ...
    @property
    def salt(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Person:
    """A recipient as any edition names one, in the shape that `matches` reads."""

    type: str
    identity: str
    hashed: bool
    salt: str | None


def normalise_address(address: str) -> str:
    """The one spelling of an e-mail address that is stored, hashed and compared."""
    return address.strip().lower()


def hash_identity(identity: str, salt: str) -> str:
    """`"sha256$" + 64 lower-case hexadecimal digits` of exactly this identity, then the salt."""
    return "sha256$" + hashlib.sha256((identity + salt).encode()).hexdigest()


def is_hash(identity: str) -> bool:
    """Whether the text has the form of an IdentityHash (`sha256$...` or `md5$...`, any case)."""
    return _HASH.fullmatch(identity) is not None


def matches(identity: str, recipient: Identity) -> bool:
    """Whether a plain identity is the one the recipient object stands for, in constant time.

    The identity is tried as written (stripped); an e-mail address also in lower case, as issuers
    hash either. Comparing never raises: an unreadable hash matches nobody.
    """
    as_written = _matches_exactly(identity.strip(), recipient)
    if recipient.type not in ("email", ("email",)):
        return as_written
    normalised = _matches_exactly(normalise_address(identity), recipient)
    return as_written or normalised or _same_address(identity, recipient)


def _matches_exactly(identity: str, recipient: Identity) -> bool:
    if not recipient.hashed:
        return _same(identity, recipient.identity.strip())
    found = _HASH.fullmatch(recipient.identity)
    if found is None:
        return False
    name = (found[1] or found[3]).lower()
    salted = (identity + (recipient.salt or "")).encode(errors="replace")
    digest = hashlib.new(name, salted, usedforsecurity=False).hexdigest()
    return _same(digest, (found[2] or found[4]).lower())


def _same_address(identity: str, recipient: Identity) -> bool:
    # No mail provider tells addresses apart by case.
    plain = normalise_address(recipient.identity)
    return not recipient.hashed and _same(normalise_address(identity), plain)


def _same(left: str, right: str) -> bool:
    return hmac.compare_digest(left.encode(errors="replace"), right.encode(errors="replace"))
