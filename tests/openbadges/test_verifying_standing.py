"""Verifying Open Badges 3.0: revoked, suspended, endorsed; and whatever lists and endorsers may do to a verifier."""

import gzip
import json
from base64 import urlsafe_b64encode

import pytest

from openbadges import CheckCode, Fetched, Outcome, Verdict, jws
from openbadges.verifying.credentials.endorsements import MAX_ENDORSEMENTS
from openbadges.verifying.fetching import MAX_FETCHES
from tests.openbadges.stage import NOW, faults, rsa_key
from tests.openbadges.stage3 import (
    ACHIEVEMENT,
    CREDENTIAL,
    DID,
    HOST,
    LIST,
    PROFILE,
    REVOKED,
    RSA,
    SUSPENDED,
    WITH_EXTENSIONS,
    World3,
    achievement,
    credential,
    endorsed,
    endorsement,
    entry,
    signed,
    status_list,
    token,
)


@pytest.fixture
def world():
    return World3()


def with_status(*entries, **more):
    return signed(credential(credentialStatus=list(entries) if len(entries) > 1 else entries[0], **more))


def standing(world, *entries, code=CheckCode.REVOCATION):
    check = world.verify(with_status(*entries)).check(code)
    return check.outcome, check.facts.get("reason")


# Bits


@pytest.mark.parametrize(
    ("index", "found"), [(5, {}), (7, {"revocation": "revoked"}), (0, {}), (131_071, {})]
)
@pytest.mark.parametrize("form", ["linked data", "token"])
def test_the_bit_of_the_list_decides(world, index, found, form):
    if form == "token":
        world.pages[LIST] = Fetched(200, "application/vc+jwt", token(status_list([7])).encode())
    report = world.verify(with_status(entry(index)))
    assert faults(report) == found
    assert (report.revoked, report.undecided) == (bool(found), False)


def test_suspended_is_not_revoked(world):
    report = world.verify(with_status(entry(9, url=SUSPENDED, purpose="suspension")))
    assert faults(report) == {"suspension": "suspended"}
    assert (report.suspended, report.revoked, report.verdict) == (True, False, Verdict.NOT_VALID)
    assert world.verify(with_status(entry(8, url=SUSPENDED, purpose="suspension"))).verdict == Verdict.VALID


def test_without_a_list_nothing_is_said(world):
    report = world.verify(signed())
    for code in (CheckCode.REVOCATION, CheckCode.SUSPENSION):
        assert report.check(code).outcome == Outcome.NOT_APPLICABLE
        assert report.check(code).facts == {"reason": "no_list"}


def test_the_worst_of_several_counts(world):
    both = (entry(5), entry(7), entry(9, url=SUSPENDED, purpose="suspension"))
    assert faults(world.verify(with_status(*both))) == {"revocation": "revoked", "suspension": "suspended"}
    assert faults(world.verify(with_status(*[entry(5)] * 5))) == {"revocation": "too_many_values"}


@pytest.mark.parametrize("purpose", ["message", "refresh"])
def test_other_purposes_say_nothing_of_validity(world, purpose):
    report = world.verify(with_status(entry(7, purpose=purpose)))
    assert (report.verdict, world.asked[1:]) == (Verdict.VALID, [])


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        ("timeout", "timeout"),
        ("refused", "refused"),
        (Fetched(404, "", b""), "status"),
        (Fetched(410, "", b""), "gone"),
        (Fetched(200, "text/html", b"<h1>"), "not_json"),
        (Fetched(200, "text/plain", b"a.b.c"), "not_json"),
        (Fetched(200, "", b"\xff\xfe"), "not_utf8"),
        (lambda: status_list([]), "list_not_valid"),
        (lambda: {**signed(status_list([7])), "validFrom": "2026-01-01T00:00:00Z"}, "list_not_valid"),
        (lambda: signed(status_list([]), number=1), "list_not_valid"),
        (lambda: signed(status_list([], issuer=PROFILE), method=f"{PROFILE}#ed"), "list_not_valid"),
        (lambda: signed(status_list([], validFrom="2027-01-01T00:00:00Z")), "list_out_of_date"),
        (lambda: signed(status_list([], validUntil="2026-02-28T00:00:00Z")), "list_out_of_date"),
        (lambda: signed(status_list([], url=f"{LIST}0")), "other_list"),
        (lambda: signed(status_list([], purpose="suspension")), "other_purpose"),
        (lambda: signed(status_list([], type=["VerifiableCredential"])), "not_a_list"),
        (signed, "not_a_list"),
        (lambda: with_bits("u" + "A" * 100), "compression"),
        (lambda: with_bits("z123"), "encoding"),
        (lambda: with_bits(packed(b"\0" * 128)), "too_short"),
        (lambda: with_bits(packed(b"\0" * 50_000_000)), "too_large"),
        (lambda: with_bits(5), "list_not_valid"),
    ],
)
def test_a_list_that_cannot_be_relied_on_is_no_answer(world, page, reason):
    world.pages[LIST] = page() if callable(page) else page
    report = world.verify(with_status(entry(7)))
    assert faults(report) == {"revocation": reason}
    assert (report.verdict, report.undecided) == (Verdict.NOT_VALID, True)


