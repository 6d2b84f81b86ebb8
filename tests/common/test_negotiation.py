"""Who asks: a machine is anyone whose Accept prefers JSON."""

import pytest
from django.test import RequestFactory

from common.negotiation import preferred_type

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"


def asked(accept: str | None) -> str | None:
    request = RequestFactory().get("/")
    if accept is not None:
        request.META["HTTP_ACCEPT"] = accept
    return preferred_type(request)


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, "application/ld+json"),
        ("", "application/ld+json"),
        ("*/*", "application/ld+json"),
        (BROWSER, "text/html"),
        ("text/*", "text/html"),
        ("application/json", "application/json"),
        ("application/*", "application/ld+json"),
        ("application/json;q=0.9, application/ld+json;q=0.8", "application/json"),
        ("application/ld+json, application/json, image/png, image/svg+xml", "application/ld+json"),
        ("text/html;q=0.5, application/json;q=0.4", "text/html"),
        ("text/html;q=0, */*", "application/ld+json"),
        ("application/ld+json;q=0, application/json;q=0, text/html;q=0", None),
        ("image/png", None),
        ("nonsense", None),
        (", ;;q=x,", None),
    ],
)
def test_what_is_preferred(accept: str | None, expected: str | None) -> None:
    assert asked(accept) == expected


def test_a_very_long_header_is_read_and_not_kept() -> None:
    assert asked("text/html" + ", text/x" * 10_000) == "text/html"


def test_without_html_a_browser_is_refused_unless_it_takes_anything() -> None:
    request = RequestFactory().get("/", headers={"accept": "text/html"})
    assert preferred_type(request, html=False) is None
    request = RequestFactory().get("/", headers={"accept": BROWSER})
    assert preferred_type(request, html=False) == "application/ld+json"
