"""Verifying: what is brought, hosted badges, dates, recipients, verdicts."""

import json
from datetime import datetime

import pytest

from openbadges import CheckCode, Expectation, Fetched, Outcome, Verdict, bake, v2, verify
from openbadges.verifying import MAX_FETCHES, Kind
from openbadges.verifying.reading import version_of
from tests.openbadges.stage import (
    AWARD,
    BADGE,
    EARNER,
    HOME,
    ISSUER,
    KEY,
    NOW,
    REVOCATIONS,
    SVG,
    World,
    award,
    chunk,
    faults,
    issuer,
    outcomes,
    png,
    sign,
)


@pytest.fixture
def world():
    return World()


def hosted(**changes):
    return json.dumps(award(**changes).to_document())


# What may be brought


@pytest.mark.parametrize(
    "brought",
    [
        AWARD,
        f"  {AWARD}\n",
        hosted(),
        "\ufeff" + hosted(),
        hosted().encode(),
        b"\xef\xbb\xbf" + hosted().encode(),
        json.loads(hosted()),
        bake(png(), hosted()),
        bake(SVG, hosted()),
        png(chunk(b"tEXt", b"openbadges\0" + AWARD.encode())),
    ],
    ids=["address", "blanks", "json", "mark", "bytes", "marked bytes", "object", "png", "svg", "legacy png"],
)
def test_a_hosted_badge_is_valid_however_it_is_brought(world, brought):
    report = world.verify(brought, recipient=EARNER)
    assert report.verdict == Verdict.VALID
    assert (report.kind, report.id, report.token) == (Kind.HOSTED, AWARD, None)
    assert world.asked == [AWARD, BADGE, ISSUER]


def test_an_address_may_lead_to_a_baked_picture(world):
    world.pages[f"{HOME}/1.png"] = Fetched(200, "image/png", bake(png(), hosted()))
    report = world.verify(f"{HOME}/1.png")
    assert report.verdict == Verdict.VALID
    assert report.check(CheckCode.PICTURE).facts == {"type": "png"}


def test_the_report_holds_what_was_read(world):
    report = world.verify(AWARD)
    assert report.statement.recipient_kinds == ("email",)
    assert (report.statement.name, report.statement.issuer.name) == ("First aid", "Riverside College")
    assert report.statement.evidence[0].narrative == "Led a drill."
    assert report.statement.criteria == "**Six** hours of practice."
    assert report.document == award().to_document()
    assert (report.at, report.revoked, report.expired, report.undecided) == (NOW, False, False, False)


def test_every_report_lists_every_check_in_order(world):
    of_3_0 = {"editions", "contexts", "claims", "suspension", "endorsements"}
    assert [check.code for check in world.verify(AWARD).checks] == [c for c in CheckCode if c not in of_3_0]
    assert [check.code for check in world.verify("{}").checks] == [CheckCode.VERSION]


