"""Finding badges: search without accents, filters, sorts that page."""

from dataclasses import replace
from datetime import timedelta

import pytest

from accounts.models import User
from badges.models import Badge
from badges.queries import BadgeFilter, Content, Words, badges_for_members, badges_for_public, tags_of
from badges.services import archive, create_badge, create_published_badge, publish, save_draft
from common.pagination import page_of
from issuers.models import Issuer
from tests.badges.contents import DESIGN, WHOLE
from tests.factories import NOON


def _content(name: str, description: str = "", tags: tuple[str, ...] = ()) -> Content:
    words = Words(name, description or name, "", "Badge")
    return replace(Content("fr", words={"fr": words}), criteria=WHOLE.criteria, tags=tags)


@pytest.fixture
def badges(issuer: Issuer, editor: User) -> dict[str, Badge]:
    names = {
        "équipe": _content("Encadrer une équipe", "Organise le travail.", ("Management", "équipe")),
        "jardin": _content("Jardin partagé", "Conçoit un jardin avec une équipe d’habitants.", ("nature",)),
        "œuvre": _content("Œuvres d’art", "Restaure.", ("art",)),
    }
    made = {}
    for place, (key, content) in enumerate(names.items()):
        at = NOON + timedelta(days=place)
        made[key] = create_published_badge(
            issuer=issuer, content=content, picture=DESIGN, by=editor.actor, at=at
        )
    made["draft"] = create_badge(
        issuer=issuer, content=WHOLE, picture=DESIGN, by=editor.actor, at=NOON + timedelta(days=9)
    )
    return made


def found(issuer: Issuer, **wanted: str) -> list[str]:
    narrow = BadgeFilter(**wanted)
    return [str(badge) for badge in page_of(badges_for_members(issuer, narrow), order=narrow.order)]


def test_search_knows_neither_case_nor_accents(issuer: Issuer, badges: object) -> None:
    assert found(issuer, words="EQUIPE", sort="name") == ["Encadrer une équipe", "Jardin partagé"]
    assert found(issuer, words="equipe jardin") == ["Jardin partagé"]
    assert found(issuer, words="oeuvres") == ["Œuvres d’art"]
    assert found(issuer, words="workshop") == ["Animer un atelier"]
    assert found(issuer, words="100%") == found(issuer, words="_") == []


def test_a_tag_is_matched_whole(issuer: Issuer, badges: object) -> None:
    assert found(issuer, tag="équipe") == ["Encadrer une équipe"]
    assert found(issuer, tag="equip") == []


def test_states(issuer: Issuer, editor: User, badges: dict[str, Badge]) -> None:
    by = editor.actor
    archive(badge=badges["œuvre"], by=by, at=NOON)
    save_draft(badge=badges["jardin"], content=_content("Jardin"), by=by, at=NOON + timedelta(days=20))
    assert found(issuer, state="draft") == ["Animer un atelier"]
    assert found(issuer, state="archived") == ["Œuvres d’art"]
    assert found(issuer, state="published") == ["Jardin partagé", "Encadrer une équipe"]
    assert found(issuer, state="pending") == ["Jardin partagé"]
    assert found(issuer, state="nonsense") == []


def test_languages(issuer: Issuer, badges: object) -> None:
    assert found(issuer, language="en") == ["Animer un atelier"]


@pytest.mark.parametrize("sort", ["-changed", "changed", "name", "-name", "created", "-created", "nonsense"])
def test_every_sort_pages_through_everything_once(issuer: Issuer, badges: object, sort: str) -> None:
    wanted = BadgeFilter(sort=sort)
    whole = [badge.pk for badge in page_of(badges_for_members(issuer, wanted), order=wanted.order)]
    seen, cursor = [], ""
    for _page in range(4):
        page = page_of(badges_for_members(issuer, wanted), order=wanted.order, cursor=cursor, size=1)
        seen += [badge.pk for badge in page]
        cursor = page.next
    assert seen == whole
    assert len(set(seen)) == 4


def test_the_draft_counts_once_published(issuer: Issuer, editor: User, badges: dict[str, Badge]) -> None:
    save_draft(badge=badges["jardin"], content=_content("Potager"), by=editor.actor, at=NOON)
    assert found(issuer, words="potager") == []
    publish(badge=badges["jardin"], by=editor.actor, at=NOON)
    assert found(issuer, words="potager") == ["Potager"]


def test_tags_in_use(issuer: Issuer, badges: object) -> None:
    assert set(tags_of(issuer)) == {"Management", "équipe", "nature", "art", "animation", "groupe"}


def test_the_public_sees_published_ones(issuer: Issuer, editor: User, badges: dict[str, Badge]) -> None:
    archive(badge=badges["œuvre"], by=editor.actor, at=NOON)
    assert {str(badge) for badge in badges_for_public(issuer)} == {"Encadrer une équipe", "Jardin partagé"}
