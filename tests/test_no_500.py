"""No form, no address and no header gives a 500: whatever is sent is answered.

The test client raises what a view raises, so an exception anywhere fails the test with its trace.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django.plugin import DjangoDbBlocker

from tests.access.forms import Form, forms, may_open, web_routes
from tests.access.garbage import files, texts
from tests.access.routes import Route, routes
from tests.access.table import TABLE
from tests.access.world import World, built_once, undone

POSTED = [route for route in web_routes() if "POST" in TABLE[route.name].methods]
READ = [route for route in web_routes() if "GET" in TABLE[route.name].methods]
ASKED_FOR = (
    "q", "state", "cursor", "sort", "badge", "tag", "language", "url", "next", "email", "to", "from", "until", "who",
    "action", "act", "actor", "since", "proof", "download", "v", "format", "page", "shown", "design", "shape", "colour",
    "icon", "ring_text", "initial", "letters", "r",
)  # fmt: skip
HEADERS = (
    "Accept", "Accept-Language", "Cookie", "If-None-Match", "If-Modified-Since", "Range", "Origin", "Referer",
    "X-Forwarded-For", "X-Forwarded-Proto", "HX-Request", "HX-Current-URL", "Content-Type", "Authorization",
)  # fmt: skip
KINDS = ("application/json", "multipart/form-data; boundary=x", "text/plain", "x")
pytestmark = (
    pytest.mark.django_db
)  # says that a database is needed; each test is a savepoint in the world's transaction
few = settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """Built once: every request is undone."""
    with django_db_blocker.unblock(), built_once() as world:
        yield world


@pytest.fixture(scope="module")
def filled_in(world: World) -> dict[str, Form]:
    return forms(world)


def send(world: World, route: Route, method: str, data: Any = None, **more: Any) -> HttpResponse:
    browser = Client()
    browser.cookies["sessionid"] = world.sessions[may_open(route)]
    cache.clear()
    with undone():
        answer = getattr(browser, method)(
            more.pop("path", "") or world.path(route), {} if data is None else data, **more
        )
        if answer.streaming:
            list(answer)
    assert answer.status_code < 500
    return answer


def test_forms_were_found(filled_in: dict[str, Form]) -> None:
    """The product's own; what no page of it shows is sent garbage without the names of its fields."""
    empty = {name for name, form in filled_in.items() if not form.values and not form.files}
    without_fields = {
        "manage:badge_restore", "manage:badge_archive", "manage:badge_discard", "manage:badge_delete", "manage:leave",
        "manage:member_remove", "manage:token_revoke", "manage:award_send_again", "manage:award_undo_revoke",
        "manage:award_reinstate",
        "manage:webhook_pause", "manage:webhook_resume", "manage:webhook_secret", "manage:webhook_delete",
        "manage:webhook_test", "manage:delivery_again", "manage:journal_export", "claim",
        "share_withdraw", "share_restore", "unsubscribe", "address_change",
        "account_logout", "delete_account", "invitation", "manage:batch_act", "manage:mail_bounced",
        "manage:website", "manage:key_rotate",
        "manage:mail_address_works", "manage:archives", "manage:archive_remove",
        "api:verify", "api:receipt_check", "receipt_print",
        "manage:batch_start", "manage:batch_restore", "manage:awards_undo",
    }  # fmt: skip
    ours = {
        name
        for name in empty
        if not name.startswith(("account", "mfa_", "usersessions", "manage_home", "set_"))
    }
    assert ours <= without_fields


@pytest.mark.parametrize("route", POSTED, ids=lambda route: route.name)
def test_forms(world: World, filled_in: dict[str, Form], route: Route) -> None:
    form = filled_in[route.name]
    fields = {name: st.one_of(texts, st.sampled_from(values)) for name, values in form.values.items()}
    lists = {name: st.lists(texts, max_size=4) for name in form.values}
    uploads = {name: st.lists(files, max_size=2) for name in form.files}

    @few
    @given(st.fixed_dictionaries(fields | uploads), st.fixed_dictionaries({}, optional=lists))
    def fill_in(values: dict[str, Any], several: dict[str, Any]) -> None:
        send(world, route, "post", values | several)

    fill_in()


@pytest.mark.parametrize("route", READ, ids=lambda route: route.name)
def test_queries(world: World, route: Route) -> None:
    @few
    @given(
        st.dictionaries(st.sampled_from(ASKED_FOR), texts.filter(lambda text: len(text) < 5000), max_size=6)
    )
    def ask(query: dict[str, str]) -> None:
        send(world, route, "get", query)

    ask()


@pytest.mark.parametrize("route", [route for route in routes() if route.keys], ids=lambda route: route.name)
def test_addresses(world: World, route: Route) -> None:
    """Ids that nobody ever had."""
    right = world.path(route)
    nobody = "00000000-0000-4000-8000-000000000000"
    for key in route.keys:
        value = str(world.places.get(f"{route.name}.{key}", world.places.get(key)))
        wrong = str(10**30) if value.isdigit() else nobody if key.endswith("_id") else "f" * len(value)
        answer = send(world, route, "get", path=right.replace(value, wrong, 1))
        assert answer.status_code in (200, 302, 400, 401, 404, 405)


@pytest.mark.parametrize("route", [r for r in READ if not r.name.startswith("manage:")], ids=lambda r: r.name)
def test_headers(world: World, route: Route) -> None:
    values = st.text(
        st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=60
    )

    @few
    @given(st.dictionaries(st.sampled_from(HEADERS), values, max_size=4))
    def ask(headers: dict[str, str]) -> None:
        send(world, route, "get", headers=headers)

    ask()


@pytest.mark.parametrize("route", POSTED, ids=lambda route: route.name)
def test_bodies_that_are_no_forms(world: World, route: Route) -> None:
    @few
    @given(st.binary(max_size=300), st.sampled_from(KINDS))
    def post(body: bytes, kind: str) -> None:
        send(world, route, "post", body, content_type=kind)

    post()
