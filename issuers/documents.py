"""Organisations and their keys in the words of the standards. The only bridge from our rows to their vocabulary."""

from dataclasses import replace
from datetime import UTC
from typing import Any
from urllib.parse import quote, urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings

from common.json_documents import json_bytes
from common.links import absolute
from issuers.models import Issuer, SigningKey
from openbadges import v2, v3
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


def profile_url(issuer: Issuer, key: SigningKey | None = None) -> str:
    """The id of the organisation's own Profile, or of the edition that lists this RS256 key."""
    return issuer_url(issuer.slug) + (key.edition if key else "")


def profile(issuer: Issuer, key: SigningKey | None = None) -> v2.Profile:
    """The OB 2.0 issuer Profile; for a later key (issuers.queries.later_keys) the edition that lists it. Each lists one
    key for ever: validators take no second, and what was signed points at the edition of its key."""
    own, url = issuer_url(issuer.slug), profile_url(issuer, key)
    listed = key or issuer.keys.filter(algorithm=SigningKey.Algorithm.RS256, number=SigningKey.FIRST).first()
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
        public_key=(key_url(issuer.slug, listed.number),) if listed else (),
        single=frozenset({"publicKey"}),
        verification=_hosted_ids(),
        revocation_list=f"{url}/revocations",
        related=() if url == own else (v2.Related(id=own),),
    )


def profile_json(issuer: Issuer, key: SigningKey | None = None) -> bytes:
    return json_bytes(profile(issuer, key).to_document())


def key_json(key: SigningKey) -> bytes:
    """The OB 2.0 CryptographicKey. Its owner is the edition of the Profile that lists it."""
    is_listed = key.algorithm == SigningKey.Algorithm.RS256
    document = v2.CryptographicKey(
        context=v2.CONTEXT,
        id=key_url(key.issuer.slug, key.number),
        owner=profile_url(key.issuer, key if is_listed else None),
        public_key_pem=key.public_pem,
    )
    return json_bytes(document.to_document())


def did(slug: str = "") -> str:
    """The did:web of an organisation, or of this site; the colon of a port is written %3A (did:web, 2.5)."""
    host = quote(urlsplit(settings.SITE_URL).netloc, safe="")
    return f"did:web:{host}:issuers:{slug}" if slug else f"did:web:{host}"


def key_method(slug: str, number: int) -> str:
    """The id of a key as a verification method in the organisation's DID document."""
    return f"{did(slug)}#key-{number}"


def credential_issuer(issuer: Issuer) -> v3.Profile:
    """The organisation as the issuer of an Open Badges 3.0 credential: a Profile whose id is its DID."""
    return v3.Profile(
        id=did(issuer.slug),
        name=issuer.name,
        url=issuer.url,
        email=issuer.email,
        description=issuer.description or None,
        image=v3.Image(id=absolute(issuer.logo_path)) if issuer.logo else None,
    )


def controller_json(issuer: Issuer) -> bytes:
    """The Open Badges 3.0 Profile at the organisation's https address, with the keys that prove credentials.

    Credentials here are issued by the DID; this is for those that somebody signs, with the same keys, in the name of
    the address. Its contexts are those that verifiers read a controller document with.
    """
    url = issuer_url(issuer.slug)
    proving = issuer.keys.filter(algorithm=SigningKey.Algorithm.ED25519).order_by("number")
    profile = replace(
        credential_issuer(issuer),
        context=(*DID_CONTEXTS[:2], *v3.CONTEXT),
        id=url,
        assertion_method=tuple(_verification_method(url, key) for key in proving),
    )
    return json_bytes(profile.to_dict() | {"alsoKnownAs": [did(issuer.slug)]})


def issuer_did_json(issuer: Issuer) -> bytes:
    """The organisation's DID document: every key that signs or ever signed, so that what they signed stays valid. One
    that was in other hands says since when it signs nothing of ours (`revoked`: W3C Controlled Identifiers 1.0, 2.2).
    """
    subject = did(issuer.slug)
    keys = list(issuer.keys.order_by("number"))
    methods = [_verification_method(subject, key) for key in keys]
    own = issuer_url(issuer.slug)
    editions = [own + key.edition for key in keys if key.algorithm == SigningKey.Algorithm.RS256]
    ids = [method["id"] for method in methods]
    document = {
        "@context": DID_CONTEXTS,
        "id": subject,
        "alsoKnownAs": list(dict.fromkeys([own, *editions])),
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
    if key.is_compromised and key.ended_at:
        method["revoked"] = f"{key.ended_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    if isinstance(public, Ed25519PublicKey):
        return {**method, "type": "Multikey", "publicKeyMultibase": multikey(public)}
    return {**method, "type": "JsonWebKey", "publicKeyJwk": public_jwk(public)}


def register_origin(slug: str) -> str:
    """What names an organisation's register in its checkpoints: its page without the scheme (C2SP tlog-checkpoint)."""
    return issuer_url(slug).partition("://")[2]
