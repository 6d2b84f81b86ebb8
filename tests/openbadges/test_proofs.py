"""Data Integrity proofs: made here, and those that others made."""

import copy
import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import base58
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA384

from openbadges import contexts, keys, proofs
from openbadges.canonical import Canonicaliser, rdfc
from openbadges.errors import MalformedDocument, MalformedSignature, OpenBadgesError, WrongSignature
from tests.openbadges.stage import rsa_key
from tests.openbadges.whole import CREATED, METHOD, bare, credential, ed25519_key, signed

KEY = ed25519_key().public_key()
VECTORS = Path(__file__).parents[1] / "vectors" / "proofs"


def refused(document, proof, key=KEY):
    with pytest.raises(OpenBadgesError) as caught:
        proofs.verify(document, proof, key)
    return type(caught.value), caught.value.code


def test_what_is_signed_verifies():
    document = signed()
    (proof,) = proofs.proofs_of(document)
    assert list(proof) == [
        "type", "cryptosuite", "created", "verificationMethod", "proofPurpose", "proofValue"
    ]  # fmt: skip
    assert proof["created"] == CREATED
    proofs.verify(document, proof, KEY)


def test_the_signature_is_over_options_then_document():
    """The computation of the specification, step by step, without the function under test."""
    document = signed()
    options = {k: v for k, v in document["proof"][0].items() if k != "proofValue"}
    bare_document = {k: v for k, v in document.items() if k != "proof"}
    hashes = [
        hashlib.sha256(rdfc(one).encode()).digest()
        for one in ({"@context": document["@context"], **options}, bare_document)
    ]
    KEY.verify(base58.b58decode(document["proof"][0]["proofValue"][1:]), b"".join(hashes))


def test_signing_again_replaces_the_proof():
    once = signed()
    assert signed(once) == once
    moment = datetime(2026, 2, 1, 9, tzinfo=UTC)
    assert (
        proofs.sign(bare().to_document(), key=ed25519_key(), verification_method=METHOD, created=moment)[
            "proof"
        ][0]["created"]
        == CREATED
    )


def test_the_quick_way_signs_the_same():
    quick = Canonicaliser(("id", "validFrom"))
    for document in (credential().to_document(), {**credential().to_document(), "id": "urn:uuid:2"}):
        again = proofs.sign(
            document, key=ed25519_key(), verification_method=METHOD, created=CREATED, canonicalise=quick.rdfc
        )
        assert again == signed(document)


def changed(**members):
    document = copy.deepcopy(signed())
    document.update(members)
    return document


@pytest.mark.parametrize(
    "document",
    [changed(name="Second aid"), changed(id="urn:uuid:0"), changed(validUntil="2030-01-01T00:00:00Z"),
     changed(issuer="did:web:other.example"), changed(evidence=[]), changed(type=["VerifiableCredential"])],
)  # fmt: skip
def test_a_changed_document_does_not_verify(document):
    assert refused(document, document["proof"][0]) == (WrongSignature, "mismatch")


@pytest.mark.parametrize(
    "option", [{"created": "2026-02-01T09:00:01Z"}, {"verificationMethod": METHOD + "2"}, {"domain": "a"}]
)
def test_a_changed_option_does_not_verify(option):
    document = signed()
    assert refused(document, {**document["proof"][0], **option}) == (WrongSignature, "mismatch")


def test_another_key_does_not_verify():
    document = signed()
    assert refused(document, document["proof"][0], ed25519_key(1).public_key()) == (
        WrongSignature,
        "mismatch",
    )


PROOF = signed()["proof"][0]


