"""Paths that are keys never reach the log, whatever goes wrong on them."""

import io
import logging
from collections.abc import Iterator

import pytest
import structlog
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path, reverse

from badgeplatform import urls
from badgeplatform.logs import logging_settings

KEY = "dGhpcy1pcy1hLWNsYWltLWxpbms"
EXPECTING = {"accept": "text/html"}


def broken(request: HttpRequest, token: str) -> HttpResponse:
    raise RuntimeError(f"{request.path} and {token} of {reverse('claim', args=[token])}")


urlpatterns = [path("broken/<str:token>/now", broken), *urls.urlpatterns]
handler403, handler404, handler500 = urls.handler403, urls.handler404, urls.handler500


@pytest.fixture(params=[True, False], ids=["json", "plain"])
def log(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    """All that the root logger writes, in the form of a real site and in that of a desk."""
    before = structlog.get_config()
    formatter = logging_settings(level="WARNING", as_json=request.param)["formatters"]["events"]
    made = structlog.stdlib.ProcessorFormatter(**{key: formatter[key] for key in formatter if key != "()"})
    handler = logging.StreamHandler(io.StringIO())
    handler.setFormatter(made)
    logging.getLogger().addHandler(handler)
    yield handler.stream
    logging.getLogger().removeHandler(handler)
    structlog.configure(**before)


@pytest.mark.parametrize(
    ("place", "route"),
    [
        ("/claim/{}", "/claim/<str:token>"),
        ("/claim/{}/decline", "/claim/<str:token>/decline"),
        ("/address/{}", "/address/<str:token>"),
        ("/invitations/{}/", "/invitations/<str:token>/"),
    ],
)
@pytest.mark.parametrize("key", [KEY, f"é{KEY}"], ids=["ascii", "accent"])
def test_a_form_that_is_refused(db: None, log: io.StringIO, place: str, route: str, key: str) -> None:
    """Django writes the path of every form that lacks its cookie."""
    client = Client(enforce_csrf_checks=True)
    assert client.post(place.format(key), headers=EXPECTING).status_code == 403
    assert f"Forbidden (CSRF cookie not set.): {route}" in log.getvalue()
    assert KEY not in log.getvalue()


@pytest.mark.urls(__name__)
def test_a_page_that_breaks(db: None, log: io.StringIO) -> None:
    client = Client(raise_request_exception=False)
    assert client.get(f"/broken/{KEY}/now", headers=EXPECTING).status_code == 500
    told = log.getvalue()
    assert "Internal Server Error: /broken/<str:token>/now" in told
    assert "RuntimeError: /broken/<str:token>/now and (key) of /claim/(key)" in told
    assert KEY not in told


@pytest.mark.parametrize("level", ["ERROR", "INFO"])
def test_an_address_that_leads_nowhere(
    db: None, log: io.StringIO, caplog: pytest.LogCaptureFixture, level: str
) -> None:
    """A link with a slash too many, or with half a word behind it."""
    with caplog.at_level(level, logger="django.request"):
        assert Client().get(f"/claim/{KEY}/x/y", headers=EXPECTING).status_code == 404
    assert ("Not Found: (no page)" in log.getvalue()) == (level == "INFO")
    assert KEY not in log.getvalue()
