"""A whole batch is revoked, some hundred awards at a time, by one worker that holds the lease."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from assertions.models import Award, Batch
from assertions.services.batches.guarding import save
from assertions.services.batches.issuing import cancel_some
from assertions.services.batches.staging import LEASE, Clock, LostLease, lease, still_mine
from assertions.services.revoking import revoke_rows
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
    Batch.objects.filter(pk=batch.pk, attempt=batch.attempt).update(lease_until=None)
    return True


@transaction.atomic
def _revoke_chunk(batch: Batch, *, at: datetime) -> int:
    awards = list(Award.objects.filter(round=batch.pk, revoked_at=None).order_by("recipient")[:CHUNK])
    by = Actor(id="system", label=batch.revoked_by_label)
    if awards:
        revoke_rows(awards, reason=batch.revocation_reason, note=batch.revocation_note, by=by, at=at)
    row = still_mine(batch)
    if awards:
        save(row, revoked=row.revoked + len(awards), lease_until=at + LEASE)
    elif not row.ready:
        save(row, state=Batch.State.REVOKED, lease_until=None, finished_at=at)
    else:
        save(row, lease_until=None)
    return len(awards)
