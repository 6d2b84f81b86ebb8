"""JSON Web Keys (RFC 7517, RFC 7518 section 6, RFC 8037): how VC-JWT verifiers read public keys."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from openbadges.errors import UnusableKey
from openbadges.keys.pem import MAX_RSA_BITS, PublicKey, accepted

_BASE64URL = re.compile(r"[A-Za-z0-9_-]+")
_P256_OCTETS = 32
_LONGEST = MAX_RSA_BITS // 6 + 8  # base64url characters of the largest modulus that is read
_ALGORITHMS = {"RSA": "RS256", "EC": "ES256", "OKP": "EdDSA"}


def public_jwk(key: PublicKey) -> dict[str, str]:
    """The key as a JSON Web Key with its `alg`: RS256, ES256 (P-256 only) or EdDSA.

    Raises UnusableKey `unsupported`.
    """
    if isinstance(key, rsa.RSAPublicKey):
        numbers = key.public_numbers()
        n, e = (_written(_octets(number)) for number in (numbers.n, numbers.e))
        return {"kty": "RSA", "alg": "RS256", "n": n, "e": e}
    if isinstance(key, ed25519.Ed25519PublicKey):
        return {"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "x": _written(key.public_bytes_raw())}
    if isinstance(key.curve, ec.SECP256R1):
        point = key.public_numbers()
        x, y = (_written(number.to_bytes(_P256_OCTETS, "big")) for number in (point.x, point.y))
        return {"kty": "EC", "crv": "P-256", "alg": "ES256", "x": x, "y": y}
    raise UnusableKey("unsupported")


def load_jwk(jwk: Mapping[str, Any]) -> PublicKey:
    """The RSA, P-256 or Ed25519 public key of a JSON Web Key.

    Raises UnusableKey: `malformed`, `unsupported`, `too_weak`, `too_large`, `private` (a private part was published:
    anybody can sign with it), `wrong_use` (the key says it is for something else than verifying signatures).
    """
    if {"d", "p", "q", "k"} & set(jwk):
        raise UnusableKey("private")
    kind = jwk.get("kty")
    if (
        jwk.get("alg", _ALGORITHMS.get(str(kind))) != _ALGORITHMS.get(str(kind))
        or jwk.get("use", "sig") != "sig"
    ):
        raise UnusableKey("wrong_use")
    if "verify" not in _list(jwk.get("key_ops", ["verify"])):
        raise UnusableKey("wrong_use")
    try:
        return accepted(_read(kind, jwk))
    except ValueError:
        raise UnusableKey("malformed") from None


def _read(kind: Any, jwk: Mapping[str, Any]) -> object:
    if kind == "RSA":
        return rsa.RSAPublicNumbers(_number(jwk.get("e")), _number(jwk.get("n"))).public_key()
    if kind == "EC" and jwk.get("crv") == "P-256":
        x, y = (_number(jwk.get(name), _P256_OCTETS) for name in ("x", "y"))
        return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    if kind == "OKP" and jwk.get("crv") == "Ed25519":
        return ed25519.Ed25519PublicKey.from_public_bytes(_decoded(jwk.get("x")))
    raise UnusableKey("unsupported")


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _number(text: Any, octets: int | None = None) -> int:
    decoded = _decoded(text)
    if octets is not None and len(decoded) != octets:
        raise UnusableKey("malformed")
    return int.from_bytes(decoded, "big")


def _decoded(text: Any) -> bytes:
    """Base64url without padding, in its one spelling (RFC 4648, section 3.5)."""
    if not isinstance(text, str) or len(text) > _LONGEST or not _BASE64URL.fullmatch(text):
        raise UnusableKey("malformed")
    octets = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if _written(octets) != text:
        raise UnusableKey("malformed")
    return octets


def _octets(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def _written(octets: bytes) -> str:
    return urlsafe_b64encode(octets).rstrip(b"=").decode("ascii")
