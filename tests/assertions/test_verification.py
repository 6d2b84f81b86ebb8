"""Verifying: ours from the tables, others over the network, all within one time."""

import json
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings

from assertions.documents import hosted_assertion
from assertions.models import Award
from assertions.services import revoke
from assertions.services.bringing import Brought, Pack
from assertions.services.judging import Turn, judge
from assertions.services.own_documents import own_document
from assertions.services.pictures import baked, qr_text
from assertions.services.sentences import sentence
from assertions.services.verdicts import headline
from assertions.services.verification import (
    Inquiry,
    award_of_report,
    verify_award,
)
from badges.models import Badge
from common.actors import SYSTEM
from issuers.models import Issuer
from openbadges import CheckCode, FetchFailed, Outcome, Verdict, bake, jws
from tests.assertions.elsewhere import EARNER, Elsewhere
from tests.factories import NOON, make_accepted, make_award
from tests.openbadges.stage import png, rsa_key

SITE = "https://badges.example.org"


@pytest.fixture
def other() -> Iterator[Elsewhere]:
    """Somebody else's site."""
    site = Elsewhere()
    yield site
    site.close()


def reason(report: Any, code: CheckCode) -> str:
    return str(report.check(code).facts.get("reason", ""))


# Ours -------------------------------------------------------------------------------------------------


def test_our_award_is_valid_without_any_request(accepted_award: Award) -> None:
    report = verify_award(accepted_award, at=NOON)
    assert report.verdict == Verdict.VALID
    assert {check.outcome for check in report.checks} <= {Outcome.PASSED, Outcome.NOT_APPLICABLE}


@pytest.mark.parametrize("ending", ["", ".jws", ".png", ".svg", ".png?proof=hosted", ".svg?proof=hosted&x=1"])
@pytest.mark.parametrize("site", [SITE, "https://BADGES.example.org:443", "http://badges.example.org"])
def test_every_address_of_ours_is_read_from_the_tables(accepted_award: Award, ending: str, site: str) -> None:
    report = Inquiry(seconds=0).verify(f"{site}/assertions/{accepted_award.pk}{ending}", at=NOON)
    assert report.verdict == Verdict.VALID
    assert award_of_report(report) == accepted_award
    assert (report.token is None) == (not ending or "hosted" in ending)


@pytest.mark.parametrize("form", ["token", "hosted", "png", "svg", "hosted png"])
def test_every_form_of_ours_is_valid(accepted_award: Award, form: str) -> None:
    hosted = json.dumps(hosted_assertion(accepted_award.pk, accepted_award.signed))
    brought: dict[str, str | bytes] = {
        "token": accepted_award.signed,
        "hosted": hosted,
        "png": baked(accepted_award, "png", hosted=False),
        "svg": baked(accepted_award, "svg", hosted=False),
        "hosted png": baked(accepted_award, "png", hosted=True),
    }
    report = Inquiry(seconds=0).verify(brought[form], at=NOON, recipient="ines@example.org")
    assert report.verdict == Verdict.VALID
    assert award_of_report(report) == accepted_award


@pytest.mark.parametrize(
    "path",
    [
        "/assertions/" + str(uuid.UUID(int=0)), "/assertions/" + "-" * 36, "/assertions/x", "/badges/x/v/1", "/",
        f"/badges/{uuid.UUID(int=0)}", f"/badges/{uuid.UUID(int=0)}/v/1",
        "/issuers/none", "/issuers/none/keys/1", "/issuers/none/revocations",
        "", "/claim/x", "/media/secret", f"/assertions/{uuid.UUID(int=0)}.png", "/verify",
    ],
)  # fmt: skip
def test_what_is_not_there_is_404(db: None, path: str) -> None:
    assert own_document(path).status == 404


@pytest.mark.parametrize("path", ["/", "/verify", "/receipts?r=x", "/about#top"])
def test_a_page_of_ours_is_told_from_a_badge(db: None, path: str) -> None:
    report = Inquiry(seconds=0).verify(f"{SITE}{path}", at=NOON)
    assert report.undecided
    assert reason(report, CheckCode.HOSTED_REFETCH) == "web_page"
    forged = Inquiry(seconds=0).verify(json.dumps({"id": f"{SITE}{path}", "type": "Assertion"}), at=NOON)
    assert not forged.undecided


