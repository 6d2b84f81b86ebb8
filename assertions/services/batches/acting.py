"""What people decide about a batch: confirm, undo, pause, resume, cancel the rest, revoke all of it."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from assertions.models import Batch
from assertions.services.batches.guarding import ALLOWED, locked, note, save, tell_it_is_finished
from assertions.services.making import awardable_version
from assertions.services.revoking import check_words
from common.actors import Actor
from common.errors import Invalid, Refused
from journal.models import Action

HOLD = timedelta(minutes=10)
LONGEST_HOLD = timedelta(days=1)
FARTHEST = timedelta(days=366)
UNDO_REVOKE = timedelta(minutes=10)
"""Five minutes less than for a single award: the worker takes its time."""
S = Batch.State


@transaction.atomic
def confirm(
    *, batch: Batch, hold: timedelta = HOLD, schedule: datetime | None = None, by: Actor, at: datetime
) -> Batch:
    """The ready rows are to be awarded: after the hold-back, or at the time it is scheduled for."""
    row = locked(batch, to="confirm")
    if not row.ready:
        raise Refused(_("No row is ready to be awarded."), code="nothing_ready")
    awardable_version(row.badge)
    hold = min(max(hold, timedelta(0)), LONGEST_HOLD)
    begins = schedule or at + hold
    if schedule is not None:
        _check_schedule(schedule, at)
    state = S.SCHEDULED if schedule else S.HELD if hold else S.ISSUING
    save(row, state=state, hold_until=begins, confirmed_at=at, started_at=at if state == S.ISSUING else None)
    note(row, Action.BATCH_CONFIRMED, by=by, at=at, ready=row.ready, begins=begins.isoformat())
    return row


@transaction.atomic
def start_now(*, batch: Batch, by: Actor, at: datetime) -> Batch:
    """What is held back or scheduled is awarded at once: nothing can be taken back any more."""
    row = locked(batch, to="start")
    awardable_version(row.badge)
    save(row, state=S.ISSUING, hold_until=at, started_at=at)
    note(row, Action.BATCH_STARTED, by=by, at=at, ready=row.ready)
    return row


@transaction.atomic
def undo(*, batch: Batch, by: Actor, at: datetime) -> Batch:
    """Back to be looked at: nothing has been awarded yet."""
    row = save(locked(batch, to="undo"), state=S.REHEARSED, hold_until=None, confirmed_at=None)
    note(row, Action.BATCH_UNDONE, by=by, at=at)
    return row


@transaction.atomic
def pause(*, batch: Batch, by: Actor, at: datetime, problem: str = "") -> Batch:
    """Nothing more of it is awarded until it is resumed: what is under way at this moment is taken back."""
    row = save(locked(batch, to="pause"), state=S.PAUSED, problem=problem[:500])
    note(row, Action.BATCH_PAUSED, by=by, at=at, awarded=row.awarded)
    return row


@transaction.atomic
def resume(*, batch: Batch, by: Actor, at: datetime) -> Batch:
    row = locked(batch, to="resume")
    awardable_version(row.badge)
    save(row, state=S.ISSUING, problem="", resumed_at=at, settled_by_then=row.awarded + row.refused)
    note(row, Action.BATCH_RESUMED, by=by, at=at)
    return row


@transaction.atomic
def cancel_rest(*, batch: Batch, by: Actor, at: datetime) -> Batch:
    """What is not awarded by now never will be. The worker marks the rows."""
    row = save(locked(batch, to="cancel"), state=S.CANCELLED, problem="", hold_until=None, finished_at=at)
    counts = row.counts | {"ready": 0, "cancelled": row.cancelled + row.ready}
    tell_it_is_finished(row, counts, at=at)
    note(row, Action.BATCH_CANCELLED, by=by, at=at, awarded=row.awarded, left=row.ready)
    return row


@transaction.atomic
def revoke_batch(*, batch: Batch, reason: str, note_: str = "", by: Actor, at: datetime) -> Batch:
    """Every award of it is revoked by the worker; `reason` is shown to the public, `note_` to members only."""
    reason, private = reason.strip(), note_.strip()
    check_words(reason, private)
    row = locked(batch, to="revoke")
    save(
        row, state=S.REVOKING, problem="", revocation_reason=reason, revocation_note=private,
        revoked_by_label=by.label[:200], revoke_asked_at=at, attempt=row.attempt + 1, lease_until=None,
    )  # fmt: skip
    note(row, Action.BATCH_REVOKED, by=by, at=at, awarded=row.awarded, reason=reason)
    return row


@transaction.atomic
def undo_revoke(*, batch: Batch, by: Actor, at: datetime) -> Batch:
    """The worker brings back what this revocation took, or leaves alone what it has not taken yet.

    Within UNDO_REVOKE, so that it is done before the first of these people gets the mail that tells of it.
    """
    row = locked(batch, to="restore")
    if not can_be_restored(row, at=at):
        raise Refused(
            _("Revoking a batch can be undone for 10 minutes only. Award the badges again instead."),
            code="too_late",
        )
    save(row, state=S.RESTORING, attempt=row.attempt + 1, lease_until=None)
    note(row, Action.BATCH_RESTORED, by=by, at=at, awarded=row.awarded)
    return row


def can_be_restored(batch: Batch, *, at: datetime) -> bool:
    """Whether its revocation can still be undone."""
    asked = batch.revoke_asked_at
    return batch.state in ALLOWED["restore"] and asked is not None and at < asked + UNDO_REVOKE


def _check_schedule(schedule: datetime, at: datetime) -> None:
    problem = ""
    if schedule <= at:
        problem = _("This time has passed. Choose one to come.")
    elif schedule > at + FARTHEST:
        problem = _("This is more than a year away. Choose an earlier date.")
    if problem:
        raise Invalid(problem, code="schedule", fields={"schedule": problem})
