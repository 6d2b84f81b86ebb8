"""Keys as the standard and its neighbours write them: PEM, JWK, Multikey, did:key, did:web, controller documents.

Signing keys are RSA (Open Badges 2.0, VC-JWT) or Ed25519 (Data Integrity); P-256 and P-384 are read only.
"""

from openbadges.keys.controllers import Method, assertion_key, assertion_method
from openbadges.keys.dids import (
    did_key,
    did_key_method,
    did_of,
    did_web,
    did_web_url,
    load_did_key,
)
from openbadges.keys.jwk import load_jwk, public_jwk
from openbadges.keys.multikey import load_multikey, multikey
from openbadges.keys.pem import (
    MAX_PEM,
    MAX_RSA_BITS,
    MIN_RSA_BITS,
    PrivateKey,
    PublicKey,
    generate_ed25519_key,
    generate_rsa_key,
    load_private_key,
    load_public_key,
    private_key_pem,
    public_key_pem,
)

__all__ = [
    "MAX_PEM",
    "MAX_RSA_BITS",
    "MIN_RSA_BITS",
    "Method",
    "PrivateKey",
    "PublicKey",
    "assertion_key",
    "assertion_method",
    "did_key",
    "did_key_method",
    "did_of",
    "did_web",
    "did_web_url",
    "generate_ed25519_key",
    "generate_rsa_key",
    "load_did_key",
    "load_jwk",
    "load_multikey",
    "load_private_key",
    "load_public_key",
    "multikey",
    "private_key_pem",
    "public_jwk",
    "public_key_pem",
]
