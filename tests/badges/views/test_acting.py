"""What is done to a badge as a whole: a page that says what will happen, then a POST."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from badges.models import Badge
from badges.queries import Content
from badges.services import archive, create_badge, revision, save_draft
from issuers.models import Issuer
from tests.badges.conftest import Climb
from tests.badges.contents import DESIGN, WHOLE
from tests.factories import NOON

SignedIn = Callable[[User], Client]


def path(act: str, badge: Badge) -> str:
    return reverse(f"manage:badge_{act}", kwargs={"slug": badge.issuer.slug, "badge_id": badge.pk})


@pytest.mark.parametrize("act", ["archive", "restore", "discard", "delete", "publish"])
def test_who_may(act: str, draft: Badge, climb: Climb) -> None:
    climb(path(act, draft), 403, 403, 200, 200)


@pytest.mark.parametrize("act", ["archive", "restore", "discard", "publish"])
def test_who_may_do_it(act: str, draft: Badge, climb: Climb) -> None:
    climb(path(act, draft), 403, 403, 302, 302, post={})


def test_publish_the_first_version(draft: Badge, editor: User, signed_in: SignedIn) -> None:
    client = signed_in(editor)
    page = client.get(path("publish", draft)).content.decode()
    assert "The badge gets its public page." in page
    answer = client.post(path("publish", draft), {"seen": revision(draft.shown)})
    assert answer["Location"] == reverse(
        "manage:badge", kwargs={"slug": draft.issuer.slug, "badge_id": draft.pk}
    )
    draft.refresh_from_db()
    assert draft.state == Badge.State.PUBLISHED


def test_publish_and_award(draft: Badge, editor: User, signed_in: SignedIn) -> None:
    answer = signed_in(editor).post(path("publish", draft), {"act": "award"})
    assert answer["Location"] == reverse(
        "manage:award", kwargs={"slug": draft.issuer.slug, "badge_id": draft.pk}
    )


def test_publishing_shows_what_changed(published: Badge, editor: User, signed_in: SignedIn) -> None:
    save_draft(badge=published, content=replace(WHOLE, tags=("new",)), by=editor.actor, at=NOON)
    page = signed_in(editor).get(path("publish", published)).content.decode()
    assert "What changes since version 1" in page
    assert "Those who hold the badge keep the version they were given." in page
    signed_in(editor).post(path("publish", published), {"change_note": "A better tag"})
    assert published.versions.get(number=2).change_note == "A better tag"


def test_an_unfinished_draft_says_what_is_missing(issuer: Issuer, editor: User, signed_in: SignedIn) -> None:
    badge = create_badge(issuer=issuer, content=Content("fr"), picture=DESIGN, by=editor.actor, at=NOON)
    page = signed_in(editor).get(path("publish", badge)).content.decode()
    assert "Not ready yet" in page
    assert "Publish version 1</button>" not in page
    answer = signed_in(editor).post(path("publish", badge), follow=True)
    assert "The badge has no name." in answer.content.decode()


def test_without_a_draft_it_goes_back(published: Badge, editor: User, signed_in: SignedIn) -> None:
    answer = signed_in(editor).get(path("publish", published), follow=True)
    assert "Nothing was changed since it was published." in answer.content.decode()


def test_a_draft_that_changed_is_not_published_unread(
    draft: Badge, editor: User, signed_in: SignedIn
) -> None:
    answer = signed_in(editor).post(path("publish", draft), {"seen": "1@2020-01-01"}, follow=True)
    assert "Read it again, then publish it." in answer.content.decode()
    draft.refresh_from_db()
    assert draft.state == Badge.State.DRAFT


def test_archive_and_restore(published: Badge, editor: User, signed_in: SignedIn) -> None:
    client = signed_in(editor)
    client.post(path("archive", published))
    published.refresh_from_db()
    assert published.state == Badge.State.ARCHIVED
    client.post(path("restore", published))
    published.refresh_from_db()
    assert published.state == Badge.State.PUBLISHED


def test_discard(published: Badge, editor: User, signed_in: SignedIn) -> None:
    save_draft(badge=published, content=replace(WHOLE, tags=()), by=editor.actor, at=NOON)
    signed_in(editor).post(path("discard", published))
    assert published.versions.count() == 1


def test_delete(draft: Badge, editor: User, signed_in: SignedIn) -> None:
    answer = signed_in(editor).post(path("delete", draft))
    assert answer["Location"] == reverse("manage:badges", kwargs={"slug": draft.issuer.slug})
    assert not Badge.objects.filter(pk=draft.pk).exists()


def test_a_refusal_is_said_on_the_badge(published: Badge, editor: User, signed_in: SignedIn) -> None:
    answer = signed_in(editor).post(path("delete", published), follow=True)
    assert "Archive it instead" in answer.content.decode()
    archive(badge=published, by=editor.actor, at=NOON)
    answer = signed_in(editor).post(path("archive", published), follow=True)
    assert "Only a published badge can be archived." in answer.content.decode()


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("act", ["archive", "restore", "discard", "delete", "publish"])
def test_in_both_languages(act: str, language: str, draft: Badge, editor: User, signed_in: SignedIn) -> None:
    editor.language = language
    editor.save()
    name = {"en": "Run a workshop", "fr": "Animer un atelier"}[language]
    assert name in signed_in(editor).get(path(act, draft)).content.decode()
