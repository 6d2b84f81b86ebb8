"""Replacing a key, and declaring one compromised."""

from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from issuers.models import Issuer, SigningKey
from issuers.services.keys import signing_key_of
from tests.factories import NOON

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
State = SigningKey.State
FORM = {"since": "2026-03-10", "note": "A laptop was stolen."}


def day_there(key: SigningKey) -> str:
    """In the owner's time zone: days begin where they are."""
    return timezone.localtime(key.compromised_from, ZoneInfo("Europe/Paris")).isoformat()


@pytest.fixture
def base(issuer: Issuer) -> str:
    return f"/manage/{issuer.slug}/settings/keys"


def test_access(base: str, climb: Callable[..., None]):
    climb(f"{base}/1/rotate", 200, 403, 403, 403)
    climb(f"{base}/1/compromised", 200, 403, 403, 403)


def test_replacing(base: str, issuer: Issuer, owner: User, signed_in: SignIn):
    page = signed_in(owner)
    asked = page.get(f"{base}/1/rotate").content.decode()
    assert "stays valid, here and everywhere" in asked
    assert issuer.keys.count() == 2
    said = page.post(f"{base}/1/rotate", follow=True).content.decode()
    assert "Key 3 signs from now on." in said
    assert signing_key_of(issuer.pk).number == 3


def test_replacing_twice_says_so(base: str, issuer: Issuer, owner: User, signed_in: SignIn):
    page = signed_in(owner)
    page.post(f"{base}/1/rotate")
    assert "Key 1 signs no more already." in page.post(f"{base}/1/rotate", follow=True).content.decode()
    assert page.get(f"{base}/1/rotate")["Location"] == base
    assert issuer.keys.count() == 3


@pytest.mark.parametrize("act", ["rotate", "compromised"])
@pytest.mark.parametrize("number", ["7", "0"])
def test_keys_that_are_not_there(base: str, owner: User, signed_in: SignIn, act: str, number: str):
    page = signed_in(owner)
    assert page.get(f"{base}/{number}/{act}").status_code == 404
    assert page.post(f"{base}/{number}/{act}").status_code == 404


def test_declaring_compromised(base: str, issuer: Issuer, owner: User, signed_in: SignIn):
    page = signed_in(owner)
    asked = page.get(f"{base}/1/compromised").content.decode()
    assert "a new key takes its place" in asked
    assert "cannot see your records" in asked
    said = page.post(f"{base}/1/compromised", FORM, follow=True).content.decode()
    assert "Key 1 is declared compromised." in said
    key = issuer.keys.get(number=1)
    assert (key.state, key.compromise_note) == (State.COMPROMISED, FORM["note"])
    assert day_there(key) == "2026-03-10T00:00:00+01:00"
    assert signing_key_of(issuer.pk).number == 3


def test_the_day_it_was_made_begins_with_the_key(base: str, issuer: Issuer, owner: User, signed_in: SignIn):
    signed_in(owner).post(f"{base}/1/compromised", FORM | {"since": NOON.date().isoformat()})
    assert issuer.keys.get(number=1).compromised_from == NOON


@pytest.mark.parametrize(
    ("wrong", "field", "says"),
    [
        ({"since": ""}, "since", "required"),
        ({"since": "yesterday"}, "since", "valid date"),
        ({"since": "2026-03-02"}, "since", "The key was made later"),
        ({"since": (timezone.now() + timedelta(days=2)).date().isoformat()}, "since", "has not come yet"),
        ({"since": "0001-01-01"}, "since", "The key was made later"),
        ({"since": "9999-12-31"}, "since", "has not come yet"),
        ({"note": " "}, "note", "required"),
        ({"note": "x" * 301}, "note", "300"),
    ],
)
def test_nonsense_is_said_at_the_field(
    base: str, issuer: Issuer, owner: User, signed_in: SignIn, wrong: dict[str, str], field: str, says: str
):
    response = signed_in(owner).post(f"{base}/1/compromised", FORM | wrong)
    assert response.status_code == 200
    assert says in str(response.context["form"].errors[field])
    assert issuer.keys.get(number=1).state == State.ACTIVE


def test_the_date_can_be_mended(base: str, issuer: Issuer, owner: User, signed_in: SignIn):
    page = signed_in(owner)
    page.post(f"{base}/1/compromised", FORM)
    form = page.get(f"{base}/1/compromised").content.decode()
    assert 'value="2026-03-10"' in form
    assert FORM["note"] in form
    page.post(f"{base}/1/compromised", FORM | {"since": "2026-03-09"})
    assert day_there(issuer.keys.get(number=1)) == "2026-03-09T00:00:00+01:00"
