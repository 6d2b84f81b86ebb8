"""Data Integrity proofs: a signature inside the document it covers.

W3C Data Integrity 1.0; Data Integrity EdDSA Cryptosuites 1.0, section 3.2 (eddsa-rdfc-2022); Data Integrity ECDSA
Cryptosuites 1.0, section 3.2 (ecdsa-rdfc-2019). What is signed is the meaning: SHA of the canonical statements of the
proof's own options, then of the document without its proof.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

import base58
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA384

from openbadges.canonical import Canonicaliser, rdfc
from openbadges.errors import MalformedDocument, MalformedSignature, WrongSignature
from openbadges.keys import PublicKey
from openbadges.vocabulary import format_date_time

EDDSA: Final = "eddsa-rdfc-2022"
ECDSA: Final = "ecdsa-rdfc-2019"
MAX_PROOFS = 10
MAX_PROOF_VALUE = 250

# The two older names say the same computation; documents signed under them are still about.
_SUITES = {EDDSA: "Ed25519", "eddsa-2022": "Ed25519", ECDSA: "EC"}
_LEGACY = "Ed25519Signature2020"

Canonicalise = Callable[[Mapping[str, Any]], str]
_options = Canonicaliser(("created", "verificationMethod"))


def sign(
    document: Mapping[str, Any],
    *,
    key: ed25519.Ed25519PrivateKey,
    verification_method: str,
    created: datetime | str,
    canonicalise: Canonicalise = rdfc,
) -> dict[str, Any]:
    """The document with an eddsa-rdfc-2022 proof of this key, in place of any that it had.

    `verification_method`: the absolute id under which the issuer's document lists the key; `created`: an aware
    datetime, or its text. `canonicalise`: `rdfc`, or what knows the document's shape already (`Canonicaliser.rdfc`).
    Raises MalformedDocument as `rdfc`.
    """
    options = {
        "type": "DataIntegrityProof",
        "cryptosuite": EDDSA,
        "created": created if isinstance(created, str) else format_date_time(created),
        "verificationMethod": verification_method,
        "proofPurpose": "assertionMethod",
    }
    signed = _signed_bytes(document, options, hashlib.sha256, canonicalise)
    value = "z" + base58.b58encode(key.sign(signed)).decode("ascii")
    return {**_unsecured(document), "proof": [{**options, "proofValue": value}]}


def verify(document: Mapping[str, Any], proof: Mapping[str, Any], key: PublicKey) -> None:
    """Nothing, once it is proven that the owner of the key signed exactly what the document means.

    Whether the key is the issuer's, and the proof's dates, are for the caller. Raises WrongSignature `mismatch`;
    MalformedSignature: `cryptosuite`, `purpose`, `proof_chain`, `encoding`, `key_type`; MalformedDocument as `rdfc`.
    """
    kind = suite_of(proof)
    if proof.get("proofPurpose") != "assertionMethod":
        raise MalformedSignature("purpose", purpose=str(proof.get("proofPurpose"))[:100])
    if "previousProof" in proof:
        raise MalformedSignature("proof_chain")
    check = _verifier(kind, key)
    signature = _signature(proof)
    wide = isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP384R1)
    signed = _signed_bytes(document, proof, hashlib.sha384 if wide else hashlib.sha256, rdfc)
    try:
        check(signature, signed)
    except InvalidSignature:
        raise WrongSignature("mismatch", alg=str(proof.get("cryptosuite") or _LEGACY)) from None


def proofs_of(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The proofs of a document, one or several. Raises MalformedDocument `not_object`, `too_many_values`."""
    written = document.get("proof")
    proofs = written if isinstance(written, list) else [] if written is None else [written]
    if len(proofs) > MAX_PROOFS:
        raise MalformedDocument("too_many_values", field="proof", limit=MAX_PROOFS)
    if not all(isinstance(proof, Mapping) for proof in proofs):
        raise MalformedDocument("not_object", field="proof")
    return proofs


def suite_of(proof: Mapping[str, Any]) -> str:
    """`Ed25519` or `EC`: the kind of key that a proof needs. Raises MalformedSignature `cryptosuite`."""
    kind, suite = proof.get("type"), proof.get("cryptosuite")
    if kind == _LEGACY and suite is None:
        return "Ed25519"
    if kind != "DataIntegrityProof" or not isinstance(suite, str) or suite not in _SUITES:
        raise MalformedSignature("cryptosuite", suite=str(suite or kind)[:100])
    return _SUITES[suite]


def _signed_bytes(
    document: Mapping[str, Any], proof: Mapping[str, Any], digest: Any, canonicalise: Canonicalise
) -> bytes:
    """Hash of the proof's options, then of the document: 64 bytes, with SHA-384 96."""
    options = {name: value for name, value in proof.items() if name not in ("@context", "proofValue")}
    bare = _unsecured(document)
    if digest is hashlib.sha256:
        texts = (_options.rdfc({"@context": bare.get("@context"), **options}), canonicalise(bare))
    else:
        texts = (
            rdfc({"@context": bare.get("@context"), **options}, digest=digest),
            rdfc(bare, digest=digest),
        )
    return b"".join(digest(text.encode()).digest() for text in texts)


def _unsecured(document: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name != "proof"}


def _signature(proof: Mapping[str, Any]) -> bytes:
    value = proof.get("proofValue")
    if not isinstance(value, str) or not value.startswith("z") or len(value) > MAX_PROOF_VALUE:
        raise MalformedSignature("encoding")
    try:
        return base58.b58decode(value[1:])
    except ValueError:
        raise MalformedSignature("encoding") from None


def _verifier(kind: str, key: PublicKey) -> Callable[[bytes, bytes], None]:
    if kind == "Ed25519" and isinstance(key, ed25519.Ed25519PublicKey):
        return key.verify
    if kind == "EC" and isinstance(key, ec.EllipticCurvePublicKey):
        return _EllipticVerifier(key)
    raise MalformedSignature("key_type")


class _EllipticVerifier:
    """r and s side by side, each as long as the field (IEEE P1363), not ASN.1."""

    def __init__(self, key: ec.EllipticCurvePublicKey) -> None:
        wide = isinstance(key.curve, ec.SECP384R1)
        self.key, self.half = key, 48 if wide else 32
        self.algorithm = ec.ECDSA(SHA384() if wide else SHA256())

    def __call__(self, signature: bytes, signed: bytes) -> None:
        if len(signature) != 2 * self.half:
            raise InvalidSignature
        r, s = (int.from_bytes(part, "big") for part in (signature[: self.half], signature[self.half :]))
        self.key.verify(encode_dss_signature(r, s), signed, self.algorithm)
