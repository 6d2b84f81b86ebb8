"""The BadgeClass: what the standard asks for, one object per language."""

import json

import pytest

from accounts.models import User
from badges.designer import Design
from badges.documents import badge_class, badge_class_json, criteria_narrative
from badges.models import Badge, BadgeVersion
from badges.queries import Content, CriterionContent, CriterionWords, Words
from badges.services import create_published_badge
from issuers.models import Issuer
from openbadges import v2
from tests.factories import NOON

SITE = "https://badges.example.org"


@pytest.fixture
def version(published: Badge) -> BadgeVersion:
    return BadgeVersion.objects.with_content().get(badge=published)


def test_everything_is_in_it(version: BadgeVersion) -> None:
    url = f"{SITE}/badges/{version.badge_id}/v/1"
    assert json.loads(badge_class_json(version)) == {
        "@context": "https://w3id.org/openbadges/v2",
        "type": "BadgeClass",
        "id": url,
        "@language": "fr",
        "version": "1",
        "related": [{"id": f"{url}/en", "@language": "en"}],
        "name": "Animer un atelier",
        "description": "Prépare et conduit un atelier.",
        "image": {"id": f"{SITE}/pictures/{version.picture_id}.png", "caption": "Badge rond"},
        "criteria": {
            "id": url,
            "narrative": criteria_narrative(version, "fr"),
        },
        "issuer": f"{SITE}/issuers/{version.badge.issuer.slug}",
        "alignment": [
            {
                "targetName": "Facilitate",
                "targetUrl": "https://esco.example/1",
                "targetDescription": "Helps groups",
                "targetFramework": "ESCO",
                "targetCode": "S1.2",
            }
        ],
        "tags": ["animation", "groupe"],
    }


def test_the_translation_is_an_object_of_its_own(version: BadgeVersion) -> None:
    document = badge_class(version, "en")
    url = f"{SITE}/badges/{version.badge_id}/v/1"
    assert document.id == f"{url}/en"
    assert document.language == "en"
    assert document.name == "Run a workshop"
    assert [(other.id, other.language) for other in document.related] == [(url, "fr")]


def test_the_criteria_are_told_in_the_same_language(version: BadgeVersion) -> None:
    assert criteria_narrative(version, "en") == (
        "**Three** levels.\n\n- **Prepare** – assessed by: portfolio\n  A plan\n"
        "- **Run (optional)** – assessed by: observation"
    )
    assert criteria_narrative(version, "fr").startswith("**Trois** niveaux.\n\n- **Préparer** –")


def test_it_departs_from_the_standard_nowhere(version: BadgeVersion) -> None:
    for language in version.languages:
        assert list(v2.BadgeClass.problems(badge_class(version, language).to_document())) == []


def test_with_nothing_optional(issuer: Issuer, editor: User) -> None:
    content = Content(
        "en",
        words={"en": Words("Welding", "Welds.", "", "Round badge")},
        criteria=(CriterionContent({"en": CriterionWords("Weld")}),),
    )
    badge = create_published_badge(issuer=issuer, content=content, picture=Design(), by=editor.actor, at=NOON)
    document = json.loads(badge_class_json(BadgeVersion.objects.with_content().get(badge=badge)))
    assert not {"alignment", "tags", "related"} & set(document)
    assert list(v2.BadgeClass.problems(document)) == []


def test_a_criterion_is_plain_text_in_the_narrative(issuer: Issuer, editor: User) -> None:
    name = "Use [links](https://x.example) *well*\nand <b>bold</b>"
    content = Content(
        "en",
        words={"en": Words("Writing", "Writes.", "", "Round badge")},
        criteria=(CriterionContent({"en": CriterionWords(name, "one\ntwo")}),),
    )
    badge = create_published_badge(issuer=issuer, content=content, picture=Design(), by=editor.actor, at=NOON)
    version = BadgeVersion.objects.with_content().get(badge=badge)
    assert criteria_narrative(version, "en") == (
        r"- **Use \[links\](https://x.example) \*well\* and \<b\>bold\</b\>**" "\n  one\n  two"
    )
