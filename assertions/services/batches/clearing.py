"""What is not needed any more is deleted by the worker, in steps: rows of a former reading, lists that were thrown
away, files of batches that are long done."""

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q

from assertions.models import Batch, BatchRow
from assertions.services.batches.guarding import save
from assertions.services.batches.leasing import LEASE, Clock, LostLease, lease, release, still_mine
from assertions.services.batches.passing import apart
from common import stopping

log = logging.getLogger(__name__)
ROWS_AT_ONCE = 5000
FILE_KEPT = timedelta(days=30)
"""After the end of a batch: so long its failed rows come back in the form of the very file."""
FILES_AT_ONCE = 500
S = Batch.State


def clear_all(batch: Batch, now: Clock, *, until: datetime) -> bool:
    """Deletes the rows of a former reading; whether none is left. The caller holds the lease."""
    while batch.rows_to_clear:
        if now() >= until or stopping.has_begun():
            release(batch)
            return False
        _clear(batch, at=now())
    return True


def clear_some(*, batch_id: UUID, now: Clock, seconds: float = 25) -> bool:
    """Goes on with a list that was thrown away or could not be read, for about so long; whether something was done."""
    state = Batch.objects.filter(pk=batch_id, state__in=[S.DISCARDED, S.UNREADABLE]).values_list(
        "state", flat=True
    )
    batch = lease(batch_id, state=state[0], at=now()) if state else None
    if batch is None:
        return False
    try:
        if clear_all(batch, now, until=now() + timedelta(seconds=seconds)):
            _end(batch, at=now())
    except LostLease:
        log.info("Batch %s is cleared by another worker", batch.pk)
    return True


def forget_files(*, at: datetime) -> int:
    """Deletes the files of batches that ended longer than FILE_KEPT ago; how many. One that cannot be deleted is left
    to the next time."""
    ended = Q(state__in=[S.DONE, S.REVOKED, S.UNREADABLE]) | Q(state=S.CANCELLED, ready=0)
    old = Batch.objects.filter(ended, finished_at__lt=at - FILE_KEPT).exclude(file="").order_by("finished_at")
    forgotten = 0
    for pk in list(old.values_list("pk", flat=True)[:FILES_AT_ONCE]):
        with apart(pk):
            forgotten += _forget(pk, at=at)
    return forgotten


@transaction.atomic
def _clear(batch: Batch, *, at: datetime) -> None:
    row = still_mine(batch)
    some = BatchRow.objects.filter(batch=batch).order_by("number").values("pk")[:ROWS_AT_ONCE]
    gone, _of = BatchRow.objects.filter(pk__in=some).delete()
    left = 0 if gone < ROWS_AT_ONCE else max(row.rows_to_clear - gone, 1)
    save(row, rows_to_clear=left, lease_until=at + LEASE)
    batch.rows_to_clear = left


@transaction.atomic
def _end(batch: Batch, *, at: datetime) -> None:
    row = still_mine(batch)
    if row.state == S.DISCARDED:
        _delete_file(row, at=at)
    save(row, lease_until=None)


@transaction.atomic
def _forget(pk: UUID, *, at: datetime) -> int:
    row = Batch.objects.select_for_update().filter(pk=pk).exclude(file="").first()
    if row is None:
        return 0
    _delete_file(row, at=at)
    return 1


def _delete_file(row: Batch, *, at: datetime) -> None:
    """The file goes before the row says so: who dies in between leaves a name, and the next one comes back to it."""
    if row.file:
        default_storage.delete(row.file)
        save(row, file="", file_forgotten_at=at)
