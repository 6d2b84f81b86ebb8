"""A small world of Open Badges 3.0: issuers by did:web, did:key and https, their keys, lists and credentials."""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from functools import cache
from typing import Any

import base58
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from openbadges import Expectation, Report, jws, keys, proofs, status, verify
from openbadges.contexts import CREDENTIALS_V1, CREDENTIALS_V2, EXTENSIONS, OPEN_BADGES
from openbadges.recipients import hash_identity
from tests.openbadges.stage import EARNER, NOW, World, rsa_key

HOST = "https://schools.example.org"
DID = "did:web:schools.example.org:riverside"
DID_URL = f"{HOST}/riverside/did.json"
PROFILE = f"{HOST}/issuers/1"
ED, RSA, EC = f"{DID}#ed", f"{DID}#rsa", f"{DID}#ec"
LIST, SUSPENDED, REVOKED = f"{HOST}/status/1", f"{HOST}/status/2", f"{HOST}/revoked.json"
CREDENTIAL = "urn:uuid:0f5c1c4e-8a43-4e2c-9d5a-2f9b3a7e6d11"
ACHIEVEMENT = f"{HOST}/achievements/1"
SINCE = "2026-02-01T09:00:00Z"


@cache
def ed_key(number: int = 0) -> ed25519.Ed25519PrivateKey:
    return ed25519.Ed25519PrivateKey.from_private_bytes(bytes([number + 1]) * 32)


@cache
def ec_key() -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(7, ec.SECP256R1())


def multikey_method(id_: str, controller: str, number: int = 0, **more: Any) -> dict[str, Any]:
    public = keys.multikey(ed_key(number).public_key())
    return {"id": id_, "type": "Multikey", "controller": controller, "publicKeyMultibase": public} | more


def jwk_method(id_: str, controller: str, key: Any, **more: Any) -> dict[str, Any]:
    jwk = keys.public_jwk(key.public_key())
    return {"id": id_, "type": "JsonWebKey", "controller": controller, "publicKeyJwk": jwk} | more


def did_document(**more: Any) -> dict[str, Any]:
    return {
        "@context": ["https://www.w3.org/ns/did/v1"],
        "id": DID,
        "verificationMethod": [
            multikey_method(ED, DID),
            jwk_method(RSA, DID, rsa_key(0)),
            jwk_method(EC, DID, ec_key()),
        ],
        "assertionMethod": [ED, RSA, EC],
    } | more


def profile_document(**more: Any) -> dict[str, Any]:
    return {
        "@context": ["https://www.w3.org/ns/did/v1", CREDENTIALS_V2, OPEN_BADGES],
        "id": PROFILE,
        "type": ["Profile"],
        "name": "Riverside College",
        "assertionMethod": [multikey_method(f"{PROFILE}#ed", PROFILE)],
    } | more


def achievement(**more: Any) -> dict[str, Any]:
    return {
        "id": ACHIEVEMENT,
        "type": ["Achievement"],
        "name": "First aid",
        "description": "Can help until help comes.",
        "criteria": {"narrative": "**Six** hours of practice."},
        "image": {"id": f"{HOST}/badge.png", "type": "Image", "caption": "A white cross"},
        "alignment": [
            {"type": ["Alignment"], "targetName": "First aid at work", "targetUrl": "https://hse.example/fa"}
        ],
        "resultDescription": [
            {
                "id": "urn:uuid:f6ab24cd-86e8-4eaf-b8c6-ded74e8fd41c",
                "type": ["ResultDescription"],
                "name": "Practical test",
                "resultType": "LetterGrade",
                "allowedValue": ["C", "B", "A"],
            }
        ],
        "tag": ["health"],
        "inLanguage": "en",
    } | more


def identity(address: str = EARNER, salt: str = "pepper") -> dict[str, Any]:
    return {
        "type": "IdentityObject", "hashed": True, "salt": salt, "identityType": "emailAddress",
        "identityHash": hash_identity(address, salt),
    }  # fmt: skip


def credential(issuer: str = DID, **more: Any) -> dict[str, Any]:
    """Unsigned. `more`: members to add, or with None to take away."""
    given = {
        "@context": [CREDENTIALS_V2, OPEN_BADGES],
        "id": CREDENTIAL,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": "First aid",
        "issuer": {"id": issuer, "type": ["Profile"], "name": "Riverside College", "url": HOST},
        "validFrom": SINCE,
        "awardedDate": SINCE,
        "validUntil": "2028-02-01T09:00:00+01:00",
        "credentialSubject": {
            "id": "urn:uuid:7d9b0f6e-4f0e-4c4e-8f1e-0a6a1b2c3d4e",
            "type": ["AchievementSubject"],
            "identifier": [identity()],
            "narrative": "Led a drill.",
            "achievement": achievement(),
            "result": [
                {
                    "type": ["Result"],
                    "resultDescription": "urn:uuid:f6ab24cd-86e8-4eaf-b8c6-ded74e8fd41c",
                    "value": "A",
                }
            ],
        },
        "evidence": [{"type": ["Evidence"], "id": f"{HOST}/proof", "name": "The drill"}],
    } | more
    return {name: value for name, value in given.items() if value is not None}


def signed(document: dict[str, Any] | None = None, *, method: str = ED, number: int = 0) -> dict[str, Any]:
    """With an eddsa-rdfc-2022 proof."""
    document = credential() if document is None else document
    return proofs.sign(document, key=ed_key(number), verification_method=method, created=SINCE)