def test_the_other_documents_of_ours(badge: Badge, issuer: Issuer) -> None:
    version = f"/badges/{badge.pk}/v/1"
    of_badge = (f"/badges/{badge.pk}", version, f"{version}/fr")
    for path in (*of_badge, f"/issuers/{issuer.slug}", f"/issuers/{issuer.slug}/keys/1"):
        found = own_document(path)
        assert found.status == 200
        assert json.loads(found.body)["id"] == f"{SITE}{path}"
    assert own_document(f"{version}/de").status == 404


@pytest.mark.parametrize("ending", ["", ".jws", ".png"])
def test_revoked_is_known_at_once_in_every_form(accepted_award: Award, ending: str) -> None:
    picture = baked(accepted_award, "png", hosted=False)
    revoke(awards=[accepted_award], reason="Awarded by mistake.", by=SYSTEM, at=NOON)
    for brought in (f"{SITE}/assertions/{accepted_award.pk}{ending}", accepted_award.signed, picture):
        report = Inquiry(seconds=0).verify(brought, at=NOON)
        assert report.revoked
        assert report.check(CheckCode.REVOCATION).facts["revocation_reason"] == "Awarded by mistake."


def test_declined_counts_as_taken_back(accepted_award: Award) -> None:
    Award.objects.update(response=Award.Response.DECLINED)
    report = Inquiry(seconds=0).verify(accepted_award.signed, at=NOON)
    assert report.revoked
    assert award_of_report(report) == accepted_award


def test_of_a_long_list_only_what_speaks_of_the_award_is_read(
    badge: Badge, accepted_award: Award, django_assert_max_num_queries: Any
) -> None:
    others = [make_award(badge) for _number in range(3)]
    revoke(awards=others, reason="Mistake.", by=SYSTEM, at=NOON)
    with django_assert_max_num_queries(14):
        assert verify_award(accepted_award, at=NOON).verdict == Verdict.VALID
    assert verify_award(others[0], at=NOON).revoked


def test_an_issuer_on_the_operators_list_is_known_by_its_name(
    elsewhere: Elsewhere, tmp_path: Path, settings: Any
) -> None:
    settings.TRUSTED_ISSUERS = str(tmp_path / "issuers.txt")
    (tmp_path / "issuers.txt").write_text(f"{elsewhere.url('/issuer')} Université <b>de Valmont")
    report = Inquiry().verify(elsewhere.signed(), at=NOON)
    check = report.check(CheckCode.ISSUER_KNOWN)
    assert (report.verdict, check.facts["listed_as"]) == (Verdict.VALID, "Université <b>de Valmont")
    assert "on the list as “Université <b>de Valmont”" in sentence(check).text


# Imitations of ours -----------------------------------------------------------------------------------


def test_an_id_of_ours_in_somebody_elses_document_is_not_our_award(
    accepted_award: Award, elsewhere: Elsewhere
) -> None:
    """Sound and signed, by another issuer: nothing of our award may be shown for it."""
    forged = elsewhere.signed(id=f"urn:uuid:{accepted_award.pk}")
    report = Inquiry().verify(forged, at=NOON)
    assert report.verdict == Verdict.CONSISTENT
    assert award_of_report(report) is None


def test_our_badge_signed_by_somebody_else_is_not_valid(accepted_award: Award) -> None:
    payload = jws.decode_unverified(accepted_award.signed).payload
    report = Inquiry(seconds=0).verify(jws.sign(payload, rsa_key(0)), at=NOON)
    assert report.verdict == Verdict.NOT_VALID
    assert reason(report, CheckCode.SIGNATURE) == "mismatch"
    assert award_of_report(report) is None


