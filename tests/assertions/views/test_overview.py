"""The first page of an organisation."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from assertions.models import Award, NameRequest
from assertions.services.figures import count_anew
from badges.models import Badge
from issuers.models import Issuer
from journal.models import Message
from tests.assertions.views.support import SignIn, cost, statuses
from tests.factories import make_award, make_badge


@pytest.fixture
def url(issuer: Issuer) -> str:
    return f"/manage/{issuer.slug}/"


@pytest.fixture
def olga(owner: User, signed_in: SignIn) -> Client:
    return signed_in(owner)


def test_who_may(
    signed_in: SignIn, stranger: User, viewer: User, owner: User, url: str, client: Client
) -> None:
    assert statuses(signed_in, [stranger, viewer, owner], url) == [404, 200, 200]
    assert client.get(url)["Location"].startswith("/accounts/")


def test_it_teaches_the_next_step(olga: Client, url: str, issuer: Issuer) -> None:
    assert "/badges/new" in olga.get(url).content.decode()
    badge = make_badge(issuer, published=False)
    assert "nearly there" in olga.get(url).content.decode()
    Badge.objects.filter(pk=badge.pk).update(state="published", current=badge.versions.get())
    assert f'/badges/{badge.pk}/award"' in olga.get(url).content.decode()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_figures_and_what_waits(olga: Client, url: str, badge: Badge, language: str) -> None:
    olga.cookies["django_language"] = language
    now = timezone.now()
    rows = [make_award(badge, name=f"Person {n}", notify=True, at=now - timedelta(days=n)) for n in range(5)]
    Award.objects.filter(pk=rows[0].pk).update(response="accepted")
    Award.objects.filter(pk=rows[1].pk).update(response="not_me")
    Award.objects.filter(pk=rows[2].pk).update(revoked_at=now)
    Award.objects.filter(pk=rows[3].pk).update(expires_at=now + timedelta(days=3))
    make_award(badge, name="Long ago", at=now - timedelta(days=60))
    Message.objects.about(rows[4].mail_subject).update(state="failed", reason="550 no such mailbox")
    count_anew()  # the rows were changed behind the services' back
    NameRequest.objects.create(award=rows[0], name="Agnès Dupont", created_at=now)
    response = olga.get(url)
    figures = response.context["figures"]
    assert (figures.awarded, figures.accepted, figures.waiting, figures.turned_down) == (5, 1, 2, 1)
    assert (figures.revoked, figures.expiring, figures.badges) == (1, 1, [(badge, 5)])
    page = response.content.decode()
    for words in ("Person 0", "550 no such mailbox", "Agnès Dupont"):
        assert words in page


def test_a_mail_that_was_sent_again_waits_for_nobody(olga: Client, url: str, badge: Badge) -> None:
    row = make_award(badge, notify=True)
    Message.objects.update(state="failed")
    assert olga.get(url).context["failed"]
    olga.post(f"{url}awards/{row.pk}/send-again")
    assert not olga.get(url).context["failed"]


def test_it_costs_the_same_with_1_and_3_rows(olga: Client, url: str, issuer: Issuer, badge: Badge) -> None:
    make_award(badge, at=timezone.now())
    one = cost(olga, url)
    make_award(badge, at=timezone.now())
    make_award(make_badge(issuer, "Other"), at=timezone.now())
    assert cost(olga, url) == one
