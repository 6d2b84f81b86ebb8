"""Organisations: their slug, their keys, their details."""

from typing import Any

import pytest

from common.actors import SYSTEM
from common.errors import Invalid
from issuers.models import Issuer, Membership
from issuers.services import change_issuer, create_issuer
from issuers.services.keys import private_key, signing_key_of
from issuers.services.slugs import RESERVED, free_slug
from journal.models import Action, Entry
from journal.services import broken_links
from tests.factories import NOON, make_user

pytestmark = pytest.mark.django_db


def created(name: str = "Université de Saint-Étienne", **fields: Any) -> Issuer:
    person = make_user()
    details = {"name": name, "email": "Badges@Univ.Example ", **fields}
    return create_issuer(**details, by=person.actor, at=NOON)


def test_a_new_organisation_has_an_owner_two_keys_and_a_journal():
    issuer = created()
    assert issuer.slug == "universite-de-saint-etienne"
    assert issuer.email == "badges@univ.example"
    assert issuer.url == "https://badges.example.org/issuers/universite-de-saint-etienne"
    assert issuer.memberships.get().role == Membership.Role.OWNER
    assert [key.algorithm for key in issuer.keys.order_by("number")] == ["RS256", "EdDSA"]
    actions = list(Entry.objects.of_issuer(issuer.pk).order_by("number").values_list("action", flat=True))
    assert actions == [Action.ISSUER_CREATED, Action.KEY_CREATED, Action.KEY_CREATED]
    assert list(broken_links(issuer.scope)) == []


def test_a_new_organisation_publishes_in_every_language_of_the_site():
    issuer = created(language="fr")
    assert (issuer.publishes_in, issuer.translations) == (["fr", "en"], {})


def test_private_keys_are_sealed_and_sign():
    issuer = created()
    row = signing_key_of(issuer.pk)
    assert b"PRIVATE" not in bytes(row.sealed_private)
    assert private_key(row).key_size == 2048


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Atelier 8", "atelier-8"),
        ("Admin", "admin-2"),
        ("東京大学", "org"),
        ("a_b -- c", "a-b-c"),
        ("x" * 120, "x" * 54),
    ],
)
def test_slugs_are_made_from_the_name(name: str, slug: str):
    assert free_slug(name) == slug
    assert created(name).slug == slug


def test_a_slug_is_given_once():
    assert [created("Atelier").slug for _time in range(3)] == ["atelier", "atelier-2", "atelier-3"]


@pytest.mark.parametrize("slug", ["admin", "Ab", "-a", "a--b", "a/b", "a" * 61, "é"])
def test_a_chosen_slug_is_checked(slug: str):
    with pytest.raises(Invalid) as refusal:
        created(slug=slug)
    assert "slug" in refusal.value.fields


def test_a_taken_slug_is_refused():
    created(slug="nord")
    with pytest.raises(Invalid, match="belongs to another"):
        created(slug="nord")


def test_reserved_words_are_slugs_themselves():
    assert all(word == word.lower() and " " not in word for word in RESERVED)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "  "),
        ("name", "x" * 121),
        ("email", "nobody"),
        ("url", "javascript:alert(1)"),
        ("url", "https://x"),
        ("url", "https://example.org/" + "a" * 300),
        ("language", "tlh"),
        ("description", "x" * 2001),
        ("languages", ["en", "tlh"]),
    ],
)
def test_details_are_checked_field_by_field(field: str, value: Any):
    with pytest.raises(Invalid) as refusal:
        created(**{field: value})
    assert list(refusal.value.fields) == [field]


@pytest.mark.parametrize(
    ("languages", "translations"),
    [(["en", "fr"], {"fr": "x" * 2001}), (["en"], {"fr": "Une école."}), (["en"], {"tlh": "DujDaq"})],
)
def test_translations_are_checked_language_by_language(languages: list[str], translations: dict[str, str]):
    with pytest.raises(Invalid) as refusal:
        created(languages=languages, translations=translations)
    assert list(refusal.value.fields) == [f"description_{code}" for code in translations]


def test_languages_are_never_none_and_empty_translations_are_none():
    issuer = created(language="fr", languages=[], translations={"en": "  ", "fr": "Of the usual language."})
    assert (issuer.languages, issuer.publishes_in, issuer.translations) == (["fr"], ["fr"], {})


def test_changing_says_what_changed_and_keeps_the_slug(issuer: Issuer):
    changed = change_issuer(issuer=issuer, by=SYSTEM, at=NOON, name="New  name", url="")
    assert (changed.name, changed.slug) == ("New name", issuer.slug)
    assert changed.url == f"https://badges.example.org/issuers/{issuer.slug}"
    assert changed.stamp == issuer.stamp + 1
    assert Entry.objects.get(action=Action.ISSUER_CHANGED).data == {"changed": ["name", "url"]}
    change_issuer(issuer=changed, by=SYSTEM, at=NOON, name="New name")
    assert Entry.objects.filter(action=Action.ISSUER_CHANGED).count() == 1


def test_only_people_make_organisations(db: None):
    with pytest.raises(ValueError, match="person"):
        create_issuer(name="X", email="a@b.example", by=SYSTEM, at=NOON)