def test_a_changed_copy_of_a_hosted_badge_of_ours_shows_the_original(accepted_award: Award) -> None:
    copy = hosted_assertion(accepted_award.pk, accepted_award.signed) | {"narrative": "Best of all."}
    report = Inquiry(seconds=0).verify(json.dumps(copy), at=NOON)
    assert report.check(CheckCode.HOSTED_REFETCH).outcome == Outcome.WARNING
    assert report.statement.narrative != "Best of all."
    assert award_of_report(report) == accepted_award


def test_a_site_that_only_begins_like_ours_is_not_ours(accepted_award: Award) -> None:
    for url in (
        f"{SITE}.evil.example/assertions/{accepted_award.pk}",
        f"https://x@badges.example.org/assertions/{accepted_award.pk}",
    ):
        report = Inquiry(seconds=0).verify(url, at=NOON)
        assert report.verdict == Verdict.NOT_VALID
        assert award_of_report(report) is None


# Others -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["address", "token", "document", "png"])
def test_a_badge_of_another_site(db: None, elsewhere: Elsewhere, form: str) -> None:
    brought = {
        "address": elsewhere.url("/award"),
        "token": elsewhere.signed(),
        "document": json.dumps(elsewhere.award()),
        "png": bake(png(), elsewhere.signed()),
    }[form]
    report = Inquiry().verify(brought, at=NOON, recipient=EARNER)
    assert report.verdict == Verdict.CONSISTENT
    assert report.statement.name == "First aid"


def test_a_picture_at_an_address(db: None, elsewhere: Elsewhere) -> None:
    elsewhere.pages["/award.png"] = bake(png(), json.dumps(elsewhere.award()))
    assert Inquiry().verify(elsewhere.url("/award.png"), at=NOON).verdict == Verdict.CONSISTENT


def test_a_web_page_is_told_from_a_badge(db: None, elsewhere: Elsewhere) -> None:
    elsewhere.pages["/page"] = "<!doctype html><title>My badge</title>"
    report = Inquiry().verify(elsewhere.url("/page"), at=NOON)
    assert report.undecided
    assert reason(report, CheckCode.HOSTED_REFETCH) == "web_page"


