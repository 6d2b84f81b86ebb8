"""Verifying Open Badges 3.0: proofs and tokens, issuers and their keys, dates, recipients, shapes."""

import json

import pytest

from openbadges import CheckCode, Fetched, Outcome, Verdict, jws, keys
from openbadges.contexts import CREDENTIALS_V2, OPEN_BADGES
from openbadges.verifying import MAX_FETCHES, Doubt, Kind
from openbadges.verifying.statement import Alignment, Evidence, Party, Result
from tests.openbadges.stage import EARNER, faults, rsa_key
from tests.openbadges.stage3 import (
    CREDENTIAL,
    DID,
    DID_URL,
    EC,
    ED,
    HOST,
    PROFILE,
    RSA,
    SINCE,
    WITH_EXTENSIONS,
    World3,
    achievement,
    credential,
    did_document,
    earlier,
    ed_key,
    identity,
    jwk_method,
    multikey_method,
    profile_document,
    signed,
    signed_ecdsa,
    token,
    token_with,
)

KEY_DID = keys.did_key(ed_key(3).public_key())
NEEDED = {"algorithm": "needs", "key_listed": "needs", "key_owner": "needs", "signature": "needs"}


@pytest.fixture
def world():
    return World3()


def unlisted(reason):
    return {"algorithm": "needs", "key_listed": reason, "key_owner": "needs", "signature": "needs"}


def altered(document, **members):
    return {**document, **members}


# What may be brought


@pytest.mark.parametrize(
    "brought",
    [
        signed,
        lambda: signed_ecdsa(credential()),
        token,
        lambda: token(kid=ED, key=ed_key()),
        lambda: token_with({"alg": "ES256", "kid": EC}),
        lambda: token_with({"alg": "RS256", "kid": "#rsa", "typ": "JWT"}),
        lambda: token(signed()),
        lambda: altered(signed(), proof=signed()["proof"][0]),
        lambda: signed(earlier()),
    ],
    ids=[
        "eddsa",
        "ecdsa",
        "rs256",
        "jwt eddsa",
        "es256",
        "relative kid",
        "both",
        "one proof",
        "data model 1.1",
    ],
)
def test_every_form_of_a_credential_is_valid(world, brought):
    report = world.verify(brought(), recipient=EARNER)
    assert faults(report) == {}
    assert (report.verdict, report.kind, report.id) == (Verdict.VALID, Kind.SIGNED, CREDENTIAL)
    assert world.asked == [DID_URL]


def test_an_address_may_lead_to_a_credential(world):
    world.pages[f"{HOST}/c/1"] = signed()
    world.pages[f"{HOST}/c/1.jwt"] = Fetched(200, "text/plain", token().encode())
    assert world.verify(f"{HOST}/c/1").verdict == Verdict.VALID
    assert world.verify(f"{HOST}/c/1.jwt").verdict == Verdict.VALID


def test_what_it_says_is_shown(world):
    said = world.verify(signed()).statement
    assert (said.standard, said.name, said.language) == ("3.0", "First aid", "en")
    assert said.issuer == Party(id=DID, name="Riverside College", url=HOST)
    assert (said.criteria, said.narrative) == ("**Six** hours of practice.", "Led a drill.")
    assert (said.issued, said.expires) == (SINCE, "2028-02-01T09:00:00+01:00")
    assert said.results == (Result(name="Practical test", value="A"),)
    assert said.evidence == (Evidence(url=f"{HOST}/proof", name="The drill"),)
    assert said.alignments == (Alignment(name="First aid at work", url="https://hse.example/fa"),)
    assert said.recipient_kinds == ("emailAddress", "id")
    assert (said.image, said.image_caption) == (f"{HOST}/badge.png", "A white cross")


def test_a_level_of_a_rubric_is_shown_by_its_name(world):
    rubric = {
        "id": "urn:x:r", "type": ["ResultDescription"], "name": "Care", "resultType": "RubricCriterionLevel",
        "rubricCriterionLevel": [{"id": "urn:x:l", "type": ["RubricCriterionLevel"], "name": "Masters it"}],
    }  # fmt: skip
    subject = credential()["credentialSubject"] | {
        "achievement": achievement(resultDescription=[rubric]),
        "result": [{"type": ["Result"], "resultDescription": "urn:x:r", "achievedLevel": "urn:x:l"}],
    }
    report = world.verify(signed(credential(credentialSubject=subject)))
    assert (report.verdict, report.statement.results) == (
        Verdict.VALID,
        (Result(name="Care", value="Masters it"),),
    )


