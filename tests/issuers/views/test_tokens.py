"""API tokens: listed, made, shown once, revoked."""

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from common.tokens import token_hash
from issuers.models import ApiToken, Issuer
from issuers.services import make_token

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
FORM = {"name": "Moodle", "scopes": ["view", "awards.create"], "lifetime": "90"}


@pytest.fixture
def base(issuer: Issuer) -> str:
    return f"/manage/{issuer.slug}/settings/tokens"


def made(issuer: Issuer, owner: User, name: str = "Moodle") -> ApiToken:
    return make_token(issuer=issuer, name=name, scopes=["view"], by=owner.actor, at=timezone.now())[0]


def test_access(base: str, issuer: Issuer, owner: User, climb: Callable[..., None]):
    climb(base, 200, 403, 403, 403)
    climb(f"{base}/new", 200, 403, 403, 403)
    climb(f"{base}/{made(issuer, owner).pk}/revoke", 200, 403, 403, 403)


def test_a_token_is_shown_once(base: str, issuer: Issuer, owner: User, signed_in: SignIn):
    page = signed_in(owner)
    response = page.post(f"{base}/new", FORM)
    secret = re.search(r"badge_pat_[\w-]{43}", response.content.decode())
    assert secret
    assert "no-store" in response["Cache-Control"]
    token = ApiToken.objects.get()
    assert token.token_hash == token_hash(secret[0])
    assert token.scopes == ["view", "awards.create"]
    assert (token.expires_at - token.created_at).days == 90
    shown = page.get(base).content.decode()
    assert secret[0] not in shown
    assert token.hint in shown


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"scopes": ["issuer.manage"]},
        {"scopes": ["x"]},
        {"lifetime": "9999"},
        {"name": "x" * 101},
    ],
)
def test_bad_tokens(base: str, owner: User, signed_in: SignIn, wrong: dict[str, object]):
    response = signed_in(owner).post(f"{base}/new", FORM | wrong)
    assert response.status_code == 200
    assert response.context["form"].errors
    assert not ApiToken.objects.exists()


def test_a_token_may_be_for_good(base: str, owner: User, signed_in: SignIn):
    signed_in(owner).post(f"{base}/new", FORM | {"lifetime": "never"})
    assert ApiToken.objects.get().expires_at is None


def test_revoking(base: str, issuer: Issuer, owner: User, signed_in: SignIn):
    token, page = made(issuer, owner), signed_in(owner)
    assert "opens nothing any more" in page.post(f"{base}/{token.pk}/revoke", follow=True).content.decode()
    token.refresh_from_db()
    assert token.revoked_at
    assert "Revoked" in page.get(base).content.decode()


def test_tokens_of_others_are_not_there(
    base: str, owner: User, other_issuer: Issuer, stranger: User, signed_in: SignIn
):
    foreign = made(other_issuer, stranger)
    assert signed_in(owner).post(f"{base}/{foreign.pk}/revoke").status_code == 404
    foreign.refresh_from_db()
    assert foreign.revoked_at is None


def test_query_count_does_not_grow(base: str, issuer: Issuer, owner: User, signed_in: SignIn):
    page = signed_in(owner)
    made(issuer, owner)
    page.get(base)
    with CaptureQueriesContext(connection) as one:
        page.get(base)
    for number in range(3):
        made(issuer, owner, f"T{number}")
    with CaptureQueriesContext(connection) as several:
        page.get(base)
    assert len(several) == len(one)
