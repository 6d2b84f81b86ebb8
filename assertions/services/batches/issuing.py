"""Ready rows become awards, some hundreds in one transaction: claimed, signed, mailed, counted and written down.

Rows are claimed with SKIP LOCKED, so that any number of workers take different ones; on SQLite a transaction is alone.
There is no lease to lose: a worker that dies takes its transaction with it, and the rows are ready as before.
"""

import hashlib
import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from assertions.emails import batch_done_mail, batch_paused_mail
from assertions.models import Batch, BatchRow
from assertions.models.faults import Fault, fault
from assertions.services.batches.acting import pause
from assertions.services.batches.guarding import note, save, tell_it_is_finished, tell_its_maker
from assertions.services.batches.passing import PASSING
from assertions.services.batches.reading import nominated
from assertions.services.making import AlreadyHeld, awardable_version, make_awards, refused_at_once
from assertions.services.people import people_kept
from common.actors import SYSTEM
from common.bulk import many_at_once
from common.errors import Refused
from journal.models import Action

log = logging.getLogger(__name__)
CHUNK = 1000
MOST_CANCELLED_AT_ONCE = 5000


class Stopped(Exception):
    """Paused or cancelled while the rows were being awarded: all of it is taken back."""


class Ready(NamedTuple):
    """What of a row is needed to award it."""

    pk: UUID
    number: int
    address: str
    name: str
    data: dict[str, Any]


@dataclass
class Done:
    """How many rows have got their final state, and which could not be awarded for a reason nobody foresaw."""

    settled: int = 0
    bad: list[UUID] = field(default_factory=list)


def begin(*, batch_id: UUID, at: datetime) -> bool:
    """A batch whose hold-back or date has come begins; whether it did."""
    waiting = Batch.objects.filter(pk=batch_id, state__in=[Batch.State.HELD, Batch.State.SCHEDULED])
    return bool(waiting.filter(hold_until__lte=at).update(state=Batch.State.ISSUING, started_at=at))


def issue_chunk(*, batch_id: UUID, at: datetime, size: int = CHUNK) -> int:
    """Awards the next ready rows; how many rows have their final state by it, 0 where none is left to claim.

    A row that cannot be awarded is found by halving, and refused. Where all of them cannot, the fault is not theirs:
    the batch is paused.
    """
    done = _issue(batch_id, at, size=size)
    if done.bad and not done.settled and len(done.bad) > 1:
        with translation.override(_language_of(batch_id)):
            words = _(
                "Awarding failed for a reason that is not in your list. The operator finds it in the log."
            )
        _pause(batch_id, words, at=at)
        return 0
    return done.settled + sum(_refuse(batch_id, row_id) for row_id in done.bad)


def finish(*, batch_id: UUID, at: datetime) -> bool:
    """The batch is done once no row is ready, not even one in another worker's hands; whether it is."""
    with transaction.atomic():
        batch = Batch.objects.select_for_update(of=("self",)).select_related("issuer", "badge", "made_by")
        row = batch.filter(pk=batch_id, state=Batch.State.ISSUING).first()
        if row is None or BatchRow.objects.filter(batch=row).ready().exists():
            return False
        save(row, state=Batch.State.DONE, finished_at=at, hold_until=None, lease_until=None)
        tell_its_maker(row, batch_done_mail, at=at)
        tell_it_is_finished(row, row.counts, at=at)
        note(row, Action.BATCH_FINISHED, by=SYSTEM, at=at, **row.counts)
    return True


@transaction.atomic
def cancel_some(*, batch_id: UUID) -> int:
    """Marks rows of a batch that was cancelled or is being revoked; how many."""
    batch = Batch.objects.filter(pk=batch_id, state__in=[Batch.State.CANCELLED, Batch.State.REVOKING]).first()
    ids = (
        [row.pk for row in _claimed(BatchRow.objects.filter(batch=batch_id), MOST_CANCELLED_AT_ONCE)]
        if batch
        else []
    )
    for start in range(0, len(ids), CHUNK):
        _become(ids[start : start + CHUNK], BatchRow.State.CANCELLED, "cancelled", {})
    if ids:
        Batch.objects.filter(pk=batch_id).update(
            ready=F("ready") - len(ids), cancelled=F("cancelled") + len(ids)
        )
    return len(ids)


def _issue(batch_id: UUID, at: datetime, *, size: int, only: Sequence[UUID] | None = None) -> Done:
    claimed: list[UUID] = []
    try:
        with many_at_once(), transaction.atomic():
            return _claim_and_settle(batch_id, at, size, only, claimed)
    except Stopped:
        return Done()
    except Refused as problem:
        _pause(batch_id, problem.message, at=at)
        return Done()
    except PASSING:  # not the fault of any row
        raise
    except Exception:
        if len(claimed) > 1:
            middle = len(claimed) // 2
            first, second = (
                _issue(batch_id, at, size=size, only=some) for some in (claimed[:middle], claimed[middle:])
            )
            return Done(first.settled + second.settled, first.bad + second.bad)
        log.exception("Row %s of batch %s could not be awarded", claimed, batch_id)
        return Done(bad=claimed)


