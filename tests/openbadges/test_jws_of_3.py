"""VC-JWT: headers, and claims that must say what the credential says."""

import base64
import json

import pytest

from openbadges import jws
from openbadges.canonical import write_json
from openbadges.errors import MalformedDocument, MalformedSignature
from tests.openbadges.stage import rsa_key, sign
from tests.openbadges.whole import ISSUER, TOKEN_METHOD, credential, ed25519_key

DOCUMENT = credential().to_document()
CLAIMS = {
    "iss": ISSUER,
    "jti": DOCUMENT["id"],
    "sub": DOCUMENT["credentialSubject"]["id"],
    "nbf": 1_769_936_400,
    "exp": 1_833_004_800,
}


def token(payload, **options):
    return jws.sign(write_json(payload), rsa_key(0), **options)


def problems(payload):
    return {(problem.field, problem.code) for problem in jws.claim_problems(payload)}


def test_the_header_names_the_key_and_the_type():
    read = jws.verify(token(DOCUMENT, kid=TOKEN_METHOD, typ="JWT"), rsa_key(0).public_key())
    assert read.header == {"alg": "RS256", "kid": TOKEN_METHOD, "typ": "JWT"}
    assert (
        jws.verify(jws.sign(b"{}", ed25519_key(), kid="é"), ed25519_key().public_key()).header["kid"] == "é"
    )


def test_tokens_of_2_0_have_the_header_they_had():
    assert sign({"id": 1}).startswith("eyJhbGciOiJSUzI1NiJ9.")


@pytest.mark.parametrize("member", [{"kid": 5}, {"typ": ["JWT"]}, {"kid": {"id": "x"}}])
def test_a_header_that_is_badly_written_is_refused(member):
    header = base64.urlsafe_b64encode(json.dumps({"alg": "RS256", **member}).encode()).rstrip(b"=").decode()
    with pytest.raises(MalformedSignature) as caught:
        jws.decode_unverified(f"{header}.e30.AAAA")
    assert caught.value.code == "header"


def test_a_key_in_the_header_is_never_used():
    """`jwk` is allowed by the standard; whoever signs can put anything there."""
    payload = jws.sign(write_json(DOCUMENT), rsa_key(1)).split(".")[1]
    header = (
        base64.urlsafe_b64encode(json.dumps({"alg": "RS256", "jwk": {"kty": "RSA"}}).encode())
        .rstrip(b"=")
        .decode()
    )
    read = jws.decode_unverified(f"{header}.{payload}.AAAA")
    assert read.header["jwk"] == {"kty": "RSA"}
    with pytest.raises(Exception, match="mismatch"):
        jws.verify(f"{header}.{payload}.AAAA", rsa_key(0).public_key())


def test_claims_say_what_the_credential_says():
    assert jws.claims_of(DOCUMENT) == CLAIMS
    assert problems({**DOCUMENT, **CLAIMS}) == set()
    assert problems({**DOCUMENT, **CLAIMS, "nbf": CLAIMS["nbf"] + 0.0, "iat": 5}) == set()
    assert jws.credential_of({**DOCUMENT, **CLAIMS, "iat": 1}) == DOCUMENT


def test_an_issuer_written_as_its_id_is_the_same():
    assert problems({**DOCUMENT, "issuer": ISSUER, **CLAIMS}) == set()


@pytest.mark.parametrize("name", CLAIMS)
def test_each_claim_is_asked_for_and_compared(name):
    payload = {**DOCUMENT, **CLAIMS}
    without = {k: v for k, v in payload.items() if k != name}
    assert problems(without) == {(name, "missing")}
    for value in ("did:web:evil.example", 5, True, [CLAIMS[name]], float("inf")):
        assert problems({**payload, name: value}) == {(name, "mismatch")}


def test_a_claim_beyond_the_credential_is_a_mismatch():
    endless = {k: v for k, v in DOCUMENT.items() if k != "validUntil"}
    assert problems({**endless, **CLAIMS}) == {("exp", "mismatch")}
    anonymous = {**DOCUMENT, "credentialSubject": {"achievement": {}}}
    assert problems({**anonymous, **CLAIMS}) == {("sub", "mismatch")}


def test_credentials_of_the_older_data_model_are_under_vc():
    inside = {"type": ["VerifiableCredential"], "issuer": ISSUER, "issuanceDate": DOCUMENT["validFrom"]}
    payload = {"vc": inside, **CLAIMS}
    assert problems(payload) == set()
    assert jws.credential_of(payload) == inside
    assert problems({**payload, "iss": "did:web:evil.example"}) == {("iss", "mismatch")}


def test_dates_that_are_none_are_told():
    assert problems({**DOCUMENT, **CLAIMS, "validFrom": "yesterday"}) == {("validFrom", "not_date_time")}
    assert problems({**DOCUMENT, **CLAIMS, "validFrom": 5}) == {("validFrom", "not_date_time")}
    with pytest.raises(MalformedDocument):
        jws.claims_of({"validFrom": "yesterday"})