def signed_ecdsa(document: dict[str, Any], method: str = EC) -> dict[str, Any]:
    """With an ecdsa-rdfc-2019 proof of the P-256 key."""
    options = {
        "type": "DataIntegrityProof", "cryptosuite": "ecdsa-rdfc-2019", "created": SINCE,
        "verificationMethod": method, "proofPurpose": "assertionMethod",
    }  # fmt: skip
    octets = proofs._signed_bytes(document, options, hashlib.sha256, proofs.rdfc)
    value = "z" + base58.b58encode(_es256(octets)).decode()
    return {**document, "proof": [{**options, "proofValue": value}]}


def _es256(octets: bytes) -> bytes:
    r, s = decode_dss_signature(ec_key().sign(octets, ec.ECDSA(SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def token(
    document: dict[str, Any] | None = None, *, kid: str | None = RSA, key: Any = None, **claims: Any
) -> str:
    """As VC-JWT. `claims`: to change, or with None to take away."""
    document = credential() if document is None else document
    payload = {**document, **jws.claims_of(document), **claims}
    octets = json.dumps({k: v for k, v in payload.items() if v is not None}).encode()
    return jws.sign(octets, key or rsa_key(0), kid=kid, typ="JWT")


def token_with(header: dict[str, Any], document: dict[str, Any] | None = None) -> str:
    """As VC-JWT with any header at all; signed by the algorithm it names (RS256, ES256, EdDSA)."""
    document = credential() if document is None else document
    parts = [json.dumps(header), json.dumps({**document, **jws.claims_of(document)})]
    bare = ".".join(_base64url(part.encode()) for part in parts)
    octets = bare.encode()
    if header["alg"] == "ES256":
        return f"{bare}.{_base64url(_es256(octets))}"
    key = ed_key() if header["alg"] == "EdDSA" else rsa_key(0)
    other = jws.sign(
        b"{}", key
    )  # only to have a signature of the right size where the algorithm is forbidden
    if header["alg"] == "EdDSA":
        return f"{bare}.{_base64url(ed_key().sign(octets))}"
    if header["alg"] == "RS256":
        return f"{bare}.{_base64url(rsa_key(0).sign(octets, padding.PKCS1v15(), SHA256()))}"
    return f"{bare}.{other.rpartition('.')[2]}"


def _base64url(octets: bytes) -> str:
    return urlsafe_b64encode(octets).rstrip(b"=").decode()


def entry(index: int, *, url: str = LIST, purpose: str = "revocation", **more: Any) -> dict[str, Any]:
    return {
        "id": f"{url}#{index}", "type": "BitstringStatusListEntry", "statusPurpose": purpose,
        "statusListIndex": str(index), "statusListCredential": url,
    } | more  # fmt: skip


def status_list(
    places: Iterable[int] = (), *, url: str = LIST, purpose: str = "revocation", **more: Any
) -> dict[str, Any]:
    """Unsigned."""
    bits = status.empty()
    for place in places:
        status.set_bit(bits, place)
    return {
        "@context": [CREDENTIALS_V2],
        "id": url,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": DID,
        "validFrom": SINCE,
        "credentialSubject": {
            "id": f"{url}#list", "type": "BitstringStatusList", "statusPurpose": purpose,
            "encodedList": status.encode(bits),
        },
    } | more  # fmt: skip


def endorsement(about: str = ACHIEVEMENT, *, issuer: str = PROFILE, **more: Any) -> dict[str, Any]:
    """Unsigned."""
    return {
        "@context": [CREDENTIALS_V2, OPEN_BADGES],
        "id": "urn:uuid:3b1a6f0c-52d7-4f5a-8a7e-6f1d2c3b4a59",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "name": "Endorsement",
        "issuer": {"id": issuer, "type": ["Profile"], "name": "The Red Cross"},
        "validFrom": SINCE,
        "credentialSubject": {
            "id": about, "type": ["EndorsementSubject"], "endorsementComment": "We teach it *too*."
        },
    } | more  # fmt: skip


def endorsed(*others: Any, **more: Any) -> dict[str, Any]:
    """A signed credential with these endorsements inside."""
    return signed(credential(endorsement=list(others), **more))


def earlier(document: dict[str, Any] | None = None) -> dict[str, Any]:
    """In the words of the Verifiable Credentials Data Model 1.1."""
    document = dict(credential(awardedDate=None) if document is None else document)
    document["@context"] = [
        CREDENTIALS_V1,
        *document["@context"][1:],
        "https://w3id.org/security/data-integrity/v2",
    ]
    document["issuanceDate"] = document.pop("validFrom")
    document["expirationDate"] = document.pop("validUntil")
    return document


WITH_EXTENSIONS = [CREDENTIALS_V2, OPEN_BADGES, EXTENSIONS]


class World3(World):
    """With the issuer's documents, its lists, and an https Profile that names its key."""

    def __init__(self) -> None:
        super().__init__()
        self.pages |= {
            DID_URL: did_document(),
            PROFILE: profile_document(),
            LIST: signed(status_list([7])),
            SUSPENDED: signed(status_list([9], url=SUSPENDED, purpose="suspension")),
            REVOKED: {"id": REVOKED, "issuer": DID, "revokedCredential": []},
        }

    def verify(self, document: Any, **expect: Any) -> Report:
        known = {"trusted_issuers": {DID: "Riverside"}, **expect}
        brought = document if isinstance(document, str | bytes) else json.dumps(document)
        return verify(brought, fetch=self.fetch, at=NOW, expect=Expectation(**known))
