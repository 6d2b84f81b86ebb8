from collections.abc import Callable, Mapping

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from badges.models import Badge
from badges.services import create_badge, create_published_badge
from issuers.models import Issuer
from issuers.permissions import TOKEN_SCOPES
from issuers.services import make_token
from tests.badges.contents import DESIGN, WHOLE
from tests.factories import NOON

Climb = Callable[..., None]


@pytest.fixture
def draft(issuer: Issuer, editor: User) -> Badge:
    """Never published, French with an English translation."""
    return create_badge(issuer=issuer, content=WHOLE, picture=DESIGN, by=editor.actor, at=NOON)


@pytest.fixture
def published(issuer: Issuer, editor: User) -> Badge:
    """The same, published as version 1."""
    return create_published_badge(issuer=issuer, content=WHOLE, picture=DESIGN, by=editor.actor, at=NOON)


@pytest.fixture
def climb(
    owner: User,
    editor: User,
    awarder: User,
    viewer: User,
    stranger: User,
    signed_in: Callable[[User], Client],
) -> Climb:
    """The access ladder of a page: people who are not signed in are asked to, strangers find nothing, and viewer,
    awarder, editor and owner get the answers given, in this order."""

    def walk(path: str, *answers: int, post: Mapping[str, str] | None = None) -> None:
        def ask(client: Client) -> int:
            return (client.get(path) if post is None else client.post(path, post)).status_code

        asked_in = Client().get(path) if post is None else Client().post(path, post)
        assert asked_in.status_code == 302
        assert asked_in["Location"].startswith("/accounts/login/")
        assert ask(signed_in(stranger)) == 404
        assert [ask(signed_in(user)) for user in (viewer, awarder, editor, owner)] == list(answers)

    return walk


@pytest.fixture
def api(issuer: Issuer, owner: User) -> Client:
    """Calls the API with a token that may do everything."""
    _row, secret = make_token(
        issuer=issuer, name="Integration", scopes=TOKEN_SCOPES, by=owner.actor, at=timezone.now()
    )
    return Client(headers={"Authorization": f"Bearer {secret}"})