def test_every_check_of_the_edition_is_listed_in_order(world):
    other = {"editions", "hosted_refetch", "hosted_scope", "badge_class"}
    assert [check.code for check in world.verify(signed()).checks] == [c for c in CheckCode if c not in other]


# Issuers


def test_a_did_key_is_its_own_document_and_nobody_in_particular(world):
    for brought in (
        signed(credential(KEY_DID), method=f"{KEY_DID}#{KEY_DID[8:]}", number=3),
        signed(credential(KEY_DID), method=KEY_DID, number=3),
        token(credential(KEY_DID), kid=None, key=ed_key(3)),
        token(credential(KEY_DID), kid=KEY_DID, key=ed_key(3)),
    ):
        report = world.verify(brought)
        assert (faults(report), report.verdict) == ({}, Verdict.CONSISTENT)
        check = report.check(CheckCode.ISSUER_PROFILE)
        assert (check.outcome, check.facts["reason"]) == (Outcome.WARNING, "key_alone")
        assert report.check(CheckCode.KEY_LISTED).outcome == Outcome.NOT_APPLICABLE
        known = world.verify(brought, trusted_issuers={KEY_DID: "The school"})
        assert (known.verdict, known.check(CheckCode.ISSUER_PROFILE).outcome) == ("valid", Outcome.PASSED)
    assert world.asked == []


def test_an_https_issuer_lists_its_keys_in_its_profile(world):
    document = signed(credential(PROFILE), method=f"{PROFILE}#ed")
    report = world.verify(document)
    assert (faults(report), report.verdict) == ({}, Verdict.CONSISTENT)
    world.pages[PROFILE] = profile_document(assertionMethod=[])
    assert faults(world.verify(document)) == unlisted("not_listed")


@pytest.mark.parametrize(
    ("trust", "verdict"),
    [
        ({"trusted_issuers": {DID: "x"}}, "valid"),
        ({"trusted_issuers": {}, "trusted_origins": frozenset({HOST})}, "valid"),
        ({"trusted_issuers": {}, "trusted_origins": frozenset({"http://schools.example.org"})}, "consistent"),
        ({"trusted_issuers": {f"{DID}x": "x"}}, "consistent"),
        ({"trusted_issuers": {}}, "consistent"),
    ],
)
def test_who_is_trusted(world, trust, verdict):
    assert world.verify(signed(), **trust).verdict == verdict


@pytest.mark.parametrize("issuer", [DID, PROFILE])
def test_an_issuers_document_is_read_at_its_own_site(world, issuer):
    """A page that passes visitors on would let anybody name keys for a whole site that is trusted."""
    document = signed() if issuer == DID else signed(credential(PROFILE), method=f"{PROFILE}#ed")
    place = DID_URL if issuer == DID else PROFILE
    body, trust = json.dumps(world.pages[place]).encode(), {"trusted_origins": frozenset({HOST})}
    for answered, verdict in ((f"{HOST}/moved", "valid"), ("https://evil.example/x", "consistent")):
        world.pages[place] = Fetched(200, "application/json", body, answered)
        report = world.verify(document, **trust)
        assert (report.verdict, faults(report)) == (verdict, {})
    assert report.check(CheckCode.ISSUER_KNOWN).facts["led_to"] == "https://evil.example"


@pytest.mark.parametrize(
    ("issuer", "reason", "undecided"),
    [
        ("did:web:nowhere.example", "status", False),
        ("did:web:slow.example", "timeout", True),
        ("did:web:127.0.0.1", "no_address", False),
        ("did:web:schools.example.org%2Friverside", "no_address", False),
        ("did:web:ѕchools.example.org", "no_address", False),
        ("did:web:", "no_address", False),
        ("did:key:z6Mknonsense", "no_address", False),
        ("did:key:", "no_address", False),
        ("did:ion:x", "did_method", True),
        ("urn:x:issuer", "no_address", False),
        ("javascript:alert(1)", "no_address", False),
    ],
)
def test_an_issuer_that_cannot_be_looked_up(world, issuer, reason, undecided):
    world.pages["https://slow.example/.well-known/did.json"] = "timeout"
    report = world.verify(altered(signed(), issuer={"id": issuer, "type": ["Profile"]}))
    found = faults(report)
    assert (report.verdict, found["issuer_profile"], found["issuer_known"]) == ("not_valid", reason, "needs")
    assert found["signature"] == "needs"
    assert report.undecided == undecided


