"""Signing keys: making them, and reading and writing them as PEM.

Open Badges 2.0, "CryptographicKey": `publicKeyPem` holds a SubjectPublicKeyInfo PEM (RFC 7468).
Private keys are PKCS #8 PEM (RFC 5958), in the clear: wrapping them is the keeper's work. Parsing a
private key costs as much as a hundred signatures, so parse once and keep the object.
"""

from __future__ import annotations

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from openbadges.errors import UnusableKey

PrivateKey = rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey
PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey

MIN_RSA_BITS = 2048
MAX_RSA_BITS = 8192
MAX_PEM = 16_384


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


def load_private_key(pem: bytes, *, is_ours: bool = False) -> PrivateKey:
    """The RSA or Ed25519 key of a PKCS #8 PEM. Raises UnusableKey (`malformed`, `unsupported`, ...).

    `is_ours`: we wrote it, and it was sealed since. Whether the parts of an RSA key belong together, which costs a
    hundred signatures to find out, is not asked again then.
    """
    try:
        key = serialization.load_pem_private_key(pem, password=None, unsafe_skip_rsa_key_validation=is_ours)
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
    return accepted(key)


def accepted(key: object, curves: tuple[type[ec.EllipticCurve], ...] = (ec.SECP256R1,)) -> PublicKey:
    """The key, if it is of a kind and strength used here; else UnusableKey (`unsupported`, `too_weak`, ...)."""
    if isinstance(key, rsa.RSAPublicKey):
        _right_size(key.key_size)
        return key
    if isinstance(key, ed25519.Ed25519PublicKey):
        return key
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, curves):
        return key
    raise UnusableKey("unsupported")


def _right_size(bits: int) -> None:
    if bits < MIN_RSA_BITS:
        raise UnusableKey("too_weak", bits=bits)
    if bits > MAX_RSA_BITS:
        raise UnusableKey("too_large", bits=bits)
