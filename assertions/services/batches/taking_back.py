"""A whole batch is revoked, or brought back, some hundred awards at a time, by one worker that holds the lease."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from assertions.models import Award, Batch
from assertions.services.batches.guarding import save
from assertions.services.batches.issuing import cancel_some
from assertions.services.batches.leasing import LEASE, Clock, LostLease, lease, release, still_mine
from assertions.services.recounting import revoked_of, state_when_brought_back
from assertions.services.revoking import restore_rows, revoke_rows
from common.actors import Actor

CHUNK = 500


def revoke_some(*, batch_id: UUID, now: Clock, seconds: float = 25) -> bool:
    """Revokes on for about so long; whether something was done."""
    batch = lease(batch_id, state=Batch.State.REVOKING, at=now())
    if batch is None:
        return False
    until = now() + timedelta(seconds=seconds)
    while cancel_some(batch_id=batch.pk) and now() < until:
        continue
    try:
        while now() < until:
            if not _revoke_chunk(batch, at=now()):
                return True
    except LostLease:
        return True
    release(batch)
    return True


@transaction.atomic
def _revoke_chunk(batch: Batch, *, at: datetime) -> int:
    awards = list(Award.objects.filter(round=batch.pk, revoked_at=None).order_by("recipient")[:CHUNK])
    by = Actor(id="system", label=batch.revoked_by_label)
    revoked = revoke_rows(awards, reason=batch.revocation_reason, note=batch.revocation_note, by=by, at=at)
    row = still_mine(batch)
    if awards:
        save(row, revoked=row.revoked + len(revoked), lease_until=at + LEASE)
    elif not row.ready:
        save(row, state=Batch.State.REVOKED, revoked=revoked_of(row), lease_until=None, finished_at=at)
    else:
        save(row, lease_until=None)
    return len(awards)


def restore_some(*, batch_id: UUID, now: Clock, seconds: float = 25) -> bool:
    """Brings back what the revocation of the batch took, for about so long; whether something was done."""
    batch = lease(batch_id, state=Batch.State.RESTORING, at=now())
    if batch is None:
        return False
    until, last = now() + timedelta(seconds=seconds), 0
    try:
        while now() < until:
            if not (last := _restore_chunk(batch, after=last, at=now())):
                return True
    except LostLease:
        return True
    release(batch)
    return True


@transaction.atomic
def _restore_chunk(batch: Batch, *, after: int, at: datetime) -> int:
    """The last recipient that was looked at; 0 where there was none left.

    What was revoked alone before stays so. So does what its holder was told of by now, or holds anew.
    """
    theirs = Award.objects.filter(
        round=batch.pk, revoked_at__gte=batch.revoke_asked_at, revocation_reason=batch.revocation_reason,
        recipient__gt=after,
    )  # fmt: skip
    awards = list(theirs.order_by("recipient")[:CHUNK])
    restored = restore_rows(awards, at=at) if awards else []
    row = still_mine(batch)
    if awards:
        # Others were brought back alone meanwhile: at the end all of them are counted.
        save(row, revoked=max(row.revoked - len(restored), 0), lease_until=at + LEASE)
        return awards[-1].recipient_id
    state, ended = state_when_brought_back(row), row.finished_at or at
    save(row, state=state, revoked=revoked_of(row), lease_until=None, finished_at=ended)
    return 0