def test_a_forged_badge_behind_a_page_that_passes_visitors_on(
    elsewhere: Elsewhere, other: Elsewhere, tmp_path: Path, settings: Any
) -> None:
    """The trusted site's own address, and a document that somebody else wrote."""
    settings.OUTBOUND_EXCEPTIONS = [place.origin[7:] for place in (elsewhere, other)]
    settings.TRUSTED_ISSUERS = str(tmp_path / "issuers.txt")
    (tmp_path / "issuers.txt").write_text(f"{elsewhere.url('/issuer')} Riverside College")
    assert Inquiry().verify(elsewhere.url("/award"), at=NOON).verdict == Verdict.VALID

    def pass_on(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(302)
        handler.send_header("Location", handler.path.partition("=")[2])
        handler.end_headers()

    path = f"/login?next={other.url('/forged')}"
    elsewhere.pages[path] = pass_on
    other.pages["/forged"] = elsewhere.award(id=elsewhere.url(path))
    report = Inquiry().verify(elsewhere.url(path), at=NOON)
    check = report.check(CheckCode.ISSUER_KNOWN)
    assert (report.verdict, check.facts["led_to"]) == (Verdict.CONSISTENT, other.origin)
    assert other.origin in sentence(check).text
    said = headline(report)
    assert (said.kind, said.title) == (
        "warn",
        "This badge may not come from its issuer: it was read at another site.",
    )
    assert other.origin in said.text


def test_private_addresses_are_not_opened(db: None) -> None:
    report = Inquiry().verify("http://127.0.0.1:1/award", at=NOON)
    assert report.undecided
    assert reason(report, CheckCode.HOSTED_REFETCH) == "refused"


def test_one_visit_asks_for_each_document_once(db: None, elsewhere: Elsewhere) -> None:
    inquiry = Inquiry()
    for _again in range(3):
        assert inquiry.verify(elsewhere.signed(), at=NOON).verdict == Verdict.CONSISTENT
    assert sorted(elsewhere.asked) == ["/badge", "/issuer", "/key", "/revoked"]


def test_a_failure_is_remembered_too(db: None, elsewhere: Elsewhere) -> None:
    inquiry = Inquiry()
    del elsewhere.pages["/issuer"]
    for _again in range(2):
        assert inquiry.verify(elsewhere.signed(), at=NOON).verdict == Verdict.NOT_VALID
    assert elsewhere.asked.count("/issuer") == 1


def test_once_the_time_is_over_nobody_is_asked(db: None, elsewhere: Elsewhere) -> None:
    inquiry = Inquiry(seconds=0)
    assert inquiry.is_over
    report = inquiry.verify(elsewhere.signed(), at=NOON)
    assert report.undecided
    assert reason(report, CheckCode.BADGE_CLASS) == "out_of_time"
    assert elsewhere.asked == []


def test_a_slow_site_does_not_hold_us_longer_than_the_visit_may(db: None, elsewhere: Elsewhere) -> None:
    elsewhere.pages["/badge"] = lambda handler: handler.rfile.read()  # waits for more, and never answers
    inquiry = Inquiry(seconds=0.3)
    report = inquiry.verify(elsewhere.signed(), at=NOON)
    assert reason(report, CheckCode.BADGE_CLASS) == "timeout"
    assert inquiry.is_over


def test_answers_are_not_kept_without_bound(db: None, elsewhere: Elsewhere) -> None:
    inquiry = Inquiry()
    for number in range(4):
        elsewhere.pages[f"/{number}"] = b" " * 1_900_000
        assert inquiry.look_up(elsewhere.url(f"/{number}")).status == 200
    elsewhere.pages["/4"] = b" " * 1_900_000
    with pytest.raises(FetchFailed) as failed:
        inquiry.look_up(elsewhere.url("/4"))
    assert failed.value.code == "too_large"
    assert len(elsewhere.asked) == 5


# Photos -----------------------------------------------------------------------------------------------


def photo_of(text: str, kind: str = "PNG", **look: Any) -> bytes:
    import io

    import segno
    from PIL import Image

    drawn = io.BytesIO()
    segno.make(text, error="m", micro=False).save(drawn, kind="png", scale=6, border=4, **look)
    drawn.seek(0)
    photo = io.BytesIO()
    Image.open(drawn).convert("RGB").rotate(4, expand=True, fillcolor="white").save(photo, kind)
    return photo.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_the_qr_code_on_a_photo(accepted_award: Award, kind: str) -> None:
    address = f"{SITE}/assertions/{accepted_award.pk}"
    assert qr_text(photo_of(address, kind)) == address


def test_only_web_addresses_are_taken_from_a_qr_code() -> None:
    assert qr_text(photo_of("javascript:alert(1)")) == ""
    assert qr_text(photo_of("WIFI:S:home;P:secret;;")) == ""


def test_pictures_too_large_to_look_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """The size is read from the head of the file, before anything is decoded."""
    from assertions.services import pictures

    monkeypatch.setattr(pictures, "MOST_PIXELS", 100)
    assert qr_text(photo_of(SITE)) == ""


def test_other_sites_have_other_names(badge: Badge) -> None:
    award = make_accepted(badge)
    with override_settings(SITE_URL="https://elsewhere.example"):
        report = Inquiry(seconds=0).verify(award.signed, at=NOON)
    assert report.verdict == Verdict.NOT_VALID


def test_slow_sites_on_purpose_do_not_hold_up_everybody(db: None, elsewhere: Elsewhere) -> None:
    """Only so many visits wait for others at the same time; one more hears at once that there was no time, and what
    is ours is still looked up. Afterwards there is room again."""
    pack = Pack((Brought("x", elsewhere.signed()),))
    turns = [Turn() for _visit in range(settings.VERIFICATIONS_AT_ONCE)]
    assert all(turn.is_ours() for turn in turns)
    assert judge(pack, at=NOON).waiting == pack.badges
    assert elsewhere.asked == []
    for turn in turns:
        turn.give_back()
    for _visit in range(settings.VERIFICATIONS_AT_ONCE + 1):
        (one,) = judge(pack, at=NOON).judged
        assert one.verdict == Verdict.CONSISTENT
