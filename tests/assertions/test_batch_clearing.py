"""Lists are forgotten: rows of a former reading in steps, files some time after the end."""

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from assertions.models import Batch, BatchRow
from assertions.queries import failed_rows_of, rows_of
from assertions.services import batches
from assertions.services.batches import clearing
from assertions.tasks import forget_batch_files
from badges.models import Badge
from common.actors import SYSTEM
from common.spreadsheets import Kind
from tests.assertions.batching import awarded, counts_fit, make_batch, people_csv, rehearsed, work

MAPPING = {0: "address", 1: "name"}


def remapped(batch: Batch) -> Batch:
    return batches.remap(batch=batch, mapping=MAPPING, by=SYSTEM, at=timezone.now())


@pytest.fixture
def _few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clearing, "ROWS_AT_ONCE", 4)


@pytest.mark.usefixtures("_few_at_once")
def test_a_list_read_again_answers_at_once_and_is_cleared_in_steps(badge: Badge) -> None:
    batch = remapped(rehearsed(badge, people_csv(10)))
    assert (batch.state, batch.rows_read, batch.rows_to_clear) == (Batch.State.READING, 0, 10)
    assert BatchRow.objects.count() == 10
    assert not rows_of(batch).exists()
    held = batches.working.stage_some(batch_id=batch.pk, now=timezone.now, seconds=0)
    assert held
    batch.refresh_from_db()
    assert (batch.rows_to_clear, batch.lease_until) == (10, None), "its time was over before it began"
    work(batch)
    assert (batch.state, batch.ready, batch.rows_to_clear) == (Batch.State.REHEARSED, 10, 0)
    assert BatchRow.objects.count() == 10
    assert counts_fit(batch)


@pytest.mark.usefixtures("_few_at_once")
def test_read_again_twice_before_the_worker_came(badge: Badge) -> None:
    batch = remapped(rehearsed(badge, people_csv(6)))
    batches.discard(batch=batch, by=SYSTEM, at=timezone.now())
    work(batch)
    assert (batch.state, batch.rows_to_clear, batch.file) == (Batch.State.DISCARDED, 0, "")
    assert not BatchRow.objects.exists()


@pytest.mark.usefixtures("_few_at_once")
def test_half_a_list_that_cannot_be_read_is_cleared(badge: Badge) -> None:
    batch = make_batch(badge, people_csv(9))
    batches.stage_some(batch_id=batch.pk, now=timezone.now)
    Batch.objects.filter(pk=batch.pk).update(state="reading", attempt=999)
    work(batch)
    assert (batch.state, batch.rows_read, batch.rows_to_clear) == (Batch.State.UNREADABLE, 0, 0)
    assert not BatchRow.objects.exists()
    assert batch.pk not in batches.work_waiting(at=timezone.now())


def test_a_file_is_forgotten_a_month_after_the_end(badge: Badge) -> None:
    done, open_still = (
        awarded(badge, people_csv(2) + "nobody,Wrong\n"),
        rehearsed(badge, people_csv(2, prefix="b")),
    )
    file, soon = done.file, timezone.now() + batches.FILE_KEPT
    assert batches.forget_files(at=soon - timedelta(hours=1)) == 0
    assert default_storage.exists(file)
    assert batches.forget_files(at=soon + timedelta(hours=1)) == 1
    done.refresh_from_db()
    assert (done.file, default_storage.exists(file)) == ("", False)
    assert done.file_forgotten_at == soon + timedelta(hours=1)
    assert default_storage.exists(open_still.file)
    assert batches.forget_files(at=soon + timedelta(hours=2)) == 0
    kind, pieces = failed_rows_of(done)
    assert kind == Kind.CSV
    assert b"nobody" in b"".join(pieces)


def test_the_timetable_forgets_them(badge: Badge) -> None:
    batch = awarded(badge)
    Batch.objects.filter(pk=batch.pk).update(finished_at=timezone.now() - timedelta(days=40))
    assert forget_batch_files() == 1


def test_who_dies_between_the_file_and_its_row_is_followed(badge: Badge) -> None:
    batch = awarded(badge)
    default_storage.delete(batch.file)
    assert batches.forget_files(at=timezone.now() + timedelta(days=31)) == 1
    batch.refresh_from_db()
    assert batch.file == ""
