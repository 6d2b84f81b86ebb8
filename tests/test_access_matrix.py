"""Every route × method × visitor, by session and by token: nobody is let in who is not on the list."""

from dataclasses import replace

import pytest

from tests.access.routes import Route, routes
from tests.access.table import TABLE, Answer, Everyone, Members, Tokens
from tests.access.world import ROLES, SCOPES, World, build

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
TOKENS = (*SCOPES, "all", "foreign", "revoked")
# What names something of an organisation: another organisation's must not be found.
OWN_THINGS = {"badge_id", "award_id", "token_id", "member_id", "invitation_id", "request_id", "round_id"}
OWN_THINGS |= {"recipient_id", "webhook_id", "delivery_id", "batch_id", "message_id", "archive_id", "row_id"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: None) -> World:
    return build()


def _is(status: int, expected: Answer) -> bool:
    return status in (expected if isinstance(expected, tuple) else (expected,))


def test_every_route_is_on_the_list() -> None:
    names = {route.name for route in routes()}
    assert names - set(TABLE) == set(), "say in tests/access/table.py who may open them"
    assert set(TABLE) - names == set(), "gone: take them off the list"


def test_by_session(world: World) -> None:
    wrong = []
    for route in routes():
        for method in METHODS:
            for who in ROLES:
                expected, status = (
                    TABLE[route.name].answer(method, who),
                    world.ask(route, method, who).status_code,
                )
                if not _is(status, expected):
                    wrong.append(f"{method} {route.pattern} as {who}: {status}, not {expected}")
    assert not wrong, "\n" + "\n".join(wrong)


def test_by_token(world: World) -> None:
    """A token opens the API as far as its scope goes; to every other page it is nobody."""
    wrong = []
    for route in routes():
        is_api = isinstance(TABLE[route.name], Tokens)
        for method in METHODS if is_api else ("GET", "POST"):
            for token in TOKENS if is_api else ("all",):
                expected = TABLE[route.name].answer_to_token(method, token)
                status = world.ask(route, method, token=token).status_code
                if not _is(status, expected):
                    wrong.append(f"{method} {route.pattern} with {token}: {status}, not {expected}")
    assert not wrong, "\n" + "\n".join(wrong)


def test_what_belongs_to_others_is_not_found(world: World) -> None:
    """The owner of one organisation, with the ids of another's things in the address."""
    wrong = []
    for route in routes():
        rule = TABLE[route.name]
        if isinstance(rule, Everyone) or not OWN_THINGS & set(route.keys):
            continue
        for method in rule.methods:
            status = _as_owner(world, route, method)
            if isinstance(rule, Members | Tokens) and status != 404:
                wrong.append(f"{method} {route.pattern}: {status}")
    assert not wrong, "\n" + "\n".join(wrong)


def test_what_belongs_to_others_is_not_found_below_our_own(world: World) -> None:
    """Their rows in our batch, their deliveries of our webhook: each thing alone, whatever it stands below."""
    wrong = []
    for route in routes():
        things = [key for key in route.keys if key in OWN_THINGS]
        if len(things) < 2 or not isinstance(TABLE[route.name], Members | Tokens):
            continue
        for theirs in things:
            mixed = replace(world, foreign=world.places | {theirs: world.foreign[theirs]})
            statuses = {method: _as_owner(mixed, route, method) for method in TABLE[route.name].methods}
            if set(statuses.values()) != {404}:
                wrong.append(f"{route.pattern} with their {theirs}: {statuses}")
    assert not wrong, "\n" + "\n".join(wrong)


def _as_owner(world: World, route: Route, method: str) -> int:
    if isinstance(TABLE[route.name], Tokens):
        return world.ask(route, method, token="all", foreign=True).status_code
    return world.ask(route, method, "owner", foreign=True).status_code


def test_signing_in_leads_back_to_the_page(world: World) -> None:
    for route in routes():
        if isinstance(TABLE[route.name], Members):
            location = world.ask(route, "GET")["Location"]
            assert location == f"/accounts/login/?next={world.path(route)}"
