"""Archives that owners ask for on a page: the row is the queue, the worker makes the file, it lies there some days."""

import errno
import logging
import tempfile
import threading
import uuid
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from assertions.services.kit import note_kit, write_kit
from assertions.services.moving import note_export, sealed_secrets, write_export
from common import stopping
from common.actors import SYSTEM, Actor
from common.archives import ZipFolder
from common.errors import Refused
from issuers.emails import archive_mail
from issuers.models import Archive, Issuer
from journal.services import queue_mails

log = logging.getLogger(__name__)
KEPT = timedelta(days=7)
LEASE = timedelta(minutes=3)
BEAT = 5.0
"""Seconds between two signs of life of who makes one."""
MOST_ATTEMPTS = 5
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
Now = Callable[[], datetime]


class _Stopped(Exception):
    """The worker ends, or another one has taken over: the row is left to the next."""


@transaction.atomic
def ask_for_kit(*, issuer: Issuer, by: Actor, at: datetime) -> Archive:
    """The organisation's public face, to be made by the worker."""
    return _ask(issuer, Archive.Kind.KIT, None, by=by, at=at)


@transaction.atomic
def ask_for_export(*, issuer: Issuer, passphrase: str = "", by: Actor, at: datetime) -> Archive:
    """Everything, to be made by the worker; private keys only with a passphrase. They are sealed with it at once, so
    that it is kept nowhere."""
    sealed = sealed_secrets(issuer, passphrase=passphrase) if passphrase else None
    archive = _ask(issuer, Archive.Kind.EXPORT, sealed, by=by, at=at)
    note_export(issuer=issuer, by=by, at=at, with_keys=sealed is not None)
    return archive


@transaction.atomic
def remove_archive(*, archive: Archive, by: Actor, at: datetime) -> None:
    """Takes the file away before its time. What is still being made is left to end."""
    ready = Archive.objects.select_for_update().filter(pk=archive.pk, state=Archive.State.READY).first()
    if ready is not None:
        _over(ready)


@transaction.atomic
def remove_old_archives(*, at: datetime) -> int:
    """Files that have lain there long enough; how many."""
    rows = list(Archive.objects.over(at=at).select_for_update())
    for row in rows:
        _over(row)
    return len(rows)


def make_next_archive(*, now: Now) -> Archive | None:
    """Makes the one that was asked for first, unless another is being made on this site; gives it as it is then."""
    archive = _claim(at=now())
    if archive is None:
        return None
    try:
        with _Turn(archive, now) as turn:
            _make(archive, turn, now)
    except _Stopped:
        Archive.objects.filter(pk=archive.pk, attempts=archive.attempts).update(
            state=Archive.State.DUE, attempts=F("attempts") - 1, lease_until=None
        )
    except OSError as error:
        log.exception("the archive %s could not be written", archive.pk)
        trouble = Archive.Trouble.NO_ROOM if error.errno in FULL else Archive.Trouble.STORAGE
        _fail(archive, trouble, at=now())
    except Exception:
        log.exception("the archive %s could not be made", archive.pk)
        _fail(archive, Archive.Trouble.FAULT, at=now())
    archive.refresh_from_db()
    return archive


def _ask(issuer: Issuer, kind: Archive.Kind, sealed: bytes | None, *, by: Actor, at: datetime) -> Archive:
    try:
        with transaction.atomic():
            return Archive.objects.create(
                issuer=issuer, kind=kind, sealed_secrets=sealed, asked_by_id=by.user_id, asked_by_label=by.label[:200],
                asked_at=at,
            )  # fmt: skip
    except IntegrityError as error:
        message = _("It is being made already. This page says when it is ready.")
        raise Refused(message, code="already_asked") from error


@transaction.atomic
def _claim(*, at: datetime) -> Archive | None:
    """One at a time: a large one takes minutes, and other work goes on beside it."""
    if Archive.objects.filter(state=Archive.State.MAKING, lease_until__gte=at).exists():
        return None
    row = Archive.objects.waiting(at=at).select_related("issuer", "asked_by").first()
    if row is None:
        return None
    if row.attempts >= MOST_ATTEMPTS:
        _fail(row, Archive.Trouble.STOPPED, at=at)
        return None
    mine = Archive.objects.filter(pk=row.pk, attempts=row.attempts, state=row.state)
    taken = mine.update(state=Archive.State.MAKING, attempts=row.attempts + 1, lease_until=at + LEASE, done=0)
    row.attempts += 1
    return row if taken else None