@pytest.mark.parametrize(
    ("brought", "code", "reason"),
    [
        ("", "structure", "unreadable"),
        ("hello", "structure", "unreadable"),
        (b"\xff", "structure", "unreadable"),
        (b"%PDF-1.7", "structure", "unreadable"),
        ("{", "structure", "not_json"),
        ("[]", "structure", "unreadable"),
        ('{"id": 1, "id": 2}', "structure", "duplicate_member"),
        ('{"a": ' * 50 + "1" + "}" * 50, "structure", "too_deep"),
        ("{" + " " * 2_000_001, "structure", "too_large"),
        (b" " * 2_000_001, "structure", "too_large"),
        ("https://", "structure", "bad_address"),
        ("https://user:pass@a.org/", "structure", "bad_address"),
        ("a.b.c", "structure", "unreadable"),
        ("a" * 20 + ".b.cccc", "signature", "encoding"),
        ("eyJhbGciOiJub25lIn0.e30.AAAA", "algorithm", "algorithm"),
        (png(), "picture", "no_badge"),
        (png()[:40], "picture", "truncated"),
        (b"\x89PNG\r\n\x1a\n" + bytes(30), "picture", "corrupt"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><x:a/></svg>", "picture", "corrupt"),
        ("bm9uZQ.e30.AAAAAAAAAAAAAAAA", "signature", "header"),
        (b"<html><p>x</p></html>", "picture", "not_an_image"),
        (bake(png(), "garbage"), "structure", "unreadable"),
        (b"\x89PNG\r\n\x1a\n" + bytes(10_000_000), "picture", "too_large"),
    ],
    ids=lambda value: repr(value)[:24],
)
def test_what_cannot_be_read_is_a_verdict_too(world, brought, code, reason):
    report = world.verify(brought)
    assert report.verdict == Verdict.NOT_VALID
    assert faults(report) == {code: reason}
    assert (report.document, report.statement, report.undecided) == (None, None, False)
    assert world.asked == []


@pytest.mark.parametrize("document", [issuer(), {"@context": v2.CONTEXT, "type": ["BadgeClass"]}])
def test_another_document_is_not_an_assertion(world, document):
    assert faults(world.verify(document)) == {"structure": "not_an_assertion"}


VC = "https://www.w3.org/ns/credentials/v2"
OB3 = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"


@pytest.mark.parametrize(
    ("document", "found"),
    [
        ({"@context": v2.CONTEXT}, "2.0"),
        ({"@context": ["https://other.org", v2.CONTEXT]}, "2.0"),
        ({"@context": [VC, OB3], "type": ["VerifiableCredential", "OpenBadgeCredential"]}, "3.0"),
        ({"@context": ["https://www.w3.org/2018/credentials/v1"]}, "3.0"),
        ({"type": ["VerifiableCredential", "AchievementCredential"]}, "3.0"),
        ({"iss": "x", "vc": {}}, "3.0"),
        ({"@context": "https://w3id.org/openbadges/v1", "type": "Assertion"}, "1.1"),
        ({"uid": "1", "recipient": {}, "badge": "https://a.org", "verify": {"type": "hosted"}}, "1.0"),
        ({"recipient": "sha256$00", "badge": {"version": "0.5.0"}}, "0.5"),
        ({"recipient": {}, "badge": "x"}, None),
        ({"hello": "world"}, None),
        ({"@context": {"id": "@id"}}, None),
    ],
)
def test_other_versions_are_recognised_for_what_they_are(world, document, found):
    assert version_of(document) == found


# Verdicts and the issuer


def test_an_unknown_issuer_is_consistent_not_valid(world):
    report = world.verify(AWARD, trusted_issuers={})
    assert report.verdict == Verdict.CONSISTENT
    assert report.check(CheckCode.ISSUER_KNOWN).outcome == Outcome.WARNING


@pytest.mark.parametrize(
    ("origin", "verdict"),
    [
        (HOME, "valid"),
        ("https://badges.example.org:8443", "consistent"),
        ("http://badges.example.org", "consistent"),
    ],
)
def test_an_origin_may_be_trusted_as_a_whole(world, origin, verdict):
    report = world.verify(AWARD, trusted_issuers={}, trusted_origins=frozenset({origin}))
    assert report.verdict == verdict


@pytest.mark.parametrize(
    ("listed", "name"),
    [
        ({ISSUER: "Atelier"}, "Atelier"),
        ({ISSUER.rpartition("/")[0] + "/*": "Everybody there"}, "Everybody there"),
        ({HOME + "/*": "Home", ISSUER: "Atelier"}, "Atelier"),
        ({ISSUER + "/*": "Below it only"}, None),
        ({ISSUER[:-1]: "Almost"}, None),
        ({ISSUER + "x": "Almost"}, None),
        ({"https://badges.example.or/*": "Almost"}, None),
    ],
)
def test_an_issuer_is_known_by_the_name_on_the_list(world, listed, name):
    check = world.verify(AWARD, trusted_issuers=listed).check(CheckCode.ISSUER_KNOWN)
    assert (check.outcome == Outcome.PASSED, check.facts.get("listed_as")) == (name is not None, name)


@pytest.mark.parametrize("path", ["/listed/../issuer", "/listed/%2e%2e/issuer", "/listed/..%2Fissuer"])
def test_nobody_climbs_out_of_a_listed_place(world, path):
    """The address would lead elsewhere than it says."""
    url = HOME + path
    world.pages[url] = {**issuer(), "id": url}
    world.change(BADGE, issuer=url)
    check = world.verify(AWARD, trusted_issuers={HOME + "/listed/*": "Listed"}).check(CheckCode.ISSUER_KNOWN)
    assert check.outcome == Outcome.WARNING


FORGED = HOME + "/login?next=https://evil.example/a.json"


def led(document, url):
    return Fetched(200, "application/ld+json", json.dumps(document).encode(), url)


@pytest.mark.parametrize(
    ("answered", "led_to"),
    [
        ("https://evil.example/a.json", "https://evil.example"),
        ("https://badges.example.org.evil.example/a.json", "https://badges.example.org.evil.example"),
        ("https://badges.example.org:8443/a.json", "https://badges.example.org:8443"),
        ("https://ww.badges.example.org/a.json", "https://ww.badges.example.org"),
        ("http://badges.example.org/a.json", "http://badges.example.org"),
        ("https://x@badges.example.org/a.json", "https://x@badges.example.org/a.json"),
        ("https://www.badges.example.org/a.json", None),
        ("https://BADGES.example.org:443/other/a.json", None),
        (FORGED, None),
        (None, None),
    ],
)
def test_a_page_that_passes_visitors_on_lets_nobody_speak_for_a_known_issuer(world, answered, led_to):
    world.pages[FORGED] = led(award(id=FORGED).to_document(), answered)
    for known in ({}, {"trusted_issuers": {}, "trusted_origins": frozenset({HOME})}):
        report = world.verify(FORGED, **known)
        check = report.check(CheckCode.ISSUER_KNOWN)
        assert report.verdict == (Verdict.CONSISTENT if led_to else Verdict.VALID)
        assert check.facts.get("led_to") == led_to
        assert (check.facts.get("reason") == "led_elsewhere") == bool(led_to)
        assert report.check(CheckCode.ISSUER_NAME).outcome == Outcome.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("url", "counts"), [(ISSUER, True), (KEY, True), (REVOCATIONS, False), (BADGE, False)]
)
def test_the_issuer_and_its_key_are_read_at_home(world, url, counts):
    """What they name is where they say, and a badge’s definition may lie anywhere."""
    world.pages[url] = led(world.pages[url], "https://evil.example/")
    report = world.verify(sign(award(signed=True).to_document()))
    assert report.verdict == (Verdict.CONSISTENT if counts else Verdict.VALID)


