"""While a batch is looked at: rows are mended, left out and put back, columns read otherwise."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from assertions.models import Award, Batch, BatchRow, ColumnMapping
from assertions.models.faults import Fault, fault
from assertions.services.batches.guarding import locked, move, note, of_row, save
from assertions.services.batches.reading import Reader
from assertions.services.batches.staging import signature_of
from common.actors import Actor
from common.errors import Invalid
from common.searching import folded
from common.spreadsheets import Field
from journal.models import Action

State = BatchRow.State


@transaction.atomic
def mend_row(*, row: BatchRow, cells: Mapping[int, str], by: Actor, at: datetime) -> BatchRow:
    """The row with these cells, by column, checked anew: ready, wrong or twice."""
    batch, found = of_row(row, to="mend")
    width = max(len(found.cells), len(batch.headers))
    written = [*found.cells, *[""] * (width - len(found.cells))]
    for index, text in cells.items():
        if 0 <= index < width:
            written[index] = text.replace("\0", "").strip()
    found.cells = written
    _check(batch, found, by=by, at=at)
    return found


@transaction.atomic
def leave_out(*, row: BatchRow, by: Actor, at: datetime) -> BatchRow:
    """The row is not awarded; it can be put back."""
    batch, found = of_row(row, to="mend")
    if found.state != State.CANCELLED:
        _become(batch, found, State.CANCELLED, "left_out", {"": fault(Fault.LEFT_OUT)})
        _let_follow(batch, found.address)
        note(batch, Action.BATCH_CHANGED, by=by, at=at, row=found.number)
    return found


@transaction.atomic
def put_back(*, row: BatchRow, by: Actor, at: datetime) -> BatchRow:
    """A row that was left out, checked anew."""
    batch, found = of_row(row, to="mend")
    if found.state == State.CANCELLED:
        _check(batch, found, by=by, at=at)
    return found


@transaction.atomic
def remap(
    *, batch: Batch, mapping: Mapping[int, str], month_first: bool | None = None, by: Actor, at: datetime
) -> Batch:
    """The file is read anew with these columns, which are remembered for files with the same headings.

    What was mended in the table is lost with the former reading, whose rows the worker deletes first.
    """
    row = locked(batch, to="mend")
    chosen = {index: Field(name) for index, name in mapping.items() if name in Field.values}
    if Field.ADDRESS not in chosen.values():
        problem = _("Say which column holds the e-mail addresses.")
        raise Invalid(problem, code="no_addresses", fields={"mapping": problem})
    _remember(row, chosen, at=at)
    save(
        row, state=Batch.State.READING, rows_to_clear=row.rows_to_clear + row.rows_read,
        mapping={str(index): str(name) for index, name in sorted(chosen.items())},
        mapping_is_guess=False, month_first=row.month_first if month_first is None else month_first,
        attempt=row.attempt + 1, lease_until=None, read_at=None, last_number=0, rows_read=0,
        ready=0, wrong=0, duplicate=0, cancelled=0,
    )  # fmt: skip
    note(row, Action.BATCH_CHANGED, by=by, at=at, mapping=row.mapping)
    return row


@transaction.atomic
def discard(*, batch: Batch, by: Actor, at: datetime) -> Batch:
    """The worker forgets the file and its rows; that it came stays in the list."""
    row = locked(batch, to="discard")
    save(
        row, state=Batch.State.DISCARDED, rows_to_clear=row.rows_to_clear + row.rows_read,
        attempt=row.attempt + 1, lease_until=None, finished_at=at,
        rows_read=0, ready=0, wrong=0, duplicate=0, cancelled=0,
    )  # fmt: skip
    note(row, Action.BATCH_DISCARDED, by=by, at=at)
    return row


def _remember(batch: Batch, chosen: Mapping[int, Field], *, at: datetime) -> None:
    if any(batch.headers):
        named = {folded(header): "" for header in batch.headers if header}
        named |= {folded(batch.headers[i]): str(name) for i, name in chosen.items() if i < len(batch.headers)}
        ColumnMapping.objects.update_or_create(
            issuer=batch.issuer,
            signature=signature_of(batch.headers),
            defaults={"mapping": named, "used_at": at},
        )


def _check(batch: Batch, row: BatchRow, *, by: Actor, at: datetime) -> None:
    former = row.address
    read = Reader(batch, at=at).read(row.cells)
    row.address, row.name, row.data = read.address, read.name, read.data
    state, code, problems = State.WRONG, "invalid", read.problems
    if not problems:
        state, code, problems = _place(batch, row)
    _become(batch, row, state, code, problems)
    if former and former != row.address:
        _let_follow(batch, former)
    note(batch, Action.BATCH_CHANGED, by=by, at=at, row=row.number)


def _place(batch: Batch, row: BatchRow) -> tuple[State, str, dict[str, Any]]:
    """What becomes of a row with which nothing is wrong."""
    others = BatchRow.objects.filter(batch=batch, address=row.address).ready().exclude(pk=row.pk)
    if others.exists():
        return State.DUPLICATE, "double", {"": fault(Fault.DOUBLE)}
    held = Award.objects.filter(badge=batch.badge_id, recipient__address=row.address, revoked_at=None)
    if not batch.badge.may_be_repeated and held.exists():
        return State.DUPLICATE, "already_held", {"": fault(Fault.ALREADY_HELD)}
    return State.READY, "", {}


def _become(batch: Batch, row: BatchRow, state: State, code: str, problems: dict[str, Any]) -> None:
    was, row.state, row.code, row.problems = row.state, state, code, problems
    row.save(update_fields=["cells", "address", "name", "data", "state", "code", "problems"])
    move(batch, was=was, now=state)


def _let_follow(batch: Batch, address: str) -> None:
    """An address that no ready row has any more: the first row that was its double takes the place."""
    doubles = BatchRow.objects.filter(batch=batch, state=State.DUPLICATE, code="double", address=address)
    first = doubles.select_for_update().order_by("number").first()
    if first and not BatchRow.objects.filter(batch=batch, address=address).ready().exists():
        _become(batch, first, *_place(batch, first))
