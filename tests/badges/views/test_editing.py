"""The editor: quick for a first badge, losing nothing, usable without JavaScript."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import User
from badges.designer import Design
from badges.models import Badge, BadgeVersion, Picture
from badges.queries import content_of
from badges.services import archive, save_draft
from issuers.models import Issuer
from tests.badges.conftest import Climb
from tests.badges.contents import WHOLE
from tests.badges.test_pictures import png
from tests.factories import NOON

SignedIn = Callable[[User], Client]
Sent = dict[str, Any]


def inputs(html: str) -> Sent:
    """What a browser would send of the editor's form, without pressing a button."""
    form = BeautifulSoup(html, "html.parser").find("form", id="editor")
    sent: Sent = {}
    for field in form.find_all(["input", "textarea", "select"]):
        name, kind = field.get("name"), field.get("type")
        if field.find_parent("template") or not name or kind == "file":
            continue
        if field.name == "select":
            chosen = field.find("option", selected=True) or field.find("option")
            sent[name] = chosen.get("value", "")
        elif field.name == "textarea":
            sent[name] = unescape(field.text.removeprefix("\n"))
        elif kind not in ("checkbox", "radio"):
            sent[name] = field.get("value", "")
        elif field.has_attr("checked"):
            sent[name] = field.get("value", "on")
    return sent


@pytest.fixture
def new(issuer: Issuer) -> str:
    return reverse("manage:badge_new", kwargs={"slug": issuer.slug})


@pytest.fixture
def edit(published: Badge) -> str:
    return reverse("manage:badge_edit", kwargs={"slug": published.issuer.slug, "badge_id": published.pk})


@pytest.fixture
def writer(editor: User, signed_in: SignedIn) -> Client:
    return signed_in(editor)


@pytest.fixture
def filled(writer: Client, new: str) -> Sent:
    """What somebody in a hurry fills in: the rest comes from the page."""
    return inputs(writer.get(new).content.decode()) | {
        "name_en": "Weld steel",
        "description_en": "Welds steel frames on a building site, alone and safely, from a drawing.",
        "criteria-0-name_en": "Weld three frames",
        "criteria-0-method": "project",
    }


def made(issuer: Issuer) -> Badge:
    return issuer.badges.get()


# Who may ------------------------------------------------------------------------------------------------


def test_who_may_make_a_badge(new: str, climb: Climb) -> None:
    climb(new, 403, 403, 200, 200)
    climb(new, 403, 403, 200, 200, post={})


def test_who_may_edit_one(edit: str, climb: Climb) -> None:
    climb(edit, 403, 403, 200, 200)
    climb(edit, 403, 403, 200, 200, post={})


def test_who_may_ask_while_typing(issuer: Issuer, climb: Climb) -> None:
    climb(reverse("manage:badge_lint", kwargs={"slug": issuer.slug}), 403, 403, 200, 200, post={})
    climb(reverse("manage:badge_preview", kwargs={"slug": issuer.slug}), 403, 403, 200, 200)


def test_who_may_see_a_draft(draft: Badge, climb: Climb) -> None:
    climb(
        reverse("manage:badge_draft", kwargs={"slug": draft.issuer.slug, "badge_id": draft.pk}),
        200,
        200,
        200,
        200,
    )


# A new badge --------------------------------------------------------------------------------------------


def test_the_picture_is_there_at_once(writer: Client, new: str) -> None:
    html = writer.get(new).content.decode()
    page = BeautifulSoup(html, "html.parser")
    src = page.select_one("[data-picture] img")["src"]
    assert writer.get(src).content.startswith(b"<svg")
    assert inputs(html)["image_alt_en"]


def test_at_most_five_required_fields(writer: Client, new: str) -> None:
    page = BeautifulSoup(writer.get(new).content, "html.parser")
    labels = [
        label
        for label in page.select("form#editor label, form#editor legend")
        if not label.find_parent("template")
    ]
    texts = {label.get_text(" ", strip=True) for label in labels if not label.find_parent("details")}
    asked = {
        "Badge name",
        "What the person can do",
        "What is shown",
        "Assessed by",
        "Text alternative of the picture",
    }
    assert asked <= texts
    assert all("(optional)" in text for text in texts if "Badge name (" in text or "Words " in text)


def test_publish_and_award(writer: Client, new: str, filled: Sent, issuer: Issuer) -> None:
    answer = writer.post(new, filled | {"act": "publish"})
    badge = made(issuer)
    assert answer["Location"] == reverse("manage:award", kwargs={"slug": issuer.slug, "badge_id": badge.pk})
    assert badge.state == Badge.State.PUBLISHED
    version = badge.shown
    assert version.picture.design["ring_text"] == "Weld steel"
    assert version.picture.design["icon"] == "hammer"
    assert "hammer" in version.text().image_alt
    assert "“Weld steel”" in version.text().image_alt