def test_http_may_lead_to_https(world):
    url = "http://badges.example.org/awards/1"
    world.pages[url] = led(award(id=url).to_document(), AWARD)
    assert world.verify(url).verdict == Verdict.VALID


def test_an_unknown_issuer_that_moved_is_unknown_as_before(world):
    world.pages[AWARD] = led(world.pages[AWARD], "https://new.example/awards/1")
    check = world.verify(AWARD, trusted_issuers={}).check(CheckCode.ISSUER_KNOWN)
    assert (check.outcome, check.facts) == (Outcome.WARNING, {"id": ISSUER})


def test_nothing_is_expected_by_default(world):
    assert verify(AWARD, fetch=world.fetch, at=NOW).verdict == Verdict.CONSISTENT


def test_the_time_needs_a_zone(world):
    with pytest.raises(ValueError, match="aware"):
        verify(AWARD, fetch=world.fetch, at=datetime(2026, 3, 1), expect=Expectation())


def test_an_issuer_cannot_claim_to_be_another(world):
    evil = "https://evil.example/issuer"
    world.pages[evil] = issuer()  # says that its id is the trusted one
    world.change(BADGE, issuer=evil)
    report = world.verify(AWARD)
    assert faults(report) == {"issuer_profile": "other_id", "issuer_known": "needs"}
    assert report.verdict == Verdict.NOT_VALID