def _make(archive: Archive, turn: "_Turn", now: Now) -> None:
    folder = Path(settings.DATA_DIR) / "archives"
    folder.mkdir(parents=True, exist_ok=True)
    began = now()
    with tempfile.NamedTemporaryFile(dir=folder, suffix=".zip") as written:
        with ZipFolder(Path(written.name), at=began) as place:
            counts = _write(archive, place, turn, began)
        size = Path(written.name).stat().st_size
        with Path(written.name).open("rb") as file:
            name = default_storage.save(f"archives/{uuid.uuid4().hex}.zip", File(file))
    try:
        _ready(archive, name, size, counts, began=began, at=now())
    except BaseException:
        default_storage.delete(name)
        raise


def _write(archive: Archive, place: ZipFolder, turn: "_Turn", at: datetime) -> dict[str, int]:
    if archive.kind == Archive.Kind.KIT:
        return write_kit(issuer=archive.issuer, place=place, at=at, tell=turn.tell)
    sealed = None if archive.sealed_secrets is None else bytes(archive.sealed_secrets)
    return write_export(issuer=archive.issuer, place=place, at=at, secrets=sealed, tell=turn.tell)


@transaction.atomic
def _ready(
    archive: Archive, name: str, size: int, counts: dict[str, int], *, began: datetime, at: datetime
) -> None:
    mine = Archive.objects.filter(pk=archive.pk, attempts=archive.attempts, state=Archive.State.MAKING)
    changed = mine.update(
        state=Archive.State.READY, file=name, size=size, counts=counts, made_at=began, expires_at=at + KEPT,
        lease_until=None, sealed_secrets=None, done=F("total"),
    )  # fmt: skip
    if not changed:
        raise _Stopped
    if archive.kind == Archive.Kind.KIT:
        by = Actor(
            id=f"user:{archive.asked_by_id}", label=archive.asked_by_label, user_id=archive.asked_by_id
        )
        note_kit(issuer=archive.issuer, by=by if archive.asked_by_id else SYSTEM, at=at, counts=counts)
    _tell_asker(archive, is_ready=True, at=at)


@transaction.atomic
def _fail(archive: Archive, trouble: Archive.Trouble, *, at: datetime) -> None:
    mine = Archive.objects.filter(pk=archive.pk, attempts=archive.attempts)
    failed = mine.update(state=Archive.State.FAILED, trouble=trouble, lease_until=None, sealed_secrets=None)
    if failed:
        _tell_asker(archive, is_ready=False, at=at)


def _tell_asker(archive: Archive, *, is_ready: bool, at: datetime) -> None:
    if archive.asked_by is not None:
        queue_mails([archive_mail(archive, to=archive.asked_by, is_ready=is_ready)], at=at)


def _over(row: Archive) -> None:
    name = row.file
    Archive.objects.filter(pk=row.pk).update(state=Archive.State.OVER, file="")
    transaction.on_commit(lambda: default_storage.delete(name))


class _Turn:
    """Says every few seconds that somebody works on it and how far it is, on a connection of its own: the work reads
    in one long transaction."""

    def __init__(self, archive: Archive, now: Now) -> None:
        self._archive, self._now = archive, now
        self._done, self._total, self._lost = 0, 0, False
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="archive", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def tell(self, done: int, total: int) -> None:
        """What the work calls between two steps."""
        self._done, self._total = done, total
        if self._lost or stopping.has_begun():
            raise _Stopped

    def _say(self) -> int:
        mine = Archive.objects.filter(pk=self._archive.pk, attempts=self._archive.attempts)
        return mine.filter(state=Archive.State.MAKING).update(
            done=self._done, total=self._total, lease_until=self._now() + LEASE
        )

    def _beat(self) -> None:
        try:
            while not self._over.wait(BEAT):
                with suppress(DatabaseError):  # too busy for a moment: the lease is longer than that
                    self._lost = not self._say()
        finally:
            connection.close()
