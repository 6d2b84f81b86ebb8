"""How many awards of a batch are revoked, where somebody brings one back alone."""

from collections.abc import Sequence

from django.db.models import Q

from assertions.models import Award, Batch, BatchRow

S = Batch.State
SETTLED = (S.REVOKED, S.DONE, S.CANCELLED)


def revoked_of(batch: Batch) -> int:
    """Of those whom the batch awarded, how many hold nothing of it any more. Who got the badge in place of a wrong
    address counts as the one whose place it is."""
    valid = Award.objects.filter(round=batch.pk, revoked_at=None).count()
    return max(batch.awarded - valid, 0)


def state_when_brought_back(batch: Batch) -> Batch.State:
    """Cancelled, where rows were left out when it was revoked."""
    left_out = BatchRow.objects.filter(batch=batch, state=BatchRow.State.CANCELLED, code="cancelled")
    return S.CANCELLED if batch.ready or left_out.exists() else S.DONE


def not_being_revoked(awards: Sequence[Award]) -> list[Award]:
    """Those whose batch the worker is not revoking at this moment: it would take them again."""
    revoking = Batch.objects.filter(pk__in={row.round for row in awards if row.round}, state=S.REVOKING)
    ids = set(revoking.values_list("pk", flat=True))
    return [row for row in awards if row.round not in ids]


def count_anew(awards: Sequence[Award]) -> None:
    """After these awards were brought back, in the transaction that locked them: their batches say so. One of which
    nothing is revoked any more is not a revoked one. The worker counts those that it is at by itself."""
    counted = Batch.objects.filter(Q(state=S.REVOKED) | Q(revoked__gt=0), state__in=SETTLED)
    rounds = {row.round for row in awards if row.round}
    for batch in counted.select_for_update().filter(pk__in=rounds).order_by("pk"):
        batch.revoked = revoked_of(batch)
        if batch.state == S.REVOKED and not batch.revoked:
            batch.state = state_when_brought_back(batch)
        batch.save(update_fields=["revoked", "state"])
