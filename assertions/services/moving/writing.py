"""Everything that belongs to an organisation, as lines of JSON and files in one archive."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import IO, Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection, transaction

from assertions.services.moving.lines import as_text, lines
from assertions.services.moving.tables import MEMBERS, PERSONAL, TABLES, Table
from common.actors import Actor
from common.archives import Place
from issuers.models import Issuer
from journal.models import Action
from journal.services import record

FORMAT, VERSION = "open badges organisation", 1
MANIFEST, SECRETS, FILES, PEOPLE = "manifest.json", "secrets.json", "files.jsonl", "members.jsonl"
Tell = Callable[[int, int], None]


@transaction.atomic
def note_export(*, issuer: Issuer, by: Actor, at: datetime, with_keys: bool) -> None:
    """The journal’s line, written before the export: so the export tells of itself."""
    target = ("issuer", issuer.pk, issuer.name)
    data = {"with_keys": with_keys}
    record(scope=issuer.scope, action=Action.ISSUER_EXPORTED, by=by, at=at, target=target, data=data)


def write_export(
    *,
    issuer: Issuer,
    place: Place,
    at: datetime,
    secrets: bytes | None,
    tell: Tell | None = None,
) -> dict[str, int]:
    """Writes the archive; gives how many rows and files, and how many bytes. Reads only, all as of one moment.

    `secrets` is what `sealed_secrets` gave, or nothing: then private keys stay here. `tell(tables, of)` hears how far
    it is; what it raises ends the work.
    """
    tell = tell or _unheard
    with one_moment():
        issuer = Issuer.objects.get(pk=issuer.pk)
        tables = [_table(table, issuer, place, tell, number) for number, table in enumerate(TABLES)]
        members = place.add(f"tables/{PEOPLE}", _people(issuer))
        files, count, missing = _files(issuer, place)
    manifest = {
        "format": FORMAT, "version": VERSION, "site": settings.SITE_URL, "made": at.isoformat(timespec="seconds"),
        "issuer": {"slug": issuer.slug, "name": issuer.name, "scope": issuer.scope}, "tables": tables,
        "members": members, "files": files, "missing_files": missing, "secrets": "",
    }  # fmt: skip
    if secrets is not None:
        manifest["secrets"] = place.add(SECRETS, secrets)
    place.add(MANIFEST, as_text(manifest))
    tell(len(TABLES), len(TABLES))
    rows = sum(int(table["rows"]) for table in tables)
    return {"rows": rows, "files": count, "missing": len(missing), "bytes": place.size}


def _unheard(done: int, total: int) -> None:
    """For who does not ask how far it is."""


@contextmanager
def one_moment() -> Iterator[None]:
    """What is read in it is as it was when it began, and nobody waits for it."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield
    else:
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")  # atomic() would take the lock of who writes
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("ROLLBACK")


def _table(table: Table, issuer: Issuer, place: Place, tell: Tell, number: int) -> dict[str, Any]:
    tell(number, len(TABLES))
    count = 0

    def counted() -> Iterator[bytes]:
        nonlocal count
        for line in lines(table, table.rows(issuer)):
            count += 1
            if count % 1000 == 0:
                tell(number, len(TABLES))
            yield line

    digest = place.add(f"tables/{table.name}.jsonl", counted())
    return {"name": table.name, "rows": count, "sha256": digest}


def _people(issuer: Issuer) -> Iterator[bytes]:
    for row in MEMBERS.rows(issuer).order_by("pk").values(*PERSONAL):
        yield json.dumps(row, ensure_ascii=False).encode() + b"\n"


def _files(issuer: Issuer, place: Place) -> tuple[str, int, list[str]]:
    """(hash of the list of files, how many, names of those that should be there and are not)."""
    listed: list[bytes] = []
    missing: list[str] = []
    for name in sorted(set(_names(issuer))):
        try:
            with default_storage.open(name) as stored:
                digest = place.add(f"files/{name}", _chunks(stored))
        except FileNotFoundError:
            missing.append(name)
            continue
        listed.append(json.dumps({"name": name, "sha256": digest}).encode() + b"\n")
    return place.add(FILES, b"".join(listed)), len(listed), missing


def _names(issuer: Issuer) -> Iterator[str]:
    for table in TABLES:
        for column in table.files:
            rows = table.rows(issuer).exclude(**{column: ""}).order_by()
            yield from rows.values_list(column, flat=True).distinct().iterator()


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    return iter(lambda: file.read(1 << 20), b"")
