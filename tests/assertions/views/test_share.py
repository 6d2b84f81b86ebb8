"""After accepting: show it, share it, mend it, take it back, move it to another address."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from assertions.models import AddressChange, Award, NameRequest
from assertions.services import revoke
from badges.models import Badge
from common.actors import SYSTEM
from journal.models import Message
from tests.assertions.views.visiting import asked, browser, claim_link, words
from tests.factories import make_accepted, make_award, make_user

SITE = "https://badges.example.org"


@pytest.fixture(autouse=True)
def _fresh_rates() -> None:
    cache.clear()


@pytest.fixture
def holding(waiting_award: Award) -> Client:
    """A browser that accepted."""
    client = browser()
    client.post(claim_link(waiting_award))
    return client


def yours(award: Award, page: str = "") -> str:
    return f"/yours/{award.pk}{page}"


# The ladder -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["/name", "/address", "/withdraw", "/restore"])
def test_nobody_else_changes_anything(accepted_award: Award, signed_in: Any, owner: Any, page: str) -> None:
    for client in (browser(), signed_in(owner), signed_in(make_user("Sam"))):
        for method in ("get", "post"):
            expected = 405 if (page, method) == ("/restore", "get") else 404
            response = getattr(client, method)(
                yours(accepted_award, page), {"name": "x", "address": "x@y.org"}
            )
            assert response.status_code == expected
    accepted_award.refresh_from_db()
    assert (accepted_award.response, accepted_award.recipient_name) == ("accepted", "Inès Marchand")


def test_who_is_sent_the_wrong_address_comes_to_the_public_page(accepted_award: Award) -> None:
    response = browser().get(yours(accepted_award))
    assert (response.status_code, response["Location"]) == (302, f"/assertions/{accepted_award.pk}")
    nothing = browser().get(f"/yours/{uuid.UUID(int=1)}", follow=True)
    assert nothing.status_code == 404


def test_signed_in_with_the_address_it_was_awarded_to(accepted_award: Award, signed_in: Any) -> None:
    ines = signed_in(make_user("Inès", email="ines@example.org"))
    assert "It is yours. Show it." in words(ines.get(yours(accepted_award)))


@pytest.mark.parametrize("page", ["", "/name", "/address", "/withdraw"])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_page_in_the_holders_language(badge: Badge, page: str, language: str) -> None:
    award, client = make_award(badge, language=language), browser("en")
    client.post(claim_link(award))
    response = client.get(yours(award, page))
    assert response.status_code == 200
    assert f'<html lang="{language}"' in response.content.decode()
    assert response["Cache-Control"] == "no-store"


# Sharing ----------------------------------------------------------------------------------------------


def links(response: Any) -> dict[str, str]:
    """The links of a page, by host."""
    import re
    from html import unescape

    found = [
        unescape(href) for href in re.findall(r'href="((?:https|mailto):[^"]+)"', response.content.decode())
    ]
    return {f"{urlsplit(href).hostname}{urlsplit(href).path}": href for href in found}


def test_linkedin_is_filled_in(badge: Badge) -> None:
    award = make_accepted(
        badge,
        issued_on=datetime(2026, 3, 3, 12, tzinfo=UTC),
        expires_at=datetime(2029, 11, 3, 12, tzinfo=UTC),
        address="ines@example.org",
    )
    client = browser()
    client.post(claim_link(award))
    href = links(client.get(yours(award)))["www.linkedin.com/profile/add"]
    assert {name: value[0] for name, value in parse_qs(urlsplit(href).query).items()} == {
        "startTask": "CERTIFICATION_NAME",
        "name": "Run a workshop",
        "organizationName": "Atelier Nord",
        "issueYear": "2026",
        "issueMonth": "3",
        "expirationYear": "2029",
        "expirationMonth": "11",
        "certUrl": f"{SITE}/assertions/{award.pk}",
        "certId": str(award.pk),
    }


def test_without_end_linkedin_is_told_none(holding: Client, waiting_award: Award) -> None:
    assert "expirationYear" not in links(holding.get(yours(waiting_award)))["www.linkedin.com/profile/add"]


def test_the_other_ways_to_share(holding: Client, waiting_award: Award) -> None:
    response = holding.get(yours(waiting_award))
    found = links(response)
    page = f"{SITE}/assertions/{waiting_award.pk}"
    assert parse_qs(urlsplit(found["www.linkedin.com/sharing/share-offsite/"]).query)["url"] == [page]
    assert page in parse_qs(urlsplit(found["share.joinmastodon.org/"]).fragment)["text"][0]
    mail = next(href for href in found.values() if href.startswith("mailto:?subject="))
    assert "+" not in mail
    assert f'value="{page}"' in response.content.decode()
    for file in (".png?download", ".svg?download", "/qr.svg?download"):
        assert f'href="/assertions/{waiting_award.pk}{file}"' in response.content.decode()


def test_an_account_is_offered_to_who_has_none(holding: Client, waiting_award: Award, signed_in: Any) -> None:
    assert "Make an account" in words(holding.get(yours(waiting_award)))
    ines = signed_in(make_user("Inès", email="ines@example.org"))
    assert "Make an account" not in words(ines.get(yours(waiting_award)))


def test_names_of_badges_are_text(badge: Badge) -> None:
    from tests.factories import make_badge

    odd = make_badge(badge.issuer, 'A & "B" <c>')
    award, client = make_award(odd), browser()
    client.post(claim_link(award))
    response = client.get(yours(award))
    assert "<c>" not in response.content.decode()
    assert parse_qs(urlsplit(links(response)["www.linkedin.com/profile/add"]).query)["name"] == [
        'A & "B" <c>'
    ]


# Changing ---------------------------------------------------------------------------------------------


def test_mending_the_name_afterwards(holding: Client, waiting_award: Award) -> None:
    after = holding.post(yours(waiting_award, "/name"), {"name": "Inés Marchand"}, follow=True)
    assert "Your name is mended." in words(after)
    assert "Inés Marchand" in words(browser().get(f"/assertions/{waiting_award.pk}"))
    after = holding.post(yours(waiting_award, "/name"), {"name": "Agnès Dupont"}, follow=True)
    assert "Atelier Nord has to agree to “Agnès Dupont”." in words(after)
    assert NameRequest.objects.count() == 1


@pytest.mark.parametrize(("page", "field"), [("/name", "name"), ("/address", "address")])
def test_bad_input_is_said_at_the_field(holding: Client, waiting_award: Award, page: str, field: str) -> None:
    for typed in ("", " ", "x" * 300, "\x00"):
        response = holding.post(yours(waiting_award, page), {field: typed})
        assert response.status_code == 400
        assert 'aria-invalid="true"' in response.content.decode()


def test_withdrawn_at_once_and_shown_again(holding: Client, waiting_award: Award) -> None:
    public = f"/assertions/{waiting_award.pk}"
    assert "What will happen" in words(holding.get(yours(waiting_award, "/withdraw")))
    assert browser().get(public).status_code == 200
    after = holding.post(yours(waiting_award, "/withdraw"), follow=True)
    assert "This badge is not public any more." in words(after)
    assert browser().get(public).status_code == 410
    after = holding.post(yours(waiting_award, "/restore"), follow=True)
    assert "Your badge is public again." in words(after)
    assert browser().get(public).status_code == 200


def test_withdrawn_twice_or_revoked_meanwhile_is_no_error(holding: Client, waiting_award: Award) -> None:
    holding.post(yours(waiting_award, "/withdraw"))
    assert holding.post(yours(waiting_award, "/withdraw")).status_code == 404
    revoke(awards=[waiting_award], reason="Mistake.", by=SYSTEM, at=timezone.now())
    assert holding.post(yours(waiting_award, "/restore")).status_code == 404
    assert holding.get(yours(waiting_award), follow=True).status_code == 410


def test_declined_before_accepting_cannot_be_shown_by_it(waiting_award: Award) -> None:
    client = browser()
    client.post(f"{claim_link(waiting_award)}/decline")
    assert client.post(yours(waiting_award, "/restore")).status_code == 404


# Another address --------------------------------------------------------------------------------------


def test_moving_to_another_address(holding: Client, waiting_award: Award) -> None:
    after = holding.post(yours(waiting_award, "/address"), {"address": "new@example.net"}, follow=True)
    assert "A mail is on its way to new@example.net." in words(after)
    waiting_award.refresh_from_db()
    link = f"/address/{asked(waiting_award)}"
    other = browser()
    shown = words(other.get(link))
    assert "“Run a workshop” from Atelier Nord will be kept under ines.new@example.net ." in shown
    assert AddressChange.objects.get().confirmed_at is None
    moved = other.post(link, follow=True)
    assert moved.redirect_chain[-1][0] == yours(waiting_award)
    assert "Your badge is now kept under ines.new@example.net." in words(moved)
    assert set(Message.objects.filter(kind="address_changed").values_list("recipient", flat=True)) == {
        "ines@example.org"
    }


def test_moving_before_accepting_leads_to_the_offer(waiting_award: Award) -> None:
    link, client = f"/address/{asked(waiting_award)}", browser()
    offered = client.post(link, follow=True)
    assert "Accept my badge" in words(offered)
    assert offered.redirect_chain[-1][0].startswith("/claim/")
    client.post(offered.redirect_chain[-1][0])
    waiting_award.refresh_from_db()
    assert (waiting_award.response, waiting_award.recipient.address) == ("accepted", "ines.new@example.net")


@pytest.mark.parametrize("method", ["get", "post"])
def test_links_that_move_nothing_get_one_answer(accepted_award: Award, method: str) -> None:
    used = f"/address/{asked(accepted_award)}"
    browser().post(used)
    expired = (
        f"/address/{asked(Award.objects.get(), 'third@example.net', at=timezone.now() - timedelta(days=3))}"
    )
    answers = set()
    for link in ("/address/nothing", used, expired):
        response = getattr(browser(), method)(link)
        answers.add((response.status_code, words(response)))
    assert len(answers) == 1
    assert next(iter(answers))[0] == 404
    assert "only the newest one counts" in next(iter(answers))[1]


@pytest.mark.usefixtures("one_moment")
def test_guessing_who_moves_is_limited_and_moving_is_not(accepted_award: Award, settings: Any) -> None:
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"claim": "2/m", "new_link": "0/h"}
    client = browser()
    assert [client.post("/address/nothing").status_code for _guess in range(3)] == [404, 404, 429]
    assert client.post(f"/address/{asked(accepted_award)}").status_code == 302


def test_head_and_get_move_nothing(accepted_award: Award) -> None:
    link = f"/address/{asked(accepted_award)}"
    for method in ("get", "head", "options"):
        getattr(browser(), method)(link)
    accepted_award.refresh_from_db()
    assert accepted_award.recipient.address == "ines@example.org"


def test_an_address_that_holds_it_already_is_told_so(badge: Badge, accepted_award: Award) -> None:
    make_accepted(badge, address="ines.new@example.net")
    response = browser().post(f"/address/{asked(accepted_award)}")
    assert response.status_code == 409
    assert "This address already holds this badge." in words(response)


def test_the_page_is_in_the_recipients_language(badge: Badge) -> None:
    award = make_accepted(badge, language="fr")
    response = browser("en").get(f"/address/{asked(award)}")
    assert '<html lang="fr"' in response.content.decode()
    assert "Run a workshop (fr)" in words(response)
