"""Organisations and their keys in the words of the standards. The only bridge from our rows to `openbadges.v2`."""

from typing import Any
from urllib.parse import quote, urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings

from common.json_documents import json_bytes
from common.links import absolute
from issuers.models import Issuer, SigningKey
from openbadges import v2
from openbadges.keys import load_public_key, multikey, public_jwk

DID_CONTEXTS = [
    "https://www.w3.org/ns/did/v1",
    "https://w3id.org/security/multikey/v1",
    "https://w3id.org/security/jwk/v1",
]


def issuer_url(slug: str) -> str:
    """The organisation's page and the id of its Profile."""
    return absolute(f"/issuers/{slug}")


def key_url(slug: str, number: int) -> str:
    return f"{issuer_url(slug)}/keys/{number}"


def profile(issuer: Issuer) -> v2.Profile:
    """The OB 2.0 issuer Profile. It lists one key, the long-lived RS256 one: validators take no second."""
    url = issuer_url(issuer.slug)
    key = issuer.keys.filter(algorithm=SigningKey.Algorithm.RS256, state=SigningKey.State.ACTIVE).first()
    return v2.Profile(
        context=v2.CONTEXT,
        id=url,
        type="Issuer",
        name=issuer.name,
        url=issuer.url,
        email=issuer.email,
        description=issuer.description or None,
        image=v2.Image.link(absolute(issuer.logo_path)) if issuer.logo else None,
        language=issuer.language,
        public_key=(key_url(issuer.slug, key.number),) if key else (),
        single=frozenset({"publicKey"}),
        verification=_hosted_ids(),
        revocation_list=f"{url}/revocations",
    )


def profile_json(issuer: Issuer) -> bytes:
    return json_bytes(profile(issuer).to_document())


def key_json(key: SigningKey) -> bytes:
    """The OB 2.0 CryptographicKey."""
    document = v2.CryptographicKey(
        context=v2.CONTEXT,
        id=key_url(key.issuer.slug, key.number),
        owner=issuer_url(key.issuer.slug),
        public_key_pem=key.public_pem,
    )
    return json_bytes(document.to_document())


def did(slug: str = "") -> str:
    """The did:web of an organisation, or of this site; the colon of a port is written %3A (did:web, 2.5)."""
    host = quote(urlsplit(settings.SITE_URL).netloc, safe="")
    return f"did:web:{host}:issuers:{slug}" if slug else f"did:web:{host}"


def issuer_did_json(issuer: Issuer) -> bytes:
    """The organisation's DID document: keys that sign, and keys that signed and are still to be believed."""
    subject = did(issuer.slug)
    keys = issuer.keys.exclude(state=SigningKey.State.COMPROMISED).order_by("number")
    methods = [_verification_method(subject, key) for key in keys]
    ids = [method["id"] for method in methods]
    document = {
        "@context": DID_CONTEXTS,
        "id": subject,
        "alsoKnownAs": [issuer_url(issuer.slug)],
        "verificationMethod": methods,
        "assertionMethod": ids,
    }
    return json_bytes(document)


def site_did_json() -> bytes:
    """The site's own DID document. It signs nothing itself, so it has no keys: only organisations do."""
    document = {
        "@context": DID_CONTEXTS[:1],
        "id": did(),
        "alsoKnownAs": [f"{settings.SITE_URL}/"],
        "service": [
            {"id": f"{did()}#home", "type": "LinkedDomains", "serviceEndpoint": f"{settings.SITE_URL}/"}
        ],
    }
    return json_bytes(document)


def _hosted_ids() -> v2.VerificationObject:
    """Where this site's hosted assertions live: its host name, or its origin where validators take no name
    (an address with a port, an IP address, localhost)."""
    site = urlsplit(settings.SITE_URL)
    host = site.hostname or ""
    is_name = site.port is None and "." in host and ":" not in host and not host.replace(".", "").isdigit()
    single = frozenset({"allowedOrigins", "startsWith"})
    if is_name:
        return v2.VerificationObject(type="VerificationObject", allowed_origins=(host,), single=single)
    origin = f"{settings.SITE_URL}/assertions/"
    return v2.VerificationObject(type="VerificationObject", starts_with=(origin,), single=single)


def _verification_method(subject: str, key: SigningKey) -> dict[str, Any]:
    """Ed25519 as Multikey (for Data Integrity proofs), RSA as JsonWebKey (for JWTs)."""
    public = load_public_key(key.public_pem)
    method: dict[str, Any] = {"id": f"{subject}#key-{key.number}", "controller": subject}
    if isinstance(public, Ed25519PublicKey):
        return {**method, "type": "Multikey", "publicKeyMultibase": multikey(public)}
    return {**method, "type": "JsonWebKey", "publicKeyJwk": public_jwk(public)}


def register_origin(slug: str) -> str:
    """What names an organisation's register in its checkpoints: its page without the scheme (C2SP tlog-checkpoint)."""
    return issuer_url(slug).partition("://")[2]
