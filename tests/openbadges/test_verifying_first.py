"""Verifying badges of before 2017: shown, asked after where possible, and said to be too old."""

import json

import pytest

from openbadges import CheckCode, Fetched, Verdict, bake, v2
from openbadges.recipients import hash_identity
from openbadges.verifying import Kind
from openbadges.verifying.reading import version_of
from tests.openbadges.stage import (
    AWARD,
    BADGE,
    EARNER,
    HOME,
    ISSUER,
    World,
    award,
    chunk,
    faults,
    outcomes,
    png,
    sign,
)

OLD, OLD_BADGE, OLD_ISSUER = f"{HOME}/old/1", f"{HOME}/old/badge", f"{HOME}/old/issuer"


def assertion(**changes):
    return {
        "uid": "a1",
        "recipient": {
            "type": "email",
            "hashed": True,
            "salt": "s",
            "identity": hash_identity(EARNER, "s"),
        },
        "badge": OLD_BADGE,
        "verify": {"type": "hosted", "url": OLD},
        "issuedOn": 1_370_000_000,
        "evidence": f"{HOME}/proof",
    } | changes


def half(**changes):
    return {
        "recipient": hash_identity(EARNER, "s"),
        "salt": "s",
        "evidence": f"{HOME}/proof",
        "issued_on": "2012-05-01",
        "badge": {
            "version": "0.5.0",
            "name": "Webmaker",
            "image": f"{HOME}/w.png",
            "description": "Makes pages.",
            "criteria": f"{HOME}/criteria",
            "issuer": {"origin": HOME, "name": "Mozilla", "contact": "x@example.org"},
        },
    } | changes


@pytest.fixture
def world():
    made = World()
    made.pages[OLD] = assertion()
    made.pages[OLD_BADGE] = {
        "name": "First aid",
        "description": "Can help.",
        "image": f"{HOME}/b.png",
        "criteria": f"{HOME}/criteria",
        "issuer": OLD_ISSUER,
        "alignment": [{"name": "At work", "url": "https://hse.example/fa"}],
        "tags": ["health"],
    }
    made.pages[OLD_ISSUER] = {"name": "Riverside College", "url": HOME, "email": "x@example.org"}
    return made


@pytest.mark.parametrize(
    "brought", [OLD, json.dumps(assertion()), bake(png(), OLD), bake(png(), json.dumps(assertion()))]
)
def test_it_is_shown_and_asked_after_but_not_valid(world, brought):
    report = world.verify(brought, recipient=EARNER)
    assert (report.verdict, report.too_old, report.kind) == (Verdict.NOT_VALID, True, Kind.HOSTED)
    assert faults(report) == {"version": "too_old"}
    assert outcomes(report)["hosted_refetch"] == "passed"
    assert outcomes(report)["recipient_match"] == "passed"
    said = report.statement
    assert (said.standard, said.name, said.issuer.name) == ("1.0", "First aid", "Riverside College")
    assert (said.issuer.id, said.criteria_url) == (OLD_ISSUER, f"{HOME}/criteria")
    assert said.issued == "2013-05-31T11:33:20Z"
    assert (said.evidence[0].url, said.alignments[0].name) == (f"{HOME}/proof", "At work")


def test_the_eldest_says_all_by_itself(world):
    report = world.verify(half(), recipient=EARNER)
    assert faults(report) == {"version": "too_old"}
    assert (report.statement.standard, report.statement.name) == ("0.5", "Webmaker")
    assert (report.statement.issuer.name, report.statement.issuer.url) == ("Mozilla", HOME)
    assert world.asked == []
    assert faults(world.verify(half(), recipient="sam@example.org"))["recipient_match"] == "other_recipient"
    assert faults(world.verify(half(recipient=EARNER), recipient=EARNER)) == {"version": "too_old"}


def test_a_legacy_picture_leads_to_its_address(world):
    picture = png(chunk(b"tEXt", b"openbadges\0" + OLD.encode()))
    assert world.verify(picture).statement.name == "First aid"


