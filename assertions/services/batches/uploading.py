"""A file of people arrives: it is kept, and left for the worker to read."""

import csv
import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, BinaryIO

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from assertions.models import Batch
from assertions.services.batches.guarding import locked, note, save
from assertions.services.making import awardable_version
from badges.models import Badge
from common import locks
from common.actors import Actor
from common.errors import Invalid, Refused
from common.languages import current_language
from common.receiving import NoRoom, is_full
from common.spreadsheets import MOST_BYTES, Field, open_table
from journal.models import Action

SAME_FILE_WITHIN = timedelta(days=1)
LOOKED_AT_ONCE = 2 * 1024 * 1024
"""A file up to this size is opened before it is kept, so that a wrong one is refused while its bringer waits."""


class AlreadyUploaded(Refused):
    """The same file came for the same badge not long ago: `batch` is what became of it."""

    code = "uploaded_before"

    def __init__(self, batch: Batch) -> None:
        words = _(
            "This very file was uploaded for this badge before, as “%(name)s”. Upload it again only if you mean to."
        )
        super().__init__(words % {"name": batch.title}, fields={"file": words % {"name": batch.title}})
        self.batch = batch


@dataclass(frozen=True)
class Options:
    """What goes for every row that says nothing itself. `start_after`: confirmed with the upload, and held so long."""

    language: str = ""
    narrative: str = ""
    issued_on: datetime | None = None
    expires_at: datetime | None = None
    notify: bool = True
    start_after: timedelta | None = None

    def columns(self) -> dict[str, Any]:
        return dict(vars(self))


@transaction.atomic
def upload(
    *, badge: Badge, name: str = "", file: BinaryIO, file_name: str, options: Options | None = None, by: Actor,
    at: datetime, again: bool = False,
) -> Batch:  # fmt: skip
    """The file in storage and a batch that waits to be read. The caller keeps the file open and closes it.

    Raises AlreadyUploaded unless `again`, Invalid with words for `file` where there is nothing to read in it, and
    NoRoom where the storage is full; nothing of it is kept then.
    """
    version = awardable_version(badge)
    size, digest = _measured(file)
    _look_into(file, file_name, size)
    # Of two who bring it at the same moment, one is told of the other.
    locks.hold(f"list:{badge.pk}:{digest}")
    earlier = _same_file(badge, digest, at=at)
    if earlier and not again:
        raise AlreadyUploaded(earlier)
    shown = _tidy(file_name) if file_name else ""
    batch = Batch(
        issuer=version.badge.issuer, badge=version.badge, name=(name.strip() or shown)[:200], file_name=shown,
        file_sha256=digest, file_size=size, made_by_id=by.user_id, made_by_id_text=by.id, made_by_label=by.label[:200],
        created_at=at, words_language=current_language(), **(options or Options()).columns(),
    )  # fmt: skip
    file.seek(0)
    batch.file = _stored(f"batches/{batch.pk.hex}", file)
    try:
        batch.save(force_insert=True)
        note(batch, Action.BATCH_UPLOADED, by=by, at=at, badge=str(badge.pk), sha256=digest)
    except BaseException:
        default_storage.delete(batch.file)
        raise
    return batch


def upload_text(*, badge: Badge, text: str, by: Actor, at: datetime, **more: Any) -> Batch:
    """Pasted lines, as a file without a name: each reader is told in their language what it is."""
    if not text.strip():
        problem = _("Paste at least one line.")
        raise Invalid(problem, code="empty", fields={"text": problem})
    content = io.BytesIO(text.replace("\0", "").encode(errors="replace"))
    return upload(badge=badge, file=content, file_name="", by=by, at=at, **more)


def upload_rows(
    *, badge: Badge, rows: Sequence[Mapping[str, str]], by: Actor, at: datetime, **more: Any
) -> Batch:
    """Rows of a program, as a file: their keys are values of `common.spreadsheets.Field`."""
    written = io.StringIO()
    names = [field.value for field in Field if any(row.get(field.value) for row in rows)]
    headings = {Field.ADDRESS.value: "email"}
    table = csv.writer(written)
    table.writerow([headings.get(name, name.replace("_", " ")) for name in names])
    table.writerows([[row.get(name, "") for name in names] for row in rows])
    content = io.BytesIO(written.getvalue().encode())
    return upload(badge=badge, file=content, file_name="rows.csv", by=by, at=at, **more)


def forget_file(batch: Batch) -> None:
    """Of a batch that is to be taken back with its transaction: a dry run."""
    default_storage.delete(batch.file)


@transaction.atomic
def change_options(*, batch: Batch, name: str, options: Options, by: Actor, at: datetime) -> Batch:
    """Another name and other defaults, while the batch is being checked."""
    row = locked(batch, to="mend")
    save(row, name=name.strip()[:200] or row.name, **options.columns())
    note(row, Action.BATCH_CHANGED, by=by, at=at)
    return row


def _stored(name: str, file: BinaryIO) -> str:
    try:
        return default_storage.save(name, File(file))
    except OSError as error:
        default_storage.delete(name)
        if is_full(error):
            raise NoRoom from error
        raise


def _measured(file: BinaryIO) -> tuple[int, str]:
    """(bytes, SHA-256)"""
    file.seek(0, io.SEEK_END)
    size = file.tell()
    if not size:
        raise _wrong_file(_("The file is empty. Choose one with a line for each person."), "empty")
    if size > MOST_BYTES:
        most = MOST_BYTES // 1024**2
        raise _wrong_file(
            _("The file is larger than %(most)s MB. Cut it in two.") % {"most": most}, "too_large"
        )
    file.seek(0)
    return size, hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]  # it reads, and that is enough


def _look_into(file: BinaryIO, name: str, size: int) -> None:
    if size > LOOKED_AT_ONCE:
        return
    try:
        open_table(file, name=name)
    except Invalid as problem:
        raise _wrong_file(problem.message, problem.code) from problem


def _wrong_file(words: str, code: str) -> Invalid:
    return Invalid(words, code=code, fields={"file": words})


def _same_file(badge: Badge, digest: str, *, at: datetime) -> Batch | None:
    gone = (Batch.State.DISCARDED, Batch.State.UNREADABLE)
    earlier = Batch.objects.filter(badge=badge, file_sha256=digest, created_at__gt=at - SAME_FILE_WITHIN)
    return earlier.exclude(state__in=gone).order_by("-created_at").first()


def _tidy(file_name: str) -> str:
    """What people called it, without folders and without control characters."""
    shown = "".join(
        letter for letter in file_name.replace("\\", "/").rpartition("/")[2] if letter.isprintable()
    )
    return shown.strip()[-150:] or "list"
