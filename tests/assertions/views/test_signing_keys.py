"""The list of signing keys."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from badges.models import Badge
from common.actors import SYSTEM
from issuers.models import Issuer
from issuers.services import declare_compromised, rotate_key
from issuers.services.keys import signing_key_of
from tests.factories import NOON, make_award

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
LATER = NOON + timedelta(days=9)


@pytest.fixture
def url(issuer: Issuer) -> str:
    return f"/manage/{issuer.slug}/settings/keys"


def rows(page: str) -> list[str]:
    return page.split("<tbody>")[1].split("</tbody>", maxsplit=1)[0].split("<tr>")[1:]


def signed(count: int) -> str:
    return f'<td data-label="Badges signed">{count}</td>'


def test_access(
    url: str, owner: User, editor: User, awarder: User, viewer: User, stranger: User, signed_in: SignIn
):
    assert Client().get(url)["Location"].startswith("/accounts/login/")
    people = (stranger, viewer, awarder, editor, owner)
    assert [signed_in(user).get(url).status_code for user in people] == [404, 200, 200, 200, 200]


def test_the_public_halves_and_nothing_else(url: str, viewer: User, signed_in: SignIn):
    page = signed_in(viewer).get(url).content.decode()
    assert "BEGIN PUBLIC KEY" in page
    assert "PRIVATE" not in page
    assert "Fingerprint (SHA-256)" in page


def test_each_key_with_its_state_and_what_it_signed(
    url: str, issuer: Issuer, badge: Badge, owner: User, signed_in: SignIn
):
    make_award(badge)
    make_award(badge)
    rotate_key(key=signing_key_of(issuer.pk), by=SYSTEM, at=LATER)
    make_award(badge)
    stolen = signing_key_of(issuer.pk)
    declare_compromised(key=stolen, since=LATER, note="A laptop <b>was stolen", by=SYSTEM, at=LATER)
    newest, compromised, ed25519, first = rows(signed_in(owner).get(url).content.decode())
    assert ("Key 4" in newest, "Signs new badges" in newest) == (True, True)
    said = ("Key 3", "Compromised", "since 12 March 2026", "A laptop &lt;b&gt;was stolen", signed(1))
    assert [words for words in said if words not in compromised] == []
    assert "Ed25519" in ed25519
    assert all(words in first for words in ("Key 1", "Signs no more", signed(2)))
    assert ("Replace" in newest, "Replace" in first, "Change the date" in compromised) == (True, False, True)


def test_only_owners_are_offered_acts(url: str, editor: User, signed_in: SignIn):
    page = signed_in(editor).get(url).content.decode()
    assert "Declare compromised" not in page
    assert ">Replace<" not in page


def test_query_count_does_not_grow(url: str, issuer: Issuer, badge: Badge, owner: User, signed_in: SignIn):
    page = signed_in(owner)
    page.get(url)
    with CaptureQueriesContext(connection) as one:
        page.get(url)
    for _number in range(3):
        make_award(badge)
        rotate_key(key=signing_key_of(issuer.pk), by=SYSTEM, at=LATER)
    with CaptureQueriesContext(connection) as several:
        page.get(url)
    assert len(several) == len(one)
