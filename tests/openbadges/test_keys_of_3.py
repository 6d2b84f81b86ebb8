"""Keys as Open Badges 3.0 writes them, names made of keys, and documents that say whose they are."""

import copy

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from openbadges import keys
from openbadges.errors import MalformedDocument, OpenBadgesError, UnusableKey
from tests.openbadges.stage import rsa_key
from tests.openbadges.whole import ISSUER, METHOD, TOKEN_METHOD, did_document, ed25519_key

ED = ed25519_key().public_key()
P256 = ec.derive_private_key(7, ec.SECP256R1()).public_key()
P384 = ec.derive_private_key(7, ec.SECP384R1()).public_key()
RSA = rsa_key(0).public_key()


def refused(action, *args):
    with pytest.raises(OpenBadgesError) as caught:
        action(*args)
    return caught.value.code


# Multikey and did:key

# W3C Controlled Identifiers 1.0 and the test vectors of the cryptosuites: texts that others wrote.
PUBLISHED = {
    "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2": ed25519.Ed25519PublicKey,
    "zDnaepBuvsQ8cpsWrVKw8fbpGpvPeNSjVPTWoq6cRqaYzBKVP": ec.EllipticCurvePublicKey,
    "z82LkuBieyGShVBhvtE2zoiD6Kma4tJGFtkAhxR5pfkp5QPw4LutoYWhvQCnGjdVn14kujQ": ec.EllipticCurvePublicKey,
}


@pytest.mark.parametrize("text", PUBLISHED)
def test_published_multikeys_are_read_and_written_back(text):
    key = keys.load_multikey(text)
    assert isinstance(key, PUBLISHED[text])
    assert keys.multikey(key) == text
    assert keys.did_key_method(key) == f"did:key:{text}#{text}"
    assert keys.multikey(keys.load_did_key(f"did:key:{text}")) == text
    assert keys.multikey(keys.load_did_key(f"did:key:{text}#{text}")) == text


@pytest.mark.parametrize(("key", "start"), [(ED, "z6Mk"), (P256, "zDn"), (P384, "z82")])
def test_multikeys_start_as_the_standard_says(key, start):
    assert keys.multikey(key).startswith(start)


def test_an_rsa_key_is_no_multikey():
    assert refused(keys.multikey, RSA) == "unsupported"


GOOD = keys.multikey(ED)


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "malformed"), ("z", "unsupported"), (GOOD[1:], "malformed"), ("u" + GOOD[1:], "malformed"),
     (GOOD + "0", "malformed"), (GOOD[:-1], "malformed"), (GOOD + "\n", "malformed"), ("z1" + GOOD[1:], "unsupported"),
     ("z" + "1" * 500, "malformed"), ("z6MkéÉ", "malformed"), (keys.multikey(P256)[:-1], "unsupported")],
)  # fmt: skip
def test_a_multikey_that_cannot_be_read_says_why(text, code):
    assert refused(keys.load_multikey, text) in (code, "malformed", "unsupported")


def test_a_point_off_its_curve_is_refused():
    import base58  # only here

    for octets in (b"\x80\x24\x02" + b"\xff" * 32, b"\x80\x24\x04" + bytes(64), b"\xed\x01" + bytes(31)):
        assert refused(keys.load_multikey, "z" + base58.b58encode(octets).decode()) == "malformed"


@pytest.mark.parametrize(
    "did",
    [f"did:key:{GOOD}#other", f"did:web:{GOOD}", GOOD, f"did:key:{GOOD}?x", "did:key:", f"did:key:{GOOD} "],
)
def test_a_did_key_that_is_none_is_refused(did):
    assert refused(keys.load_did_key, did) in ("malformed", "unsupported")


# JSON Web Keys


@pytest.mark.parametrize("key", [RSA, P256, ED], ids=["RSA", "P-256", "Ed25519"])
def test_a_jwk_is_written_and_read_back(key):
    jwk = keys.public_jwk(key)
    assert "d" not in jwk
    assert keys.public_key_pem(keys.load_jwk(jwk)) == keys.public_key_pem(key)
    assert keys.load_jwk({**jwk, "use": "sig", "key_ops": ["verify"], "kid": "1"})


def test_p384_is_no_key_for_tokens():
    assert refused(keys.public_jwk, P384) == "unsupported"