def packed(octets):
    return "u" + urlsafe_b64encode(gzip.compress(octets)).rstrip(b"=").decode()


def with_bits(text):
    document = status_list([])
    subject = document["credentialSubject"] | {"encodedList": text}
    if not isinstance(text, str):
        return document
    return signed(document | {"credentialSubject": subject})


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"statusListIndex": 7}, "bad_entry"),
        ({"statusListIndex": "-1"}, "bad_entry"),
        ({"statusListIndex": "seven"}, "bad_entry"),
        ({"statusListIndex": "131072"}, "bad_entry"),
        ({"statusListIndex": None}, "bad_entry"),
        ({"statusSize": 2}, "bad_entry"),
        ({"statusListCredential": "urn:x:list"}, "no_address"),
        ({"type": "StatusList2021Entry"}, "status_type"),
        ({"type": "BitstringStatusListEntry2"}, "status_type"),
    ],
)
def test_entries_that_are_badly_written(world, changes, reason):
    written = {k: v for k, v in {**entry(7), **changes}.items() if v is not None}
    document = {**signed(), "credentialStatus": written}
    assert world.verify(document).check(CheckCode.REVOCATION).facts["reason"] == reason


def test_a_status_of_any_shape(world):
    for written in (5, "x", [], [[]], {}, [None], {"type": ["BitstringStatusListEntry"]}):
        assert world.verify({**signed(), "credentialStatus": written}).verdict == Verdict.NOT_VALID


# The list of 1EdTech


def in_list(*entries, **more):
    return {"id": REVOKED, "issuer": DID, "revokedCredential": list(entries)} | more


@pytest.mark.parametrize(
    ("page", "outcome", "reason"),
    [
        (in_list(), "passed", None),
        (in_list({"id": CREDENTIAL, "revocationReason": "Mistake."}), "failed", "revoked"),
        (in_list({"id": CREDENTIAL, "revoked": True}), "failed", "revoked"),
        (in_list({"id": CREDENTIAL, "revoked": False}), "passed", None),
        (in_list({"id": "urn:x:other"}, 5, None), "passed", None),
        (in_list(issuer="did:web:evil.example"), "not_checked", "other_issuer"),
        (in_list(revokedCredential={}), "not_checked", "not_a_list"),
        ("timeout", "warning", "timeout"),
        (Fetched(404, "", b""), "warning", "status"),
        (Fetched(200, "", b"["), "warning", "not_json"),
    ],
)
def test_a_list_of_what_was_revoked(world, page, outcome, reason):
    world.pages[REVOKED] = page
    named = {"id": REVOKED, "type": "1EdTechRevocationList"}
    report = world.verify(with_status(named, **{"@context": WITH_EXTENSIONS}))
    check = report.check(CheckCode.REVOCATION)
    assert (check.outcome, check.facts.get("reason")) == (outcome, reason)
    assert (report.verdict == Verdict.VALID) == (outcome in ("passed", "warning"))


def test_its_reason_is_told(world):
    world.pages[REVOKED] = in_list({"id": CREDENTIAL, "revocationReason": "Mistake."})
    report = world.verify(
        with_status({"id": REVOKED, "type": "1EdTechRevocationList"}, **{"@context": WITH_EXTENSIONS})
    )
    assert report.check(CheckCode.REVOCATION).facts["revocation_reason"] == "Mistake."


# Endorsements


def from_red_cross(**more):
    return signed(endorsement(**more), method=f"{PROFILE}#ed")


def test_who_vouches_for_it_is_shown(world):
    report = world.verify(endorsed(from_red_cross()))
    assert (report.verdict, faults(report)) == (Verdict.VALID, {})
    (one,) = report.endorsements
    assert (one.by.name, one.comment, one.verdict) == (
        "The Red Cross",
        "We teach it *too*.",
        Verdict.CONSISTENT,
    )
    assert report.check(CheckCode.ENDORSEMENTS).outcome == Outcome.PASSED
    assert PROFILE in world.asked


def test_a_trusted_endorser(world):
    report = world.verify(endorsed(from_red_cross()), trusted_issuers={DID: "", PROFILE: "The Red Cross"})
    assert report.endorsements[0].verdict == Verdict.VALID


@pytest.mark.parametrize("about", [CREDENTIAL, ACHIEVEMENT, DID])
def test_it_may_be_about_the_award_the_achievement_or_the_issuer(world, about):
    assert world.verify(endorsed(from_red_cross(about=about))).endorsements[0].verdict == Verdict.CONSISTENT


