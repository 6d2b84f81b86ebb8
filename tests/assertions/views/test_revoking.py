"""The page that asks before badges are revoked (what it does: test_awards, test_award_detail)."""

import pytest
from django.test import Client

from accounts.models import User
from assertions.models import Award
from issuers.models import Issuer
from tests.assertions.views.support import SignIn, statuses


@pytest.fixture
def url(issuer: Issuer, waiting_award: Award) -> str:
    return f"/manage/{issuer.slug}/awards/{waiting_award.pk}/revoke"


def test_who_may(
    signed_in: SignIn, stranger: User, viewer: User, awarder: User, url: str, client: Client
) -> None:
    assert statuses(signed_in, [stranger, viewer, awarder], url) == [404, 403, 200]
    assert client.get(url).status_code == 302


@pytest.mark.parametrize("language", ["en", "fr"])
def test_it_says_who_and_what_will_happen(signed_in: SignIn, awarder: User, url: str, language: str) -> None:
    client = signed_in(awarder)
    client.cookies["django_language"] = language
    page = client.get(url).content.decode()
    assert "Inès Marchand" in page
    assert f'lang="{language}"' in page


@pytest.mark.parametrize("reason", ["", " ", "x" * 301])
def test_bad_reasons_change_nothing(signed_in: SignIn, awarder: User, url: str, reason: str) -> None:
    assert signed_in(awarder).post(url, {"reason": reason}).status_code == 200
    assert not Award.objects.revoked().exists()


def test_looking_changes_nothing(signed_in: SignIn, owner: User, url: str) -> None:
    signed_in(owner).get(url)
    assert not Award.objects.revoked().exists()