@pytest.mark.parametrize("issuer", [None, 5, {}, [], {"id": 5}])
def test_nobody_in_particular_issues_nothing(world, issuer):
    report = world.verify(altered(signed(), issuer=issuer))
    assert faults(report)["issuer_profile"] == "not_named"


def test_a_did_document_speaks_for_its_own_did_only(world):
    other = "did:web:evil.example"
    world.pages["https://evil.example/.well-known/did.json"] = did_document()
    report = world.verify(signed(credential(other), method=f"{other}#ed"))
    assert faults(report)["issuer_profile"] == "other_id"
    assert report.verdict == Verdict.NOT_VALID


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"assertionMethod": [RSA]}, unlisted("not_listed")),
        ({"assertionMethod": [], "authentication": [ED]}, unlisted("not_listed")),
        ({"verificationMethod": []}, unlisted("not_listed")),
        (
            {"verificationMethod": [multikey_method(ED, DID), multikey_method(ED, DID, 1)]},
            unlisted("not_listed"),
        ),
        (
            {"verificationMethod": [multikey_method(ED, "did:web:evil.example")]},
            {"algorithm": "needs", "key_owner": "other_owner", "signature": "needs"},
        ),
        (
            {"verificationMethod": [multikey_method(ED, DID, publicKeyMultibase="z6Mk")]},
            {"algorithm": "needs", "signature": "key_unsupported"},
        ),
        (
            {"verificationMethod": [multikey_method(ED, DID, type="Ed25519VerificationKey1999")]},
            {"algorithm": "needs", "signature": "key_unsupported"},
        ),
        ({"verificationMethod": [multikey_method(ED, DID, 1)]}, {"signature": "mismatch"}),
        (
            {"verificationMethod": [multikey_method(ED, DID, revoked="2026-02-15T00:00:00Z")]},
            unlisted("key_revoked"),
        ),
        ({"verificationMethod": [multikey_method(ED, DID, revoked="whenever")]}, unlisted("key_revoked")),
        ({"verificationMethod": [multikey_method(ED, DID, revoked="2027-01-01T00:00:00Z")]}, {}),
        (
            {"verificationMethod": [multikey_method(ED, DID, expires="2026-01-01T00:00:00Z")]},
            unlisted("key_expired"),
        ),
        ({"verificationMethod": [multikey_method(ED, DID, expires="2026-02-15T00:00:00Z")]}, {}),
        ({"assertionMethod": [multikey_method("#ed", DID)], "verificationMethod": []}, {}),
    ],
)
def test_what_the_issuers_document_says_of_the_key_counts(world, changes, found):
    world.pages[DID_URL] = did_document(**changes)
    report = world.verify(signed())
    assert faults(report) == found
    assert report.verdict == (Verdict.NOT_VALID if found else Verdict.VALID)


# Proofs


