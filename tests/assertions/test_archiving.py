"""Archives that owners ask for: one at a time, made by the worker, kept for some days, and nothing lost on the way."""

import errno
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.storage import FileSystemStorage, default_storage
from django.utils import timezone

from assertions.services import archiving
from assertions.services.archiving import (
    KEPT,
    LEASE,
    MOST_ATTEMPTS,
    ask_for_export,
    ask_for_kit,
    make_next_archive,
    remove_archive,
    remove_old_archives,
)
from assertions.tasks import forget_archives, make_archives
from badges.models import Badge
from common import stopping
from common.actors import SYSTEM
from common.errors import Invalid, Refused
from issuers.models import Archive, Issuer
from journal.models import Action, Entry, Message
from tests.assertions.houses import PASSPHRASE
from tests.factories import make_accepted, make_issuer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def without_signs_of_life(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another connection would wait for the test's own transaction, on a slow machine."""
    monkeypatch.setattr(archiving, "BEAT", 3600.0)


class FullDisk(FileSystemStorage):
    """A disk with no room left."""

    def _save(self, name: str, content: Any) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")


class BrokenDisk(FileSystemStorage):
    def _save(self, name: str, content: Any) -> str:
        raise PermissionError(errno.EACCES, "Permission denied")


def asked(issuer: Issuer) -> Archive:
    owner = issuer.memberships.get(role="owner").user
    return ask_for_kit(issuer=issuer, by=owner.actor, at=timezone.now())


def made(issuer: Issuer) -> Archive:
    asked(issuer)
    archive = make_next_archive(now=timezone.now)
    assert archive is not None
    return archive


def test_a_kit_is_made(issuer: Issuer, badge: Badge) -> None:
    make_accepted(badge)
    archive = made(issuer)
    assert (archive.state, archive.counts["awards"]) == (Archive.State.READY, 1)
    assert archive.expires_at is not None
    assert archive.expires_at >= timezone.now() + KEPT - timedelta(minutes=5)
    with default_storage.open(archive.file) as file, zipfile.ZipFile(file) as read:
        assert read.testzip() is None
        assert "site/index.html" in read.namelist()
        assert archive.size == file.size
    mail = Message.objects.get(kind="archive")
    assert (mail.recipient, mail.context["is_ready"]) == ("owner@example.org", True)
    line = Entry.objects.get(action=Action.KIT_MADE)
    assert (line.actor_label, line.data["awards"]) == ("Olga Owner", 1)


def test_an_export_holds_keys_under_the_passphrase_only(issuer: Issuer) -> None:
    ask_for_export(issuer=issuer, passphrase=PASSPHRASE, by=SYSTEM, at=timezone.now())
    waiting = Archive.objects.get()
    assert waiting.sealed_secrets is not None
    assert PASSPHRASE.encode() not in bytes(waiting.sealed_secrets)
    archive = make_next_archive(now=timezone.now)
    assert archive is not None
    assert (archive.state, archive.sealed_secrets) == (Archive.State.READY, None)
    with default_storage.open(archive.file) as file, zipfile.ZipFile(file) as read:
        assert {"manifest.json", "secrets.json"} <= set(read.namelist())
    assert Entry.objects.get(action=Action.ISSUER_EXPORTED).data == {"with_keys": True}


def test_an_export_without_keys(issuer: Issuer) -> None:
    ask_for_export(issuer=issuer, by=SYSTEM, at=timezone.now())
    archive = make_next_archive(now=timezone.now)
    assert archive is not None
    with default_storage.open(archive.file) as file, zipfile.ZipFile(file) as read:
        assert "secrets.json" not in read.namelist()


def test_a_short_passphrase_asks_for_nothing(issuer: Issuer) -> None:
    with pytest.raises(Invalid, match="at least 12"):
        ask_for_export(issuer=issuer, passphrase="short", by=SYSTEM, at=timezone.now())
    assert not Archive.objects.exists()


def test_it_is_asked_for_once_at_a_time(issuer: Issuer) -> None:
    asked(issuer)
    with pytest.raises(Refused, match="being made already"):
        asked(issuer)
    ask_for_export(issuer=issuer, by=SYSTEM, at=timezone.now())
    make_next_archive(now=timezone.now)
    asked(issuer)
    assert Archive.objects.count() == 3


def test_one_is_made_at_a_time(issuer: Issuer) -> None:
    mine = asked(issuer)
    asked(make_issuer("Elsewhere"))
    now = timezone.now()
    Archive.objects.filter(pk=mine.pk).update(state=Archive.State.MAKING, attempts=1, lease_until=now + LEASE)
    assert make_next_archive(now=timezone.now) is None


def test_a_worker_that_was_killed_is_followed_by_another(issuer: Issuer) -> None:
    mine = asked(issuer)
    past = timezone.now() - timedelta(minutes=1)
    Archive.objects.filter(pk=mine.pk).update(state=Archive.State.MAKING, attempts=1, lease_until=past)
    archive = make_next_archive(now=timezone.now)
    assert archive is not None
    assert (archive.pk, archive.state, archive.attempts) == (mine.pk, Archive.State.READY, 2)


def test_it_is_not_tried_for_ever(issuer: Issuer) -> None:
    mine = asked(issuer)
    past = timezone.now() - timedelta(minutes=1)
    Archive.objects.filter(pk=mine.pk).update(
        state=Archive.State.MAKING, attempts=MOST_ATTEMPTS, lease_until=past
    )
    assert make_next_archive(now=timezone.now) is None
    mine.refresh_from_db()
    assert (mine.state, mine.trouble) == (Archive.State.FAILED, Archive.Trouble.STOPPED)


@pytest.fixture
def told_to_stop() -> Iterator[None]:
    stopping.begin()
    yield
    stopping._TOLD.clear()


@pytest.mark.usefixtures("told_to_stop")
def test_a_worker_that_is_told_to_stop_leaves_it_to_the_next(issuer: Issuer) -> None:
    archive = made(issuer)
    assert (archive.state, archive.attempts, archive.lease_until) == (Archive.State.DUE, 0, None)


@pytest.mark.parametrize(("disk", "trouble"), [("FullDisk", "no_room"), ("BrokenDisk", "storage")])
def test_a_disk_that_takes_nothing_is_said(
    issuer: Issuer, settings: LazySettings, disk: str, trouble: str, caplog: pytest.LogCaptureFixture
) -> None:
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": f"{__name__}.{disk}"}}
    archive = made(issuer)
    assert (archive.state, archive.trouble, archive.sealed_secrets) == (Archive.State.FAILED, trouble, None)
    assert archive.explanation
    assert Message.objects.get(kind="archive").context["is_ready"] is False
    assert "could not be written" in caplog.text
    assert not list((settings.DATA_DIR / "archives").glob("*.zip"))


def test_files_go_after_some_days(issuer: Issuer, django_capture_on_commit_callbacks: Any) -> None:
    archive = made(issuer)
    assert remove_old_archives(at=timezone.now() + KEPT - timedelta(hours=1)) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert remove_old_archives(at=timezone.now() + KEPT + timedelta(hours=1)) == 1
    assert not default_storage.exists(archive.file)
    archive.refresh_from_db()
    assert (archive.state, archive.file) == (Archive.State.OVER, "")


def test_a_file_is_removed_by_hand(issuer: Issuer, django_capture_on_commit_callbacks: Any) -> None:
    archive = made(issuer)
    with django_capture_on_commit_callbacks(execute=True):
        for _twice in range(2):
            remove_archive(archive=archive, by=SYSTEM, at=timezone.now())
    assert not default_storage.exists(archive.file)


def test_the_tasks(issuer: Issuer) -> None:
    assert make_archives() == ""
    asked(issuer)
    assert make_archives() == "ready"
    assert forget_archives() == 0
    assert isinstance(Archive.objects.get().made_at, datetime)


@pytest.mark.django_db(transaction=True)
def test_signs_of_life_while_it_is_made(
    issuer: Issuer, badge: Badge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a connection of their own; who has lost the row to another worker stops."""
    monkeypatch.setattr(archiving, "BEAT", 0.01)
    for _number in range(3):
        make_accepted(badge)
    assert made(issuer).total == 3
    mine = asked(issuer)
    Archive.objects.filter(pk=mine.pk).update(
        state=Archive.State.MAKING, attempts=2, lease_until=timezone.now()
    )
    mine.attempts = 1
    with archiving._Turn(mine, timezone.now) as turn, pytest.raises(archiving._Stopped):
        _work(turn)


def _work(turn: archiving._Turn) -> None:
    while True:
        turn.tell(0, 0)
