"""Verifying signed badges, and whatever a stranger may think of."""

import json

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given, settings
from hypothesis import strategies as st

from openbadges import CheckCode, Doubt, Fetched, Outcome, Verdict, bake, jws, keys, v2
from openbadges.verifying import MAX_FETCHES, Kind
from tests.openbadges.stage import (
    AWARD,
    BADGE,
    EARNER,
    HOME,
    ISSUER,
    KEY,
    REVOCATIONS,
    SIGNED_ID,
    SVG,
    World,
    award,
    badge,
    faults,
    issuer,
    key,
    png,
    revocations,
    rsa_key,
    sign,
)

TOKEN = sign(award(signed=True).to_document())


@pytest.fixture
def world():
    return World()


def signed(number=0, **members):
    return sign({**award(signed=True).to_document(), **members}, number)


@pytest.mark.parametrize(
    "brought", [TOKEN, f" {TOKEN}\n", TOKEN.encode(), bake(png(), TOKEN), bake(SVG, TOKEN)]
)
def test_a_signed_badge_is_valid_however_it_is_brought(world, brought):
    report = world.verify(brought, recipient=EARNER)
    assert report.verdict == Verdict.VALID
    assert (report.kind, report.id, report.token) == (Kind.SIGNED, SIGNED_ID, TOKEN)
    assert world.asked == [BADGE, ISSUER, KEY, REVOCATIONS]
    assert report.check(CheckCode.SIGNATURE).facts == {"alg": "RS256", "key": KEY}


def test_an_address_may_lead_to_a_token(world):
    world.pages[f"{HOME}/1.jws"] = Fetched(200, "text/plain", TOKEN.encode())
    assert world.verify(f"{HOME}/1.jws").verdict == Verdict.VALID


def test_a_token_in_a_picture_at_an_address(world):
    world.pages[f"{HOME}/1.svg"] = Fetched(200, "image/svg+xml", bake(SVG, TOKEN))
    assert world.verify(f"{HOME}/1.svg").verdict == Verdict.VALID


def test_an_ed25519_key_signs_too(world):
    mine = keys.generate_ed25519_key()
    world.change(KEY, publicKeyPem=keys.public_key_pem(mine))
    token = jws.sign(award(signed=True).to_bytes(), mine)
    assert world.verify(token).verdict == Verdict.VALID
    assert faults(world.verify(TOKEN)) == {"algorithm": "other_key_type", "signature": "algorithm"}


def test_another_key_is_noticed(world):
    assert faults(world.verify(signed(1))) == {"signature": "mismatch"}


def test_a_changed_payload_is_noticed(world):
    header, _, signature = TOKEN.split(".")
    forged = signed(0, narrative="forged").split(".")[1]
    assert faults(world.verify(f"{header}.{forged}.{signature}")) == {"signature": "mismatch"}


def test_a_document_that_calls_itself_signed_needs_a_token(world):
    report = world.verify(award(signed=True).to_document())
    assert faults(report) == {"signature": "unsigned", "algorithm": "needs"}


def test_a_token_around_a_hosted_badge_proves_nothing(world):
    report = world.verify(sign(award().to_document(), 1))
    assert (report.kind, report.verdict) == (Kind.HOSTED, Verdict.VALID)
    forged = sign(award(id=f"{HOME}/forged").to_document(), 0)
    assert faults(world.verify(forged))["hosted_refetch"] == "status"


# The key


def test_a_key_that_the_issuer_does_not_list_is_refused(world):
    world.change(ISSUER, publicKey=f"{HOME}/other-key")
    assert faults(world.verify(TOKEN)) == {"key_listed": "not_listed"}


def test_a_stranger_cannot_sign_for_an_issuer(world):
    evil = "https://evil.example/key"
    pem = keys.public_key_pem(rsa_key(1))
    world.pages[evil] = {**key(), "id": evil, "publicKeyPem": pem}
    forged = sign(
        {**award(signed=True).to_document(), "verification": {"type": "signed", "creator": evil}}, 1
    )
    assert faults(world.verify(forged)) == {"key_listed": "not_listed"}


def test_a_key_must_name_its_owner(world):
    world.change(KEY, owner="https://evil.example/issuer")
    assert faults(world.verify(TOKEN)) == {"key_owner": "other_owner"}
    world.change(KEY, owner=ISSUER, id=f"{HOME}/other")
    assert faults(world.verify(TOKEN)) == {"key_owner": "other_id"}


def test_a_key_may_be_embedded_in_the_profile(world):
    del world.pages[KEY]
    world.change(ISSUER, publicKey={k: v for k, v in key().items() if k != "@context"})
    assert world.verify(TOKEN).verdict == Verdict.VALID
    world.change(ISSUER, publicKey=[f"{HOME}/k2", {**key(), "owner": "https://evil.example"}])
    assert faults(world.verify(TOKEN)) == {"key_owner": "other_owner"}


