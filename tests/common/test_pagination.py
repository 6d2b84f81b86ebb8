"""Cursor pages: cursors that somebody made up give the first page."""

import base64
import json

import pytest

from accounts.models import User
from common.pagination import page_of
from journal.models import Entry
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def cursor(*parts: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "made_up",
    [
        "x",
        "%FF",
        "e30",
        cursor("n"),
        cursor("n", [1], 1),
        cursor("n", None, 1),
        cursor("n", "\x00", 1),
        cursor("n", "\ud800", 1),
        cursor("n", "2026-01-01", "x"),
        cursor("n", {"t": "2026-01-01T00:00:00"}, 1.5),
        cursor("n", {"t": "0001-01-01T00:00:00+14:00"}, 1),
        cursor("n", {"t": 1}, 1),
        cursor("n", {"t": "2026-01-01T00:00:00+00:00"}, 10**30),
        cursor("q", {"t": "2026-01-01T00:00:00+00:00"}, 1),
        base64.urlsafe_b64encode(b"[" * 9000).decode(),
    ],
)
def test_made_up_cursors_do_no_harm(made_up: str):
    make_user()
    assert len(page_of(User.objects.all(), order=["-date_joined", "-id"], cursor=made_up)) <= 1
    assert len(page_of(Entry.objects.all(), order=["-number"], cursor=made_up)) == 0


def test_there_and_back():
    people = [make_user() for _number in range(5)]
    first = page_of(User.objects.all(), order=["date_joined", "id"], size=2)
    second = page_of(User.objects.all(), order=["date_joined", "id"], size=2, cursor=first.next)
    last = page_of(User.objects.all(), order=["date_joined", "id"], size=2, cursor=second.next)
    back = page_of(User.objects.all(), order=["date_joined", "id"], size=2, cursor=last.previous)
    assert [*first, *second, *last] == people
    assert list(back) == list(second)
    assert (first.previous, last.next) == ("", "")