def test_a_badge_class_must_be_where_it_says(world):
    world.change(BADGE, id=f"{HOME}/other")
    assert faults(world.verify(AWARD)) == {"badge_class": "other_id"}


@pytest.mark.parametrize(("url", "check"), [(BADGE, "badge_class"), (ISSUER, "issuer_profile")])
@pytest.mark.parametrize(
    ("page", "reason", "undecided"),
    [
        ("timeout", "timeout", True),
        (Fetched(503, "", b""), "status", True),
        (Fetched(404, "", b""), "status", False),
        (Fetched(410, "", b""), "gone", False),
        (Fetched(200, "text/html", b"<p>"), "not_json", False),
        (Fetched(200, "", b"[]"), "not_object", False),
        (Fetched(200, "", b'{"a":1,"a":2}'), "duplicate_member", False),
        (Fetched(200, "", b"{" + b" " * 2_000_001), "too_large", False),
    ],
)
def test_a_link_that_leads_nowhere(world, url, check, page, reason, undecided):
    world.pages[url] = page
    report = world.verify(AWARD)
    assert report.verdict == Verdict.NOT_VALID
    assert faults(report)[check] == reason
    assert report.undecided == undecided
    assert report.check(CheckCode.ISSUER_KNOWN).outcome == Outcome.NOT_CHECKED


def test_an_embedded_badge_class_is_asked_for_at_its_address(world):
    forged = {**world.pages[BADGE], "name": "Doctor of medicine"}
    world.change(AWARD, badge=forged)
    report = world.verify(AWARD)
    assert (report.verdict, report.statement.name) == (Verdict.VALID, "First aid")


def test_an_embedded_issuer_is_asked_for_at_its_address(world):
    world.change(BADGE, issuer={**issuer(), "name": "Forged"})
    assert world.verify(AWARD).statement.issuer.name == "Riverside College"
    world.change(BADGE, issuer={**issuer(), "id": "urn:x:issuer"})
    assert faults(world.verify(AWARD))["issuer_profile"] == "no_address"


@pytest.mark.parametrize("url", [BADGE, ISSUER])
def test_a_document_of_another_class_is_refused(world, url):
    world.change(url, type="Assertion")
    reasons = faults(world.verify(AWARD))
    assert "wrong_type" in reasons.values()


# Hosted


def test_the_copy_in_hand_is_not_believed(world):
    report = world.verify(hosted(issued_on="2020-01-01T00:00:00Z", narrative="forged"))
    assert report.statement.issued == "2026-02-01T09:00:00Z"
    check = report.check(CheckCode.HOSTED_REFETCH)
    assert (report.verdict, check.outcome, check.facts["reason"]) == ("valid", "warning", "copy_differs")


def test_a_copy_cannot_vouch_for_itself(world):
    forged = hosted(id=f"{HOME}/awards/forged")
    report = world.verify(forged)
    assert faults(report)["hosted_refetch"] == "status"
    assert (report.verdict, report.undecided) == (Verdict.NOT_VALID, False)


@pytest.mark.parametrize("id_", ["urn:uuid:1", "ftp://a.org/1", 5, None])
def test_a_hosted_badge_has_an_address(world, id_):
    assert faults(world.verify({**award().to_document(), "id": id_}))["hosted_refetch"] == "no_address"


def test_the_address_must_answer_with_this_assertion(world):
    world.change(AWARD, id=f"{HOME}/awards/2")
    assert faults(world.verify(AWARD))["hosted_refetch"] == "status"
    assert faults(world.verify(hosted()))["hosted_refetch"] == "other_id"


def test_a_signed_badge_without_its_signature_is_not_believed_where_it_lies(world):
    world.change(AWARD, verification={"type": "SignedBadge", "creator": f"{HOME}/key"})
    assert faults(world.verify(hosted())) == {"hosted_refetch": "not_hosted"}
    assert faults(world.verify(AWARD)) == {"signature": "unsigned", "algorithm": "needs"}


