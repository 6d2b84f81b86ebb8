"""Compact JWS and VC-JWT: signing awards, and judging tokens that strangers bring.

RFC 7515 (JWS, compact serialization), RFC 7518 section 3 (RS256, ES256), RFC 8037 (EdDSA), RFC 8725
(allow-list of algorithms, no key taken from the token). Open Badges 2.0, "Signed badges"; Open Badges
3.0, section 8.2 ("JSON Web Token Proof Format"): the credential itself is the payload, with the claims
of a JWT beside its own members.
"""

from __future__ import annotations

import math
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from openbadges.canonical import read_json_object, write_json
from openbadges.errors import MalformedDocument, MalformedSignature, WrongSignature
from openbadges.keys import PrivateKey, PublicKey
from openbadges.vocabulary import Problem, parse_date_time

ALGORITHMS = frozenset({"RS256", "ES256", "EdDSA"})
MAX_TOKEN = 1_000_000
MAX_HEADER = 8_192

_SEGMENT = re.compile(r"[A-Za-z0-9_-]*")
_PKCS1 = padding.PKCS1v15()
_SHA256 = SHA256()
_CLAIMS = frozenset({"iss", "jti", "sub", "nbf", "exp", "iat", "aud"})
_ECDSA = ec.ECDSA(_SHA256)


@dataclass(frozen=True, slots=True)
class Token:
    """A compact JWS taken apart: decoded header, the payload's own bytes, signature, signed bytes."""

    header: dict[str, Any]
    payload: bytes
    signature: bytes
    signed: bytes


def sign(payload: bytes, key: PrivateKey, *, kid: str | None = None, typ: str | None = None) -> str:
    """The compact JWS of these bytes: RS256 for an RSA key, EdDSA for Ed25519.

    `kid`: the address from which a verifier of Open Badges 3.0 gets the key; `typ`: `JWT` there. Open Badges 2.0 wants
    neither. Costs the raw signature and little more: headers are encoded once, the key comes parsed.
    """
    if isinstance(key, rsa.RSAPrivateKey):
        signed = _encoded_header("RS256", kid, typ) + urlsafe_b64encode(payload).rstrip(b"=")
        signature = key.sign(signed, _PKCS1, _SHA256)
    else:
        signed = _encoded_header("EdDSA", kid, typ) + urlsafe_b64encode(payload).rstrip(b"=")
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
    """The one JWS algorithm (`alg`) that a key of this kind is used with; ES384 is not among those accepted here."""
    if isinstance(key, rsa.RSAPublicKey):
        return "RS256"
    if isinstance(key, ed25519.Ed25519PublicKey):
        return "EdDSA"
    return "ES256" if isinstance(key.curve, ec.SECP256R1) else "ES384"


def claims_of(credential: Mapping[str, Any]) -> dict[str, Any]:
    """The JWT claims that say again what a credential says: `iss`, `jti`, `sub`, `nbf`, and `exp` if it ends.

    Dates become whole seconds since 1970 (a fraction is cut off), as NumericDate. Raises MalformedDocument
    `not_date_time`. A subject known only by `identifier` has no `sub`.
    """
    subject = credential.get("credentialSubject")
    claims = {
        "iss": _id(credential.get("issuer")),
        "jti": credential.get("id"),
        "sub": subject.get("id") if isinstance(subject, Mapping) else None,
        "nbf": _seconds(credential.get("validFrom", credential.get("issuanceDate"))),
        "exp": _seconds(credential.get("validUntil", credential.get("expirationDate"))),
    }
    return {name: value for name, value in claims.items() if value is not None}


def claim_problems(payload: Mapping[str, Any]) -> Iterator[Problem]:
    """Each JWT claim of a VC-JWT that is missing, or says something else than the credential does.

    Codes: `missing`, `mismatch`; for a credential whose dates cannot be read, `not_date_time`. A payload of VC Data
    Model 1.1 has the credential under `vc`; there it may leave out what a claim says.
    """
    wrapped = payload.get("vc")
    credential = wrapped if isinstance(wrapped, Mapping) else payload
    try:
        expected = claims_of(credential)
    except MalformedDocument:
        yield Problem("validFrom", "not_date_time")
        return
    for name in ("iss", "jti", "sub", "nbf", "exp"):
        claim, said = payload.get(name), expected.get(name)
        if claim is None:
            if said is not None:
                yield Problem(name, "missing")
        elif not _same_claim(claim, said) and not (said is None and credential is wrapped):
            yield Problem(name, "mismatch")


def credential_of(payload: Mapping[str, Any]) -> dict[str, Any]:
    """The credential in the payload of a VC-JWT, without the claims beside it (VC Data Model 1.1: under `vc`)."""
    wrapped = payload.get("vc")
    if isinstance(wrapped, Mapping):
        return dict(wrapped)
    return {name: value for name, value in payload.items() if name not in _CLAIMS}


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
    if not all(isinstance(header.get(name, ""), str) for name in ("kid", "typ")):
        raise MalformedSignature("header", reason="not_text")
    return header


@lru_cache(maxsize=1_000)
def _encoded_header(algorithm: str, kid: str | None, typ: str | None) -> bytes:
    members = {"alg": algorithm, "kid": kid, "typ": typ}
    written = write_json({name: value for name, value in members.items() if value is not None})
    return urlsafe_b64encode(written).rstrip(b"=") + b"."


def _seconds(date: Any) -> int | None:
    if date is None:
        return None
    return math.floor(parse_date_time(date if isinstance(date, str) else "").timestamp())


def _id(value: Any) -> Any:
    return value.get("id") if isinstance(value, Mapping) else value


def _same_claim(claim: Any, said: Any) -> bool:
    """A NumericDate may be written with a fraction; anything else is the same text or nothing."""
    if isinstance(said, int) and isinstance(claim, int | float) and not isinstance(claim, bool):
        return math.isfinite(claim) and math.floor(claim) == said
    return isinstance(claim, str) and claim == said


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
