"""A storage or a database that is away for a moment costs a list nothing, and one list's trouble is not the others'."""

import errno
import io
from datetime import timedelta

import pytest
from billiard.exceptions import SoftTimeLimitExceeded
from botocore.exceptions import ConnectTimeoutError
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import OperationalError
from django.utils import timezone

from assertions.models import Batch, BatchRow
from assertions.services import batches
from assertions.services.batches import staging
from assertions.tasks import sweep_batches
from badges.models import Badge
from common.actors import SYSTEM
from common.spreadsheets import Kind, template
from tests.assertions.batching import awarded, make_batch, people_csv, rehearsed, work

LATER = timedelta(minutes=2)


class Falling(io.BytesIO):
    """A file whose storage goes away while it is read."""

    def __init__(self, content: bytes, fault: Exception, *, after: int) -> None:
        super().__init__(content)
        self._fault, self._left = fault, after

    def read(self, size: int | None = -1, /) -> bytes:
        if self._left <= 0:
            raise self._fault
        found = super().read(size)
        self._left -= len(found)
        return found


FAULTS = [
    OSError(errno.EIO, "Input/output error"),
    TimeoutError("no answer"),
    ConnectTimeoutError(endpoint_url="https://bucket.example.org"),
    SoftTimeLimitExceeded(),
    OperationalError("the connection is lost"),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault).__name__)
def test_a_storage_that_is_away_for_a_moment_leaves_the_list_to_be_read_on(
    badge: Badge, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    monkeypatch.setattr(staging, "ROWS_AT_ONCE", 10)
    batch = make_batch(badge, people_csv(35))
    batches.stage_some(batch_id=batch.pk, now=timezone.now, seconds=0)
    content = people_csv(35).encode()
    with monkeypatch.context() as away:
        away.setattr(
            FileSystemStorage, "open", lambda *_args: File(Falling(content, fault, after=len(content)))
        )
        with pytest.raises(type(fault)):
            batches.stage_some(batch_id=batch.pk, now=timezone.now)
    batch.refresh_from_db()
    assert (batch.state, batch.rows_to_clear) == (Batch.State.READING, 0)
    assert batch.rows_read == BatchRow.objects.count() >= 10
    assert batches.stage_some(batch_id=batch.pk, now=lambda: timezone.now() + LATER)
    batch.refresh_from_db()
    assert (batch.state, batch.ready) == (Batch.State.REHEARSED, 35)


def test_a_workbook_is_not_broken_because_its_storage_is_away(
    badge: Badge, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = template(Kind.XLSX, language="en")
    batch = batches.upload(
        badge=badge, file=io.BytesIO(content), file_name="people.xlsx", by=SYSTEM, at=timezone.now()
    )
    with monkeypatch.context() as away:
        broken = OSError(errno.EIO, "Input/output error")
        away.setattr(FileSystemStorage, "open", lambda *_args: File(Falling(content, broken, after=1)))
        with pytest.raises(OSError, match="Input/output"):
            batches.stage_some(batch_id=batch.pk, now=timezone.now)
    batches.stage_some(batch_id=batch.pk, now=lambda: timezone.now() + LATER)
    batch.refresh_from_db()
    assert (batch.state, batch.ready) == (Batch.State.REHEARSED, 1)


def test_a_storage_that_never_comes_back_is_given_up_in_the_end(badge: Badge) -> None:
    batch = make_batch(badge)
    Batch.objects.filter(pk=batch.pk).update(attempt=staging.MOST_ATTEMPTS)
    assert work(batch).state == Batch.State.UNREADABLE


def cannot_delete(monkeypatch: pytest.MonkeyPatch, stuck: str) -> None:
    delete = FileSystemStorage.delete

    def without_one(self: FileSystemStorage, name: str) -> None:
        if name == stuck:
            raise PermissionError(errno.EACCES, "Permission denied")
        delete(self, name)

    monkeypatch.setattr(FileSystemStorage, "delete", without_one)


def test_one_list_that_cannot_be_deleted_does_not_hold_up_the_others(
    badge: Badge, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    thrown = batches.discard(batch=rehearsed(badge), by=SYSTEM, at=timezone.now())
    waiting = make_batch(badge, people_csv(2, prefix="waiting"))
    cannot_delete(monkeypatch, thrown.file)
    assert sweep_batches() == 1
    waiting.refresh_from_db()
    assert waiting.state == Batch.State.REHEARSED
    assert str(thrown.pk) in caplog.text
    assert default_storage.exists(thrown.file)


def test_one_old_file_that_cannot_be_deleted_does_not_keep_the_others(
    badge: Badge, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = awarded(badge), awarded(badge, people_csv(2, prefix="second"))
    cannot_delete(monkeypatch, first.file)
    assert batches.forget_files(at=timezone.now() + timedelta(days=31)) == 1
    assert default_storage.exists(first.file)
    assert not default_storage.exists(second.file)
    assert str(first.pk) in caplog.text
