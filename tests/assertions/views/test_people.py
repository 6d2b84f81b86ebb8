"""People of an organisation, and one of them."""

import pytest
from django.test import Client

from accounts.models import User
from badges.models import Badge
from issuers.models import Issuer
from tests.assertions.views.support import SignIn, cost, statuses
from tests.factories import NOON, make_award, make_badge


@pytest.fixture
def url(issuer: Issuer) -> str:
    return f"/manage/{issuer.slug}/people"


@pytest.fixture
def vera(viewer: User, signed_in: SignIn) -> Client:
    return signed_in(viewer)


def test_who_may(
    signed_in: SignIn, stranger: User, viewer: User, owner: User, url: str, client: Client
) -> None:
    assert statuses(signed_in, [stranger, viewer, owner], url) == [404, 200, 200]
    assert client.get(url).status_code == 302


@pytest.mark.parametrize("language", ["en", "fr"])
def test_empty(vera: Client, url: str, language: str) -> None:
    vera.cookies["django_language"] = language
    assert f'lang="{language}"' in vera.get(url).content.decode()


def test_as_this_organisation_knows_them(
    vera: Client, url: str, badge: Badge, issuer: Issuer, other_issuer: Issuer
) -> None:
    make_award(badge, address="ines@example.org", name="Inès Marchand", issued_on=NOON.replace(day=1))
    make_award(
        make_badge(issuer, "Other"), address="ines@example.org", name="Inès M.", issued_on=NOON.replace(day=2)
    )
    make_award(
        make_badge(other_issuer),
        address="ines@example.org",
        name="Known elsewhere",
    )
    make_award(make_badge(other_issuer), address="stranger@example.org")
    (one,) = vera.get(url).context["rows"]
    assert (one.name, one.badges, one.recipient.address) == ("Inès M.", 2, "ines@example.org")


def test_found_by_name_and_address(vera: Client, url: str, badge: Badge) -> None:
    make_award(badge, address="ines@example.org", name="Inès Marchand")
    make_award(badge, address="leo@example.org", name="Léo Nguyen")
    for words, count in (("ines", 1), ("nguyen leo", 1), ("example", 2), ("nobody", 0), ("\0", 2)):
        assert len(vera.get(url, {"q": words}).context["rows"]) == count


def test_it_costs_the_same_with_1_and_3_rows(vera: Client, url: str, badge: Badge) -> None:
    make_award(badge)
    one = cost(vera, url)
    make_award(badge)
    make_award(badge)
    assert cost(vera, url) == one


def test_one_person(
    vera: Client,
    url: str,
    badge: Badge,
    issuer: Issuer,
    other_issuer: Issuer,
    signed_in: SignIn,
    stranger: User,
) -> None:
    row = make_award(badge, address="ines@example.org")
    make_award(make_badge(other_issuer, "Awarded elsewhere"), address="ines@example.org")
    foreign = make_award(make_badge(other_issuer), address="stranger@example.org")
    theirs = f"{url}/{row.recipient_id}"
    page = vera.get(theirs).content.decode()
    assert "Run a workshop" in page
    assert "Awarded elsewhere" not in page
    assert vera.get(f"{url}/{foreign.recipient_id}").status_code == 404
    assert signed_in(stranger).get(theirs).status_code == 404
    one = cost(vera, theirs)
    make_award(make_badge(issuer, "Second"), address="ines@example.org")
    assert cost(vera, theirs) == one
