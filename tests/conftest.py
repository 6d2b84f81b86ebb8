"""The cast: the same people in every test."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from assertions.models import Award
from badges.models import Badge
from issuers.models import Issuer, Membership
from tests.factories import make_accepted, make_award, make_badge, make_issuer, make_member, make_user


@pytest.fixture
def owner(db: None) -> User:
    return make_user("Olga Owner", email="owner@example.org")


@pytest.fixture
def issuer(owner: User) -> Issuer:
    return make_issuer(owner=owner)


@pytest.fixture
def editor(issuer: Issuer) -> User:
    return make_member(issuer, Membership.Role.EDITOR, make_user("Édith Éditeur", email="editor@example.org"))


@pytest.fixture
def awarder(issuer: Issuer) -> User:
    return make_member(
        issuer, Membership.Role.AWARDER, make_user("Karim Benali", email="awarder@example.org")
    )


@pytest.fixture
def viewer(issuer: Issuer) -> User:
    return make_member(issuer, Membership.Role.VIEWER, make_user("Vera Viewer", email="viewer@example.org"))


@pytest.fixture
def stranger(db: None) -> User:
    """Owns another organisation."""
    user = make_user("Sam Stranger", email="stranger@example.org")
    make_issuer("Elsewhere", owner=user)
    return user


@pytest.fixture
def other_issuer(stranger: User) -> Issuer:
    return stranger.memberships.get().issuer


@pytest.fixture
def badge(issuer: Issuer) -> Badge:
    """Published, in English and French."""
    return make_badge(issuer)


@pytest.fixture
def waiting_award(badge: Badge) -> Award:
    return make_award(badge, address="ines@example.org")


@pytest.fixture
def accepted_award(badge: Badge) -> Award:
    return make_accepted(badge, address="ines@example.org")


@pytest.fixture
def signed_in(client: Client) -> Callable[[User], Client]:
    """`signed_in(owner).get(...)`: a client of its own per person."""

    def sign_in(user: User) -> Client:
        own = Client()
        own.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return own

    return sign_in