@pytest.mark.parametrize(
    ("page", "reason", "undecided"),
    [
        ("timeout", "timeout", True),
        (Fetched(500, "", b""), "status", True),
        (Fetched(403, "", b""), "status", True),
        (Fetched(404, "", b""), "status", False),
    ],
)
@pytest.mark.parametrize("brought", [AWARD, hosted()])
def test_an_award_out_of_reach_is_not_valid_but_perhaps_undecided(world, page, reason, undecided, brought):
    world.pages[AWARD] = page
    report = world.verify(brought, recipient=EARNER)
    assert report.verdict == Verdict.NOT_VALID
    assert faults(report)["hosted_refetch"] == reason
    assert faults(report)["structure"] == "needs"
    assert report.undecided == undecided


def test_a_web_page_is_no_award(world):
    world.pages[AWARD] = Fetched(200, "text/html; charset=utf-8", b"not json")
    assert faults(world.verify(hosted()))["hosted_refetch"] == "not_json"
    assert faults(world.verify(AWARD)) == {"structure": "unreadable"}


@pytest.mark.parametrize(
    ("policy", "passes"),
    [
        (None, True),
        ({}, True),
        ({"allowedOrigins": "badges.example.org"}, True),
        ({"allowedOrigins": ["a.org", "BADGES.example.org"]}, True),
        ({"allowedOrigins": ["example.org"]}, False),
        ({"allowedOrigins": [f"{HOME}"]}, False),
        ({"startsWith": f"{HOME}/awards/"}, True),
        ({"startsWith": ["https://a.org/", HOME]}, True),
        ({"startsWith": f"{HOME}/other/"}, False),
        ({"startsWith": "https://badges.example.or"}, False),
        ({"startsWith": "https:"}, False),
        ({"startsWith": f"{HOME}/awards/", "allowedOrigins": "a.org"}, False),
        ({"startsWith": f"{HOME}/other/", "allowedOrigins": "badges.example.org"}, False),
    ],
)
def test_the_scope_of_hosted_awards(world, policy, passes):
    if policy is not None:
        world.change(ISSUER, verification={"type": "VerificationObject", **policy})
    scope = world.verify(AWARD).check(CheckCode.HOSTED_SCOPE)
    assert scope.outcome == ("passed" if passes else "failed")


@pytest.mark.parametrize(
    "id_",
    [
        "https://evil.example/awards/1",
        "https://badges.example.org:8443/awards/1",
        "https://badges.example.org.evil.example/awards/1",
    ],
)
def test_an_award_elsewhere_is_out_of_scope(world, id_):
    world.pages[id_] = award(id=id_).to_document()
    report = world.verify(id_)
    assert faults(report) == {"hosted_scope": "out_of_scope"}
    assert report.verdict == Verdict.NOT_VALID


@pytest.mark.parametrize("climb", ["/tenants/a/../b/1", "/tenants/a/%2e%2e/b/1", "/tenants/a/..%2fb/1"])
def test_an_address_does_not_climb_out_of_its_scope(world, climb):
    world.pages[HOME + climb] = award(id=HOME + climb).to_document()
    world.change(ISSUER, verification={"type": "VerificationObject", "startsWith": f"{HOME}/tenants/a/"})
    assert faults(world.verify(HOME + climb)) == {"hosted_scope": "out_of_scope"}


@pytest.mark.parametrize("status", [200, 410])
@pytest.mark.parametrize("brought", [AWARD, hosted()])
def test_a_withdrawn_award_is_revoked_with_its_reason(world, status, brought):
    body = json.dumps(v2.revoked_document(AWARD, "Issued by mistake")).encode()
    world.pages[AWARD] = Fetched(status, "application/ld+json", body)
    report = world.verify(brought)
    assert (report.verdict, report.revoked, report.undecided) == (Verdict.NOT_VALID, True, False)
    facts = report.check(CheckCode.REVOCATION).facts
    assert facts == {"reason": "revoked", "revocation_reason": "Issued by mistake"}
    assert bool(report.statement.name) == (brought != AWARD)


