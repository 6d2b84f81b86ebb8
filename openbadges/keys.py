"""Signing keys: making them, and reading and writing them as PEM.

Open Badges 2.0, "CryptographicKey": `publicKeyPem` holds a SubjectPublicKeyInfo PEM (RFC 7468).
Private keys are PKCS #8 PEM (RFC 5958), in the clear: wrapping them is the keeper's work. Parsing a
private key costs as much as a hundred signatures, so parse once and keep the object.
"""

from __future__ import annotations

import base64

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from openbadges.errors import UnusableKey

PrivateKey = rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey
PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey

MIN_RSA_BITS = 2048
MAX_RSA_BITS = 8192
MAX_PEM = 16_384
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def generate_rsa_key() -> rsa.RSAPrivateKey:
    """A new RSA private key of 2048 bits, exponent 65537: what Open Badges 2.0 verifiers read."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def generate_ed25519_key() -> ed25519.Ed25519PrivateKey:
    """A new Ed25519 private key (RFC 8032)."""
    return ed25519.Ed25519PrivateKey.generate()


def private_key_pem(key: PrivateKey) -> bytes:
    """The private key as unencrypted PKCS #8 PEM. Secret: wrap it before it is stored."""
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def load_private_key(pem: bytes) -> PrivateKey:
    """The RSA or Ed25519 key of a PKCS #8 PEM. Raises UnusableKey (`malformed`, `unsupported`, ...)."""
    try:
        key = serialization.load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise UnusableKey("malformed") from None
    if not isinstance(key, rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey):
        raise UnusableKey("unsupported")
    if isinstance(key, rsa.RSAPrivateKey):
        _right_size(key.key_size)
    return key


def public_key_pem(key: PrivateKey | PublicKey) -> str:
    """The public half as SubjectPublicKeyInfo PEM text, for `CryptographicKey.publicKeyPem`."""
    public: PublicKey
    if isinstance(key, rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey):
        public = key.public_key()
    else:
        public = key
    return public.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    ).decode("ascii")


def load_public_key(pem: str | bytes) -> PublicKey:
    """The RSA, P-256 or Ed25519 public key of a SubjectPublicKeyInfo PEM.

    Raises UnusableKey: `malformed`, `unsupported` (other kind or curve), `too_weak`, `too_large`.
    """
    octets = pem.encode(errors="replace") if isinstance(pem, str) else pem
    if len(octets) > MAX_PEM:
        raise UnusableKey("too_large")
    try:
        key = serialization.load_pem_public_key(octets.strip() + b"\n")
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise UnusableKey("malformed") from None
    return _accepted(key)


def _accepted(key: object) -> PublicKey:
    if isinstance(key, rsa.RSAPublicKey):
        _right_size(key.key_size)
        return key
    if isinstance(key, ed25519.Ed25519PublicKey):
        return key
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        return key
    raise UnusableKey("unsupported")


def _right_size(bits: int) -> None:
    if bits < MIN_RSA_BITS:
        raise UnusableKey("too_weak", bits=bits)
    if bits > MAX_RSA_BITS:
        raise UnusableKey("too_large", bits=bits)


def public_jwk(key: PublicKey) -> dict[str, str]:
    """The key as a JSON Web Key (RFC 7517) for RS256 (RFC 7518, 6.3) or EdDSA (RFC 8037). P-256 is not written."""
    if isinstance(key, rsa.RSAPublicKey):
        numbers = key.public_numbers()
        return {
            "kty": "RSA",
            "alg": "RS256",
            "n": _base64url(_octets(numbers.n)),
            "e": _base64url(_octets(numbers.e)),
        }
    if isinstance(key, ed25519.Ed25519PublicKey):
        return {"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "x": _base64url(key.public_bytes_raw())}
    raise UnusableKey("unsupported")


def multikey(key: ed25519.Ed25519PublicKey) -> str:
    """`publicKeyMultibase` of an Ed25519 key: `z6Mk...` (W3C Controlled Identifiers 1.0, 2.2.2)."""
    return "z" + _base58(b"\xed\x01" + key.public_bytes_raw())


def _octets(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def _base64url(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode("ascii")


def _base58(octets: bytes) -> str:
    """Base58 with the Bitcoin alphabet; multikeys never start with a zero octet."""
    number, text = int.from_bytes(octets, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        text = _BASE58[digit] + text
    return text
