"""What may be done with a batch in which state, and its row locked while it is done."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assertions.models import Batch, BatchRow
from assertions.webhooks import batch_event
from common.actors import Actor
from common.errors import Refused
from journal.models import Action, EventType
from journal.services import Mail, queue_events, queue_mails, record

S = Batch.State
ALLOWED: Mapping[str, frozenset[str]] = {
    "mend": frozenset({S.REHEARSED}),
    "confirm": frozenset({S.REHEARSED}),
    "start": frozenset({S.HELD, S.SCHEDULED}),
    "undo": frozenset({S.HELD, S.SCHEDULED}),
    "pause": frozenset({S.ISSUING}),
    "resume": frozenset({S.PAUSED}),
    "cancel": frozenset({S.HELD, S.SCHEDULED, S.ISSUING, S.PAUSED}),
    "discard": frozenset({S.READING, S.REHEARSED, S.UNREADABLE}),
    "revoke": frozenset({S.DONE, S.CANCELLED, S.PAUSED}),
    "restore": frozenset({S.REVOKING, S.REVOKED}),
}
_TOO_LATE = {
    "mend": gettext_lazy("This batch is not being checked any more: its rows stay as they are."),
    "confirm": gettext_lazy("This batch has been confirmed already, or is not ready to be."),
    "start": gettext_lazy("This batch does not wait for its start any more."),
    "undo": gettext_lazy("It is too late to undo: awarding has begun. You can still cancel the rest."),
    "pause": gettext_lazy("Only a batch that is being awarded can be paused."),
    "resume": gettext_lazy("This batch is not paused."),
    "cancel": gettext_lazy("Nothing of this batch is left to cancel."),
    "discard": gettext_lazy("A batch that was confirmed stays in the list. You can cancel the rest of it."),
    "revoke": gettext_lazy("This batch cannot be revoked now. Pause it or wait until it is done."),
    "restore": gettext_lazy("This batch is not revoked: there is nothing to undo."),
}


def may(batch: Batch, act: str) -> bool:
    """Whether the state of the batch allows it."""
    if batch.state not in ALLOWED[act]:
        return False
    if act == "confirm":
        return batch.ready > 0
    if act == "revoke":
        return batch.awarded > batch.revoked and not (batch.state == S.CANCELLED and batch.ready)
    return True


def locked(batch: Batch, *, to: str) -> Batch:
    """The row of the batch as it is now, locked. Raises Refused where its state does not allow the act."""
    row = Batch.objects.select_for_update(of=("self",)).select_related("issuer", "badge").get(pk=batch.pk)
    if row.state not in ALLOWED[to]:
        raise Refused(str(_TOO_LATE[to]), code="batch_state")
    return row


def save(batch: Batch, **changes: Any) -> Batch:
    for name, value in changes.items():
        setattr(batch, name, value)
    batch.save(update_fields=list(changes))
    return batch


def move(batch: Batch, *, was: str, now: str) -> None:
    """One row of the batch has another state: its counts follow."""
    if was != now:
        save(batch, **{was: getattr(batch, was) - 1, now: getattr(batch, now) + 1})


def note(batch: Batch, action: Action, *, by: Actor, at: datetime, **data: Any) -> None:
    """One line in the journal of its organisation."""
    record(
        scope=batch.issuer.scope,
        action=action,
        by=by,
        at=at,
        target=("batch", batch.pk, batch.title),
        data=data,
    )


def tell_its_maker(batch: Batch, write: Callable[[Batch], Mail], *, at: datetime) -> None:
    """By mail, as long as they are a member; a pasted list is called so in their language."""
    maker = batch.made_by
    if maker is not None and batch.issuer.memberships.filter(user=maker).exists():
        with translation.override(batch.words_language or None):
            queue_mails([write(batch)], at=at)


def tell_it_is_finished(batch: Batch, counts: Mapping[str, int], *, at: datetime) -> None:
    """The organisation's software: nothing more comes of it."""
    told = batch_event(
        issuer=batch.issuer, batch_id=batch.pk, badge_id=batch.badge_id, name=batch.title, counts=counts, at=at
    )  # fmt: skip
    queue_events([told], scope=batch.issuer.scope, kind=EventType.BATCH_FINISHED, at=at)


def of_row(row: BatchRow, *, to: str) -> tuple[Batch, BatchRow]:
    """The batch of the row and the row itself, both locked."""
    batch = locked(row.batch, to=to)
    found = BatchRow.objects.select_for_update().filter(batch=batch, pk=row.pk).first()
    if found is None:
        raise Refused(_("This row is not there any more: the file was read anew."), code="row_gone")
    found.batch = batch
    return batch, found