def test_save_a_draft(writer: Client, new: str, issuer: Issuer, filled: Sent) -> None:
    answer = writer.post(
        new,
        {"name_en": "Half an idea", "act": "draft"}
        | {k: filled[k] for k in ("language", "picture_from", "shape", "colour", "second_colour")},
    )
    badge = made(issuer)
    assert answer["Location"] == reverse(
        "manage:badge_edit", kwargs={"slug": issuer.slug, "badge_id": badge.pk}
    )
    assert (badge.state, str(badge)) == ("draft", "Half an idea")


def test_save_and_preview(writer: Client, new: str, filled: Sent, issuer: Issuer) -> None:
    answer = writer.post(new, filled | {"act": "preview"}, follow=True)
    html = answer.content.decode()
    assert "Preview." in html
    assert "Weld three frames" in html
    assert made(issuer).state == "draft"


def test_publishing_asks_for_what_is_missing_and_keeps_the_rest(
    writer: Client, new: str, filled: Sent, issuer: Issuer
) -> None:
    answer = writer.post(
        new, filled | {"description_en": "", "criteria-0-method": "", "colour": "#0a6b75", "act": "publish"}
    )
    html = answer.content.decode()
    assert "2 things to mend" in html
    assert "Say what the person can do." in html
    assert "Criterion 1, Assessed by" in html
    assert "Choose how it is assessed." in html
    kept = inputs(html)
    assert (kept["name_en"], kept["colour"], kept["criteria-0-name_en"]) == (
        "Weld steel",
        "#0a6b75",
        "Weld three frames",
    )
    assert not issuer.badges.exists()


def test_empty_rows_are_not_asked_to_be_filled(
    writer: Client, new: str, filled: Sent, issuer: Issuer
) -> None:
    rows = {"criteria-TOTAL_FORMS": "3", "criteria-2-name_en": "Read a drawing", "criteria-2-method": "test"}
    writer.post(new, filled | rows | {"act": "publish"})
    assert [row.text().name for row in made(issuer).shown.criteria.all()] == [
        "Weld three frames",
        "Read a drawing",
    ]


# Without JavaScript --------------------------------------------------------------------------------------


def test_a_criterion_is_added(writer: Client, new: str, filled: Sent) -> None:
    html = writer.post(new, filled | {"add-criteria": "1"}).content.decode()
    kept = inputs(html)
    assert kept["criteria-TOTAL_FORMS"] == "2"
    assert kept["criteria-0-name_en"] == "Weld three frames"
    assert kept["criteria-1-is_required"] == "on"
    assert "One thing to mend" not in html
    assert BeautifulSoup(html, "html.parser").find(id="criteria-1-name_en").has_attr("autofocus")


def test_a_criterion_added_by_the_page_asks_for_the_same(writer: Client, new: str) -> None:
    """The script adds a copy of the blank row; what is needed in the first is not optional in the next."""
    rows = writer.get(new).context["editor"]
    first, blank = rows.criteria[0], rows.blank_criterion
    needed = [{name for name, field in row.fields.items() if field.required} for row in (first, blank)]
    assert needed[0] == needed[1] == {"name_en", "method"}


def test_criteria_are_removed_and_put_in_order(
    writer: Client, new: str, filled: Sent, issuer: Issuer
) -> None:
    rows = {"criteria-TOTAL_FORMS": "3"}
    for place, (name, order) in enumerate((("Third", "9"), ("Gone", "2"), ("First", "1"))):
        rows |= {
            f"criteria-{place}-name_en": name,
            f"criteria-{place}-method": "test",
            f"criteria-{place}-ORDER": order,
        }
    rows["criteria-1-DELETE"] = "on"
    writer.post(new, filled | rows | {"act": "draft"})
    assert [row.text().name for row in made(issuer).shown.criteria.all()] == ["First", "Third"]


def test_a_skill_is_added(writer: Client, new: str, filled: Sent) -> None:
    kept = inputs(writer.post(new, filled | {"add-alignments": "1"}).content.decode())
    assert kept["alignments-TOTAL_FORMS"] == "1"


def test_the_picture_follows_the_name_until_somebody_decides(writer: Client, new: str, filled: Sent) -> None:
    kept = inputs(writer.post(new, filled | {"act": "refresh"}).content.decode())
    assert (kept["ring_text"], kept["icon"]) == ("Weld steel", "hammer")
    kept = inputs(
        writer.post(new, kept | {"ring_text": "My words", "icon": "star", "act": "refresh"}).content.decode()
    )
    kept = inputs(writer.post(new, kept | {"name_en": "Grow a garden", "act": "refresh"}).content.decode())
    assert (kept["ring_text"], kept["icon"]) == ("My words", "star")
    assert "a star" in kept["image_alt_en"]
    assert "“My words”" in kept["image_alt_en"]


