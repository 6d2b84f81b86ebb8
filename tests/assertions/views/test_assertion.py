"""The verification page: live, the same for everyone, and nothing of anyone kept in it."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts.models import User
from assertions.documents import award_url
from assertions.models import Assessment, Award
from assertions.services import EvidenceInput, revoke, undo_revocation
from assertions.services.correcting import correct_name
from assertions.services.pictures import qr_text
from badges.models import Badge
from common.actors import SYSTEM
from tests.assertions.views.visiting import browser, claim_link, words
from tests.factories import NOON, make_accepted, make_award

NOW = datetime(2026, 3, 10, 8, 41, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _a_day_in_march() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def award(badge: Badge) -> Award:
    """Accepted, with everything that a page can show."""
    row = make_accepted(
        badge,
        address="ines@example.org",
        narrative="You got **eighteen** strangers talking.",
        evidence=[
            EvidenceInput(url="https://example.org/work", name="The review"),
            EvidenceInput(narrative="Seen\nby two."),
        ],
        expires_at=NOW + timedelta(days=365),
    )
    criterion = row.version.criteria.first()
    Assessment.objects.create(award=row, criterion=criterion, level="confirmed", assessor="Karim Benali")
    return row


def page(award: Award, client: Client | None = None) -> Any:
    return (client or browser()).get(f"/assertions/{award.pk}")


# What it says -----------------------------------------------------------------------------------------


def test_the_sentence_comes_first(award: Award) -> None:
    said = words(page(award))
    assert "This badge is valid. Awarded by Atelier Nord to Inès Marchand on 3 March 2026." in said
    assert "Not revoked, not expired, unchanged since it was issued." in said
    assert "Verified just now, 10 March 2026, 08:41 (UTC)." in said


def test_everything_to_judge_by_is_there(award: Award) -> None:
    response = page(award)
    said = words(response)
    for text in (
        "You got eighteen strangers talking.", "Prepare a plan", "Portfolio", "Level reached: confirmed.",
        "Assessed by Karim Benali.", "The review", "Seen by two.", "Unchanged since it was issued", "Not revoked",
        "more technical checks, all passed", "Identity: yours to match", "Is this the person in front of me?",
        "What this does not prove", "until 10 March 2027", award.issuer.email,
    ):  # fmt: skip
        assert text in said
    assert "<strong>eighteen</strong>" in response.content.decode()
    assert 'rel="nofollow noopener"' in response.content.decode()


@pytest.mark.parametrize(
    ("label", "is_person", "signature"),
    [
        ("Karim Benali", True, "Karim Benali, Atelier Nord"),
        ("karim@atelier-nord.example", True, "Atelier Nord"),
        ("Moodle", False, "Atelier Nord"),
    ],
)
def test_a_name_signs_and_no_address_nor_program(
    award: Award, awarder: User, label: str, is_person: bool, signature: str
) -> None:
    Award.objects.update(awarded_by=awarder if is_person else None, awarded_by_label=label)
    assert f"<figcaption>{signature}</figcaption>" in page(award).content.decode()


def test_for_other_sites_it_has_a_card(award: Award) -> None:
    body = page(award).content.decode()
    assert f'<meta property="og:url" content="{award_url(award.pk)}">' in body
    assert '<meta property="og:title" content="Run a workshop · Inès Marchand">' in body
    picture = re.search(r'og:image" content="(https://badges.example.org/pictures/[0-9a-f]{64}\.png)"', body)
    assert picture
    assert "noindex" not in body
    assert f'<link rel="alternate" type="application/ld+json" href="{award_url(award.pk)}">' in body


def test_in_french(award: Award) -> None:
    response = page(award, browser("fr"))
    assert '<html lang="fr"' in response.content.decode()
    assert "Run a workshop (fr)" in words(response)
    assert "3 mars 2026" in words(response)
    assert "le 10 mars 2026 à 08:41 (UTC)." in words(response)
    assert response["Content-Language"] == "fr"


def test_until_it_is_accepted_nothing_is_told_of_the_person(award: Award) -> None:
    Award.objects.update(response=Award.Response.WAITING)
    response = page(award)
    said = words(response)
    assert "This badge is valid. Awarded by Atelier Nord on 3 March 2026." in said
    assert "has not accepted it yet" in said
    for private in ("Marchand", "Inès", "eighteen", "The review", "Seen", "confirmed", "Karim"):
        assert private not in response.content.decode()
    assert "noindex" in response.content.decode()


def test_a_newer_version_is_mentioned(badge: Badge, award: Award) -> None:
    assert "A newer one exists" not in words(page(award))
    from badges.models import BadgeVersion

    newer = BadgeVersion.objects.create(
        badge=badge, number=2, language="en", picture=award.version.picture, created_at=NOW, updated_at=NOW
    )
    Badge.objects.filter(pk=badge.pk).update(current=newer, stamp=badge.stamp + 1)
    assert "1 of the badge . A newer one exists: what changed" in words(page(award))


def test_expired(award: Award) -> None:
    Award.objects.update(expires_at=NOW - timedelta(days=1), signed=resigned(award, NOW - timedelta(days=1)))
    response = page(award)
    assert response.status_code == 200
    said = words(response)
    assert "This badge has expired. Awarded by Atelier Nord to Inès Marchand" in said
    assert "It was valid until 9 March 2026. Not revoked, unchanged since it was issued." in said


def resigned(award: Award, expires_at: datetime) -> str:
    from assertions.documents import signed_payload
    from issuers.services.keys import private_key
    from openbadges import jws

    award.expires_at = expires_at
    payload = signed_payload(award, address=award.recipient.address, evidence=[], key=award.signing_key)
    return jws.sign(payload, private_key(award.signing_key))


def test_it_expires_while_the_page_is_kept(badge: Badge) -> None:
    award = make_accepted(badge, expires_at=NOW + timedelta(minutes=1))
    assert "This badge is valid." in words(page(award))
    with time_machine.travel(NOW + timedelta(minutes=2), tick=False):
        assert "This badge has expired." in words(page(award))


def test_revoked_keeps_its_context_and_answers_410(award: Award) -> None:
    revoke(awards=[award], reason="Awarded by <mistake>.", by=SYSTEM, at=NOW)
    response = page(award)
    assert response.status_code == 410
    said = words(response)
    assert "This badge was revoked. Awarded by Atelier Nord to Inès Marchand on 3 March 2026." in said
    assert "Taken back by its issuer on 10 March 2026. Reason: “Awarded by <mistake>.”" in said
    assert "Prepare a plan" in said
    assert "Is this the person" not in said
    assert "noindex" in response.content.decode()
    assert "?download" not in response.content.decode()


@pytest.mark.parametrize("response", [Award.Response.DECLINED, Award.Response.NOT_ME])
def test_declined_tells_nothing_but_that(award: Award, response: str) -> None:
    Award.objects.update(response=response)
    shown = page(award)
    assert shown.status_code == 410
    assert "This badge is not public." in words(shown)
    for private in (
        "Marchand",
        "Run a workshop",
        "Atelier",
        "eighteen",
        "The review",
        str(award.version.picture_id),
    ):
        assert private not in shown.content.decode()
    for more in ("receipt", "receipt.json", "match"):
        machine = browser().post if more == "match" else browser().get
        assert machine(f"/assertions/{award.pk}/{more}", {"address": "ines@example.org"}).status_code == 404


# Kept, and live ---------------------------------------------------------------------------------------


def test_a_second_visit_reads_one_row(award: Award, django_assert_num_queries: Any) -> None:
    page(award)
    with django_assert_num_queries(1):
        again = page(award)
    assert "This badge is valid." in words(again)
    assert again["Cache-Control"] == "public, no-cache"


def test_the_time_is_that_of_the_visit(award: Award) -> None:
    page(award)
    with time_machine.travel(NOW + timedelta(minutes=3), tick=False):
        assert "08:44 (UTC)" in words(page(award))


def test_a_revocation_shows_at_once_and_so_does_its_undoing(award: Award) -> None:
    assert page(award).status_code == 200
    revoke(awards=[award], reason="Mistake.", by=SYSTEM, at=NOW)
    assert page(award).status_code == 410
    undo_revocation(award=award, by=SYSTEM, at=NOW)
    assert page(award).status_code == 200


def test_every_change_shows_at_once(award: Award) -> None:
    page(award)
    correct_name(award=award, name="Inés Marchand", at=NOW)
    assert "Inés Marchand" in words(page(award))
    award.issuer.name = "Atelier du Nord"
    award.issuer.stamp += 1
    award.issuer.save()
    assert "Atelier du Nord" in words(page(award))


def test_each_language_has_its_own_page(award: Award) -> None:
    english, french = page(award, browser("en")), page(award, browser("fr"))
    assert page(award, browser("en")).content == english.content
    assert page(award, browser("fr")).content == french.content
    assert english.content != french.content
    chosen = browser("en")
    chosen.cookies["django_language"] = "fr"
    assert page(award, chosen).content == french.content


def test_nothing_of_a_visitor_is_kept(award: Award, owner: User, signed_in: Any) -> None:
    """Whoever comes first, with whatever in the address, leaves nothing for the next one."""
    first = browser()
    first.cookies["csrftoken"] = "a" * 32
    first.get(f"/assertions/{award.pk}?utm_source=secret-campaign")
    member = signed_in(owner)
    live = member.get(f"/assertions/{award.pk}", headers={"Accept": "text/html"})
    assert owner.email in live.content.decode()
    assert live["Cache-Control"] == "private, no-cache"
    kept = page(award)
    for secret in (b"secret-campaign", b"csrfmiddlewaretoken", owner.email.encode(), b"a" * 32, b"@@"):
        assert secret not in kept.content
    assert not kept.cookies
    assert {"accept", "accept-language", "cookie"} <= {
        name.strip().lower() for name in kept["Vary"].split(",")
    }


def test_messages_are_shown_to_whom_they_are_for(badge: Badge, award: Award) -> None:
    """Somebody with a message waiting gets a page of their own, and it is not kept."""
    client = browser()
    link = claim_link(make_award(badge))
    client.post(f"{link}/name", {"name": "Inés Marchand"})
    live = page(award, client)
    assert "Your name is mended." in words(live)
    assert live["Cache-Control"] == "private, no-cache"
    assert "Your name is mended." not in words(page(award))


def test_whose_badge_it_is_finds_the_way_to_it(waiting_award: Award) -> None:
    client = browser()
    client.post(claim_link(waiting_award))
    assert "This is your badge." in words(page(waiting_award, client))
    assert "This is your badge." not in words(page(waiting_award))


def test_what_a_person_typed_stays_text(badge: Badge) -> None:
    award = make_accepted(badge, name='<b>Bobby</b> @@moment@@ "x"', narrative="<script>alert(1)</script>")
    body = page(award).content.decode()
    assert "<b>Bobby" not in body
    assert "<script>alert" not in body
    assert "&lt;b&gt;Bobby&lt;/b&gt;" in body


@pytest.mark.parametrize("count", [1, 3])
def test_more_evidence_costs_no_more_queries(
    badge: Badge, count: int, django_assert_num_queries: Any
) -> None:
    award = make_accepted(badge, evidence=[EvidenceInput(url="https://example.org/1", name="x")] * count)
    with django_assert_num_queries(20):
        page(award)


# Is this the person? ----------------------------------------------------------------------------------


def ask(award: Award, address: str, client: Client | None = None) -> Any:
    return (client or browser()).post(f"/assertions/{award.pk}/match", {"address": address})


@pytest.mark.parametrize("typed", ["ines@example.org", "  INES@Example.org "])
def test_the_person_whose_badge_it_is(award: Award, typed: str) -> None:
    response = ask(award, typed)
    assert "Yes: this badge was awarded to that address." in words(response)
    assert "Identity: the address fits" in words(response)
    assert response["Cache-Control"] == "no-store"


def test_another_person(award: Award) -> None:
    said = words(ask(award, "sam@example.org"))
    assert "That is not the address in the badge." in said
    assert "ines@example.org" not in said


@pytest.mark.parametrize("typed", ["", "nonsense", "a@b", "é" * 400, "\x00@example.org"])
def test_what_is_no_address_is_said_at_the_field(award: Award, typed: str) -> None:
    response = ask(award, typed)
    assert response.status_code == 400
    assert 'aria-describedby="who-error"' in response.content.decode()
    assert "Yes: this badge" not in words(response)


def test_without_csrf_token_since_the_kept_page_has_none(award: Award) -> None:
    from django.test import Client as DjangoClient

    strict = DjangoClient(enforce_csrf_checks=True, headers={"Accept": "text/html"})
    assert ask(award, "ines@example.org", strict).status_code == 200


def test_the_answer_reloaded_leads_back_to_the_page(award: Award) -> None:
    response = browser().get(f"/assertions/{award.pk}/match")
    assert (response.status_code, response["Location"]) == (302, f"/assertions/{award.pk}")


def test_nobody_tries_many_addresses(award: Award, settings: Any) -> None:
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"person_match": "2/m"}
    client = Client(REMOTE_ADDR="203.0.113.20", headers={"Accept": "text/html"})
    assert [ask(award, "x@example.org", client).status_code for _try in range(3)] == [200, 200, 429]
    other = Client(REMOTE_ADDR="203.0.113.21", headers={"Accept": "text/html"})
    assert ask(award, "x@example.org", other).status_code == 200


# Receipt, QR code -------------------------------------------------------------------------------------


def test_the_receipt(award: Award) -> None:
    response = browser().get(f"/assertions/{award.pk}/receipt")
    said = words(response)
    assert "Made on 10 March 2026, 08:41 (UTC) by Badges." in said
    assert "This badge is valid." in said
    assert award_url(award.pk) in said
    assert "no-store" in response["Cache-Control"]


def test_the_receipt_for_machines(award: Award) -> None:
    import hashlib

    response = browser().get(f"/assertions/{award.pk}/receipt.json")
    receipt = json.loads(response.content)
    assert receipt["verified"] == award_url(award.pk)
    assert receipt["at"] == "2026-03-10T08:41:00+00:00"
    assert (receipt["verdict"], receipt["revoked"], receipt["expired"]) == ("valid", False, False)
    assert receipt["signed_sha256"] == hashlib.sha256(award.signed.encode()).hexdigest()
    assert {check["outcome"] for check in receipt["checks"]} <= {"passed", "not_applicable"}
    assert response["Content-Disposition"].startswith("attachment;")


def test_the_receipt_of_a_revoked_badge_says_so(award: Award) -> None:
    revoke(awards=[award], reason="Mistake.", by=SYSTEM, at=NOW)
    assert "This badge was revoked." in words(browser().get(f"/assertions/{award.pk}/receipt"))
    receipt = json.loads(browser().get(f"/assertions/{award.pk}/receipt.json").content)
    assert (receipt["verdict"], receipt["revoked"]) == ("not_valid", True)


def test_the_qr_code_leads_to_the_page(award: Award) -> None:
    import resvg_py

    response = browser().get(f"/assertions/{award.pk}/qr.svg?download")
    assert response["Content-Type"] == "image/svg+xml"
    assert response["Content-Disposition"] == f'attachment; filename="badge-{award.pk}.svg"'
    drawn = resvg_py.svg_to_bytes(svg_string=response.content.decode(), width=400)
    assert qr_text(bytes(drawn)) == award_url(award.pk)


@pytest.mark.parametrize("ending", ["", "/receipt", "/receipt.json", "/qr.svg"])
def test_no_such_badge(db: None, ending: str) -> None:
    assert browser().get(f"/assertions/00000000-0000-4000-8000-000000000000{ending}").status_code == 404


def test_signed_in_people_see_it_in_their_time_zone(award: Award, owner: User, signed_in: Any) -> None:
    owner.time_zone = "Pacific/Auckland"
    owner.save()
    response = signed_in(owner).get(f"/assertions/{award.pk}", headers={"Accept": "text/html"})
    assert "10 March 2026, 21:41 (Auckland)" in words(response)
    assert "08:41 (UTC)" in words(page(award))
    assert timezone.get_current_timezone_name() == "UTC"


def test_an_award_of_tomorrow_by_the_clock_of_its_awarder(badge: Badge) -> None:
    assert "Awarded in the future" in words(
        page(make_award(badge, issued_on=NOW + timedelta(hours=20), at=NOW))
    )
    assert NOON < NOW
