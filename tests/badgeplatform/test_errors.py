"""A page for people, a problem document for machines, and never a word about the inside."""

import json
from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.middleware.csrf import REASON_CSRF_TOKEN_MISSING
from django.template import TemplateDoesNotExist
from django.test import Client, RequestFactory
from django.utils import translation

from accounts.models import User
from badgeplatform import errors
from issuers.models import Issuer

HANDLERS = {
    400: lambda request: errors.handler400(request, ValueError("secret")),
    403: lambda request: errors.handler403(request, PermissionDenied()),
    404: lambda request: errors.handler404(request, Http404("secret")),
    500: errors.handler500,
}


def a_request(accept: str) -> HttpRequest:
    request = RequestFactory().get("/somewhere", headers={"accept": accept})
    request.session = {}
    return request


@pytest.mark.django_db
@pytest.mark.parametrize("status", HANDLERS)
def test_people_get_a_page(status: int) -> None:
    response = HANDLERS[status](a_request("text/html,application/xhtml+xml,*/*;q=0.8"))
    assert response.status_code == status
    assert response["Content-Type"] == "text/html; charset=utf-8"
    assert "<h1>" in response.content.decode()
    assert "secret" not in response.content.decode()


@pytest.mark.parametrize("status", HANDLERS)
@pytest.mark.parametrize("accept", ["*/*", "application/json", "application/ld+json"])
def test_machines_get_a_problem_document(status: int, accept: str) -> None:
    response = HANDLERS[status](a_request(accept))
    problem = json.loads(response.content)
    assert response.status_code == problem["status"] == status
    assert response["Content-Type"] == "application/problem+json"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cache-Control"] == "no-store"
    assert {"Accept", "Accept-Language"} <= set(response["Vary"].split(", "))
    assert problem["type"] == "about:blank"
    assert problem["title"]
    assert problem["code"] == errors._CODES[status]
    assert "secret" not in problem["detail"]


def test_our_own_refusal_is_told() -> None:
    response = errors.handler403(a_request("*/*"), PermissionDenied("Only an owner may rotate keys."))
    assert json.loads(response.content)["detail"] == "Only an owner may rotate keys."


@pytest.mark.django_db
def test_form_that_is_not_accepted() -> None:
    page = errors.csrf_failure(a_request("text/html"), reason=REASON_CSRF_TOKEN_MISSING)
    assert page.status_code == 403
    assert "reload the page" in page.content.decode()
    problem = errors.csrf_failure(a_request("application/json"), reason=REASON_CSRF_TOKEN_MISSING)
    assert problem.status_code == 403
    assert "CSRF" not in problem.content.decode()


def test_bare_page_where_the_page_itself_breaks(monkeypatch, caplog) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise TemplateDoesNotExist("secret.html")

    monkeypatch.setattr(errors, "render", broken)
    with translation.override("fr"):
        response = errors.handler500(a_request("text/html"))
    assert response.status_code == 500
    assert '<html lang="fr">' in response.content.decode()
    assert "secret" not in response.content.decode()
    assert "500.html cannot be shown" in caplog.text


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("/verify/?url=https://a.example", "/verify?url=https://a.example"),
        ("/start", "/start/"),
        ("/verify//", "/verify"),
    ],
)
def test_a_slash_too_many_or_too_few_at_the_end(client: Client, asked: str, found: str) -> None:
    response = client.get(asked)
    assert (response.status_code, response["Location"]) == (302, found)


@pytest.mark.parametrize("asked", ["/nowhere", "/nowhere/", "/nowhere//"])
def test_what_exists_in_neither_spelling_is_missing(client: Client, asked: str) -> None:
    assert client.get(asked).status_code == 404


def test_a_form_is_never_sent_on(client: Client) -> None:
    assert client.post("/verify/", {"text": "x"}).status_code == 404


def test_a_member_without_the_role_is_led_back_to_the_organisation(
    signed_in: Callable[[User], Client], viewer: User, issuer: Issuer
) -> None:
    browser = signed_in(viewer)
    answer = browser.get(f"/manage/{issuer.slug}/badges/new", headers={"Accept": "text/html"})
    assert answer.status_code == 403
    assert f'href="/manage/{issuer.slug}/"' in answer.content.decode()
