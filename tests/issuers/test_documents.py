"""Public documents of organisations: Profile, CryptographicKey, DID documents."""

import json
from typing import Any

import pytest
from django.test import Client

from issuers.documents import did, issuer_did_json, profile, profile_json
from issuers.models import Issuer, SigningKey
from openbadges import v2
from openbadges.keys import multikey, public_jwk
from tests.factories import NOON

pytestmark = pytest.mark.django_db
BASE = "https://badges.example.org"


def test_the_profile_has_what_the_standard_asks(issuer: Issuer):
    issuer.description = "What we do."
    document = json.loads(profile_json(issuer))
    url = f"{BASE}/issuers/{issuer.slug}"
    assert document == {
        "@context": "https://w3id.org/openbadges/v2",
        "@language": "en",
        "id": url,
        "type": "Issuer",
        "name": "Atelier Nord",
        "url": "https://atelier-nord.example/",
        "email": "badges@atelier-nord.example",
        "description": "What we do.",
        "publicKey": f"{url}/keys/1",
        "verification": {"type": "VerificationObject", "allowedOrigins": "badges.example.org"},
        "revocationList": f"{url}/revocations",
    }
    assert list(v2.Profile.problems(document)) == []


@pytest.mark.parametrize(
    "site",
    [
        "http://127.0.0.1:8000",
        "http://localhost",
        "https://badges.example.org:8443",
        "http://[::1]:8000",
        "http://10.0.0.1",
    ],
)
def test_where_hosted_badges_live_without_a_registered_name(issuer: Issuer, settings: Any, site: str):
    settings.SITE_URL = site
    verification = json.loads(profile_json(issuer))["verification"]
    assert verification == {"type": "VerificationObject", "startsWith": f"{site}/assertions/"}


def test_the_logo_is_named(issuer: Issuer):
    issuer.logo = "logos/x.png"
    image = profile(issuer).to_dict()["image"]
    assert image == f"{BASE}/issuers/{issuer.slug}/logo.png"


def test_every_key_that_ever_signed_stays_published(issuer: Issuer):
    """What was signed before must go on verifying with software that has never heard of us."""
    before = profile_json(issuer)
    issuer.keys.update(state=SigningKey.State.COMPROMISED, compromised_from=NOON)
    assert profile_json(issuer) == before
    did_document = json.loads(issuer_did_json(issuer))
    assert did_document["assertionMethod"] == [f"{did(issuer.slug)}#key-{number}" for number in (1, 2)]


def test_a_port_is_escaped(settings: Any):
    settings.SITE_URL = "http://127.0.0.1:8000"
    assert did() == "did:web:127.0.0.1%3A8000"
    assert did("nord") == "did:web:127.0.0.1%3A8000:issuers:nord"


def test_keys_as_other_software_writes_them():
    """RFC 8032 test key 1 as a multikey (W3C Data Integrity EdDSA, test vectors), and its JWK (RFC 8037, A.2)."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    raw = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    key = Ed25519PublicKey.from_public_bytes(raw)
    assert public_jwk(key)["x"] == "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
    assert multikey(key) == "z6MktwupdmLXVVqTzCw4i46r4uGyosGXRnR3XjN4Zq7oMMsw"


def test_the_profile_of_open_badges_3_lists_the_keys_that_prove(client: Client, issuer: Issuer) -> None:
    address = f"/issuers/{issuer.slug}"
    for kind in ("application/vc+ld+json", "application/vc", "application/did+json"):
        answer = client.get(address, headers={"Accept": f"{kind}, application/json;q=0.9"})
        assert answer["Content-Type"] == kind
        document = json.loads(answer.content)
        assert document["id"] == f"https://badges.example.org{address}"
        assert document["alsoKnownAs"] == [did(issuer.slug)]
        (method,) = document["assertionMethod"]
        assert (method["type"], method["controller"]) == ("Multikey", document["id"])
        assert method["publicKeyMultibase"].startswith("z6Mk")
    for accept in ("*/*", "application/ld+json, application/json", "application/*", "text/html;q=0.1, */*"):
        document = client.get(address, headers={"Accept": accept}).json()
        assert document["@context"] == "https://w3id.org/openbadges/v2"
    page = client.get(address, headers={"Accept": "text/html, application/vc;q=0.5"})
    assert page["Content-Type"].startswith("text/html")