def test_endorsements_as_tokens_and_of_the_achievement_and_the_issuer(world):
    by_token = token(endorsement(issuer=DID), kid=RSA)
    subject = credential()["credentialSubject"] | {"achievement": achievement(endorsement=[from_red_cross()])}
    issuer = credential()["issuer"] | {"endorsement": [from_red_cross(about=DID)]}
    document = credential(endorsementJwt=[by_token], credentialSubject=subject) | {"issuer": issuer}
    report = world.verify(token(document))
    assert (faults(report), len(report.endorsements)) == ({}, 3)
    assert [one.verdict for one in report.endorsements] == ["valid", "consistent", "consistent"]


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (lambda: {**from_red_cross(), "name": "Forged"}, "endorsement"),
        (endorsement, "endorsement"),
        (lambda: signed(endorsement(), method=f"{PROFILE}#ed", number=1), "endorsement"),
        (lambda: from_red_cross(about="urn:x:other"), "endorsement"),
        (lambda: from_red_cross(validUntil="2026-02-20T00:00:00Z"), "endorsement"),
        (
            lambda: signed(endorsement(issuer="did:web:slow.example"), method="did:web:slow.example#k"),
            "undecided",
        ),
    ],
)
def test_an_endorsement_that_does_not_hold_is_a_warning(world, other, reason):
    world.pages["https://slow.example/.well-known/did.json"] = "timeout"
    report = world.verify(endorsed(other()))
    assert (report.verdict, faults(report)) == (Verdict.VALID, {})
    check = report.check(CheckCode.ENDORSEMENTS)
    assert (check.outcome, check.facts["reason"]) == (Outcome.WARNING, reason)
    assert report.endorsements[0].verdict == Verdict.NOT_VALID
    assert report.endorsements[0].undecided == (reason == "undecided")


def test_an_endorsement_that_was_revoked(world):
    listed_by = signed(status_list([3], issuer=PROFILE), method=f"{PROFILE}#ed")
    world.pages[LIST] = listed_by
    report = world.verify(endorsed(from_red_cross(credentialStatus=entry(3))))
    assert report.endorsements[0].verdict == Verdict.NOT_VALID


@pytest.mark.parametrize("others", [5, "x", [5], ["a.b.c"], [{}], [[]], [{"issuer": 5}], {"id": 1}])
@pytest.mark.parametrize("member", ["endorsement", "endorsementJwt"])
def test_endorsements_of_any_shape(world, others, member):
    report = world.verify({**signed(), member: others})
    assert report.verdict == Verdict.NOT_VALID
    assert all(one.verdict == Verdict.NOT_VALID for one in report.endorsements)


def test_only_the_first_few_are_followed(world):
    many = [from_red_cross(id=f"urn:uuid:{number}") for number in range(MAX_ENDORSEMENTS + 3)]
    report = world.verify(token(credential(endorsement=many)))
    assert len(report.endorsements) == MAX_ENDORSEMENTS
    assert report.check(CheckCode.ENDORSEMENTS).facts == {
        "reason": "too_many", "checked": MAX_ENDORSEMENTS, "count": MAX_ENDORSEMENTS + 3
    }  # fmt: skip
    assert report.verdict == Verdict.VALID


def test_endorsements_of_endorsements_are_not_followed(world):
    by = {"id": PROFILE, "type": ["Profile"], "name": "The Red Cross", "endorsement": [from_red_cross()]}
    inner = signed(endorsement() | {"issuer": by}, method=f"{PROFILE}#ed")
    report = world.verify(endorsed(inner))
    assert [one.verdict for one in report.endorsements] == ["consistent"]


def test_a_badge_that_leads_everywhere_is_not_followed_everywhere(world):
    """Every endorser elsewhere, each with lists elsewhere: no more than a few requests, and a verdict."""
    others = []
    for number in range(MAX_ENDORSEMENTS):
        did = f"did:web:host{number}.example"
        status = [entry(1, url=f"https://host{number}.example/{place}") for place in range(4)]
        others.append(signed(endorsement(issuer=did, credentialStatus=status), method=f"{did}#k"))
    states = [entry(1, url=f"{HOST}/lists/{place}") for place in range(4)]
    report = world.verify(token(credential(endorsement=others, credentialStatus=states)))
    assert len(world.asked) <= MAX_FETCHES
    assert report.verdict == Verdict.NOT_VALID
    assert report.at == NOW


def test_a_list_as_token_with_a_wrong_signature_is_no_answer(world):
    forged = jws.sign(json.dumps({**status_list([]), "iss": DID}).encode(), rsa_key(1), kid=RSA)
    world.pages[LIST] = Fetched(200, "text/plain", forged.encode())
    assert standing(world, entry(7)) == (Outcome.NOT_CHECKED, "list_not_valid")
