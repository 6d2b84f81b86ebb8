"""Batches and their rows as members look for them, by cursor; and the rows that failed, as a file."""

from collections.abc import Iterator
from typing import BinaryIO, cast

from django.core.files.storage import default_storage
from django.db.models import Q

from assertions.models import Batch, BatchRow
from assertions.models.batches import BatchQuerySet, BatchRowQuerySet
from common.spreadsheets import Kind, failed_rows, shape_of
from issuers.models import Issuer


def batches_for_members(issuer: Issuer, *, words: str = "", state: str = "") -> BatchQuerySet:
    """Without those that were thrown away."""
    rows = Batch.objects.of_issuer(issuer).exclude(state=Batch.State.DISCARDED)
    if state:
        rows = rows.filter(state=state)
    if words:
        rows = rows.filter(Q(name__icontains=words) | Q(file_name__icontains=words))
    return rows.select_related("badge__current").prefetch_related("badge__current__texts")


def rows_for_members(batch: Batch, *, words: str = "", state: str = "") -> BatchRowQuerySet:
    """`words` are a number of the list, or a part of a name or an address."""
    rows = BatchRow.objects.filter(batch=batch)
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
    if default_storage.exists(batch.file):
        with default_storage.open(batch.file, "rb") as file:
            kind, delimiter = shape_of(cast(BinaryIO, file))
    return kind, failed_rows(kind, headers=batch.headers, rows=_failed(batch), delimiter=delimiter)


def _failed(batch: Batch) -> Iterator[tuple[list[str], str]]:
    rows = BatchRow.objects.filter(batch=batch).with_problems().order_by("number")
    for row in rows.iterator(chunk_size=1000):
        yield row.cells, row.reason
