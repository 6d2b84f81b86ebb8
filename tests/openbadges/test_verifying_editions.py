"""One picture with two editions of a badge: both are judged, and must speak of the same badge."""

import json

import pytest

from openbadges import CheckCode, Fetched, Outcome, Verdict, bake, v2
from tests.openbadges.stage import AWARD, BADGE, EARNER, ISSUER, REVOCATIONS, SVG, award, faults, png, sign
from tests.openbadges.stage3 import DID, DID_URL, World3, achievement, credential, ed_key, signed, token


@pytest.fixture
def world():
    return World3()


TRUST = {"trusted_issuers": {DID: "", ISSUER: ""}}


def carrying(assertion=None, third=None, picture=None):
    second = sign(award(signed=True).to_document()) if assertion is None else assertion
    newest = json.dumps(signed() if third is None else third) if not isinstance(third, str) else third
    return bake(picture or png(), second, credential=newest)


def agreement(report):
    check = report.check(CheckCode.EDITIONS)
    return check.outcome, check.facts.get("reason")


@pytest.mark.parametrize("picture", [png(), SVG], ids=["png", "svg"])
@pytest.mark.parametrize("third", [lambda: json.dumps(signed()), token], ids=["linked data", "token"])
@pytest.mark.parametrize("second", [lambda: sign(award(signed=True).to_document()), lambda: AWARD])
def test_both_are_judged_and_the_newer_one_is_told(world, picture, third, second):
    report = world.verify(carrying(second(), third(), picture), recipient=EARNER, **TRUST)
    assert (report.verdict, report.statement.standard) == (Verdict.VALID, "3.0")
    assert (report.other.verdict, report.other.statement.standard) == (Verdict.VALID, "2.0")
    assert agreement(report) == (Outcome.PASSED, None)
    assert [check.code for check in report.checks][:3] == ["picture", "editions", "version"]
    assert report.check(CheckCode.EDITIONS).facts["versions"] == ["3.0", "2.0"]


def test_a_picture_with_one_edition_has_no_other(world):
    for picture in (bake(png(), None, credential=json.dumps(signed())), bake(png(), AWARD)):
        report = world.verify(picture, **TRUST)
        assert (report.verdict, report.other, report.check(CheckCode.EDITIONS)) == (Verdict.VALID, None, None)


@pytest.mark.parametrize(
    "third",
    [
        lambda: signed(credential(name="x") | {"credentialSubject": subject(name="Doctor of medicine")}),
        lambda: signed(credential() | {"issuer": {"id": DID, "type": ["Profile"], "name": "Another school"}}),
        lambda: signed(credential(awardedDate="2020-01-01T00:00:00Z")),
    ],
    ids=["another badge", "another issuer", "another day"],
)
def test_two_badges_in_one_picture_are_told_apart(world, third):
    report = world.verify(carrying(third=third()), **TRUST)
    assert faults(report) == {"editions": "differ"}
    assert report.verdict == Verdict.NOT_VALID


def subject(**more):
    return credential()["credentialSubject"] | {"achievement": achievement(**more)}


def test_one_that_was_forged_condemns_the_picture(world):
    forged = sign(award(signed=True).to_document(), 1)
    assert faults(world.verify(carrying(forged), **TRUST)) == {"editions": "other_not_valid"}
    report = world.verify(carrying(third={**signed(), "id": "urn:x:forged"}), **TRUST)
    assert faults(report) == {"signature": "mismatch"}


def test_the_elder_one_stands_in_where_the_newer_one_cannot_be_asked_after(world):
    world.pages[DID_URL] = "timeout"
    report = world.verify(carrying(), **TRUST)
    assert (report.verdict, report.statement.standard) == (Verdict.VALID, "2.0")
    assert agreement(report) == (Outcome.WARNING, "other_undecided")
    assert report.check(CheckCode.EDITIONS).facts["versions"] == ["2.0", "3.0"]


def test_and_the_newer_one_where_the_elder_cannot(world):
    world.pages[BADGE] = "timeout"
    report = world.verify(carrying(), **TRUST)
    assert (report.verdict, report.statement.standard) == (Verdict.VALID, "3.0")
    assert agreement(report) == (Outcome.WARNING, "other_undecided")


def test_neither_can_be_asked_after(world):
    world.pages |= {DID_URL: "timeout", BADGE: "timeout"}
    report = world.verify(carrying(), **TRUST)
    assert (report.verdict, report.undecided, report.statement.standard) == (Verdict.NOT_VALID, True, "3.0")


def test_revoked_in_both_is_revoked(world):
    world.change(REVOCATIONS, revokedAssertions=[{"id": award(signed=True).id}])
    report = world.verify(carrying(), **TRUST)
    assert faults(report) == {"editions": "other_not_valid"}
    world.pages[AWARD] = Fetched(410, "", json.dumps(v2.revoked_document(AWARD)).encode())
    assert world.verify(carrying(AWARD), **TRUST).other.revoked


def test_whose_it_is_is_asked_of_both(world):
    other = sign(
        award(signed=True, recipient=v2.IdentityObject.hashing("sam@example.org", "x")).to_document()
    )
    report = world.verify(carrying(other), recipient=EARNER, **TRUST)
    assert faults(report) == {"editions": "other_not_valid"}
    assert ed_key()


@pytest.mark.parametrize("text", ["garbage", "{}", "{", "a.b.c", "https://"])
def test_an_edition_that_cannot_be_read_is_said(world, text):
    assert world.verify(bake(png(), AWARD, credential=text), **TRUST).verdict == Verdict.NOT_VALID
    assert (
        world.verify(bake(png(), text, credential=json.dumps(signed())), **TRUST).verdict == Verdict.NOT_VALID
    )