JWK = keys.public_jwk(RSA)
WEAK = keys.public_jwk(rsa.generate_private_key(public_exponent=65537, key_size=1024).public_key())


@pytest.mark.parametrize(
    ("jwk", "code"),
    [
        ({**JWK, "d": "AQAB"}, "private"),
        ({"kty": "oct", "k": "AQAB"}, "private"),
        ({**JWK, "alg": "HS256"}, "wrong_use"),
        ({**JWK, "use": "enc"}, "wrong_use"),
        ({**JWK, "key_ops": ["encrypt"]}, "wrong_use"),
        ({**JWK, "n": JWK["n"] + "="}, "malformed"),
        ({**JWK, "n": JWK["n"][:-1] + "_"}, "malformed"),
        ({**JWK, "e": "AA"}, "malformed"),
        ({**JWK, "n": None}, "malformed"),
        ({**JWK, "n": "A" * 10_000}, "malformed"),
        (WEAK, "too_weak"),
        ({**keys.public_jwk(P256), "crv": "P-521"}, "unsupported"),
        ({**keys.public_jwk(P256), "x": "AQAB"}, "malformed"),
        ({**keys.public_jwk(P256), "y": keys.public_jwk(P256)["x"]}, "malformed"),
        ({**keys.public_jwk(ED), "x": "AQAB"}, "malformed"),
        ({**keys.public_jwk(ED), "crv": "X25519"}, "unsupported"),
        ({}, "unsupported"),
        ({"kty": ["RSA"]}, "unsupported"),
    ],
)  # fmt: skip
def test_a_jwk_that_must_not_be_used_says_why(jwk, code):
    assert refused(keys.load_jwk, jwk) == code


# Names that are addresses


@pytest.mark.parametrize(
    ("did", "url"),
    [
        ("did:web:w3c-ccg.github.io", "https://w3c-ccg.github.io/.well-known/did.json"),
        ("did:web:w3c-ccg.github.io:user:alice", "https://w3c-ccg.github.io/user/alice/did.json"),
        ("did:web:example.com%3A3000", "https://example.com:3000/.well-known/did.json"),
        ("did:web:example.com%3A3000:user:alice", "https://example.com:3000/user/alice/did.json"),
        ("did:web:localhost%3A8443:issuers:r-1", "https://localhost:8443/issuers/r-1/did.json"),
        ("did:web:xn--bcher-kva.example", "https://xn--bcher-kva.example/.well-known/did.json"),
        ("did:web:a.example:%C3%A9t%C3%A9", "https://a.example/%C3%A9t%C3%A9/did.json"),
    ],
)
def test_a_did_web_is_an_address_and_back(did, url):
    assert keys.did_web_url(did) == url
    assert keys.did_web(url) == did
    assert keys.did_web(url.removesuffix("/did.json").removesuffix("/.well-known")) == did


@pytest.mark.parametrize(
    "did",
    [
        "did:web:", "did:web", "did:key:z6Mk", "DID:WEB:a.example", "did:web:a.example/b", "did:web:a.example#k",
        "did:web:a.example?x", "did:web:a.example::b", "did:web:a.example:", "did:web:user@a.example",
        "did:web:user%40a.example", "did:web:a.example%2Fb", "did:web:a.example%2fb", "did:web:a.example:%2e%2e",
        "did:web:a.example:..:b", "did:web:a.example:b%2Fc", "did:web:a.example:b%5Cc", "did:web:a.example:b%00",
        "did:web:a.example:b%3Fc", "did:web:a.example%3A0", "did:web:a.example%3A99999", "did:web:a.example%3A80%3A80",
        "did:web:a.example:80\n", "did:web:127.0.0.1", "did:web:2130706433", "did:web:0x7f.1", "did:web:0x7f000001",
        "did:web:[::1]", "did:web:%5B::1%5D", "did:web:a..example", "did:web:-a.example", "did:web:a_b.example",
        "did:web:ex\u0430mple.com", "did:web:a\u3002example", "did:web:a\u2044b.example", "did:web:a.example ",
        "did:web:" + "a" * 64 + ".example", "did:web:a.example:" + "b" * 600, "did:web:127.0.0.1%3A8000:a",
    ],
)  # fmt: skip
def test_a_did_web_that_could_lead_elsewhere_is_refused(did):
    with pytest.raises(MalformedDocument) as caught:
        keys.did_web_url(did)
    assert caught.value.code == "not_did_web"


