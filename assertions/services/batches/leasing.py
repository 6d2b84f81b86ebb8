"""A batch in the hands of one worker: it holds a lease as long as it renews it, and `attempt` fences who comes late."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F

from assertions.models import Batch

Clock = Callable[[], datetime]
LEASE = timedelta(seconds=60)


class LostLease(Exception):
    """Another worker has taken the batch over, or its state has changed."""


@transaction.atomic
def lease(batch_id: UUID, *, state: str, at: datetime) -> Batch | None:
    """The batch, for this worker alone as long as it renews the lease; None where another has it."""
    skip = connection.features.has_select_for_update_skip_locked
    rows = Batch.objects.select_for_update(skip_locked=skip, of=("self",)) if skip else Batch.objects.all()
    waiting = rows.with_work(at=at).filter(pk=batch_id, state=state)
    batch = waiting.select_related("issuer", "badge", "made_by").first()
    if batch is None:
        return None
    changed = Batch.objects.filter(pk=batch.pk, state=state, attempt=batch.attempt).update(
        lease_until=at + LEASE, attempt=F("attempt") + 1
    )
    batch.attempt += 1
    return batch if changed else None


def still_mine(batch: Batch) -> Batch:
    """The row of the batch as it is now, locked. Raises LostLease."""
    mine = Batch.objects.select_for_update().filter(pk=batch.pk, state=batch.state, attempt=batch.attempt)
    row = mine.first()
    if row is None:
        raise LostLease
    return row


def release(batch: Batch) -> None:
    """Another worker may go on at once."""
    Batch.objects.filter(pk=batch.pk, attempt=batch.attempt).update(lease_until=None)