def test_one_of_several_keys_may_sign(world):
    world.change(ISSUER, publicKey=[f"{HOME}/older", KEY, {"id": f"{HOME}/x"}])
    assert world.verify(TOKEN).verdict == Verdict.VALID


def test_without_a_creator_the_only_key_is_meant(world):
    token = signed(verification={"type": "SignedBadge"})
    assert world.verify(token).verdict == Verdict.VALID
    world.change(ISSUER, publicKey=[KEY, f"{HOME}/k2"])
    assert faults(world.verify(token)) == {
        "key_listed": "not_named",
        "key_owner": "not_named",
        "signature": "needs",
    }


@pytest.mark.parametrize("creator", [5, [], {"id": KEY}, "", "not an address"])
def test_a_creator_that_is_none(world, creator):
    report = world.verify(signed(verification={"type": "SignedBadge", "creator": creator}))
    assert report.verdict == Verdict.NOT_VALID
    assert report.check(CheckCode.KEY_LISTED).outcome == Outcome.FAILED


def _small():
    small = rsa.generate_private_key(public_exponent=65537, key_size=1024).public_key()
    pem, spki = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    return small.public_bytes(pem, spki).decode()


@pytest.mark.parametrize(
    ("pem", "reason"),
    [("", "key_malformed"), (5, "key_missing"), (None, "key_missing"), (_small(), "key_too_weak")],
)
def test_a_key_that_is_no_key(world, pem, reason):
    world.change(KEY, publicKeyPem=pem)
    assert faults(world.verify(TOKEN))["signature"] == reason


@pytest.mark.parametrize(
    ("page", "undecided"),
    [("unreachable", True), (Fetched(500, "", b""), True), (Fetched(404, "", b""), False)],
)
def test_without_the_key_nothing_is_proven(world, page, undecided):
    world.pages[KEY] = page
    report = world.verify(TOKEN)
    assert (report.verdict, report.undecided) == (Verdict.NOT_VALID, undecided)
    assert set(faults(report)) == {"key_owner", "signature"}


def test_without_the_issuer_nothing_is_proven(world):
    world.pages[ISSUER] = "timeout"
    report = world.verify(TOKEN)
    assert (report.verdict, report.undecided) == (Verdict.NOT_VALID, True)
    assert set(faults(report)) == {
        "issuer_profile", "key_listed", "key_owner", "signature", "revocation", "issuer_known",
    }  # fmt: skip


# Embedded documents


def test_a_badge_class_without_an_address_is_believed_under_the_signature(world):
    own = {**badge(), "id": "urn:uuid:0b7e1f6c-8a56-4c0e-9d0f-b4a9c6f1a111", "name": "Only here"}
    report = world.verify(signed(badge=own))
    assert (report.verdict, report.statement.name) == (Verdict.VALID, "Only here")


def test_a_badge_class_with_an_address_is_not(world):
    report = world.verify(signed(badge={**badge(), "name": "Doctor of medicine"}))
    assert report.statement.name == "First aid"


def test_an_embedded_issuer_does_not_bring_its_own_key(world):
    mine = {**issuer(), "publicKey": {**key(), "publicKeyPem": keys.public_key_pem(rsa_key(1))}}
    report = world.verify(signed(1, badge={**badge(), "id": "urn:x:1", "issuer": mine}))
    assert faults(report) == {"signature": "mismatch"}


# Revocation


@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        ([v2.RevokedAssertion(id=SIGNED_ID, revocation_reason="Issued by mistake")], "Issued by mistake"),
        ([v2.RevokedAssertion(id="urn:x:1"), v2.RevokedAssertion(id=SIGNED_ID, bare=True)], None),
    ],
)
def test_an_award_on_the_list_is_revoked(world, entries, reason):
    world.pages[REVOCATIONS] = revocations(*entries)
    report = world.verify(TOKEN)
    assert faults(report) == {"revocation": "revoked"}
    assert report.check(CheckCode.REVOCATION).facts["revocation_reason"] == reason


def test_an_award_may_be_listed_by_its_uid(world):
    world.pages[REVOCATIONS] = revocations(v2.RevokedAssertion(uid="f2c20"))
    assert world.verify(signed(uid="f2c20")).revoked
    assert not world.verify(signed(uid="other")).revoked


def test_a_signed_badge_may_say_itself_that_it_is_revoked(world):
    assert world.verify(signed(revoked=True, revocationReason="x")).revoked


def test_other_entries_do_not_matter(world):
    world.change(REVOCATIONS, revokedAssertions=["urn:x:1", {"uid": "x"}, 5, None, {}, []])
    assert world.verify(TOKEN).verdict == Verdict.VALID


