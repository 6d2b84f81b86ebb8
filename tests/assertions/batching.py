"""Batches for tests, made as people make them and read as the worker reads them."""

import io
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from assertions.models import Batch, BatchRow
from assertions.services import batches
from badges.models import Badge
from common.actors import SYSTEM, Actor

NO_HOLD = timedelta(0)


def people_csv(count: int, *, prefix: str = "person") -> str:
    return "email,name\n" + "".join(f"{prefix}{n}@example.org,Person {n}\n" for n in range(count))


def make_batch(
    badge: Badge, text: str = "", *, by: Actor = SYSTEM, at: datetime | None = None, **more: Any
) -> Batch:
    """Uploaded, not read yet."""
    file = io.BytesIO((text or people_csv(3)).encode())
    return batches.upload(
        badge=badge, file=file, file_name="people.csv", by=by, at=at or timezone.now(), again=True, **more
    )


def rehearsed(badge: Badge, text: str = "", **more: Any) -> Batch:
    """Uploaded and read."""
    batch = make_batch(badge, text, **more)
    batches.stage_some(batch_id=batch.pk, now=timezone.now)
    batch.refresh_from_db()
    return batch


def confirmed(badge: Badge, text: str = "", **more: Any) -> Batch:
    """Being awarded."""
    batch = rehearsed(badge, text, **more)
    return batches.confirm(batch=batch, hold=NO_HOLD, by=more.get("by", SYSTEM), at=timezone.now())


def awarded(badge: Badge, text: str = "", **more: Any) -> Batch:
    """Awarded to its end."""
    return work(confirmed(badge, text, **more))


def work(batch: Batch) -> Batch:
    """All that the worker can do for it now."""
    while batches.work_on(batch_id=batch.pk, now=timezone.now, seconds=5):
        continue
    batch.refresh_from_db()
    return batch


def states(batch: Batch) -> list[str]:
    return list(BatchRow.objects.filter(batch=batch).order_by("number").values_list("state", flat=True))


def row_of(batch: Batch, number: int) -> BatchRow:
    return BatchRow.objects.select_related("batch").get(batch=batch, number=number)


def counts_fit(batch: Batch) -> bool:
    """What the batch says of its rows is what they are."""
    batch.refresh_from_db()
    found = states(batch)
    return (
        batch.counts == {state: found.count(state) for state in BatchRow.State.values}
        and sum(batch.counts.values()) == batch.rows_read
    )
