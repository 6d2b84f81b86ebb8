"""Archives of organisations for tests: made, taken apart, changed, put together again; and an installation emptied."""

import hashlib
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

from django.db import connection

from assertions.services.moving import sealed_secrets, write_export
from assertions.services.moving.tables import TABLES
from common.archives import place_at
from issuers.models import Issuer
from tests.assertions.kits import AT, files_of

PASSPHRASE = "correct horse battery staple"
Members = dict[str, bytes]


def exported(issuer: Issuer, path: Path, *, passphrase: str = PASSPHRASE) -> Path:
    secrets = sealed_secrets(issuer, passphrase=passphrase) if passphrase else None
    with place_at(path, at=AT) as place:
        write_export(issuer=issuer, place=place, at=AT, secrets=secrets)
    return path


def changed(
    path: Path, change: Callable[[Members], None], *, name: str = "changed.zip", honest: bool = True
) -> Path:
    """The archive with other members; `honest`: hashes and counts are those of what is in it now."""
    members = files_of(path)
    change(members)
    if honest:
        members["manifest.json"] = _with_right_hashes(members)
    written = path.with_name(name)
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as place:
        for member, content in members.items():
            place.writestr(member, content)
    return written


def with_rows(table: str, change: Callable[[dict[str, object]], object]) -> Callable[[Members], None]:
    """Changes each row of one table."""

    def act(members: Members) -> None:
        name = f"tables/{table}.jsonl"
        rows = [json.loads(line) for line in members[name].splitlines()]
        for row in rows:
            change(row)
        members[name] = b"".join(json.dumps(row).encode() + b"\n" for row in rows)

    return act


def with_manifest(**values: object) -> Callable[[Members], None]:
    def act(members: Members) -> None:
        members["manifest.json"] = json.dumps(json.loads(members["manifest.json"]) | values).encode()

    return act


def _with_right_hashes(members: Members) -> bytes:
    said = json.loads(members["manifest.json"])

    def digest(name: str) -> str:
        return hashlib.sha256(members.get(name, b"")).hexdigest()

    for table in said["tables"]:
        name = f"tables/{table['name']}.jsonl"
        table |= {"sha256": digest(name), "rows": members.get(name, b"").count(b"\n")}
    said |= {"members": digest("tables/members.jsonl"), "files": digest("files.jsonl")}
    said["secrets"] = digest("secrets.json") if "secrets.json" in members else ""
    return json.dumps(said).encode()


def forget(issuer: Issuer) -> None:
    """As if the organisation had never been here: only its rows, so that it can come back in a test."""
    issuer.badges.update(current=None)
    keys = {table: list(table.rows(issuer).values_list("pk", flat=True)) for table in TABLES}
    for table in reversed(TABLES):
        table.model._default_manager.filter(pk__in=keys[table])._raw_delete(connection.alias)


def as_told(path: Path) -> dict[str, list[dict[str, object]]]:
    """The rows of an archive by table, with numbers that only one installation knows as places in their tables."""
    members = files_of(path)
    tables = {
        table.name: [json.loads(line) for line in members[f"tables/{table.name}.jsonl"].splitlines()]
        for table in TABLES
    }
    numbers = {
        name: {row["id"]: f"{name}#{place}" for place, row in enumerate(rows)}
        for name, rows in tables.items()
        if rows and isinstance(rows[0].get("id"), int)
    }
    for table in TABLES:
        for field in table.model._meta.concrete_fields:
            target = field.related_model._meta.label_lower if field.is_relation else table.name
            for row in tables[table.name] if field.is_relation or field.primary_key else ():
                if isinstance(row.get(field.attname), int):
                    row[field.attname] = numbers.get(target, {}).get(row[field.attname], "somebody")
    return tables
