"""Names that wait for a decision."""

import pytest
from django.test import Client

from accounts.models import User
from assertions.models import Award, NameRequest
from badges.models import Badge
from issuers.models import Issuer
from tests.assertions.views.support import SignIn, cost, statuses
from tests.factories import NOON, make_accepted, make_badge


@pytest.fixture
def url(issuer: Issuer) -> str:
    return f"/manage/{issuer.slug}/awards/names"


@pytest.fixture
def karim(awarder: User, signed_in: SignIn) -> Client:
    return signed_in(awarder)


def ask(badge: Badge, name: str = "Agnès Dupont") -> NameRequest:
    return NameRequest.objects.create(award=make_accepted(badge), name=name, created_at=NOON)


def test_who_may(
    signed_in: SignIn, stranger: User, viewer: User, awarder: User, url: str, client: Client, badge: Badge
) -> None:
    assert statuses(signed_in, [stranger, viewer, awarder], url) == [404, 200, 200]
    assert client.get(url).status_code == 302
    decision = f"{url}/{ask(badge).pk}"
    assert [signed_in(one).post(decision).status_code for one in (stranger, viewer)] == [404, 403]
    assert signed_in(awarder).get(decision).status_code == 405


@pytest.mark.parametrize("language", ["en", "fr"])
def test_before_and_after_are_shown(karim: Client, url: str, badge: Badge, language: str) -> None:
    karim.cookies["django_language"] = language
    assert karim.get(url).status_code == 200
    ask(badge)
    page = karim.get(url).content.decode()
    assert "<del>Inès Marchand</del> <ins>Agnès Dupont</ins>" in page


def test_agreed_and_refused(karim: Client, url: str, badge: Badge) -> None:
    agreed, refused = ask(badge, "Agnès Dupont"), ask(badge, "Jeanne Martin")
    karim.post(f"{url}/{agreed.pk}", {"answer": "approve"})
    back = karim.post(f"{url}/{refused.pk}", {"answer": "refuse", "back": "award"})
    assert back["Location"].endswith(f"/awards/{refused.award_id}")
    assert Award.objects.get(pk=agreed.award_id).recipient_name == "Agnès Dupont"
    assert Award.objects.get(pk=refused.award_id).recipient_name == "Inès Marchand"
    assert "decided already" in karim.post(f"{url}/{agreed.pk}", follow=True).content.decode()


def test_another_organisations_request_is_not_there(karim: Client, url: str, other_issuer: Issuer) -> None:
    assert karim.post(f"{url}/{ask(make_badge(other_issuer)).pk}").status_code == 404


def test_it_costs_the_same_with_1_and_3_rows(karim: Client, url: str, badge: Badge) -> None:
    ask(badge)
    one = cost(karim, url)
    ask(badge)
    ask(badge)
    assert cost(karim, url) == one
