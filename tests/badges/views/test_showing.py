"""The history of a badge, as its pages show it."""

from dataclasses import replace
from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from badges.models import Badge
from badges.services import save_and_publish
from badges.views import showing
from tests.badges.contents import WHOLE
from tests.factories import NOON


def _publish_again(badge: Badge, editor: User, number: int) -> None:
    content = replace(WHOLE, tags=(f"tag {number}",))
    save_and_publish(badge=badge, content=content, by=editor.actor, at=NOON + timedelta(days=number))


def test_the_newest_first_each_with_its_changes(published: Badge, editor: User) -> None:
    _publish_again(published, editor, 2)
    _publish_again(published, editor, 3)
    history = showing.history_of(published, "en")
    assert [(version.number, len(changes)) for version, changes in history] == [(3, 2), (2, 3), (1, 0)]


def test_queries_do_not_grow_with_versions(published: Badge, editor: User) -> None:
    with CaptureQueriesContext(connection) as one:
        showing.history_of(published, "en")
    for number in (2, 3, 4):
        _publish_again(published, editor, number)
    with CaptureQueriesContext(connection) as four:
        showing.history_of(published, "en")
    assert len(four) == len(one)


def test_a_long_history_is_cut(published: Badge, editor: User, monkeypatch) -> None:
    monkeypatch.setattr(showing, "LONGEST_HISTORY", 2)
    for number in (2, 3):
        _publish_again(published, editor, number)
    history = showing.history_of(published, "en")
    assert [(version.number, bool(changes)) for version, changes in history] == [(3, True), (2, True)]
