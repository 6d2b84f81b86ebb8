"""Batches and their rows as members look for them, by cursor; and the rows that failed, as a file."""

from collections.abc import Iterator
from typing import BinaryIO, cast

from django.core.files.storage import default_storage
from django.db.models import Q
from django.utils.translation import gettext as _

from assertions.models import Batch, BatchRow
from assertions.models.batches import BatchQuerySet, BatchRowQuerySet
from common.searching import folded
from common.spreadsheets import Kind, failed_rows, shape_of
from issuers.models import Issuer


def batches_for_members(issuer: Issuer, *, words: str = "", state: str = "") -> BatchQuerySet:
    """Without those that were thrown away."""
    rows = Batch.objects.of_issuer(issuer).exclude(state=Batch.State.DISCARDED)
    if state:
        rows = rows.filter(state=state)
    if words:
        found = Q(name__icontains=words) | Q(file_name__icontains=words)
        if folded(words) in folded(str(_("Pasted list"))):
            found |= Q(name="", file_name="")
        rows = rows.filter(found)
    return rows.select_related("badge__current").prefetch_related("badge__current__texts")


def rows_of(batch: Batch) -> BatchRowQuerySet:
    """None while those of a former reading are being deleted."""
    rows = BatchRow.objects.filter(batch=batch)
    return rows.none() if batch.rows_to_clear else rows


def rows_for_members(batch: Batch, *, words: str = "", state: str = "") -> BatchRowQuerySet:
    """`words` are a number of the list, or a part of a name or an address."""
    rows = rows_of(batch)
    if state:
        rows = rows.filter(state=state)
    if words.isascii() and words.isdigit() and len(words) < 9:
        return rows.filter(number=int(words))
    if words:
        rows = rows.filter(Q(address__contains=words.lower()) | Q(name__icontains=words))
    return rows


def failed_rows_of(batch: Batch) -> tuple[Kind, Iterator[bytes]]:
    """(kind, pieces) of the file as it came, with only the rows that failed and why."""
    kind, delimiter = Kind.CSV, ","
    if not batch.file:
        kind = Kind.XLSX if batch.file_name.lower().endswith(".xlsx") else Kind.CSV
    elif default_storage.exists(batch.file):
        with default_storage.open(batch.file, "rb") as file:
            kind, delimiter = shape_of(cast(BinaryIO, file))
    return kind, failed_rows(kind, headers=batch.headers, rows=_failed(batch), delimiter=delimiter)


def _failed(batch: Batch) -> Iterator[tuple[list[str], str]]:
    rows = rows_of(batch).with_problems().order_by("number")
    for row in rows.iterator(chunk_size=1000):
        yield row.cells, row.reason