def test_gone_without_a_word_is_revoked_too(world):
    world.pages[AWARD] = Fetched(410, "text/html", b"<h1>Gone</h1>")
    report = world.verify(hosted())
    assert faults(report) == {"revocation": "revoked"}
    assert report.statement.name == "First aid"


# Structure and data types


def test_faults_of_every_document_are_listed(world):
    world.drop(AWARD, "recipient")
    world.change(BADGE, image="nowhere")
    world.drop(ISSUER, "email", "@context")
    report = world.verify(AWARD)
    assert report.check(CheckCode.STRUCTURE).facts["problems"] == [
        {"document": "assertion", "field": "recipient", "problem": "missing"},
        {"document": "issuer", "field": "@context", "problem": "missing"},
        {"document": "issuer", "field": "email", "problem": "missing"},
    ]
    assert report.check(CheckCode.DATA_TYPES).facts["problems"] == [
        {"document": "badge", "field": "image.id", "problem": "not_image"}
    ]
    assert report.statement.recipient_kinds == ()
    assert report.statement.name == "First aid"


def test_a_list_of_faults_has_an_end(world):
    world.change(AWARD, evidence=[{"id": 1}] * 1000)
    assert len(world.verify(AWARD).check(CheckCode.DATA_TYPES).facts["problems"]) == 30


# Dates


@pytest.mark.parametrize(
    ("dates", "found"),
    [
        ({"expires": None}, {}),
        ({"expires": "2026-03-01T12:00:01Z"}, {}),
        ({"expires": "2026-03-01T12:00:00Z"}, {"expiry": "expired"}),
        ({"expires": "2026-03-01T13:30:00+02:00"}, {"expiry": "expired"}),
        ({"expires": "2026-01-01T00:00:00Z"}, {"expiry": "before_issue"}),
        ({"expires": "soon"}, {"expiry": "not_date_time", "data_types": "problems"}),
        ({"issuedOn": "2026-03-01T12:04:00Z"}, {}),
        ({"issuedOn": "2026-03-01T12:06:00Z"}, {"issued_in_future": "future"}),
        ({"issuedOn": "2026-02-01"}, {"issued_in_future": "not_date_time", "data_types": "problems"}),
    ],
)
def test_dates(world, dates, found):
    world.change(AWARD, **dates)
    report = world.verify(AWARD)
    assert faults(report) == found
    assert report.expired == ("expiry" in found and found["expiry"] != "not_date_time")


# Recipients


@pytest.mark.parametrize(
    ("recipient", "type_", "reason"),
    [
        (EARNER, "email", None),
        (EARNER.upper(), "email", None),
        ("sam@example.org", "email", "other_recipient"),
        (EARNER, "url", "other_type"),
    ],
)
def test_whose_badge_it_is(world, recipient, type_, reason):
    check = world.verify(AWARD, recipient=recipient, recipient_type=type_).check(CheckCode.RECIPIENT_MATCH)
    assert check.outcome == ("failed" if reason else "passed")
    assert check.facts.get("reason") == reason


def test_nobody_in_particular_is_expected(world):
    assert outcomes(world.verify(AWARD))["recipient_match"] == "not_applicable"


@pytest.mark.parametrize("recipient", [None, "x", {}, {"type": "email", "identity": EARNER, "hashed": True}])
def test_a_recipient_that_cannot_be_read_is_nobody(world, recipient):
    world.change(AWARD, recipient=recipient)
    assert faults(world.verify(AWARD, recipient=EARNER))["recipient_match"] == "needs"


# Bounds


def test_no_more_is_fetched_than_is_needed(world):
    world.verify(award(signed=True).to_document())
    assert len(world.asked) == len(set(world.asked)) <= MAX_FETCHES


def test_an_error_of_the_fetcher_is_not_hidden(world):
    def fetch(url):
        raise RuntimeError("a bug")

    with pytest.raises(RuntimeError, match="a bug"):
        verify(AWARD, fetch=fetch, at=NOW)
