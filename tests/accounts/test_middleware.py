"""Which language and which time zone a page is in."""

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone, translation

from accounts.middleware import speak_their_language
from accounts.models import User
from issuers.models import Issuer
from tests.factories import make_user


def visited(request: HttpRequest) -> tuple[str, str]:
    """(language, time zone) in which the view ran."""
    seen: list[str] = []

    def view(_request: HttpRequest) -> HttpResponse:
        seen.extend([translation.get_language(), timezone.get_current_timezone_name()])
        return HttpResponse()

    speak_their_language(view)(request)
    return seen[0], seen[1]


def asked(user: User | None = None, *, chosen: str = "", accept: str = "") -> HttpRequest:
    request = RequestFactory().get("/", headers={"Accept-Language": accept})
    if chosen:
        request.COOKIES["django_language"] = chosen
    if user:
        request.COOKIES["sessionid"] = "x"
        request.user = user
    return request


@pytest.mark.parametrize(
    ("accept", "language"),
    [("", "en"), ("fr-CA,en;q=0.5", "fr"), ("de", "en"), ("xx;q=", "en"), ("en-GB", "en")],
)
def test_visitors_are_heard(accept: str, language: str):
    assert visited(asked(accept=accept)) == (language, "UTC")


@pytest.mark.django_db
def test_a_profile_counts_more_than_the_browser_and_a_choice_more_than_both():
    user = make_user(language="fr", time_zone="Asia/Tokyo")
    assert visited(asked(user, accept="en")) == ("fr", "Asia/Tokyo")
    assert visited(asked(user, chosen="en", accept="fr")) == ("en", "Asia/Tokyo")
    assert visited(asked(user, chosen="xx")) == ("fr", "Asia/Tokyo")


def test_the_next_visitor_starts_afresh():
    with translation.override("en"):
        visited(asked(accept="fr"))
        assert translation.get_language() == "en"


@pytest.mark.django_db
def test_answers_say_their_language(client: Client):
    response = client.get("/about", headers={"Accept-Language": "fr"})
    assert response["Content-Language"] == "fr"
    assert "Accept-Language" in response["Vary"]


@pytest.mark.django_db
def test_the_language_can_be_chosen_without_an_account():
    client = Client(enforce_csrf_checks=True)
    assert 'name="csrfmiddlewaretoken"' not in client.get("/about").content.decode()
    assert client.post("/i18n/setlang/", {"language": "fr", "next": "/about"})["Location"] == "/about"
    assert client.get("/about")["Content-Language"] == "fr"


@pytest.mark.django_db
def test_a_form_sent_after_its_session_ended_leads_back_to_its_page(client: Client, issuer: Issuer):
    """The address of the form itself takes nothing but forms."""
    page = f"/manage/{issuer.slug}/settings"
    response = client.post(f"{page}/mails", headers={"Referer": f"{settings.SITE_URL}{page}"})
    assert response["Location"] == f"/accounts/login/?next={page}"
    assert (
        "nothing was saved. What you typed is still in your browser" in client.get(response["Location"]).text
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    "referer", ["", "https://elsewhere.example/page", f"{settings.SITE_URL}.example/page"]
)
def test_the_way_back_stays_on_the_site(client: Client, issuer: Issuer, referer: str):
    form = f"/manage/{issuer.slug}/settings/mails"
    response = client.post(form, headers={"Referer": referer} if referer else {})
    assert response["Location"] == f"/accounts/login/?next={form}"
