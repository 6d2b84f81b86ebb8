"""The file of a batch becomes rows, in a stream: read, checked, stored some thousands at a time.

One worker reads a file: it holds a lease, and `attempt` fences. Rows and the place up to which they were read are
committed together, so whoever comes after a worker that died goes on behind the last row that is in the table.
"""

import hashlib
import logging
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import BinaryIO, cast
from uuid import UUID

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Window
from django.db.models.functions import RowNumber
from django.utils import translation
from django.utils.translation import gettext as _

from assertions.models import Award, Batch, BatchRow, ColumnMapping
from assertions.models.faults import Fault, fault
from assertions.services.batches.clearing import clear_all
from assertions.services.batches.leasing import LEASE, Clock, LostLease, lease, release, still_mine
from assertions.services.batches.passing import will_pass
from assertions.services.batches.reading import Reader
from common.bulk import chunked, insert_rows, like
from common.errors import Invalid
from common.searching import folded
from common.spreadsheets import Field, Row, Table, fitting, month_comes_first, open_table, restored

log = logging.getLogger(__name__)
ROWS_AT_ONCE = 5000
_READY, _WRONG = BatchRow.State.READY.value, BatchRow.State.WRONG.value
# Each time that a worker takes it up; far more than the largest file needs.
MOST_ATTEMPTS = 200
# Of an organisation's ways to read columns, those that are compared; the latest first.
MOST_MAPPINGS = 50


def stage_some(*, batch_id: UUID, now: Clock, seconds: float = 25) -> bool:
    """Reads on for about so long; whether something was done. Afterwards the batch is rehearsed, unreadable, or
    waits to be read on."""
    batch = lease(batch_id, state=Batch.State.READING, at=now())
    if batch is None:
        return False
    with translation.override(batch.words_language or None):
        try:
            if batch.attempt > MOST_ATTEMPTS:
                raise Invalid(_("The file could not be read to its end. Cut it into smaller ones."))
            until = now() + timedelta(seconds=seconds)
            if clear_all(batch, now, until=until):
                _read(batch, now, until=until)
        except LostLease:
            log.info("Batch %s is read by another worker, or not at all any more", batch.pk)
        except Invalid as problem:
            _give_up(batch, problem.message, at=now())
        except Exception as error:  # whatever is wrong with one file must not hold up the others
            if will_pass(error):
                raise  # the database or the storage is away: the lease runs out, and the next sweep goes on
            log.exception("Batch %s could not be read", batch.pk)
            _give_up(
                batch,
                _("The file could not be read. Save it as CSV or XLSX again, and upload that."),
                at=now(),
            )
    return True


def signature_of(headers: Sequence[str]) -> str:
    """What files with the same headings have in common."""
    return hashlib.sha256("\n".join(folded(header) for header in headers).encode()).hexdigest()


def _read(batch: Batch, now: Clock, *, until: datetime) -> None:
    with default_storage.open(batch.file, "rb") as file:
        table = open_table(cast(BinaryIO, file), name=batch.file_name)
        if not batch.headers:
            _begin(batch, table)
        reader = Reader(batch, at=now())
        usual = BatchRow(batch_id=batch.pk)
        for rows in chunked(table.rows(after=batch.last_number), ROWS_AT_ONCE):
            _stage(batch, [_row(usual, reader, row) for row in rows], at=now())
            if now() >= until:
                release(batch)
                return
    _finish(batch, at=now())


@transaction.atomic
def _begin(batch: Batch, table: Table) -> None:
    """How the columns are read: as somebody said, as they were read before, or as it seems."""
    row = still_mine(batch)
    headers = [header.replace("\0", "") for header in table.headers]
    mapping, is_guess = row.mapping, row.mapping_is_guess
    if not mapping:
        mapping, is_guess = _remembered(batch, headers, table.mapping) or (table.mapping, True)
    days = [index for index, field in mapping.items() if field in (Field.ISSUED_ON, Field.EXPIRES_ON)]
    texts = (one.cells[int(index)] for one in table.sample for index in days if int(index) < len(one.cells))
    changes = {
        "headers": headers,
        "mapping": {str(index): str(field) for index, field in mapping.items()},
        "mapping_is_guess": is_guess,
        "month_first": bool(month_comes_first(texts)) if row.mapping_is_guess else row.month_first,
    }
    for name, value in changes.items():
        setattr(batch, name, value)
    batch.save(update_fields=list(changes))


