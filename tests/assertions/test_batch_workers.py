"""Many workers, and workers that are killed: no row is lost, none is awarded twice."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from assertions.models import Award, Batch, Claim
from assertions.services import batches
from assertions.tasks import sweep_batches
from badges.models import Badge
from journal.models import Action, Entry, Message
from journal.services import broken_links
from tests.assertions.batching import confirmed, counts_fit, make_batch, people_csv, work
from tests.factories import make_badge, make_issuer

ROOT = Path(__file__).resolve().parents[2]
on_postgres = pytest.mark.skipif(
    "connection.vendor != 'postgresql'", reason="SQLite has one writer at a time, whatever it is asked"
)


def each_once(batch: Batch, people: int) -> None:
    batch.refresh_from_db()
    assert (batch.state, batch.awarded) == (Batch.State.DONE, people)
    assert counts_fit(batch)
    assert Award.objects.values("recipient").distinct().count() == Award.objects.count() == people
    assert Message.objects.filter(kind="award").values("recipient").distinct().count() == people
    assert Message.objects.filter(kind="award").count() == Claim.objects.count() == people
    assert Entry.objects.filter(action=Action.BATCH_FINISHED).count() == 1
    told = Entry.objects.filter(action=Action.AWARDS_CREATED, target_kind="batch")
    assert sum(line.data["count"] for line in told) == people
    assert list(broken_links(batch.issuer.scope)) == []


def at_once(count: int, act: Callable[[], object]) -> list[BaseException]:
    """So many threads, each with a connection of its own, start together; what went wrong in them."""
    barrier, problems = threading.Barrier(count), list[BaseException]()

    def run() -> None:
        try:
            barrier.wait(timeout=20)
            act()
        except BaseException as problem:  # noqa: BLE001  told to the test
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=90)
    return problems


@pytest.mark.django_db(transaction=True)
def test_ten_workers_never_double_a_row() -> None:
    batch = confirmed(make_badge(make_issuer()), people_csv(300))

    def worker() -> None:
        while Batch.objects.filter(pk=batch.pk, state=Batch.State.ISSUING).exists():
            if not batches.issue_chunk(batch_id=batch.pk, at=timezone.now(), size=10):
                batches.finish(batch_id=batch.pk, at=timezone.now())

    assert at_once(10 if connection.vendor == "postgresql" else 3, worker) == []
    each_once(batch, 300)


@pytest.mark.django_db(transaction=True)
def test_two_lists_with_the_same_people_award_each_of_them_once() -> None:
    badge = make_badge(make_issuer())
    lists = [confirmed(badge, people_csv(120)), confirmed(badge, people_csv(120))]
    rest = iter(lists)

    def worker() -> None:
        batch = next(rest)
        while batches.issue_chunk(batch_id=batch.pk, at=timezone.now(), size=40):
            continue
        batches.finish(batch_id=batch.pk, at=timezone.now())

    assert at_once(2, worker) == []
    assert (
        Award.objects.count() == Message.objects.filter(kind="award").count() == Claim.objects.count() == 120
    )
    for batch in lists:
        assert counts_fit(batch)
        assert batch.state == Batch.State.DONE
    assert sum(batch.awarded for batch in lists) == sum(batch.duplicate for batch in lists) == 120


@pytest.mark.django_db(transaction=True)
def test_several_workers_read_a_file_once() -> None:
    batch = make_batch(make_badge(make_issuer()), people_csv(400))
    assert at_once(4, lambda: batches.stage_some(batch_id=batch.pk, now=timezone.now)) == []
    batch.refresh_from_db()
    assert (batch.state, batch.ready, batch.attempt) == (Batch.State.REHEARSED, 400, 1)
    assert counts_fit(batch)


@on_postgres
@pytest.mark.django_db(transaction=True)
def test_workers_that_are_killed_lose_and_double_nothing() -> None:
    """Two at a time, ended by SIGKILL wherever they are; the last ones finish."""
    people = 200
    batch = confirmed(make_badge(make_issuer()), people_csv(people))
    for kill in range(4):
        workers = [start_worker(batch) for _ in range(2)]
        wait_for_awards(1 + 7 * kill, patience=30)
        for worker in workers:
            worker.kill()
            worker.wait(timeout=30)
    work(batch)
    each_once(batch, people)


def start_worker(batch: Batch) -> "subprocess.Popen[bytes]":
    facts = connection.settings_dict
    host, port = facts["HOST"] or "127.0.0.1", facts["PORT"] or 5432
    who = facts["USER"] + (f":{facts['PASSWORD']}" if facts["PASSWORD"] else "")
    environment = os.environ | {
        "DATABASE_URL": f"postgres://{who}@{host}:{port}/{facts['NAME']}",
        "KEY_ENCRYPTION_KEYS": ",".join(settings.KEY_ENCRYPTION_KEYS),
        "DJANGO_SETTINGS_MODULE": "badgeplatform.settings",
    }
    command = [sys.executable, "-m", "tests.assertions.worker_process", str(batch.pk), "5"]
    return subprocess.Popen(command, cwd=ROOT, env=environment)


def wait_for_awards(more: int, *, patience: float) -> None:
    before, until = Award.objects.count(), time.monotonic() + patience
    while Award.objects.count() < before + more and time.monotonic() < until:
        continue


@pytest.mark.django_db(transaction=True)
def test_the_sweep_does_all_of_it_in_turn() -> None:
    badge = make_badge(make_issuer())
    lists = [confirmed(badge, people_csv(30, prefix=name)) for name in ("a", "b")]
    reading = make_batch(badge, people_csv(5, prefix="c"))
    while sweep_batches():
        continue
    for batch in lists:
        batch.refresh_from_db()
        assert (batch.state, batch.awarded) == (Batch.State.DONE, 30)
    reading.refresh_from_db()
    assert (reading.state, reading.ready) == (Batch.State.REHEARSED, 5)


def test_a_sweep_with_nothing_to_do_asks_little(
    badge: Badge, django_assert_max_num_queries: Callable[..., object]
) -> None:
    with django_assert_max_num_queries(9):  # one for batches, the others for the first heartbeat  # type: ignore[attr-defined]
        assert sweep_batches() == 0