@pytest.mark.parametrize(
    ("brought", "found"),
    [
        (lambda: altered(signed(), name="Second aid"), {"signature": "mismatch"}),
        (lambda: altered(signed(), proof=None), NEEDED | {"signature": "unsigned"}),
        (lambda: altered(signed(), proof=[]), NEEDED | {"signature": "unsigned"}),
        (credential, NEEDED | {"signature": "unsigned"}),
        (lambda: altered(signed(), proof=[5]), NEEDED | {"signature": "proofs"}),
        (lambda: altered(signed(), proof=[{}] * 50), NEEDED | {"signature": "proofs"}),
        (lambda: signed(method=RSA), {"signature": "key_type"}),
        (lambda: signed(method=f"{DID}#other"), unlisted("not_listed")),
        (lambda: signed(number=1), {"signature": "mismatch"}),
        (lambda: signed(method=f"{KEY_DID}#{KEY_DID[8:]}", number=3), unlisted("not_listed")),
        (
            lambda: altered(signed(), proof=[signed()["proof"][0] | {"verificationMethod": ""}]),
            unlisted("not_named"),
        ),
    ],
)
def test_proofs_that_prove_nothing(world, brought, found):
    report = world.verify(brought())
    assert faults(report) == found
    assert (report.verdict, report.undecided) == (Verdict.NOT_VALID, False)


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"proofValue": "z" + "1" * 88}, {"signature": "mismatch"}),
        ({"proofValue": "z0OIl"}, {"signature": "encoding"}),
        ({"proofValue": "u" + "A" * 86}, {"signature": "encoding"}),
        ({"proofValue": 5}, {"signature": "encoding"}),
        ({"proofPurpose": "authentication"}, {"signature": "purpose"}),
        ({"created": "2026-02-01T09:00:01Z"}, {"signature": "mismatch"}),
        ({"previousProof": "urn:x:1"}, {"signature": "proof_chain"}),
        ({"cryptosuite": "none"}, NEEDED | {"algorithm": "unsupported"}),
        ({"cryptosuite": "ecdsa-sd-2023"}, NEEDED | {"algorithm": "unsupported"}),
        ({"cryptosuite": "ecdsa-rdfc-2019"}, {"signature": "key_type"}),
        ({"type": "JsonWebSignature2020", "cryptosuite": None}, NEEDED | {"algorithm": "unsupported"}),
        ({"verificationMethod": {"id": ED, "publicKeyMultibase": "z6Mk"}}, {"signature": "needs"}),
    ],
)
def test_a_proof_that_was_changed(world, changes, found):
    document = signed()
    proof = {k: v for k, v in {**document["proof"][0], **changes}.items() if v is not None}
    assert faults(world.verify(altered(document, proof=[proof]))) == found


def test_a_proof_may_end_before_the_credential(world):
    document = credential()
    proof = signed(document)["proof"][0]
    report = world.verify(altered(document, proof=[proof | {"expires": "2026-02-20T00:00:00Z"}]))
    assert faults(report) == {"signature": "mismatch"}  # it was not signed with that


def test_one_good_proof_of_several_is_enough_and_few_are_tried(world):
    good, bad = signed()["proof"][0], signed(number=1)["proof"][0]
    assert world.verify(altered(signed(), proof=[bad, good])).verdict == Verdict.VALID
    assert world.verify(altered(signed(), proof=[bad] * 4 + [good])).verdict == Verdict.NOT_VALID


# Tokens


@pytest.mark.parametrize(
    ("brought", "found"),
    [
        (lambda: token(kid=None), unlisted("not_named")),
        (lambda: token(kid=f"{DID}#other"), unlisted("not_listed")),
        (lambda: token(kid=f"{HOST}/jwks.json#rsa"), unlisted("elsewhere")),
        (lambda: token(kid="did:web:evil.example#rsa"), unlisted("elsewhere")),
        (lambda: token(kid=f"{DID}.evil.example#rsa"), unlisted("elsewhere")),
        (lambda: token(key=rsa_key(1)), {"signature": "mismatch"}),
        (lambda: token(kid=ED), {"algorithm": "other_key_type", "signature": "needs"}),
        (
            lambda: token_with({"alg": "RS256", "jwk": keys.public_jwk(rsa_key(0).public_key())}),
            unlisted("own_key"),
        ),
        (lambda: token_with({"alg": "RS256", "jku": f"{HOST}/jwks.json"}), unlisted("own_key")),
        (lambda: token_with({"alg": "RS256", "x5u": f"{HOST}/x.pem"}), unlisted("own_key")),
    ],
)
def test_a_token_whose_key_is_not_the_issuers(world, brought, found):
    world.pages[f"{HOST}/jwks.json"] = {"keys": [jwk_method(RSA, DID, rsa_key(0))["publicKeyJwk"]]}
    report = world.verify(brought())
    assert faults(report) == found
    assert report.verdict == Verdict.NOT_VALID
    assert world.asked == [DID_URL]


@pytest.mark.parametrize("alg", ["none", "HS256", "RS512", "ES384", "PS256", ""])
def test_forged_algorithms(world, alg):
    report = world.verify(token_with({"alg": alg, "kid": RSA}))
    assert faults(report) == {"algorithm": "algorithm"}
    assert world.asked == []