@pytest.mark.parametrize(
    ("proof", "code"),
    [
        ({**PROOF, "cryptosuite": "bbs-2023"}, "cryptosuite"),
        ({**PROOF, "cryptosuite": None}, "cryptosuite"),
        ({**PROOF, "type": "RsaSignature2018"}, "cryptosuite"),
        ({**PROOF, "type": ["DataIntegrityProof"]}, "cryptosuite"),
        ({**PROOF, "cryptosuite": ["eddsa-rdfc-2022"]}, "cryptosuite"),
        ({**PROOF, "cryptosuite": "ecdsa-rdfc-2019"}, "key_type"),
        ({**PROOF, "proofPurpose": "authentication"}, "purpose"),
        ({**PROOF, "previousProof": "urn:x"}, "proof_chain"),
        ({**PROOF, "proofValue": PROOF["proofValue"][1:]}, "encoding"),
        ({**PROOF, "proofValue": "z0OIl"}, "encoding"),
        ({**PROOF, "proofValue": "z" * 100_000}, "encoding"),
        ({**PROOF, "proofValue": 7}, "encoding"),
        ({k: v for k, v in PROOF.items() if k != "proofValue"}, "encoding"),
    ],
)
def test_a_proof_of_another_kind_is_refused(proof, code):
    assert refused(signed(), proof) == (MalformedSignature, code)


def test_keys_of_another_kind_are_refused():
    assert refused(signed(), PROOF, rsa_key(0).public_key()) == (MalformedSignature, "key_type")
    assert refused(signed(), {**PROOF, "proofValue": "z11"}) == (WrongSignature, "mismatch")


def test_an_undefined_word_beside_a_valid_proof_is_refused():
    document = changed(undefined="x")
    assert refused(document, PROOF) == (MalformedDocument, "undefined_term")
    assert refused(signed(), {**PROOF, "undefined": "x"}) == (MalformedDocument, "undefined_term")


def test_proofs_are_one_or_several_and_few():
    assert proofs.proofs_of({}) == []
    assert proofs.proofs_of({"proof": PROOF}) == proofs.proofs_of({"proof": [PROOF]}) == [PROOF]
    for value, code in (([PROOF] * 11, "too_many_values"), (["x"], "not_object"), ("x", "not_object")):
        with pytest.raises(MalformedDocument) as caught:
            proofs.proofs_of({"proof": value})
        assert caught.value.code == code


@pytest.mark.parametrize(
    ("curve", "algorithm", "digest", "half"),
    [(ec.SECP256R1(), SHA256(), hashlib.sha256, 32), (ec.SECP384R1(), SHA384(), hashlib.sha384, 48)],
    ids=["P-256", "P-384"],
)
def test_elliptic_proofs_are_read(curve, algorithm, digest, half):
    private = ec.generate_private_key(curve)
    document = credential().to_document()
    options = {**PROOF, "cryptosuite": "ecdsa-rdfc-2019"}
    del options["proofValue"]
    texts = [rdfc(one, digest=digest) for one in ({"@context": document["@context"], **options}, document)]
    der = private.sign(b"".join(digest(text.encode()).digest() for text in texts), ec.ECDSA(algorithm))
    r, s = decode_dss_signature(der)
    raw = r.to_bytes(half, "big") + s.to_bytes(half, "big")
    proof = {**options, "proofValue": "z" + base58.b58encode(raw).decode()}
    proofs.verify({**document, "proof": [proof]}, proof, private.public_key())
    assert refused({**document, "name": "x"}, proof, private.public_key()) == (WrongSignature, "mismatch")
    asn1 = {**proof, "proofValue": "z" + base58.b58encode(der).decode()}
    assert refused(document, asn1, private.public_key()) == (WrongSignature, "mismatch")


@pytest.mark.parametrize("path", sorted(VECTORS.glob("*.json")), ids=lambda path: path.stem)
def test_what_others_signed_verifies(path, monkeypatch):
    """Vectors that no code of ours made; the README beside them says who did."""
    vector = json.loads(path.read_text())
    pinned = contexts.context
    known = vector.get("contexts", {})
    monkeypatch.setattr(contexts, "context", lambda url: known[url] if url in known else pinned(url))
    document, key = vector["document"], keys.load_multikey(vector["publicKeyMultibase"])
    (proof,) = proofs.proofs_of(document)
    proofs.verify(document, proof, key)
    broken = {**document, "validFrom": "2020-01-01T00:00:00Z"}
    assert refused(broken, proof, key) == (WrongSignature, "mismatch")


def test_there_are_vectors_of_others():
    assert {path.stem for path in VECTORS.glob("*.json")} >= {
        "eddsa-rdfc-2022",
        "ecdsa-rdfc-2019-p256",
        "ecdsa-rdfc-2019-p384",
        "w3c-eddsa-rdfc-2022",
        "w3c-ecdsa-rdfc-2019-p256",
    }