def _claim_and_settle(
    batch_id: UUID, at: datetime, size: int, only: Sequence[UUID] | None, claimed: list[UUID]
) -> Done:
    issuing = Batch.objects.filter(pk=batch_id, state=Batch.State.ISSUING)
    # Before rows are claimed: who erases a person waits for them, and must not be waited for.
    batch = issuing.select_related("issuer", "badge").annotate(people_kept=people_kept()).first()
    if batch is None:
        return Done()
    rows = BatchRow.objects.filter(batch=batch)
    found = _claimed(rows if only is None else rows.filter(pk__among=only), size)
    claimed += [row.pk for row in found]
    if found:
        with translation.override(batch.words_language or None):  # of the words with which it may be paused
            _settle(batch, found, at=at)
    return Done(len(found))


def _claimed(rows: QuerySet[BatchRow], size: int) -> list[Ready]:
    ready = rows.filter(state=BatchRow.State.READY).order_by("number")
    if connection.features.has_select_for_update_skip_locked:
        ready = ready.select_for_update(skip_locked=True)
    return [Ready(*found) for found in ready.values_list(*Ready._fields)[:size]]


def _settle(batch: Batch, rows: list[Ready], *, at: datetime) -> None:
    """Awards, links, mails, states of rows, counts and a line in the journal."""
    version = awardable_version(batch.badge)
    nominations = [nominated(batch, row.address, row.name, row.data) for row in rows]
    refused = refused_at_once(nominations, at, once=True)
    outcome = make_awards(
        version=version, nominations=nominations, refused=refused, by=batch.actor, at=at, notify=batch.notify,
        round_id=batch.pk, ids=[row.pk for row in rows],
    )  # fmt: skip
    ids = [one.id for one in outcome.awards]
    BatchRow.objects.filter(pk__among=ids).update(state=BatchRow.State.AWARDED, award=F("id"))
    doubles = _write_refusals(rows, outcome.refused)
    _count(batch, awarded=len(ids), duplicate=doubles, refused=len(outcome.refused) - doubles)
    if ids:
        # The journal knows which awards these are by the hash of their ids: five hundred of them fill no line.
        digest = hashlib.sha256("\n".join(sorted(map(str, ids))).encode()).hexdigest()
        note(
            batch, Action.AWARDS_CREATED, by=batch.actor, at=at, count=len(ids), version=version.number,
            badge=str(batch.badge_id), first_row=rows[0].number, last_row=rows[-1].number, awards_sha256=digest,
        )  # fmt: skip


def _write_refusals(rows: Sequence[Ready], refused: dict[int, Refused]) -> int:
    """Each row says why it was left out; how many hold the badge already."""
    alike: dict[tuple[BatchRow.State, str, str], list[UUID]] = defaultdict(list)
    for index, problem in refused.items():
        held = isinstance(problem, AlreadyHeld)
        state = BatchRow.State.DUPLICATE if held else BatchRow.State.REFUSED
        alike[state, problem.code, problem.message].append(rows[index].pk)
    for (state, code, words), ids in alike.items():
        # A code that has no sentence of its own keeps the one that was said.
        _become(ids, state, code, {"": {"code": code, "words": "" if code in Fault.values else words}})
    return sum(len(ids) for (state, *_rest), ids in alike.items() if state == BatchRow.State.DUPLICATE)


def _become(ids: Sequence[UUID], state: BatchRow.State, code: str, problems: dict[str, Any]) -> int:
    rows = BatchRow.objects.filter(pk__among=ids, state=BatchRow.State.READY)
    return rows.update(state=state, code=code, problems=problems)


def _count(batch: Batch, **settled: int) -> None:
    """Raises Stopped where the batch is not being awarded any more."""
    counts = {name: F(name) + count for name, count in settled.items() if count}
    going_on = Batch.objects.filter(pk=batch.pk, state=Batch.State.ISSUING)
    if not going_on.update(ready=F("ready") - sum(settled.values()), **counts):
        raise Stopped


@transaction.atomic
def _refuse(batch_id: UUID, row_id: UUID) -> int:
    """The one row that cannot be awarded, for a reason that only the log knows."""
    batch = Batch.objects.filter(pk=batch_id).first()
    if batch is None:
        return 0
    why = {"": fault(Fault.UNEXPECTED)}
    if not _become([row_id], BatchRow.State.REFUSED, "unexpected", why):
        return 0
    Batch.objects.filter(pk=batch_id).update(ready=F("ready") - 1, refused=F("refused") + 1)
    return 1


def _pause(batch_id: UUID, words: str, *, at: datetime) -> None:
    """By the worker itself, with the reason for people; whoever brought the list may have left the page long ago."""
    batch = Batch.objects.filter(pk=batch_id, state=Batch.State.ISSUING).first()
    if batch is not None:
        try:
            with transaction.atomic():
                paused = pause(batch=batch, by=SYSTEM, at=at, problem=words)
                tell_its_maker(paused, batch_paused_mail, at=at)
        except Refused:
            log.info("Batch %s was paused or cancelled by somebody else", batch_id)


def _language_of(batch_id: UUID) -> str | None:
    """In which what is kept in words is written: that of whoever brought the list."""
    return Batch.objects.filter(pk=batch_id).values_list("words_language", flat=True).first() or None