def test_a_key_brought_along_with_a_right_name_is_not_used(world):
    header = {"alg": "RS256", "kid": RSA, "jwk": keys.public_jwk(rsa_key(1).public_key()), "jku": f"{HOST}/x"}
    assert world.verify(token_with(header)).verdict == Verdict.VALID
    assert world.asked == [DID_URL]


@pytest.mark.parametrize(
    ("claims", "wrong"),
    [
        ({"iss": "did:web:evil.example"}, ["iss"]),
        ({"iss": None}, ["iss"]),
        ({"jti": "urn:x:other"}, ["jti"]),
        ({"sub": None}, ["sub"]),
        ({"sub": "did:example:mallory"}, ["sub"]),
        ({"nbf": 1}, ["nbf"]),
        ({"nbf": True}, ["nbf"]),
        ({"exp": None}, ["exp"]),
        ({"exp": 4_000_000_000}, ["exp"]),
        ({"iss": [DID], "nbf": "x", "exp": {}}, ["iss", "nbf", "exp"]),
    ],
)
def test_claims_that_contradict_the_credential(world, claims, wrong):
    report = world.verify(token(**claims))
    assert faults(report) == {"claims": "claims"}
    assert report.check(CheckCode.CLAIMS).facts["claims"] == wrong


def test_a_credential_wrapped_as_in_earlier_days(world):
    document = credential()
    wrapped = jws.sign(json.dumps({"vc": document, **jws.claims_of(document)}).encode(), rsa_key(0), kid=RSA)
    report = world.verify(wrapped)
    assert faults(report) == {"claims": "wrapped"}
    assert report.statement.name == "First aid"


# Words and shapes


@pytest.mark.parametrize(
    ("changes", "code", "reason"),
    [
        ({"favouriteColour": "red"}, "contexts", "undefined_term"),
        ({"type": ["VerifiableCredential", "OpenBadgeCredential", "Cool"]}, "contexts", "relative_type"),
        (
            {"@context": [CREDENTIALS_V2, OPEN_BADGES, "https://evil.example/context"]},
            "contexts",
            "unknown_context",
        ),
        ({"@context": [CREDENTIALS_V2, OPEN_BADGES, {"name": "urn:x:other"}]}, "contexts", "unknown_context"),
        ({"@context": [OPEN_BADGES, CREDENTIALS_V2]}, "contexts", "wrong_context"),
        ({"@context": CREDENTIALS_V2}, "contexts", "wrong_context"),
    ],
)
def test_words_without_a_certain_meaning(world, changes, code, reason):
    report = world.verify(altered(signed(), **changes))
    assert faults(report)[code] == reason
    assert report.verdict == Verdict.NOT_VALID
    assert world.asked == [DID_URL]


def test_words_that_mean_nothing_are_refused_in_tokens_too(world):
    assert faults(world.verify(token(credential(favouriteColour="red")))) == {"contexts": "undefined_term"}


def test_the_words_of_an_extension_that_is_known(world):
    schema = {"id": f"{HOST}/schema.json", "type": "1EdTechJsonSchemaValidator2019"}
    document = credential(**{"@context": WITH_EXTENSIONS, "credentialSchema": [schema]})
    assert world.verify(signed(document)).verdict == Verdict.VALID


@pytest.mark.parametrize(
    ("changes", "code", "fields"),
    [
        ({"credentialSubject": None}, "structure", ["credentialSubject", "credentialSubject.identifier"]),
        ({"validFrom": None}, "structure", ["validFrom"]),
        ({"id": None}, "structure", ["id"]),
        ({"validFrom": "2026-02-01"}, "data_types", ["validFrom"]),
    ],
)
def test_what_is_missing_or_badly_written(world, changes, code, fields):
    report = world.verify(token(credential(**changes)) if changes != {"validFrom": "2026-02-01"} else
                          altered(signed(), **changes))  # fmt: skip
    problems = report.check(CheckCode(code)).facts["problems"]
    assert [problem["field"] for problem in problems] == fields


def test_a_badge_for_nobody_is_incomplete(world):
    subject = {k: v for k, v in credential()["credentialSubject"].items() if k not in ("id", "identifier")}
    report = world.verify(signed(credential(credentialSubject=subject)))
    assert faults(report) == {"structure": "problems"}


