"""The previews: the real mail and the real page, and nothing of it remains."""

import pytest
from django.test import Client

from accounts.models import User
from assertions.models import Award, Claim, Recipient
from badges.models import Badge
from issuers.models import Issuer
from journal.models import Entry, Message
from tests.assertions.views.support import SignIn
from tests.factories import make_award, make_badge

FIELDS = {"name": "Inès Marchand", "address": "ines@example.org", "narrative": "You **did** it."}


@pytest.fixture
def url(issuer: Issuer, badge: Badge) -> str:
    return f"/manage/{issuer.slug}/badges/{badge.pk}/award/preview"


def test_who_may(
    signed_in: SignIn, stranger: User, viewer: User, awarder: User, url: str, client: Client
) -> None:
    people = {stranger: 404, viewer: 403, awarder: 200}
    assert {person: signed_in(person).post(url).status_code for person in people} == people
    assert client.post(url).status_code == 302
    assert signed_in(awarder).get(url).status_code == 405


def test_the_mail_as_it_will_be_sent(signed_in: SignIn, awarder: User, url: str, badge: Badge) -> None:
    make_award(badge, address="ines@example.org")  # it is shown to holders of the badge too
    rows = [model.objects.count() for model in (Award, Claim, Recipient, Message, Entry)]
    response = signed_in(awarder).post(url, FIELDS)
    page = response.content.decode()
    assert "Well done, Inès Marchand." in page
    assert "<strong>did</strong>" in page
    assert "data:image/png;base64," in page
    assert "cid:" not in page
    assert [model.objects.count() for model in (Award, Claim, Recipient, Message, Entry)] == rows


def test_the_page_as_it_will_be(signed_in: SignIn, awarder: User, url: str) -> None:
    page = signed_in(awarder).post(url, FIELDS | {"show": "page"}).content.decode()
    assert "Inès Marchand" in page
    assert "This badge is valid" in page
    assert not Award.objects.exists()


def test_the_page_shows_how_criteria_were_assessed(
    signed_in: SignIn, awarder: User, url: str, badge: Badge
) -> None:
    level = f"level-{badge.current.criteria.get(position=1).pk}"
    typed = {level: "4 of 5", "assessor": "Jonas Weber", "assessed_on": "2026-03-02", "show": "page"}
    page = signed_in(awarder).post(url, FIELDS | typed).content.decode()
    assert "Level reached: 4 of 5." in page
    assert "Assessed by Jonas Weber on 2 March 2026." in page


def test_nothing_runs_in_it(signed_in: SignIn, awarder: User, url: str) -> None:
    response = signed_in(awarder).post(url, FIELDS)
    policy = response["Content-Security-Policy"]
    assert "sandbox allow-same-origin" in policy
    assert "allow-scripts" not in policy
    assert "frame-ancestors 'self'" in policy
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert response["Cache-Control"] == "no-store"


def test_before_anybody_is_typed(signed_in: SignIn, awarder: User, url: str) -> None:
    for fields in ({}, {"people": "nobody"}, {"issued_on": "x", "narrative": "x" * 9000}):
        assert signed_in(awarder).post(url, fields).status_code == 200


def test_a_draft_has_no_preview_here(signed_in: SignIn, awarder: User, issuer: Issuer) -> None:
    badge = make_badge(issuer, published=False)
    url = f"/manage/{issuer.slug}/badges/{badge.pk}/award/preview"
    assert signed_in(awarder).post(url).status_code == 404
