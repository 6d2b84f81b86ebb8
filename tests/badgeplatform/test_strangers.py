"""The short way of public documents: the same answers as by the long way, with nothing of a person in them."""

import json
import logging

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver
from django.urls.resolvers import RoutePattern, URLResolver

from assertions.models import Award
from assertions.services import revoke
from badgeplatform import middleware
from common.actors import SYSTEM
from tests.factories import NOON

MACHINE = {"accept": "application/ld+json"}
BROWSER = {"accept": "text/html", "accept-language": "fr"}
PROTECTION = ("Content-Security-Policy", "X-Frame-Options", "X-Content-Type-Options", "Permissions-Policy")


@pytest.fixture
def path(waiting_award: Award) -> str:
    return f"/assertions/{waiting_award.pk}"


def test_a_document_costs_one_query_and_sets_no_cookie(client: Client, path: str) -> None:
    client.get(path, headers=MACHINE)
    with CaptureQueriesContext(connection) as captured:
        response = client.get(path, headers=MACHINE)
    assert response.status_code == 200
    assert len(captured) == 1
    assert not response.cookies


def test_a_page_costs_one_query_once_it_is_kept(client: Client, path: str) -> None:
    client.get(path, headers=BROWSER)
    with CaptureQueriesContext(connection) as captured:
        response = client.get(path, headers=BROWSER)
    assert response.status_code == 200
    assert len(captured) == 1
    assert not response.cookies


@pytest.mark.parametrize("headers", [MACHINE, BROWSER])
def test_the_short_way_is_as_protected_as_the_long_one(
    client: Client, path: str, headers: dict[str, str]
) -> None:
    short = client.get(path, headers=headers)
    client.cookies["language"] = "x"  # a cookie of any name
    long = client.get(path, headers=headers)
    assert [short[name] for name in PROTECTION] == [long[name] for name in PROTECTION]
    assert "Accept-Language" in short["Vary"]


def test_a_page_speaks_the_visitors_language(client: Client, path: str) -> None:
    french, english = (
        client.get(path, headers={"accept": "text/html", "accept-language": code}) for code in ("fr", "en")
    )
    assert (french["Content-Language"], english["Content-Language"]) == ("fr", "en")
    assert b'<html lang="fr"' in french.content
    assert b'<html lang="en"' in english.content


def test_what_is_missing_is_told_in_the_visitors_language(client: Client, db: None) -> None:
    missing = "/assertions/00000000-0000-4000-8000-000000000000"
    answer = client.get(missing, headers={**MACHINE, "accept-language": "fr"})
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["Content-Language"] == "fr"


def test_a_revocation_shows_in_the_very_next_answer(client: Client, path: str, waiting_award: Award) -> None:
    for headers in (MACHINE, BROWSER):
        assert client.get(path, headers=headers).status_code == 200
    revoke(awards=[waiting_award], reason="By mistake.", by=SYSTEM, at=NOON)
    for headers in (MACHINE, BROWSER):
        answer = client.get(path, headers=headers)
        assert answer.status_code == 410
        assert b"By mistake." in answer.content


def test_head_and_conditional_requests_are_answered(client: Client, path: str) -> None:
    etag = client.get(path, headers=MACHINE)["ETag"]
    assert client.head(path, headers=MACHINE)["ETag"] == etag
    assert client.get(path, headers={**MACHINE, "if-none-match": etag}).status_code == 304


def test_whoever_brings_a_cookie_gets_their_page_by_the_long_way(client: Client, path: str) -> None:
    went = []

    def long_way(request: HttpRequest) -> HttpResponse:
        went.append(request.path)
        return HttpResponse()

    answer = middleware.answer_strangers(long_way)
    request = RequestFactory().get(path, headers={**BROWSER, "cookie": "sessionid=x"})
    assert answer(request).content == b""
    answer(RequestFactory().post(path, headers=MACHINE))
    assert went == [path, path]


def test_only_views_that_say_so_take_the_short_way() -> None:
    """A list on purpose: whoever adds to it has asked whether the answer is the same for everybody."""
    marked = {pattern for pattern, view in _views(get_resolver()) if getattr(view, "is_impersonal", False)}
    pages = {
        pattern for pattern, view in _views(get_resolver()) if getattr(view, "has_impersonal_page", False)
    }
    assert pages == {"assertions/<uuid:award_id>"}
    assert {name.split("/")[0] for name in marked} == {
        "assertions",
        "badges",
        "credentials",
        "issuers",
        "^pictures",
        ".well-known",
    }
    assert not {name for name in marked if "receipt" in name or "manage" in name or "api" in name}


def _views(resolver: URLResolver, prefix: str = "") -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = []
    for entry in resolver.url_patterns:
        name = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            found += _views(entry, name if isinstance(entry.pattern, RoutePattern) else prefix)
        else:
            found.append((name, entry.callback))
    return found


def test_the_log_names_the_route_and_never_a_claim_link(client: Client, db: None, caplog) -> None:
    with caplog.at_level(logging.INFO, logger="badgeplatform.requests"):
        client.get("/claim/a-secret-token", headers={"accept": "text/html"})
    told = json.dumps([record.msg for record in caplog.records if record.name == "badgeplatform.requests"])
    assert '"route": "claim/<str:token>"' in told
    assert "a-secret-token" not in told


def test_the_policy_of_a_view_is_kept(client: Client, path: str) -> None:
    assert "sandbox" in client.get(f"{path}.svg")["Content-Security-Policy"]
