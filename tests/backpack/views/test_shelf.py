"""All badges of the person signed in."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from accounts.models import User
from assertions.models import Award
from assertions.services import revoke
from assertions.services.claiming import withdraw
from badges.models import Badge
from common.actors import SYSTEM
from issuers.models import Issuer
from tests.assertions.views.support import SignIn, cost
from tests.factories import NOON, make_accepted, make_award, make_badge, make_issuer, make_user

URL = "/backpack/"


@pytest.fixture
def ines(db: None) -> User:
    return make_user("Inès Marchand", email="ines@example.org")


def shelf(client: Client, query: str = "") -> str:
    return client.get(URL + query).content.decode()


def test_who_may(client: Client, ines: User, signed_in: SignIn) -> None:
    assert client.get(URL)["Location"] == f"/accounts/login/?next={URL}"
    assert signed_in(ines).get(URL).status_code == 200


def test_from_every_organisation_under_every_proved_address(ines: User, signed_in: SignIn) -> None:
    EmailAddress.objects.create(user=ines, email="Ines@other.example", verified=True)
    EmailAddress.objects.create(user=ines, email="claimed@example.org", verified=False)
    here, there = (
        make_accepted(make_badge(make_issuer("Here")), address="ines@example.org"),
        make_accepted(make_badge(make_issuer("There")), address="ines@other.example"),
    )
    other = make_accepted(make_badge(make_issuer("Elsewhere")), address="claimed@example.org")
    page = shelf(signed_in(ines))
    assert f"/yours/{here.pk}" in page
    assert f"/yours/{there.pk}" in page
    assert str(other.pk) not in page
    assert "ines@example.org, ines@other.example" in page


@pytest.mark.parametrize(
    ("response", "leads_to"),
    [
        (Award.Response.WAITING, "/assertions/"),
        (Award.Response.ACCEPTED, "/yours/"),
        (Award.Response.WITHDRAWN, "/yours/"),
        (Award.Response.DECLINED, ""),
        (Award.Response.NOT_ME, ""),
    ],
)
def test_what_lies_there(ines: User, badge: Badge, signed_in: SignIn, response: str, leads_to: str) -> None:
    award = make_award(badge, address="ines@example.org")
    Award.objects.filter(pk=award.pk).update(response=response)
    page = shelf(signed_in(ines))
    assert (f"{leads_to}{award.pk}" in page) if leads_to else (str(award.pk) not in page)
    assert ("No badge yet" in page) == (not leads_to)


def test_where_it_leads_opens(ines: User, badge: Badge, signed_in: SignIn) -> None:
    award = make_accepted(badge, address="ines@example.org")
    browser = signed_in(ines)
    assert browser.get(f"/yours/{award.pk}").status_code == 200
    withdraw(award=award, at=NOON)
    assert "Withdrawn by its holder" in shelf(browser)
    assert "Make it public again" in browser.get(f"/yours/{award.pk}").content.decode()


def test_a_revoked_one_stays_and_says_so(ines: User, badge: Badge, signed_in: SignIn) -> None:
    award = make_accepted(badge, address="ines@example.org")
    revoke(awards=[award], reason="An error.", by=SYSTEM, at=NOON)
    page = shelf(signed_in(ines))
    assert f"/assertions/{award.pk}" in page
    assert "Revoked" in page


def test_what_waits_is_mailed_again(ines: User, badge: Badge, signed_in: SignIn) -> None:
    browser = signed_in(ines)
    assert "Badges wait for your answer." not in shelf(browser)
    make_award(badge, address="ines@example.org")
    page = shelf(browser)
    assert "Badges wait for your answer." in page
    action, address = re.search(
        r'action="(/claim)".*?name="address" value="([^"]+)"', page, re.DOTALL
    ).groups()
    assert browser.post(action, {"address": address}).status_code == 200


def test_nothing_yet(ines: User, signed_in: SignIn) -> None:
    page = shelf(signed_in(ines))
    assert "No badge yet" in page
    assert "Your addresses: ines@example.org." in page


def test_in_french(ines: User, badge: Badge, signed_in: SignIn) -> None:
    make_award(badge, address="ines@example.org")
    browser = signed_in(ines)
    browser.cookies["django_language"] = "fr"
    page = shelf(browser)
    assert "Mes badges" in page
    assert "Des badges attendent votre réponse." in page


def test_three_cost_as_much_as_one(ines: User, issuer: Issuer, signed_in: SignIn) -> None:
    browser = signed_in(ines)
    make_accepted(make_badge(issuer), address="ines@example.org")
    one = cost(browser, URL)
    for _ in range(2):
        make_accepted(make_badge(issuer), address="ines@example.org")
    assert cost(browser, URL) == one


def test_pages(ines: User, badge: Badge, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backpack.views.shelf.SIZE", 2)
    awards = [make_accepted(make_badge(badge.issuer), address="ines@example.org") for _ in range(3)]
    browser = signed_in(ines)
    first = shelf(browser)
    second = shelf(browser, re.search(r'rel="next" href="([^"]+)"', first)[1].replace("&amp;", "&"))
    found = [{award.pk for award in awards if f"/yours/{award.pk}" in page} for page in (first, second)]
    assert [len(page) for page in found] == [2, 1]
    assert not found[0] & found[1]
