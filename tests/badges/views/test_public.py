"""What anybody sees: pages for people, documents for machines, at the same addresses."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from badges.models import Badge
from badges.services import archive, save_and_publish, save_draft
from common.actors import SYSTEM
from issuers.models import Issuer
from issuers.services import change_issuer
from tests.badges.contents import WHOLE
from tests.factories import NOON, make_badge

SITE = "https://badges.example.org"
HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture
def second(published: Badge, editor: User) -> Badge:
    """Now in version 2."""
    save_and_publish(
        badge=published,
        content=replace(WHOLE, tags=("new tag",)),
        by=editor.actor,
        at=NOON + timedelta(days=30),
    )
    published.refresh_from_db()
    return published


@pytest.mark.parametrize("accept", ["application/ld+json", "application/json", "*/*", ""])
def test_machines_get_the_document(client: Client, published: Badge, accept: str) -> None:
    answer = client.get(f"/badges/{published.pk}/v/1", headers={"Accept": accept} if accept else {})
    assert answer.status_code == 200
    assert answer["Content-Type"] == (accept if "json" in accept else "application/ld+json")
    assert json.loads(answer.content)["id"] == f"{SITE}/badges/{published.pk}/v/1"
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert {"Accept", "Accept-Language"} <= set(answer["Vary"].split(", "))
    assert answer["Cache-Control"] == "public, max-age=86400"


def test_the_badges_own_address_gives_the_newest_version(client: Client, second: Badge) -> None:
    answer = client.get(f"/badges/{second.pk}")
    document = json.loads(answer.content)
    assert (document["id"], document["version"]) == (f"{SITE}/badges/{second.pk}", "2")
    assert [other["id"] for other in document["related"]] == [
        f"{SITE}/badges/{second.pk}/v/2",
        f"{SITE}/badges/{second.pk}/v/2/en",
    ]
    assert answer["Cache-Control"] == "public, max-age=60"


def test_an_earlier_version_says_what_it_said(client: Client, second: Badge) -> None:
    document = json.loads(client.get(f"/badges/{second.pk}/v/1").content)
    assert document["tags"] == ["animation", "groupe"]


def test_what_is_held_already_is_not_sent_again(client: Client, published: Badge) -> None:
    etag = client.get(f"/badges/{published.pk}/v/1")["ETag"]
    answer = client.get(f"/badges/{published.pk}/v/1", headers={"If-None-Match": etag})
    assert (answer.status_code, answer.content) == (304, b"")


@pytest.mark.parametrize("of", ["badge", "issuer"])
def test_a_page_is_sent_again_only_where_it_has_changed(
    client: Client, published: Badge, editor: User, of: str
) -> None:
    address = f"/badges/{published.pk}" if of == "badge" else f"/issuers/{published.issuer.slug}"
    first = client.get(address, headers=HTML)
    assert first["Cache-Control"] == "public, no-cache"
    assert {"Accept", "Accept-Language", "Cookie"} <= set(first["Vary"].split(", "))
    again = client.get(address, headers={**HTML, "If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert again["Access-Control-Allow-Origin"] == "*"
    in_french = client.get(address, headers={**HTML, "Accept-Language": "fr", "If-None-Match": first["ETag"]})
    assert in_french.status_code == 200
    client.force_login(editor)
    theirs = client.get(address, headers=HTML)
    assert (theirs["Cache-Control"], "ETag" in theirs) == ("private, no-cache", False)


def test_one_object_per_language(client: Client, published: Badge) -> None:
    answer = client.get(f"/badges/{published.pk}/v/1/en")
    document = json.loads(answer.content)
    assert (document["@language"], document["name"]) == ("en", "Run a workshop")
    own = client.get(f"/badges/{published.pk}/v/1/fr")
    assert (own.status_code, own["Location"]) == (301, f"/badges/{published.pk}/v/1")


@pytest.mark.parametrize("rest", ["/v/1/de", "/v/1/xx-xx", "/v/2", "/v/0", "/v/99999999999"])
def test_what_is_not_there(client: Client, published: Badge, rest: str) -> None:
    answer = client.get(f"/badges/{published.pk}{rest}")
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"
    assert client.get(f"/badges/{published.pk}{rest}", headers=HTML)["Content-Type"].startswith("text/html")


def test_a_translation_that_is_not_whole_is_not_offered(
    client: Client, published: Badge, editor: User
) -> None:
    words = WHOLE.words | {"en": replace(WHOLE.words["en"], description="")}
    save_and_publish(badge=published, content=replace(WHOLE, words=words), by=editor.actor, at=NOON)
    assert client.get(f"/badges/{published.pk}/v/2/en").status_code == 404
    assert "related" not in json.loads(client.get(f"/badges/{published.pk}/v/2").content)


def test_drafts_are_nobodys_business(client: Client, draft: Badge) -> None:
    for path in (f"/badges/{draft.pk}", f"/badges/{draft.pk}/v/1"):
        assert client.get(path).status_code == 404


def test_the_next_draft_stays_hidden(client: Client, published: Badge, editor: User) -> None:
    save_draft(badge=published, content=replace(WHOLE, tags=("secret",)), by=editor.actor, at=NOON)
    assert b"secret" not in client.get(f"/badges/{published.pk}", headers=HTML).content
    assert client.get(f"/badges/{published.pk}/v/2").status_code == 404


def test_neither_form_is_406(client: Client, published: Badge) -> None:
    for path in (f"/badges/{published.pk}", f"/issuers/{published.issuer.slug}"):
        answer = client.get(path, headers={"Accept": "application/pdf"})
        assert answer.status_code == 406


def test_people_get_a_page(client: Client, second: Badge) -> None:
    html = client.get(f"/badges/{second.pk}", headers=HTML).content.decode()
    for words in (
        "How to earn it",
        "Run a workshop",
        "Portfolio",
        "Facilitate",
        "2 years",
        "How this badge has changed",
    ):
        assert words in html
    assert f'<meta property="og:image" content="{SITE}/pictures/' in html
    assert f'<link rel="canonical" href="{SITE}/badges/{second.pk}/v/2">' in html


def test_an_earlier_version_points_at_the_newer(client: Client, second: Badge) -> None:
    html = client.get(f"/badges/{second.pk}/v/1", headers=HTML).content.decode()
    assert "An earlier version." in html
    assert f'href="/badges/{second.pk}"' in html


def test_an_archived_badge_says_so(client: Client, published: Badge, editor: User) -> None:
    archive(badge=published, by=editor.actor, at=NOON)
    assert "Not awarded any more." in client.get(f"/badges/{published.pk}", headers=HTML).content.decode()
    assert client.get(f"/badges/{published.pk}").status_code == 200


@pytest.mark.parametrize(("language", "name"), [("fr", "Animer un atelier"), ("en", "Run a workshop")])
def test_in_the_readers_language_or_the_one_in_the_address(
    client: Client, published: Badge, language: str, name: str
) -> None:
    other = {"fr": "en", "en": "fr"}[language]
    page = client.get(
        f"/badges/{published.pk}", headers=HTML | {"Accept-Language": language}
    ).content.decode()
    assert f"<title>{name}" in page
    path = f"/badges/{published.pk}/v/1/{language}"
    page = client.get(path, headers=HTML | {"Accept-Language": other}).content.decode()
    assert f"<title>{name}" in page
    assert f'<html lang="{language}"' in page


def test_what_people_wrote_is_shown_as_text(client: Client, published: Badge, editor: User) -> None:
    words = replace(
        WHOLE.words["fr"], name="<script>x</script>", criteria_narrative="<img src=x onerror=alert(1)>"
    )
    save_and_publish(badge=published, content=replace(WHOLE, words={"fr": words}), by=editor.actor, at=NOON)
    html = client.get(f"/badges/{published.pk}", headers=HTML).content.decode()
    assert "<script>x" not in html
    assert "<img src=x" not in html


def test_the_organisation_for_people(client: Client, published: Badge, issuer: Issuer, draft: Badge) -> None:
    html = client.get(f"/issuers/{issuer.slug}", headers=HTML).content.decode()
    assert "Atelier Nord" in html
    assert f'href="/badges/{published.pk}"' in html
    assert str(draft.pk) not in html


def test_the_organisation_for_machines(client: Client, issuer: Issuer) -> None:
    document = json.loads(client.get(f"/issuers/{issuer.slug}").content)
    assert (document["type"], document["id"]) == ("Issuer", f"{SITE}/issuers/{issuer.slug}")


@pytest.mark.parametrize(
    ("reader", "words", "language"), [("fr", "Une école.", "fr"), ("en", "A school.", "en")]
)
def test_what_the_organisation_does_in_the_readers_language(
    client: Client, published: Badge, issuer: Issuer, reader: str, words: str, language: str
) -> None:
    before = client.get(f"/issuers/{issuer.slug}").json() | {"description": "Une école.", "@language": "fr"}
    told = {"description": "Une école.", "translations": {"en": "A school."}}
    change_issuer(issuer=issuer, by=SYSTEM, at=NOON, language="fr", **told)
    said = HTML | {"Accept-Language": reader}
    page = BeautifulSoup(client.get(f"/issuers/{issuer.slug}", headers=said).content, "html.parser")
    lead = page.select_one(".lead")
    assert (lead.text.strip(), lead["lang"]) == (words, language)
    for name in ({"name": "description"}, {"property": "og:description"}):
        assert page.find("meta", attrs=name)["content"] == words
    badge = BeautifulSoup(client.get(f"/badges/{published.pk}", headers=said).content, "html.parser")
    assert badge.find("p", string=words)["lang"] == language
    machine = client.get(f"/issuers/{issuer.slug}", headers={"Accept-Language": reader}).json()
    assert machine == before


def test_without_a_translation_it_is_said_in_the_usual_language(client: Client, issuer: Issuer) -> None:
    change_issuer(issuer=issuer, by=SYSTEM, at=NOON, language="fr", description="Une école.")
    said = HTML | {"Accept-Language": "en"}
    page = BeautifulSoup(client.get(f"/issuers/{issuer.slug}", headers=said).content, "html.parser")
    lead = page.select_one(".lead")
    assert (lead.text.strip(), lead["lang"], page.html["lang"]) == ("Une école.", "fr", "en")


def test_an_organisation_without_badges(client: Client, issuer: Issuer) -> None:
    assert (
        "has not published a badge yet"
        in client.get(f"/issuers/{issuer.slug}", headers=HTML).content.decode()
    )
    assert client.get("/issuers/nobody", headers=HTML).status_code == 404


def test_queries_do_not_grow_with_badges(client: Client, issuer: Issuer) -> None:
    make_badge(issuer)
    with CaptureQueriesContext(connection) as one:
        client.get(f"/issuers/{issuer.slug}", headers=HTML)
    make_badge(issuer)
    make_badge(issuer)
    with CaptureQueriesContext(connection) as three:
        client.get(f"/issuers/{issuer.slug}", headers=HTML)
    assert len(three) == len(one)