def _remembered(
    batch: Batch, headers: Sequence[str], guess: dict[int, Field]
) -> tuple[dict[int, Field], bool] | None:
    """(how the organisation read these headings before, whether anything of it is a guess). The same list with a column
    more, such as failed rows that come back mended, is read alike; what is new in it is guessed."""
    named, signature = {folded(header) for header in headers}, signature_of(headers)
    latest = ColumnMapping.objects.filter(issuer=batch.issuer_id).order_by("-used_at")
    exact = latest.filter(signature=signature).first()
    known = exact or next((one for one in latest[:MOST_MAPPINGS] if one.mapping.keys() <= named), None)
    mapping = fitting(known.mapping, headers) if known else {}
    if known is None or Field.ADDRESS not in mapping.values():
        return None
    if exact is None:
        new = {index for index, header in enumerate(headers) if folded(header) not in known.mapping}
        taken = set(mapping.values())
        mapping |= {index: field for index, field in guess.items() if index in new and field not in taken}
    return mapping, exact is None


def _row(usual: BatchRow, reader: Reader, row: Row) -> BatchRow:
    cells, whole = row.cells, "".join(row.cells)
    if "\0" in whole or "'" in whole:
        cells = [restored(cell.replace("\0", "")) for cell in cells]
    read = reader.read(cells)
    wrong = bool(read.problems)
    return like(
        usual, id=uuid.uuid4(), number=row.number, cells=cells, address=read.address, name=read.name, data=read.data,
        state=_WRONG if wrong else _READY, code="invalid" if wrong else "",
        problems=read.problems,
    )  # fmt: skip


@transaction.atomic
def _stage(batch: Batch, rows: list[BatchRow], *, at: datetime) -> None:
    """The rows and the place up to which they were read, in one commit."""
    wrong = sum(1 for row in rows if row.problems)
    still_mine(batch)
    insert_rows(rows)
    Batch.objects.filter(pk=batch.pk).update(
        rows_read=F("rows_read") + len(rows), ready=F("ready") + len(rows) - wrong, wrong=F("wrong") + wrong,
        last_number=rows[-1].number, lease_until=at + LEASE,
    )  # fmt: skip
    batch.last_number = rows[-1].number


@transaction.atomic
def _finish(batch: Batch, *, at: datetime) -> None:
    """Who is in the file twice, and who holds the badge already; then people can look at it."""
    row = still_mine(batch)
    doubles = mark_doubles(batch) + mark_holders(batch)
    row.ready, row.duplicate = row.ready - doubles, row.duplicate + doubles
    row.read_at, row.lease_until, row.state = at, None, Batch.State.REHEARSED
    if row.start_after is not None:
        row.confirmed_at, row.hold_until = at, at + row.start_after
        row.state = Batch.State.HELD
    row.save()


def mark_doubles(batch: Batch) -> int:
    """Rows with an address that stands in an earlier row; how many. One statement, however long the file is."""
    place = Window(RowNumber(), partition_by=F("address"), order_by=F("number").asc())
    later = BatchRow.objects.filter(batch=batch).ready().annotate(place=place).filter(place__gt=1)
    words = {"": fault(Fault.DOUBLE)}
    return BatchRow.objects.filter(pk__in=later.values("pk")).update(
        state=BatchRow.State.DUPLICATE, code="double", problems=words
    )


def mark_holders(batch: Batch) -> int:
    """Rows of people who hold the badge already, where it is to be earned once; how many."""
    if batch.badge.may_be_repeated:
        return 0
    held = Award.objects.filter(badge=batch.badge_id, recipient__address=OuterRef("address"), revoked_at=None)
    rows = BatchRow.objects.filter(batch=batch).ready().filter(Exists(held))
    words = {"": fault(Fault.ALREADY_HELD)}
    return rows.update(state=BatchRow.State.DUPLICATE, code="already_held", problems=words)


@transaction.atomic
def _give_up(batch: Batch, words: str, *, at: datetime) -> None:
    """What was read of it goes: half a list is no list."""
    found = Batch.objects.filter(pk=batch.pk, state=batch.state, attempt=batch.attempt)
    found.update(
            state=Batch.State.UNREADABLE, problem=words[:500], lease_until=None, finished_at=at,
            rows_to_clear=F("rows_to_clear") + F("rows_read"),
            rows_read=0, ready=0, wrong=0, duplicate=0, last_number=0,
        )  # fmt: skip