def test_a_long_list_is_read(world):
    ids = [v2.RevokedAssertion(id=f"urn:x:{number}", revocation_reason="x") for number in range(10_000)]
    world.pages[REVOCATIONS] = revocations(*ids)
    assert world.verify(TOKEN).verdict == Verdict.VALID
    world.pages[REVOCATIONS] = revocations(*ids, v2.RevokedAssertion(id=SIGNED_ID))
    assert world.verify(TOKEN).revoked


def test_an_issuer_without_a_list_revokes_nothing(world):
    world.drop(ISSUER, "revocationList")
    report = world.verify(TOKEN)
    assert report.verdict == Verdict.VALID
    assert report.check(CheckCode.REVOCATION).outcome == Outcome.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        ("timeout", "timeout"),
        (Fetched(404, "", b""), "status"),
        (Fetched(410, "", b"{}"), "gone"),
        (Fetched(200, "", b"<html>"), "not_json"),
        ({**revocations(), "revokedAssertions": SIGNED_ID}, "not_a_list"),
        ({**revocations(), "issuer": "https://evil.example"}, "other_issuer"),
        ({}, "not_a_list"),
    ],
)
def test_a_list_that_cannot_be_read_leaves_it_open(world, page, reason):
    world.pages[REVOCATIONS] = page
    report = world.verify(TOKEN)
    assert faults(report) == {"revocation": reason}
    assert (report.verdict, report.undecided) == (Verdict.NOT_VALID, True)


# Whatever a stranger may think of

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from(["", ISSUER, BADGE, KEY, AWARD, "urn:x:1", "x"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "type", "issuer", "publicKeyPem", "creator"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)


def changed(document):
    return st.dictionaries(st.sampled_from([*document, "revoked", "uid", "related"]), VALUES, max_size=3).map(
        lambda change: {**document, **change}
    )


@settings(max_examples=250, deadline=None)
@given(st.data())
def test_documents_of_any_shape_give_a_report(data):
    world = World()
    for url, document in list(world.pages.items()):
        world.pages[url] = data.draw(changed(document))
    own = data.draw(changed(award(signed=data.draw(st.booleans())).to_document()))
    report = world.verify(
        data.draw(st.sampled_from([own, sign(own), json.dumps(own), AWARD])), recipient=EARNER
    )
    assert len(world.asked) <= MAX_FETCHES
    assert (report.verdict == "not_valid") == bool(faults(report))
    json.dumps([dict(check.facts) for check in report.checks])


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=60) | st.text(max_size=60) | st.text(alphabet='{}[]":,.aeyJ0', max_size=60))
def test_noise_gives_a_report(brought):
    assert World().verify(brought).verdict == Verdict.NOT_VALID


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=80), st.sampled_from([200, 410, 301, 0]))
def test_noise_from_elsewhere_gives_a_report(body, status):
    for url in (AWARD, BADGE, ISSUER, KEY, REVOCATIONS):
        world = World()
        world.pages[url] = Fetched(status, "", body)
        assert world.verify(AWARD if url == AWARD else TOKEN).verdict in Verdict


def test_strangers_texts_stay_short_in_the_facts(world):
    world.change(BADGE, name="x" * 10_000)
    assert len(world.verify(TOKEN).check(CheckCode.BADGE_CLASS).facts["name"]) == 300


# Keys in other hands


@pytest.mark.parametrize(
    ("recorded_on", "verdict", "outcome"),
    [(None, "not_valid", "failed"), ("2026-01-01T00:00:00+00:00", "valid", "warning")],
)
def test_a_key_in_other_hands_proves_nothing_by_itself(world, recorded_on, verdict, outcome):
    token, asked = sign(award(signed=True).to_document()), []

    def doubts(key_id, brought, badge_id):
        asked.append((key_id, brought, badge_id))
        return Doubt(compromised_from="2025-12-01T00:00:00+00:00", recorded_on=recorded_on)

    report = world.verify(token, doubts=doubts)
    check = report.check(CheckCode.KEY_TRUSTED)
    assert (report.verdict, check.outcome) == (verdict, outcome)
    assert check.facts["compromised_from"] == "2025-12-01T00:00:00+00:00"
    (of,) = asked
    assert of[0] == KEY
    assert of[1] in token


def test_keys_that_nobody_doubts_are_not_spoken_of(world):
    token = sign(award(signed=True).to_document())
    for expect in ({}, {"doubts": lambda key_id, brought, badge_id: None}):
        report = world.verify(token, **expect)
        assert (report.verdict, report.check(CheckCode.KEY_TRUSTED).outcome) == ("valid", "not_applicable")
    hosted = world.verify(AWARD, doubts=lambda key_id, brought, badge_id: Doubt(compromised_from="x"))
    assert hosted.check(CheckCode.KEY_TRUSTED).outcome == "not_applicable"
