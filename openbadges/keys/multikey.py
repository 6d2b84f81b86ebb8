"""Multikey: a public key as one short text (W3C Controlled Identifiers 1.0, section 2.2.2)."""

from __future__ import annotations

import base58
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from openbadges.errors import UnusableKey
from openbadges.keys.pem import PublicKey

MAX_MULTIKEY = 200

_ED25519 = b"\xed\x01"
_CURVES: dict[bytes, ec.EllipticCurve] = {b"\x80\x24": ec.SECP256R1(), b"\x81\x24": ec.SECP384R1()}
_COMPRESSED = (serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint)


def multikey(key: PublicKey) -> str:
    """`publicKeyMultibase` of an Ed25519 (`z6Mk...`), P-256 (`zDna...`) or P-384 (`z82L...`) key.

    Raises UnusableKey `unsupported` for any other: RSA keys are not written this way.
    """
    if isinstance(key, ed25519.Ed25519PublicKey):
        return _written(_ED25519 + key.public_bytes_raw())
    for prefix, curve in _CURVES.items():
        if isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name == curve.name:
            return _written(prefix + key.public_bytes(*_COMPRESSED))
    raise UnusableKey("unsupported")


def load_multikey(text: str) -> PublicKey:
    """The key of a `publicKeyMultibase`. Raises UnusableKey: `malformed`, `unsupported`."""
    if not text.startswith("z") or len(text) > MAX_MULTIKEY:
        raise UnusableKey("malformed")
    try:
        octets = base58.b58decode(text[1:])
    except ValueError:
        raise UnusableKey("malformed") from None
    if _written(octets) != text:
        raise UnusableKey("malformed")
    return _read(octets[:2], octets[2:])


def _read(prefix: bytes, octets: bytes) -> PublicKey:
    try:
        if prefix == _ED25519:
            return ed25519.Ed25519PublicKey.from_public_bytes(octets)
        if prefix in _CURVES and octets[:1] in (b"\x02", b"\x03"):
            return ec.EllipticCurvePublicKey.from_encoded_point(_CURVES[prefix], octets)
    except ValueError:
        raise UnusableKey("malformed") from None
    raise UnusableKey("malformed" if prefix in _CURVES else "unsupported")


def _written(octets: bytes) -> str:
    return "z" + base58.b58encode(octets).decode("ascii")
