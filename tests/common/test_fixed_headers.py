"""Headers composed once are the headers that Django would have set."""

import pytest
from django.http import HttpResponse
from django.http.response import BadHeaderError

from common.fixed_headers import put, put_missing


def test_they_stand_in_place_of_what_was_said():
    response = HttpResponse(headers={"vary": "Cookie"})
    put(response, (("Vary", "Accept"), ("X-Frame-Options", "DENY")))
    assert response.headers["Vary"] == "Accept"
    assert dict(response.items()) == {
        "Content-Type": "text/html; charset=utf-8",
        "Vary": "Accept",
        "X-Frame-Options": "DENY",
    }


def test_what_was_said_stays_where_only_the_missing_is_put():
    response = HttpResponse(headers={"x-frame-options": "SAMEORIGIN"})
    put_missing(response, (("X-Frame-Options", "DENY"), ("Referrer-Policy", "same-origin")))
    assert (response["X-Frame-Options"], response["Referrer-Policy"]) == ("SAMEORIGIN", "same-origin")


def test_answers_do_not_share_them():
    first, second = HttpResponse(), HttpResponse()
    for response in (first, second):
        put(response, (("Vary", "Accept"),))
    first["Vary"] = "Cookie"
    assert second["Vary"] == "Accept"


def test_a_header_is_one_line():
    with pytest.raises(BadHeaderError):
        put(HttpResponse(), (("Vary", "Accept\r\nSet-Cookie: a=b"),))
