"""What the worker does with batches: each that can go on gets some seconds, in turn."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F

from assertions.models import Batch
from assertions.services.batches.clearing import clear_some
from assertions.services.batches.issuing import begin, cancel_some, finish, issue_chunk
from assertions.services.batches.leasing import Clock
from assertions.services.batches.staging import stage_some
from assertions.services.batches.taking_back import restore_some, revoke_some
from common import stopping

MOST_AT_ONCE = 100
# What one worker does alone, under a lease.
ALONE: Mapping[str, Callable[..., bool]] = {
    Batch.State.READING: stage_some,
    Batch.State.REVOKING: revoke_some,
    Batch.State.RESTORING: restore_some,
    Batch.State.DISCARDED: clear_some,
    Batch.State.UNREADABLE: clear_some,
}


def work_waiting(*, at: datetime) -> list[UUID]:
    """Batches that can go on, the one that has waited longest since it was made first."""
    waiting = Batch.objects.with_work(at=at).order_by(F("confirmed_at").asc(nulls_first=True), "created_at")
    return list(waiting.values_list("pk", flat=True)[:MOST_AT_ONCE])


def scopes_of(batch_ids: Collection[UUID]) -> set[str]:
    """Whose batches these are, as the journal and webhooks call them."""
    batches = Batch.objects.filter(pk__in=batch_ids).select_related("issuer").only("issuer")
    return {batch.issuer.scope for batch in batches}


def work_on(
    *, batch_id: UUID, now: Clock, seconds: float, after_each: Callable[[], object] = lambda: None
) -> int:
    """Goes on with the batch for about so long; how many steps were taken. 0: there was nothing to do for us.

    `after_each` is called once some hundred people have been awarded, and have been left mails and events.
    """
    begin(batch_id=batch_id, at=now())
    state = Batch.objects.filter(pk=batch_id).values_list("state", flat=True).first()
    if alone := ALONE.get(state or ""):
        return int(alone(batch_id=batch_id, now=now, seconds=seconds))
    until, steps = now() + timedelta(seconds=seconds), 0
    if state == Batch.State.CANCELLED:
        while not stopping.has_begun() and cancel_some(batch_id=batch_id):
            steps += 1
        return steps
    if state == Batch.State.ISSUING:
        while now() < until and not stopping.has_begun():
            if not issue_chunk(batch_id=batch_id, at=now()):
                return steps + finish(batch_id=batch_id, at=now())
            steps += 1
            after_each()
    return steps
