"""Keys and DID documents, as machines get them."""

import pytest
from django.test import Client

from issuers.models import Issuer
from openbadges import v2

pytestmark = pytest.mark.django_db
BASE = "https://badges.example.org"


def test_keys_are_documents_that_point_back(issuer: Issuer, client: Client):
    url = f"/issuers/{issuer.slug}/keys/1"
    response = client.get(url, headers={"Accept": "application/ld+json"})
    assert (response.status_code, response["Content-Type"]) == (200, "application/ld+json")
    assert response["Access-Control-Allow-Origin"] == "*"
    assert {"Accept", "Accept-Language"} <= {name.strip() for name in response["Vary"].split(",")}
    document = response.json()
    assert document["id"] == f"{BASE}{url}"
    assert document["owner"] == f"{BASE}/issuers/{issuer.slug}"
    assert document["publicKeyPem"] == issuer.keys.get(number=1).public_pem
    assert list(v2.CryptographicKey.problems(document)) == []


@pytest.mark.parametrize(
    ("accept", "status", "content_type"),
    [
        ("*/*", 200, "application/ld+json"),
        ("application/json", 200, "application/json"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", 200, "application/ld+json"),
        ("image/png", 406, "application/problem+json"),
    ],
)
def test_who_asks_gets_what_they_read(
    issuer: Issuer, client: Client, accept: str, status: int, content_type: str
):
    response = client.get(f"/issuers/{issuer.slug}/keys/1", headers={"Accept": accept})
    assert (response.status_code, response["Content-Type"]) == (status, content_type)


def test_documents_are_not_sent_twice(issuer: Issuer, client: Client):
    for path in (
        f"/issuers/{issuer.slug}/keys/1",
        f"/issuers/{issuer.slug}/did.json",
        "/.well-known/did.json",
    ):
        first = client.get(path)
        again = client.get(path, headers={"If-None-Match": first["ETag"]})
        assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
        assert client.options(path).status_code == 204
        assert client.post(path).status_code == 405


def test_what_is_not_there(issuer: Issuer, client: Client):
    for path in (f"/issuers/{issuer.slug}/keys/9", "/issuers/nobody/keys/1", "/issuers/nobody/did.json"):
        assert client.get(path).status_code == 404


def test_the_did_document_names_both_keys(issuer: Issuer, client: Client):
    document = client.get(f"/issuers/{issuer.slug}/did.json").json()
    subject = f"did:web:badges.example.org:issuers:{issuer.slug}"
    assert document["id"] == subject
    assert document["assertionMethod"] == [f"{subject}#key-1", f"{subject}#key-2"]
    rsa, ed25519 = document["verificationMethod"]
    assert (rsa["type"], rsa["controller"]) == ("JsonWebKey", subject)
    assert rsa["publicKeyJwk"]["kty"] == "RSA"
    assert "d" not in rsa["publicKeyJwk"]
    assert ed25519["type"] == "Multikey"
    assert ed25519["publicKeyMultibase"].startswith("z6Mk")


def test_the_site_has_a_did_without_keys(client: Client):
    document = client.get("/.well-known/did.json").json()
    assert document["id"] == "did:web:badges.example.org"
    assert "verificationMethod" not in document