def test_open_badges_1_1_has_a_context(world):
    document = assertion(id=OLD, type="Assertion", **{"@context": "https://w3id.org/openbadges/v1"})
    world.pages[OLD] = document
    report = world.verify(document)
    assert (version_of(document), report.statement.standard, report.id) == ("1.1", "1.1", OLD)


def test_a_signed_one_is_shown_only(world):
    token = sign(assertion(verify={"type": "signed", "url": f"{HOME}/key"}))
    report = world.verify(token)
    assert (report.kind, report.token, report.too_old) == (Kind.SIGNED, token, True)
    assert outcomes(report)["hosted_refetch"] == "not_applicable"
    assert report.statement.name == "First aid"


@pytest.mark.parametrize(
    ("page", "found"),
    [
        ("timeout", {"hosted_refetch": "timeout"}),
        (Fetched(404, "", b""), {"hosted_refetch": "status"}),
        (Fetched(410, "", b""), {"revocation": "revoked"}),
        (assertion(revoked=True), {"revocation": "revoked"}),
        (assertion(expires="2014-01-01"), {"expiry": "expired"}),
        (assertion(expires="2999-01-01"), {}),
        (assertion(expires=1_370_000_001), {"expiry": "expired"}),
        (assertion(expires="one day"), {"expiry": "not_date_time"}),
    ],
)
def test_what_its_site_says_today(world, page, found):
    world.pages[OLD] = page
    report = world.verify(assertion())
    assert faults(report) == {"version": "too_old", **found}
    assert (report.statement.name, report.revoked) == ("First aid", "revocation" in found)


def test_what_is_shown_is_what_its_site_says(world):
    report = world.verify(assertion(issuedOn="2001-01-01"))
    assert report.check(CheckCode.HOSTED_REFETCH).facts["reason"] == "copy_differs"
    assert report.statement.issued == "2013-05-31T11:33:20Z"


def test_a_badge_that_was_renewed_at_its_old_address_is_judged_as_what_it_is_now(world):
    """Sites that moved to Open Badges 2.0 show their old badges in it; the old file still leads there."""
    world.pages[AWARD] = award().to_document()
    report = world.verify(assertion(verify={"type": "hosted", "url": AWARD}))
    assert (report.verdict, report.statement.standard) == (Verdict.VALID, "2.0")
    assert report.check(CheckCode.HOSTED_REFETCH).facts["reason"] == "copy_differs"


def test_a_new_badge_elsewhere_is_not_what_the_old_one_became(world):
    world.pages[OLD] = award().to_document()
    assert world.verify(assertion()).too_old


@pytest.mark.parametrize(
    "document",
    [
        {"@context": "https://w3id.org/openbadges/v1"},
        {"@context": "https://w3id.org/openbadges/v1", "badge": {"issuer": 5}, "recipient": [], "verify": []},
        assertion(badge=5, recipient=None, verify="x", issuedOn=10**30, expires=-(10**30), evidence=[1, {}]),
        assertion(badge={"issuer": [1]}, evidence={"id": 5}),
        half(badge={"issuer": [], "criteria": {}}, recipient="x" * 10_000),
    ],
)
def test_odd_ones_are_too_old_all_the_same(world, document):
    report = world.verify(document, recipient=EARNER)
    assert (report.verdict, report.too_old) == (Verdict.NOT_VALID, True)


def test_open_badges_2_1_is_what_it_says(world):
    context = ["https://purl.imsglobal.org/spec/ob/v2p1/ob_v2p1.jsonld"]
    for page in (AWARD, BADGE, ISSUER):
        world.change(page, **{"@context": context})
    report = world.verify(AWARD)
    assert (report.verdict, report.statement.standard) == (Verdict.VALID, "2.1")
    assert report.check(CheckCode.VERSION).facts == {"version": "2.1"}
    assert v2.CONTEXT not in context
