"""The page of the website check, and what others read of it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from assertions.models import Award
from common.actors import SYSTEM
from issuers.documents import issuer_url
from issuers.models import DomainCheck, Issuer
from issuers.services import check_website
from issuers.tasks import recheck_websites
from tests.factories import NOON
from tests.issuers.site import NameServer, Site

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
PERSON = {"Accept": "text/html"}


@pytest.fixture
def url(issuer: Issuer) -> str:
    return f"/manage/{issuer.slug}/settings/website"


@pytest.fixture
def ours(issuer: Issuer, site: Site, name_server: NameServer) -> Issuer:
    Issuer.objects.filter(pk=issuer.pk).update(url=f"https://{site.host}/about")
    issuer.refresh_from_db()
    return issuer


def test_access(url: str, climb: Callable[..., None]):
    climb(url, 200, 403, 403, 403)


def test_what_to_put_where(url: str, issuer: Issuer, owner: User, signed_in: SignIn):
    page = signed_in(owner).get(url).content.decode()
    for value in (
        "_openbadges.atelier-nord.example",
        f"issuer={issuer_url(issuer.slug)}",
        "https://atelier-nord.example/.well-known/openbadges-issuers.txt",
    ):
        assert f'value="{value}"' in page


def test_without_a_website_there_is_nothing_to_ask(url: str, issuer: Issuer, owner: User, signed_in: SignIn):
    Issuer.objects.update(url=issuer_url(issuer.slug))
    page = signed_in(owner)
    assert "No website to ask yet" in page.get(url).content.decode()
    assert "Name the website of your organisation" in page.post(url, follow=True).content.decode()
    assert not DomainCheck.objects.exists()


def test_checking(url: str, ours: Issuer, site: Site, owner: User, signed_in: SignIn):
    page = signed_in(owner)
    said = page.post(url, follow=True).content.decode()
    assert "Neither the record nor the file was found." in said
    assert "Not confirmed yet." in said
    site.file = issuer_url(ours.slug)
    said = page.post(url, follow=True).content.decode()
    assert f"{site.host} confirms your organisation." in said
    assert "by a file on the site" in said
    site.file = None
    said = page.post(url, follow=True).content.decode()
    assert "After three days in a row" in said
    DomainCheck.objects.update(state=DomainCheck.State.LOST)
    assert "no longer confirms this organisation" in page.get(url).content.decode()


def test_not_asked_without_end(url: str, ours: Issuer, owner: User, signed_in: SignIn, settings: Any):
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"website": "1/h"}
    cache.clear()
    page = signed_in(owner)
    assert [page.post(url).status_code for _click in range(2)] == [302, 429]


def test_public_pages_say_what_it_is(ours: Issuer, site: Site, accepted_award: Award, client: Client):
    words = f"The site {site.host} confirms this organisation (checked on 3 March 2026)."
    paths = (f"/issuers/{ours.slug}", f"/assertions/{accepted_award.pk}")
    assert [words in client.get(path, headers=PERSON).content.decode() for path in paths] == [False, False]
    site.file = issuer_url(ours.slug)
    check_website(issuer=ours, by=SYSTEM, at=NOON)
    assert [words in client.get(path, headers=PERSON).content.decode() for path in paths] == [True, True]
    Issuer.objects.update(url="https://elsewhere.example/")
    assert words not in client.get(paths[0], headers=PERSON).content.decode()


def test_the_worker_asks_again(ours: Issuer, site: Site):
    site.file = issuer_url(ours.slug)
    check_website(issuer=ours, by=SYSTEM, at=NOON)
    assert recheck_websites() == 1
    assert recheck_websites() == 0
