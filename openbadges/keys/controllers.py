"""Which key an issuer says is its own: controller documents, DID documents among them.

W3C Controlled Identifiers 1.0, sections 2 and 3.3 ("Retrieve Verification Method"); DID Core 1.0, section 5. A document
can name any key; it is believed only about itself: its id is the controller that was asked for, the method says the
same controller, and the method is listed for assertions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from openbadges.errors import UnusableKey
from openbadges.keys.jwk import load_jwk
from openbadges.keys.multikey import load_multikey
from openbadges.keys.pem import PublicKey

MAX_METHODS = 200

_MULTIBASE_TYPES = frozenset({"Multikey", "Ed25519VerificationKey2020"})
_JWK_TYPES = frozenset({"JsonWebKey", "JsonWebKey2020"})


@dataclass(frozen=True, slots=True)
class Method:
    """A verification method that was found to be the controller's: `revoked` and `expires` as written, or None."""

    id: str
    type: str
    key: PublicKey
    revoked: str | None = None
    expires: str | None = None


def assertion_key(document: Mapping[str, Any], method_id: str, controller: str) -> PublicKey:
    """The key of `assertion_method`."""
    return assertion_method(document, method_id, controller).key


def assertion_method(document: Mapping[str, Any], method_id: str, controller: str) -> Method:
    """The method of this absolute id, if the document allows it to assert for this controller.

    Raises UnusableKey: `other_id` (the document is somebody else's), `not_listed` (not under `assertionMethod`),
    `missing`, `ambiguous` (several methods of one id, or several keys in one), `other_controller`, `malformed`,
    `unsupported`, and as the readers of keys.
    """
    if document.get("id") != controller:
        raise UnusableKey("other_id", controller=controller[:200])
    listed = list(_entries(document, "assertionMethod"))
    inside = [entry for entry in listed if isinstance(entry, Mapping)]
    if method_id not in [_absolute(_id(entry), controller) for entry in listed]:
        raise UnusableKey("not_listed", method=method_id[:200])
    known = [
        *inside,
        *(entry for entry in _entries(document, "verificationMethod") if isinstance(entry, Mapping)),
    ]
    found = [entry for entry in known if _absolute(_id(entry), controller) == method_id]
    if len(found) != 1:
        raise UnusableKey("ambiguous" if found else "missing", method=method_id[:200])
    return _method(found[0], method_id, controller)


def _method(entry: Mapping[str, Any], method_id: str, controller: str) -> Method:
    if entry.get("controller") != controller:
        raise UnusableKey("other_controller", method=method_id[:200])
    kind, multibase, jwk = str(entry.get("type")), entry.get("publicKeyMultibase"), entry.get("publicKeyJwk")
    if multibase is not None and jwk is not None:
        raise UnusableKey("ambiguous", method=method_id[:200])
    if kind in _MULTIBASE_TYPES and isinstance(multibase, str):
        key = load_multikey(multibase)
    elif kind in _JWK_TYPES and isinstance(jwk, Mapping):
        key = load_jwk(jwk)
    else:
        raise UnusableKey("unsupported", type=kind[:100])
    return Method(method_id, kind, key, _text(entry.get("revoked")), _text(entry.get("expires")))


def _entries(document: Mapping[str, Any], name: str) -> Iterator[Any]:
    value = document.get(name)
    entries = value if isinstance(value, list) else [] if value is None else [value]
    if len(entries) > MAX_METHODS:
        raise UnusableKey("too_large", limit=MAX_METHODS)
    yield from entries


def _id(entry: Any) -> Any:
    return entry.get("id") if isinstance(entry, Mapping) else entry


def _absolute(identifier: Any, controller: str) -> str | None:
    """Relative ids (`#key-1`) are the document's own (DID Core 1.0, section 3.2.2)."""
    if not isinstance(identifier, str):
        return None
    return controller + identifier if identifier.startswith("#") else identifier


def _text(value: Any) -> str | None:
    """A date as written; whatever else stands there counts as a date long past, since a reader cannot know better."""
    return None if value is None else value if isinstance(value, str) else ""
