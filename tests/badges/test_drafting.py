"""Drafts: everything that was typed comes back, two editors do not overwrite each other unseen."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage

from accounts.models import User
from badges.designer import Design
from badges.models import Badge, BadgeVersion
from badges.queries import (
    AlignmentContent,
    Content,
    CriterionContent,
    CriterionWords,
    Words,
    content_of,
    fingerprint,
)
from badges.services import (
    EditedMeanwhile,
    create_badge,
    create_published_badge,
    delete_badge,
    discard_draft,
    publish,
    revision,
    save_draft,
    start_next_version,
)
from common.errors import Invalid, Refused
from issuers.models import Issuer
from journal.models import Entry
from tests.badges.contents import DESIGN, WHOLE
from tests.factories import NOON


def test_everything_comes_back(draft: Badge) -> None:
    version = BadgeVersion.objects.with_content().get(badge=draft)
    assert content_of(version) == WHOLE
    assert version.picture.design == DESIGN.to_dict()
    assert default_storage.exists(version.picture.png)
    assert default_storage.exists(version.picture.svg)
    assert (draft.state, draft.current, version.number) == ("draft", None, 1)


def test_an_empty_draft_is_kept(issuer: Issuer, editor: User) -> None:
    badge = create_badge(issuer=issuer, content=Content("en"), picture=Design(), by=editor.actor, at=NOON)
    assert badge.shown.text().name == ""
    assert badge.shown.languages == ["en"]


def test_stray_blanks_empty_rows_and_repeated_tags_are_left_out(issuer: Issuer, editor: User) -> None:
    content = Content(
        "en",
        words={"en": Words(name="  Welding \r\n"), "fr": Words(name="  ")},
        criteria=(CriterionContent(), CriterionContent({"en": CriterionWords(" Weld ")})),
        alignments=(AlignmentContent("", ""),),
        tags=("metal", " Metal ", "", "hot  work"),
    )
    badge = create_badge(issuer=issuer, content=content, picture=Design(), by=editor.actor, at=NOON)
    stored = content_of(badge.shown)
    assert stored.words == {"en": Words(name="Welding")}
    assert [row.in_language("en").name for row in stored.criteria] == ["Weld"]
    assert stored.alignments == ()
    assert stored.tags == ("metal", "hot work")


def test_saving_replaces_the_draft(draft: Badge, editor: User) -> None:
    content = replace(WHOLE, criteria=WHOLE.criteria[:1], tags=())
    later = NOON + timedelta(hours=1)
    version = save_draft(badge=draft, content=content, by=editor.actor, at=later)
    assert content_of(BadgeVersion.objects.get(pk=version.pk)) == content
    assert version.updated_at == later
    assert version.updated_by_label == "Édith Éditeur"
    assert draft.versions.count() == 1


def test_saving_what_is_there_already_writes_nothing(draft: Badge, editor: User) -> None:
    before = Entry.objects.count()
    version = save_draft(
        badge=draft, content=WHOLE, picture=DESIGN, by=editor.actor, at=NOON + timedelta(hours=1)
    )
    assert version.updated_at == NOON
    assert Entry.objects.count() == before


def test_saving_a_published_badge_makes_its_next_version(badge: Badge, editor: User) -> None:
    published = badge.shown
    before = fingerprint(published)
    version = save_draft(badge=badge, content=WHOLE, by=editor.actor, at=NOON)
    assert (version.number, version.published_at) == (2, None)
    assert version.picture_id == published.picture_id
    assert fingerprint(BadgeVersion.objects.get(pk=published.pk)) == before


def test_the_next_version_begins_as_a_copy(badge: Badge, editor: User) -> None:
    draft = start_next_version(badge=badge, by=editor.actor, at=NOON)
    assert draft.number == 2
    assert content_of(draft) == content_of(badge.shown)
    with pytest.raises(Refused, match="has a draft already"):
        start_next_version(badge=badge, by=editor.actor, at=NOON)


def test_two_editors_at_once(draft: Badge, editor: User, owner: User) -> None:
    seen = revision(draft.shown)
    theirs = replace(WHOLE, tags=("theirs",))
    save_draft(badge=draft, content=theirs, seen=seen, by=owner.actor, at=NOON + timedelta(minutes=5))
    with pytest.raises(EditedMeanwhile, match="Olga Owner saved this badge at 12:05"):
        save_draft(badge=draft, content=WHOLE, seen=seen, by=editor.actor, at=NOON + timedelta(minutes=6))
    assert content_of(draft.versions.get()) == theirs


def test_a_draft_made_by_somebody_else_counts_as_edited(badge: Badge, editor: User, owner: User) -> None:
    seen = revision(badge.shown)
    save_draft(badge=badge, content=WHOLE, seen=seen, by=owner.actor, at=NOON)
    with pytest.raises(EditedMeanwhile):
        save_draft(badge=badge, content=WHOLE, seen=seen, by=editor.actor, at=NOON)


def test_a_draft_is_discarded(badge: Badge, editor: User) -> None:
    save_draft(badge=badge, content=WHOLE, by=editor.actor, at=NOON)
    discard_draft(badge=badge, by=editor.actor, at=NOON)
    assert [version.number for version in badge.versions.all()] == [1]
    with pytest.raises(Refused, match="no draft"):
        discard_draft(badge=badge, by=editor.actor, at=NOON)


def test_a_badge_that_was_never_published_is_deleted_not_discarded(draft: Badge, editor: User) -> None:
    with pytest.raises(Refused, match="delete it instead"):
        discard_draft(badge=draft, by=editor.actor, at=NOON)
    delete_badge(badge=draft, by=editor.actor, at=NOON)
    assert not Badge.objects.filter(pk=draft.pk).exists()


def test_a_published_badge_is_not_deleted(badge: Badge, editor: User) -> None:
    with pytest.raises(Refused, match="Archive it instead"):
        delete_badge(badge=badge, by=editor.actor, at=NOON)


def test_too_long_a_text_is_refused_in_words(issuer: Issuer, editor: User) -> None:
    content = Content("en", words={"en": Words(name="x" * 121)})
    with pytest.raises(Invalid, match="120 characters at most"):
        create_badge(issuer=issuer, content=content, picture=Design(), by=editor.actor, at=NOON)


def test_each_act_is_in_the_journal(issuer: Issuer, editor: User) -> None:
    by = editor.actor
    badge = create_published_badge(issuer=issuer, content=WHOLE, picture=DESIGN, by=by, at=NOON)
    save_draft(badge=badge, content=replace(WHOLE, tags=()), by=by, at=NOON)
    publish(badge=badge, by=by, at=NOON)
    lines = (
        Entry.objects.of_issuer(issuer.pk).order_by("number").values_list("action", "target_label", "data")
    )
    assert list(lines) == [
        ("badges.badge.created", "Animer un atelier", {}),
        ("badges.badge.published", "Animer un atelier", {"version": 1}),
        ("badges.badge.changed", "Animer un atelier", {"version": 2}),
        ("badges.badge.published", "Animer un atelier", {"version": 2}),
    ]
