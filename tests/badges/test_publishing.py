"""Publishing: what it asks for, what it fixes for ever, and what the archive does."""

from dataclasses import replace
from datetime import timedelta

import pytest

from accounts.models import User
from badges.designer import Design
from badges.models import Badge, BadgeVersion
from badges.queries import Content, Words, fingerprint
from badges.services import (
    EditedMeanwhile,
    NotReady,
    archive,
    create_badge,
    create_published_badge,
    publish,
    restore,
    revision,
    save_and_publish,
    save_draft,
)
from common.errors import Refused
from issuers.models import Issuer
from tests.badges.contents import DESIGN, WHOLE
from tests.factories import NOON


def test_the_version_is_stamped_with_its_content(published: Badge) -> None:
    version = BadgeVersion.objects.get(badge=published)
    assert published.state == Badge.State.PUBLISHED
    assert published.current == version
    assert published.may_be_repeated is True
    assert version.published_at == NOON
    assert version.sha256 == fingerprint(version) == WHOLE.sha256(version.picture_id)


def test_the_same_content_has_the_same_hash_whoever_wrote_it(published: Badge, other_issuer: Issuer) -> None:
    by = other_issuer.memberships.get().user.actor
    later = NOON + timedelta(days=3)
    twin = create_published_badge(issuer=other_issuer, content=WHOLE, picture=DESIGN, by=by, at=later)
    assert published.current
    assert twin.current
    assert twin.current.sha256 == published.current.sha256


def test_what_is_missing_is_said_field_by_field(issuer: Issuer, editor: User) -> None:
    empty = create_badge(issuer=issuer, content=Content("fr"), picture=Design(), by=editor.actor, at=NOON)
    with pytest.raises(NotReady) as refused:
        publish(badge=empty, by=editor.actor, at=NOON)
    assert set(refused.value.fields) == {"name_fr", "description_fr", "criteria", "image_alt_fr"}
    empty.refresh_from_db()
    assert empty.state == Badge.State.DRAFT


def test_criteria_may_be_told_in_words_alone(issuer: Issuer, editor: User) -> None:
    words = Words(
        "Welding", "Welds steel frames.", "Weld three frames in front of an examiner.", "Round badge"
    )
    content = Content("en", words={"en": words})
    badge = create_published_badge(issuer=issuer, content=content, picture=Design(), by=editor.actor, at=NOON)
    assert badge.current


def test_an_unchanged_draft_is_refused_kindly(published: Badge, editor: User) -> None:
    save_draft(badge=published, content=replace(WHOLE, tags=()), by=editor.actor, at=NOON)
    save_draft(badge=published, content=WHOLE, by=editor.actor, at=NOON)
    with pytest.raises(Refused, match="Nothing is different from version 1"):
        publish(badge=published, by=editor.actor, at=NOON)


def test_without_a_draft_there_is_nothing_to_publish(published: Badge, editor: User) -> None:
    with pytest.raises(Refused, match="Nothing was changed"):
        publish(badge=published, by=editor.actor, at=NOON)


def test_a_draft_that_changed_under_the_reader_is_not_published(published: Badge, editor: User) -> None:
    draft = save_draft(badge=published, content=replace(WHOLE, tags=()), by=editor.actor, at=NOON)
    seen = revision(draft)
    save_draft(badge=published, content=replace(WHOLE, tags=("x",)), by=editor.actor, at=NOON + timedelta(1))
    with pytest.raises(EditedMeanwhile):
        publish(badge=published, by=editor.actor, at=NOON, seen=seen)


def test_the_next_version_leaves_the_first_as_it_was(published: Badge, editor: User) -> None:
    first = published.current
    assert first
    content = replace(WHOLE, may_be_repeated=False)
    second = save_and_publish(
        badge=published, content=content, by=editor.actor, at=NOON, change_note=" Once only "
    )
    published.refresh_from_db()
    assert (second.number, second.change_note) == (2, "Once only")
    assert published.current == second
    assert published.may_be_repeated is False
    assert fingerprint(BadgeVersion.objects.get(pk=first.pk)) == first.sha256


def test_pages_that_were_kept_are_old_after_publishing(
    published: Badge, editor: User, issuer: Issuer
) -> None:
    issuer.refresh_from_db()
    before = (published.stamp, issuer.stamp)
    archive(badge=published, by=editor.actor, at=NOON)
    published.refresh_from_db()
    issuer.refresh_from_db()
    assert (published.stamp, issuer.stamp) == (before[0] + 1, before[1] + 1)


def test_the_archive_and_back(published: Badge, editor: User) -> None:
    archive(badge=published, by=editor.actor, at=NOON)
    published.refresh_from_db()
    assert published.state == Badge.State.ARCHIVED
    for act in (archive, publish):
        with pytest.raises(Refused):
            act(badge=published, by=editor.actor, at=NOON)
    with pytest.raises(Refused, match="Restore it"):
        save_draft(badge=published, content=WHOLE, by=editor.actor, at=NOON)
    restore(badge=published, by=editor.actor, at=NOON)
    published.refresh_from_db()
    assert published.state == Badge.State.PUBLISHED
    with pytest.raises(Refused, match="not in the archive"):
        restore(badge=published, by=editor.actor, at=NOON)


def test_a_draft_is_not_archived(issuer: Issuer, editor: User) -> None:
    badge = create_badge(issuer=issuer, content=WHOLE, picture=DESIGN, by=editor.actor, at=NOON)
    with pytest.raises(Refused, match="Only a published badge"):
        archive(badge=badge, by=editor.actor, at=NOON)