# Pictures ------------------------------------------------------------------------------------------------


def upload(data: bytes, name: str = "badge.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, "image/png")


def test_an_upload_takes_the_place_of_the_drawing(
    writer: Client, new: str, filled: Sent, issuer: Issuer
) -> None:
    sent = filled | {"upload": upload(png(120, 120)), "image_alt_en": "A blue square", "act": "publish"}
    writer.post(new, sent)
    version = made(issuer).shown
    assert version.picture.design is None
    assert version.text().image_alt == "A blue square"


def test_an_upload_needs_words_of_its_own(writer: Client, new: str, filled: Sent) -> None:
    html = writer.post(new, filled | {"upload": upload(png(120, 120)), "act": "publish"}).content.decode()
    assert "Text alternative of the picture" in html
    kept = inputs(html)
    assert kept["picture_from"] == "own"
    assert Picture.objects.get(pk=kept["picture"]).design is None


def test_an_upload_survives_other_errors(writer: Client, new: str, filled: Sent, issuer: Issuer) -> None:
    sent = filled | {
        "upload": upload(png(120, 120)),
        "name_en": "",
        "image_alt_en": "A square",
        "act": "publish",
    }
    kept = inputs(writer.post(new, sent).content.decode())
    writer.post(new, kept | {"name_en": "Weld", "act": "publish"})
    assert made(issuer).shown.picture.width == 120


def test_a_picture_that_is_not_square_is_asked_about(
    writer: Client, new: str, filled: Sent, issuer: Issuer
) -> None:
    sent = filled | {"upload": upload(png(200, 120)), "image_alt_en": "A band", "act": "publish"}
    html = writer.post(new, sent).content.decode()
    assert not issuer.badges.exists()
    assert "Your picture is not square." in html
    page = BeautifulSoup(html, "html.parser")
    whole, centre = (choice["value"] for choice in page.select("input[type=radio][name=picture]"))
    kept = inputs(html)
    assert kept["picture"] == whole
    writer.post(new, kept | {"picture": centre, "image_alt_en": "A band", "act": "publish"})
    assert made(issuer).shown.picture_id == centre


def test_a_refused_upload_says_why_and_keeps_the_rest(writer: Client, new: str, filled: Sent) -> None:
    html = writer.post(
        new, filled | {"upload": upload(b"\xff\xd8\xff JPEG"), "act": "publish"}
    ).content.decode()
    assert "This is a JPEG picture" in html
    assert inputs(html)["name_en"] == "Weld steel"


def test_an_empty_file_is_refused_in_words(writer: Client, new: str, filled: Sent) -> None:
    html = writer.post(new, filled | {"upload": upload(b""), "act": "draft"}).content.decode()
    assert "The file is empty." in html


def test_own_picture_without_a_file(writer: Client, new: str, filled: Sent) -> None:
    html = writer.post(new, filled | {"picture_from": "own", "act": "draft"}).content.decode()
    assert "Choose a picture, or draw one here." in html


# An existing badge ----------------------------------------------------------------------------------------


def test_what_is_stored_comes_back(writer: Client, edit: str, published: Badge) -> None:
    kept = inputs(writer.get(edit).content.decode())
    writer.post(edit, kept | {"tags": "animation, groupe, écoute", "act": "draft"})
    draft = BadgeVersion.objects.with_content().get(badge=published, published_at=None)
    assert content_of(draft) == replace(WHOLE, tags=("animation", "groupe", "écoute"))
    assert draft.picture == published.shown.picture


def test_nothing_changed_makes_no_draft(writer: Client, edit: str, published: Badge) -> None:
    writer.post(edit, inputs(writer.get(edit).content.decode()) | {"act": "draft"})
    assert published.draft is None


def test_publish_goes_to_the_page_that_shows_what_changes(
    writer: Client, edit: str, published: Badge
) -> None:
    kept = inputs(writer.get(edit).content.decode()) | {"name_fr": "Animer", "act": "publish"}
    answer = writer.post(edit, kept, follow=True)
    assert answer.redirect_chain[-1][0].endswith("/publish")
    assert "Publish version 2" in answer.content.decode()


def test_two_editors_at_once_lose_nothing(writer: Client, edit: str, published: Badge, owner: User) -> None:
    mine = inputs(writer.get(edit).content.decode()) | {"name_fr": "Ma version", "act": "draft"}
    theirs = replace(WHOLE, tags=("theirs",))
    save_draft(badge=published, content=theirs, by=owner.actor, at=NOON + timedelta(minutes=9))
    html = writer.post(edit, mine).content.decode()
    assert "Olga Owner saved this badge at" in html
    assert "What you wrote is still here." in html
    kept = inputs(html)
    assert kept["name_fr"] == "Ma version"
    draft = published.draft
    assert draft
    assert content_of(draft) == theirs
    writer.post(edit, kept | {"act": "draft"})
    assert str(published.versions.get(number=2)) == "Ma version"


def test_an_archived_badge_is_not_edited(writer: Client, edit: str, published: Badge, editor: User) -> None:
    archive(badge=published, by=editor.actor, at=NOON)
    answer = writer.get(edit, follow=True)
    assert "Restore it to change it." in answer.content.decode()


def test_an_uploaded_picture_stays(writer: Client, new: str, filled: Sent, issuer: Issuer) -> None:
    writer.post(new, filled | {"upload": upload(png(120, 120)), "image_alt_en": "A square", "act": "publish"})
    badge = made(issuer)
    path = reverse("manage:badge_edit", kwargs={"slug": issuer.slug, "badge_id": badge.pk})
    writer.post(path, inputs(writer.get(path).content.decode()) | {"name_en": "Weld iron", "act": "draft"})
    draft = badge.draft
    assert draft
    assert draft.picture_id == badge.shown.picture_id


def test_another_badge_cannot_be_reached(writer: Client, other_issuer: Issuer, published: Badge) -> None:
    path = reverse("manage:badge_edit", kwargs={"slug": other_issuer.slug, "badge_id": published.pk})
    assert writer.get(path).status_code == 404


# While typing ---------------------------------------------------------------------------------------------


def test_advice_comes_with_what_follows(writer: Client, issuer: Issuer, filled: Sent) -> None:
    sent = filled | {"criteria-0-name_en": "Be comfortable with steel"}
    page = BeautifulSoup(
        writer.post(reverse("manage:badge_lint", kwargs={"slug": issuer.slug}), sent).content, "html.parser"
    )
    advice = page.find(id="advice")
    assert "“Be comfortable with” cannot be observed" in advice.text
    assert '"ring_text": "Weld steel"' in advice["data-auto"]
    assert not issuer.badges.exists()


@pytest.mark.parametrize("languages", [["en", "fr"], ["en"]])
def test_a_translation_is_missed_where_the_organisation_publishes_in_that_language(
    writer: Client, new: str, issuer: Issuer, filled: Sent, languages: list[str]
) -> None:
    Issuer.objects.filter(pk=issuer.pk).update(languages=languages)
    advice = writer.post(reverse("manage:badge_lint", kwargs={"slug": issuer.slug}), filled).content.decode()
    preview = writer.post(new, filled | {"act": "preview"})
    badge = issuer.badges.get()
    publish = writer.get(
        reverse("manage:badge_publish", kwargs={"slug": issuer.slug, "badge_id": badge.pk})
    ).content.decode()
    assert preview.status_code == 302
    assert [("Not translated: French" in page) for page in (advice, publish)] == [len(languages) > 1] * 2
    assert 'name="name_fr"' in writer.get(new).content.decode()


def test_the_preview_draws(writer: Client, issuer: Issuer) -> None:
    path = reverse("manage:badge_preview", kwargs={"slug": issuer.slug})
    answer = writer.get(path, {"shape": "shield", "colour": "#0a6b75", "letters": "A"})
    assert answer["Content-Type"] == "image/svg+xml"
    assert "sandbox" in answer["Content-Security-Policy"]
    refused = writer.get(path, {"shape": "banana"})
    assert (refused.status_code, refused.content) == (400, b"Choose one of the shapes shown.")


def test_a_colour_from_elsewhere_stays(writer: Client, edit: str, published: Badge, editor: User) -> None:
    save_draft(badge=published, content=WHOLE, picture=Design(colour="#123456"), by=editor.actor, at=NOON)
    assert inputs(writer.get(edit).content.decode())["colour"] == "#123456"


@pytest.mark.parametrize("language", ["en", "fr"])
def test_in_both_languages(writer: Client, new: str, edit: str, editor: User, language: str) -> None:
    editor.language = language
    editor.save()
    for path in (new, edit):
        page = writer.get(path)
        assert page.status_code == 200
        assert f'<html lang="{language}"' in page.content.decode()


def test_a_wrong_file_is_told_once(writer: Client, new: str, filled: Sent) -> None:
    sent = filled | {
        "picture_from": "own",
        "upload": upload(b"GIF89a"),
        "image_alt_en": "x",
        "act": "publish",
    }
    editor = writer.post(new, sent).context["editor"]
    assert len(editor.form.errors["upload"]) == 1
    assert "Choose a picture" not in editor.form.errors["upload"][0]
