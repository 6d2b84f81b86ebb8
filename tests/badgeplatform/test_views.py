"""Pages of the site itself."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import LazySettings
from django.test import Client

from accounts.models import User

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("path", ["/", "/about", "/accessibility"])
def test_pages_for_everyone(client: Client, path: str, language: str, django_assert_num_queries: Callable):
    with django_assert_num_queries(0):
        response = client.get(path, headers={"Accept-Language": language})
    assert (response.status_code, response["Content-Language"]) == (200, language)
    assert client.post(path).status_code == 405


def test_home_leads_each_visitor_on(client: Client):
    page = client.get("/").content.decode()
    for target in ("/start/", "/verify", "/claim", "/about"):
        assert f'"{target}"' in page
    assert re.search(r'<form[^>]+action="/verify" method="get"', page)


def test_home_knows_who_is_signed_in(signed_in: SignIn, owner: User):
    page = signed_in(owner).get("/").content.decode()
    assert "My organisations" in page


def test_security_txt(client: Client, settings: LazySettings):
    response = client.get("/.well-known/security.txt")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    fields = dict(line.split(": ", 1) for line in response.content.decode().splitlines())
    assert fields["Contact"] == "mailto:badges@badges.example.org"
    assert fields["Canonical"] == "https://badges.example.org/.well-known/security.txt"
    assert fields["Preferred-Languages"] == "en, fr"
    left = datetime.fromisoformat(fields["Expires"]) - datetime.now(UTC)
    assert timedelta(days=30) < left < timedelta(days=366)


def test_what_programs_ask_for_by_habit(client: Client):
    rules = client.get("/robots.txt").content.decode().splitlines()
    assert {"User-agent: *", "Disallow: /claim/", "Disallow: /manage/"} <= set(rules)
    assert not any(rule in ("Disallow: /", "Disallow: /assertions/") for rule in rules)
    assert client.get("/favicon.ico")["Location"] == "/static/img/apple-touch-icon.png"
