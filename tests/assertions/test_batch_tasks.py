"""Whoever sends mails and tells webhooks is woken while a batch goes on, and goes on by itself while there is more."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache

from assertions import tasks
from assertions.services import batches
from assertions.tasks import EXPIRES, Senders, sweep_batches
from badges.models import Badge
from issuers import tasks as issuer_tasks
from journal import tasks as journal_tasks
from journal.models import Message
from tests.assertions.batching import confirmed, people_csv, work
from tests.assertions.test_webhooks import listen


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, Any]]]:
    """What is handed to the broker: (task, expires)."""
    cache.clear()
    found: list[tuple[str, Any]] = []
    for name, task in (
        ("mail", journal_tasks.deliver_due_messages),
        ("webhooks", issuer_tasks.deliver_webhooks),
        ("batches", sweep_batches),
    ):
        monkeypatch.setattr(
            task, "apply_async", lambda *_args, name=name, **facts: found.append((name, facts.get("expires")))
        )
    yield found
    cache.clear()


def test_senders_are_woken_after_the_first_chunk_and_when_all_is_done(
    badge: Badge, calls: list[tuple[str, Any]], monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    listen(badge.issuer)
    confirmed(badge, people_csv(30))
    monkeypatch.setattr(tasks, "TURN", 600.0)  # also on a machine that has much else to do
    monkeypatch.setattr(tasks, "SWEEP", timedelta(minutes=10))
    monkeypatch.setattr(
        "assertions.services.batches.working.issue_chunk",
        lambda **facts: batches.issue_chunk(**facts, size=10),
    )
    with django_capture_on_commit_callbacks(execute=True):
        assert sweep_batches() == 4
    assert sorted(calls) == [("batches", EXPIRES)] * 2 + [("mail", EXPIRES)] * 2 + [("webhooks", EXPIRES)] * 2


def test_without_webhooks_nobody_is_woken_for_them(
    badge: Badge, calls: list[tuple[str, Any]], django_capture_on_commit_callbacks: Any
) -> None:
    batch = work(confirmed(badge))
    senders = Senders()
    with django_capture_on_commit_callbacks(execute=True):
        for _chunk in range(3):
            senders.wake_soon(batch.pk)
    assert calls == [("mail", EXPIRES)], "once in some seconds"


def test_mail_goes_on_by_itself_once_for_the_whole_site(
    badge: Badge, calls: list[tuple[str, Any]], monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    def sweep(**options: bool) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            journal_tasks.deliver_due_messages(**options)

    work(confirmed(badge, people_csv(3)))
    deliver_due = journal_tasks.deliver_due
    monkeypatch.setattr(journal_tasks, "deliver_due", lambda now: {"sent": 1})  # its time was over
    sweep()
    assert calls == [("mail", journal_tasks.SEND_ON)]
    sweep()
    assert len(calls) == 1, "another one goes on already"
    cache.clear()
    sweep(alone=True)
    monkeypatch.setattr(journal_tasks, "deliver_due", lambda now: {"due": 1})
    sweep()
    assert len(calls) == 1, "helpers call nobody, and a server in trouble is left to the timetable"
    monkeypatch.setattr(journal_tasks, "deliver_due", deliver_due)
    sweep()
    assert Message.objects.filter(kind="award", state="sent").count() == 3
    assert len(calls) == 1, "nothing is left"