@pytest.mark.parametrize(
    ("document", "code", "reason"),
    [
        ({"@context": [CREDENTIALS_V2], "type": ["VerifiableCredential"]}, "version", None),
        (
            {"@context": [CREDENTIALS_V2], "type": ["VerifiableCredential", "DegreeCredential"]},
            "version",
            None,
        ),
        (
            {"@context": [CREDENTIALS_V2], "type": ["VerifiableCredential", "EndorsementCredential"]},
            "structure",
            "not_an_assertion",
        ),
    ],
)
def test_other_credentials_are_no_badges(world, document, code, reason):
    assert faults(world.verify(document)) == {code: reason}


# Dates and people


@pytest.mark.parametrize(
    ("dates", "found"),
    [
        ({"validUntil": None}, {}),
        ({"validUntil": "2026-03-01T12:00:01Z"}, {}),
        ({"validUntil": "2026-03-01T12:00:00Z"}, {"expiry": "expired"}),
        ({"validUntil": "2026-01-01T00:00:00Z"}, {"expiry": "before_issue"}),
        ({"validFrom": "2026-03-01T12:04:00Z"}, {}),
        ({"validFrom": "2026-03-01T12:06:00Z"}, {"issued_in_future": "future"}),
    ],
)
def test_dates(world, dates, found):
    report = world.verify(signed(credential(**dates)))
    assert faults(report) == found
    assert report.expired == ("expiry" in found)


def people(*identifiers, **more):
    subject = credential()["credentialSubject"] | {"identifier": list(identifiers)} | more
    return signed(credential(credentialSubject={k: v for k, v in subject.items() if v is not None}))


@pytest.mark.parametrize(
    ("document", "expected", "kind", "reason"),
    [
        (signed, EARNER, "email", None),
        (signed, EARNER.upper(), "email", None),
        (signed, "sam@example.org", "email", "other_recipient"),
        (lambda: people(identity("a@b.c"), identity()), EARNER, "email", None),
        (
            lambda: people(identity() | {"hashed": False, "identityHash": EARNER, "salt": "x"}),
            EARNER,
            "email",
            None,
        ),
        (lambda: people(identity() | {"identityType": "sourcedId"}), EARNER, "email", "other_type"),
        (lambda: people(identity() | {"identityType": "ext:email"}), EARNER, "email", "other_type"),
        (lambda: people(identity(), id="did:key:z6MkAlex"), "did:key:z6MkAlex", "id", None),
        (lambda: people(identity(), id="did:key:z6MkAlex"), "did:key:z6MkSam", "id", "other_recipient"),
        (lambda: people(identity(), id=None), "did:key:z6MkSam", "id", "other_type"),
        (lambda: people(id="mailto:alex@example.org", identifier=None), EARNER, "email", None),
    ],
)
def test_whose_badge_it_is(world, document, expected, kind, reason):
    report = world.verify(document(), recipient=expected, recipient_type=kind)
    check = report.check(CheckCode.RECIPIENT_MATCH)
    assert (check.outcome, check.facts.get("reason")) == ("failed" if reason else "passed", reason)


# Keys in other hands


@pytest.mark.parametrize(
    ("recorded", "outcome"), [(None, Outcome.FAILED), ("2026-02-01T09:00:00Z", Outcome.WARNING)]
)
@pytest.mark.parametrize("form", ["proof", "token"])
def test_a_key_that_somebody_else_had(world, recorded, outcome, form):
    asked = []

    def doubts(key, signature, badge_id):
        assert badge_id == CREDENTIAL
        asked.append((key, signature))
        return Doubt(compromised_from="2026-02-10T00:00:00Z", recorded_on=recorded)

    document = signed() if form == "proof" else token()
    mark = (RSA, document) if form == "token" else (ED, document["proof"][0]["proofValue"])
    report = world.verify(document, doubts=doubts)
    assert report.check(CheckCode.KEY_TRUSTED).outcome == outcome
    assert asked == [mark]
    assert (
        world.verify(altered(signed(), name="x"), doubts=doubts).check(CheckCode.KEY_TRUSTED).outcome
        == Outcome.NOT_APPLICABLE
    )


def test_no_more_is_fetched_than_is_needed(world):
    world.verify(signed())
    assert len(world.asked) <= MAX_FETCHES
