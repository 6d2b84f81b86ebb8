"""Compact JWS: signing awards, and judging tokens that strangers bring.

RFC 7515 (JWS, compact serialization), RFC 7518 section 3 (RS256, ES256), RFC 8037 (EdDSA), RFC 8725
(allow-list of algorithms, no key taken from the token). Open Badges 2.0, "Signed badges".
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from openbadges.canonical import read_json_object
from openbadges.errors import MalformedDocument, MalformedSignature, WrongSignature
from openbadges.keys import PrivateKey, PublicKey

ALGORITHMS = frozenset({"RS256", "ES256", "EdDSA"})
MAX_TOKEN = 1_000_000
MAX_HEADER = 8_192

_SEGMENT = re.compile(r"[A-Za-z0-9_-]*")
_PKCS1 = padding.PKCS1v15()
_SHA256 = SHA256()
_ECDSA = ec.ECDSA(_SHA256)


@dataclass(frozen=True, slots=True)
class Token:
    """A compact JWS taken apart: decoded header, the payload's own bytes, signature, signed bytes."""

    header: dict[str, Any]
    payload: bytes
    signature: bytes
    signed: bytes


def sign(payload: bytes, key: PrivateKey) -> str:
    """The compact JWS of these bytes: RS256 for an RSA key, EdDSA for Ed25519.

    Costs the raw signature and little more: headers are encoded once, the key comes parsed.
    """
    if isinstance(key, rsa.RSAPrivateKey):
        signed = _RS256_HEADER + urlsafe_b64encode(payload).rstrip(b"=")
        signature = key.sign(signed, _PKCS1, _SHA256)
    else:
        signed = _EDDSA_HEADER + urlsafe_b64encode(payload).rstrip(b"=")
        signature = key.sign(signed)
    return (signed + b"." + urlsafe_b64encode(signature).rstrip(b"=")).decode("ascii")


def decode_unverified(token: str) -> Token:
    """Take a compact JWS apart without believing it. Guards everything but the signature itself.

    Raises MalformedSignature: `too_large`, `parts`, `encoding`, `header`, `algorithm`, `critical`.
    """
    if len(token) > MAX_TOKEN:
        raise MalformedSignature("too_large", limit=MAX_TOKEN)
    parts = token.split(".")
    if len(parts) != 3:
        raise MalformedSignature("parts", count=len(parts))
    header, payload, signature = (_decode(part) for part in parts)
    return Token(_header(header), payload, signature, token.rpartition(".")[0].encode("ascii"))


def verify(token: str, key: PublicKey, *, algorithms: Collection[str] = ALGORITHMS) -> Token:
    """The token taken apart, once its signature by this key is proven.

    Never uses a key, address or certificate named in the token. Raises MalformedSignature (as
    `decode_unverified`, and `algorithm` when it is not among `algorithms` or does not fit the key)
    and WrongSignature (`mismatch`).
    """
    read = decode_unverified(token)
    algorithm = read.header["alg"]
    if algorithm not in algorithms or algorithm != algorithm_of(key):
        raise MalformedSignature("algorithm", alg=algorithm)
    try:
        _VERIFIERS[algorithm](key, read.signature, read.signed)
    except InvalidSignature:
        raise WrongSignature("mismatch", alg=algorithm) from None
    return read


def algorithm_of(key: PublicKey) -> str:
    """The one JWS algorithm (`alg`) that a key of this kind is used with here."""
    if isinstance(key, rsa.RSAPublicKey):
        return "RS256"
    return "EdDSA" if isinstance(key, ed25519.Ed25519PublicKey) else "ES256"


def looks_like_token(text: str) -> bool:
    """Whether a text has the outward form of a compact JWS (three base64url parts)."""
    parts = text.split(".", 3)
    return len(parts) == 3 and all(part and _SEGMENT.fullmatch(part) for part in parts)


def _decode(part: str) -> bytes:
    """Base64url without padding; other spellings of the same bytes are refused (RFC 4648 3.5)."""
    if not part or len(part) % 4 == 1 or not _SEGMENT.fullmatch(part):
        raise MalformedSignature("encoding")
    octets = urlsafe_b64decode(part + "=" * (-len(part) % 4))
    if urlsafe_b64encode(octets).rstrip(b"=") != part.encode("ascii"):
        raise MalformedSignature("encoding")
    return octets


def _header(octets: bytes) -> dict[str, Any]:
    try:
        header = read_json_object(octets, max_bytes=MAX_HEADER)
    except MalformedDocument as problem:
        raise MalformedSignature("header", reason=problem.code) from None
    if "crit" in header or "b64" in header:
        raise MalformedSignature("critical")
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
        raise MalformedSignature("algorithm", alg=str(algorithm)[:40])
    return header


def _verify_rs256(key: Any, signature: bytes, signed: bytes) -> None:
    key.verify(signature, signed, _PKCS1, _SHA256)


def _verify_eddsa(key: Any, signature: bytes, signed: bytes) -> None:
    key.verify(signature, signed)


def _verify_es256(key: Any, signature: bytes, signed: bytes) -> None:
    if len(signature) != 64:
        raise InvalidSignature
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    key.verify(encode_dss_signature(r, s), signed, _ECDSA)


_VERIFIERS: dict[str, Callable[[Any, bytes, bytes], None]] = {
    "RS256": _verify_rs256,
    "ES256": _verify_es256,
    "EdDSA": _verify_eddsa,
}
_RS256_HEADER = urlsafe_b64encode(b'{"alg":"RS256"}').rstrip(b"=") + b"."
_EDDSA_HEADER = urlsafe_b64encode(b'{"alg":"EdDSA"}').rstrip(b"=") + b"."