@pytest.mark.parametrize(
    "url",
    ["http://a.example", "https://a.example/?x=1", "https://a.example/#x", "https://u@a.example/", "https://a.example//b",
     "https://10.0.0.1/", "https://ex\u0430mple.com/", "ftp://a.example"],
)  # fmt: skip
def test_an_address_without_a_did_web_is_refused(url):
    assert refused(keys.did_web, url) == "not_did_web"


def test_the_did_of_a_method():
    assert keys.did_of(METHOD) == ISSUER
    assert keys.did_of(f"{ISSUER}?service=x") == ISSUER
    assert keys.did_of("https://a.example/issuer#key") == "https://a.example/issuer#key"


# Controller documents

DOCUMENT = did_document(RSA)


def changed(change):
    document = copy.deepcopy(DOCUMENT)
    change(document)
    return document


def test_the_keys_of_an_issuer_are_found():
    assert keys.multikey(keys.assertion_key(DOCUMENT, METHOD, ISSUER)) == keys.multikey(ED)
    assert keys.public_key_pem(keys.assertion_key(DOCUMENT, TOKEN_METHOD, ISSUER)) == keys.public_key_pem(RSA)


def test_relative_ids_and_embedded_methods_are_the_documents_own():
    def relative(document):
        document["verificationMethod"][0]["id"] = "#key-1"
        document["assertionMethod"] = ["#key-1"]

    def embedded(document):
        document["assertionMethod"] = [document.pop("verificationMethod")[0]]

    def single(document):
        document["assertionMethod"] = METHOD

    for change in (relative, embedded, single):
        assert keys.assertion_key(changed(change), METHOD, ISSUER)


def test_an_https_profile_is_a_controller_too():
    home = "https://badges.example.org/issuers/riverside"
    method = {**DOCUMENT["verificationMethod"][0], "id": f"{home}#key-1", "controller": home}
    assert keys.assertion_key(
        {"id": home, "type": ["Profile"], "assertionMethod": [method]}, f"{home}#key-1", home
    )


def test_dates_of_a_method_are_told():
    def dated(document):
        document["verificationMethod"][0] |= {"revoked": "2026-01-01T00:00:00Z", "expires": 5}

    method = keys.assertion_method(changed(dated), METHOD, ISSUER)
    assert (method.revoked, method.expires, method.type) == ("2026-01-01T00:00:00Z", "", "Multikey")


def put(name, value):
    return lambda document: document["verificationMethod"][0].__setitem__(name, value)


LIES = [
    (lambda d: d.update(id="did:web:evil.example"), "other_id"),
    (lambda d: d.pop("id"), "other_id"),
    (lambda d: d.pop("assertionMethod"), "not_listed"),
    (lambda d: d.update(assertionMethod=[], authentication=[METHOD]), "not_listed"),
    (lambda d: d.update(assertionMethod=[{"id": 5}, None, ["x"]]), "not_listed"),
    (lambda d: d.update(verificationMethod=[]), "missing"),
    (lambda d: d["verificationMethod"].append(d["verificationMethod"][0]), "ambiguous"),
    (
        lambda d: d["assertionMethod"].append({**d["verificationMethod"][0], "publicKeyMultibase": "z6Mk"}),
        "ambiguous",
    ),
    (put("controller", "did:web:evil.example"), "other_controller"),
    (put("controller", None), "other_controller"),
    (put("publicKeyJwk", JWK), "ambiguous"),
    (put("publicKeyMultibase", GOOD + "0"), "malformed"),
    (put("publicKeyMultibase", None), "unsupported"),
    (put("type", "RsaVerificationKey2018"), "unsupported"),
    (put("type", ["Multikey"]), "unsupported"),
    (lambda d: d.update(assertionMethod=[METHOD] * 500), "too_large"),
]


@pytest.mark.parametrize(("change", "code"), LIES, ids=[f"{n} {code}" for n, (_, code) in enumerate(LIES)])
def test_a_document_that_lies_is_not_believed(change, code):
    with pytest.raises(UnusableKey) as caught:
        keys.assertion_key(changed(change), METHOD, ISSUER)
    assert caught.value.code == code


def test_a_method_of_another_document_is_not_this_ones():
    other = "did:web:evil.example#key-1"
    document = changed(lambda d: d["assertionMethod"].append(other))
    assert refused(keys.assertion_key, document, other, ISSUER) == "missing"
