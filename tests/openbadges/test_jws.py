"""Compact JWS: signing, and refusing what only looks like it."""

import hashlib
import hmac
import json
from base64 import urlsafe_b64encode

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import given, settings
from hypothesis import strategies as st

from openbadges import jws, keys
from openbadges.errors import MalformedSignature, WrongSignature
from tests.openbadges.stage import rsa_key

PAYLOAD = b'{"id": "urn:uuid:1",  "name":"\xc3\xa9"}'
ED25519 = keys.generate_ed25519_key()


def part(value):
    octets = value if isinstance(value, bytes) else json.dumps(value).encode()
    return urlsafe_b64encode(octets).rstrip(b"=").decode()


def token(header, payload=PAYLOAD, signature=b"\0" * 256):
    return f"{part(header)}.{part(payload)}.{part(signature)}"


def refused(text, key=None):
    with pytest.raises(MalformedSignature) as caught:
        jws.verify(text, key or rsa_key(0).public_key())
    return caught.value.code


@pytest.mark.parametrize("key", [rsa_key(0), ED25519], ids=["RS256", "EdDSA"])
def test_what_is_signed_is_verified_and_keeps_its_bytes(key):
    read = jws.verify(jws.sign(PAYLOAD, key), key.public_key())
    assert read.payload == PAYLOAD
    assert read.header == {"alg": jws.algorithm_of(key.public_key())}


@pytest.mark.parametrize("key", [rsa_key(0), ED25519], ids=["RS256", "EdDSA"])
def test_another_library_reads_our_tokens(key):
    algorithms = ["RS256", "EdDSA"]
    assert jwt.PyJWS().decode(jws.sign(PAYLOAD, key), key.public_key(), algorithms=algorithms) == PAYLOAD


def test_we_read_the_tokens_of_another_library():
    p256 = ec.generate_private_key(ec.SECP256R1())
    for key, name in ((rsa_key(0), "RS256"), (ED25519, "EdDSA"), (p256, "ES256")):
        theirs = jwt.PyJWS().encode(PAYLOAD, key, algorithm=name)
        assert jws.verify(theirs, key.public_key()).payload == PAYLOAD


def test_a_tampered_or_foreign_token_is_wrong_not_malformed():
    header, payload, signature = jws.sign(PAYLOAD, rsa_key(0)).split(".")
    with pytest.raises(WrongSignature):
        jws.verify(f"{header}.{part(b'{}')}.{signature}", rsa_key(0).public_key())
    with pytest.raises(WrongSignature):
        jws.verify(f"{header}.{payload}.{signature}", rsa_key(1).public_key())


@pytest.mark.parametrize(
    "alg", ["none", "None", "NONE", "", "HS256", "RS384", "PS256", "rs256", None, 1, ["RS256"]]
)
def test_only_three_algorithms_are_known(alg):
    assert refused(token({"alg": alg})) == "algorithm"


def test_an_unsigned_token_has_an_empty_part():
    assert refused(f"{part({'alg': 'none'})}.{part(PAYLOAD)}.") == "encoding"


def test_a_public_key_is_no_shared_secret():
    secret = keys.public_key_pem(rsa_key(0)).encode()
    signed = f"{part({'alg': 'HS256'})}.{part(PAYLOAD)}"
    forged = f"{signed}.{part(hmac.digest(secret, signed.encode(), hashlib.sha256))}"
    assert refused(forged) == "algorithm"


def test_the_algorithm_must_be_the_one_of_the_key():
    assert refused(jws.sign(PAYLOAD, ED25519)) == "algorithm"
    assert refused(jws.sign(PAYLOAD, rsa_key(0)), ED25519.public_key()) == "algorithm"


def test_the_caller_may_allow_fewer_algorithms():
    with pytest.raises(MalformedSignature, match="algorithm"):
        jws.verify(jws.sign(PAYLOAD, ED25519), ED25519.public_key(), algorithms={"RS256"})


@pytest.mark.parametrize("member", [{"crit": ["b64"], "b64": False}, {"crit": []}, {"b64": True}])
def test_critical_extensions_are_refused(member):
    assert refused(token({"alg": "RS256", **member})) == "critical"


@pytest.mark.parametrize("name", ["jwk", "jku", "x5u", "x5c", "kid"])
def test_a_key_in_the_header_is_never_used(name):
    own_key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(rsa_key(1).public_key()))
    value = own_key if name == "jwk" else "https://evil.example/key"
    signed = f"{part({'alg': 'RS256', name: value})}.{part(PAYLOAD)}"
    forged = f"{signed}.{part(rsa_key(1).sign(signed.encode(), padding.PKCS1v15(), SHA256()))}"
    with pytest.raises(WrongSignature):
        jws.verify(forged, rsa_key(0).public_key())


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (b'{"alg":"RS256","alg":"none"}', "header"),
        (b"[]", "header"),
        (b"\xff", "header"),
        (b"{", "header"),
        (b'{"alg":"RS256","x":"' + b"x" * 9000 + b'"}', "header"),
        (b"{}", "algorithm"),
    ],
)
def test_headers_are_read_strictly(header, code):
    assert refused(token(header)) == code


@pytest.mark.parametrize("count", [0, 1, 3, 4])
def test_a_token_has_three_parts(count):
    assert refused("a" + ".a" * count) == "parts"


@pytest.mark.parametrize(
    "change",
    [
        lambda t: t + "=",
        lambda t: t + "\n",
        lambda t: " " + t,
        lambda t: t.replace(".", ". ", 1),
        lambda t: t + "AAA",
        lambda t: t + "+/",
        lambda t: t + "é",
        lambda t: t[:-1] + chr(ord(t[-1]) + 1),  # other spelling of the same last byte
    ],
)
def test_base64url_has_one_spelling(change):
    # 256 bytes leave 4 spare bits in the last character: only one of 16 spellings is right.
    assert refused(change(jws.sign(PAYLOAD, rsa_key(0)))) == "encoding"


def test_an_endless_token_is_refused_at_once():
    assert refused("a." * 1_000_000) == "too_large"


def test_the_length_of_an_es256_signature_is_fixed():
    p256 = ec.generate_private_key(ec.SECP256R1())
    signed = f"{part({'alg': 'ES256'})}.{part(PAYLOAD)}"
    der = p256.sign(signed.encode(), ec.ECDSA(SHA256()))
    with pytest.raises(WrongSignature):
        jws.verify(f"{signed}.{part(der)}", p256.public_key())


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="abcAZ09-_.=\n é{}", max_size=60) | st.text(max_size=40))
def test_reading_raises_one_error_only(text):
    try:
        jws.decode_unverified(text)
    except MalformedSignature:
        return
    assert jws.looks_like_token(text)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_changed_character_goes_unnoticed(data):
    signed = jws.sign(PAYLOAD, ED25519)
    at = data.draw(st.integers(0, len(signed) - 1))
    new = data.draw(st.characters().filter(lambda c: c != signed[at]))
    with pytest.raises((MalformedSignature, WrongSignature)):
        jws.verify(signed[:at] + new + signed[at + 1 :], ED25519.public_key())
