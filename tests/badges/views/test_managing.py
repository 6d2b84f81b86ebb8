"""The organisation's badges: the list, and one badge, for each role."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from badges.models import Badge
from badges.services import archive, save_draft
from issuers.models import Issuer
from tests.badges.conftest import Climb
from tests.badges.contents import WHOLE
from tests.factories import NOON, make_badge

SignedIn = Callable[[User], Client]


@pytest.fixture
def listed(issuer: Issuer) -> str:
    return reverse("manage:badges", kwargs={"slug": issuer.slug})


@pytest.fixture
def detail(issuer: Issuer, published: Badge) -> str:
    return reverse("manage:badge", kwargs={"slug": issuer.slug, "badge_id": published.pk})


def test_who_sees_the_list(listed: str, climb: Climb) -> None:
    climb(listed, 200, 200, 200, 200)


def test_who_sees_a_badge(detail: str, climb: Climb) -> None:
    climb(detail, 200, 200, 200, 200)


def test_a_badge_of_another_organisation_is_not_there(
    issuer: Issuer, other_issuer: Issuer, owner: User, signed_in: SignedIn
) -> None:
    foreign = make_badge(other_issuer)
    path = reverse("manage:badge", kwargs={"slug": issuer.slug, "badge_id": foreign.pk})
    assert signed_in(owner).get(path).status_code == 404


def test_the_empty_list_teaches_the_next_step(
    listed: str, owner: User, viewer: User, signed_in: SignedIn
) -> None:
    assert "Your first badge" in signed_in(owner).get(listed).content.decode()
    assert "Your first badge" not in signed_in(viewer).get(listed).content.decode()


def test_buttons_follow_the_role(
    listed: str, detail: str, published: Badge, viewer: User, awarder: User, editor: User, signed_in: SignedIn
) -> None:
    def shown(user: User) -> tuple[bool, bool]:
        html = signed_in(user).get(detail).content.decode()
        return (f"{published.pk}/edit" in html, f"{published.pk}/award" in html)

    assert (shown(viewer), shown(awarder), shown(editor)) == ((False, False), (False, True), (True, True))
    assert "badges/new" not in signed_in(awarder).get(listed).content.decode()


def test_search_filters_and_sorts(
    listed: str, issuer: Issuer, published: Badge, owner: User, signed_in: SignedIn
) -> None:
    make_badge(issuer, "Grow a garden")
    client = signed_in(owner)
    assert b"Run a workshop" in client.get(listed, {"q": "ANIMER"}).content
    answer = client.get(listed, {"q": "nowhere to be found"}).content.decode()
    assert "No badge matches" in answer
    for sort in ("name", "-name", "changed", "-changed", "created", "nonsense"):
        assert b"Grow a garden" in client.get(listed, {"sort": sort}).content


@pytest.mark.parametrize(
    "query",
    [
        {"q": "\0"},
        {"q": "x" * 300},
        {"cursor": "rubbish"},
        {"state": "x" * 30},
        {"tag": '’"%_'},
        {"language": "de"},
    ],
)
def test_bad_input_is_no_error(
    listed: str, published: Badge, owner: User, signed_in: SignedIn, query: dict[str, str]
) -> None:
    assert signed_in(owner).get(listed, query).status_code == 200


def test_queries_do_not_grow_with_rows(
    listed: str, issuer: Issuer, published: Badge, owner: User, signed_in: SignedIn,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    make_badge(issuer, "Second", published=False)
    client = signed_in(owner)
    with django_assert_max_num_queries(30) as few:
        client.get(listed)
    make_badge(issuer, "Third")
    make_badge(issuer, "Fourth", published=False)
    with django_assert_max_num_queries(len(few)):
        client.get(listed)


def test_a_badge_with_a_draft_shows_what_changes(
    detail: str, published: Badge, editor: User, signed_in: SignedIn
) -> None:
    content = WHOLE.__class__(**vars(WHOLE) | {"tags": ("animation",)})
    save_draft(badge=published, content=content, by=editor.actor, at=NOON)
    html = signed_in(editor).get(detail).content.decode()
    assert "What changes with version 2" in html
    assert "Discard" in html


def test_states_are_said(
    detail: str, issuer: Issuer, draft: Badge, published: Badge, editor: User, signed_in: SignedIn
) -> None:
    client = signed_in(editor)
    drafted = reverse("manage:badge", kwargs={"slug": issuer.slug, "badge_id": draft.pk})
    assert "A draft." in client.get(drafted).content.decode()
    archive(badge=published, by=editor.actor, at=NOON)
    assert "In the archive." in client.get(detail).content.decode()


def test_in_the_readers_language(
    detail: str, listed: str, published: Badge, owner: User, signed_in: SignedIn
) -> None:
    client = signed_in(owner)
    for language, name in (("en", "Run a workshop"), ("fr", "Animer un atelier")):
        owner.language = language
        owner.save()
        client.cookies["django_language"] = language
        with override(language):
            assert name in client.get(detail, headers={"Accept-Language": language}).content.decode()
            assert name in client.get(listed, headers={"Accept-Language": language}).content.decode()
