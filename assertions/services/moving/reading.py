"""An archive that somebody brings: opened with care, its members known by their hashes before a row is written."""

import hashlib
import json
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from django.conf import settings
from django.utils.translation import gettext as _

from assertions.services.moving.lines import LONGEST_LINE
from assertions.services.moving.refusals import Damaged, NotImported
from assertions.services.moving.tables import TABLES
from assertions.services.moving.writing import FILES, FORMAT, MANIFEST, PEOPLE, SECRETS, VERSION

LARGEST_MANIFEST = 20_000_000
MOST_MEMBERS = 2_000_000
MOST_TIMES = 1100
"""No honest member is packed more tightly: deflate itself ends near 1032 to 1."""
STORED_NAME = re.compile(r"(?:pictures|evidence|batches|logos)/[A-Za-z0-9][A-Za-z0-9._/-]{0,180}")
HASH = re.compile(r"[0-9a-f]{64}")
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    KeyError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OSError,
)


@dataclass(frozen=True)
class Manifest:
    """What the archive says of itself, checked for sense."""

    slug: str
    name: str
    scope: str
    site: str
    made: str
    tables: dict[str, tuple[int, str]]
    members: str
    files: str
    secrets: str


class Archive:
    """A context manager. Members are read in pieces; what they hold is compared with the manifest's hashes."""

    def __init__(self, path: Path) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
        except BROKEN as error:
            raise NotImported(_("This is not a ZIP file, or it breaks off. Copy it once more.")) from error
        try:
            self._check_members()
            self.manifest = _manifest(self._whole(MANIFEST, LARGEST_MANIFEST))
        except BaseException:
            self._zip.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, value: object, trace: object) -> None:
        self._zip.close()

    def check(self) -> None:
        """Every member is what the manifest says, to the last byte. Raises Damaged."""
        said = self.manifest
        for name, (rows, digest) in said.tables.items():
            if self._read_through(f"tables/{name}.jsonl", digest) != rows:
                raise Damaged
        self._read_through(f"tables/{PEOPLE}", said.members)
        self._read_through(FILES, said.files)
        for name, digest in self.stored_files():
            self._read_through(f"files/{name}", digest)
        if said.secrets:
            self._read_through(SECRETS, said.secrets)

    def lines_of(self, name: str) -> Iterator[bytes]:
        """The lines of a table."""
        with self._open(f"tables/{name}") as member:
            while line := member.readline(LONGEST_LINE):
                if not line.endswith(b"\n"):
                    raise Damaged
                yield line

    def stored_files(self) -> Iterator[tuple[str, str]]:
        """(name in storage, SHA-256) of each file."""
        with self._open(FILES) as member:
            while line := member.readline(2000):
                try:
                    said = json.loads(line)
                    name, digest = said["name"], said["sha256"]
                except (ValueError, KeyError, TypeError) as error:
                    raise Damaged from error
                if not (isinstance(name, str) and STORED_NAME.fullmatch(name) and ".." not in name):
                    raise Damaged
                if not (isinstance(digest, str) and HASH.fullmatch(digest)):
                    raise Damaged
                yield name, digest

    def secrets(self) -> bytes:
        return self._whole(SECRETS, LARGEST_MANIFEST)

    def open_file(self, name: str) -> Any:
        return self._open(f"files/{name}")

    def _check_members(self) -> None:
        members = self._zip.infolist()
        names = {member.filename for member in members}
        if len(names) != len(members) or len(members) > MOST_MEMBERS or MANIFEST not in names:
            raise NotImported(_("This ZIP file is not an export of an organisation."))
        for member in members:
            is_odd = member.flag_bits & 1 or stat.S_ISLNK(member.external_attr >> 16) or member.is_dir()
            if is_odd or member.file_size > MOST_TIMES * member.compress_size + 1000:
                raise Damaged

    def _open(self, name: str) -> Any:
        try:
            return self._zip.open(name)
        except BROKEN as error:
            raise Damaged from error

    def _whole(self, name: str, most: int) -> bytes:
        try:
            with self._zip.open(name) as member:
                content = member.read(most + 1)
        except BROKEN as error:
            raise Damaged from error
        if len(content) > most:
            raise Damaged
        return bytes(content)

    def _read_through(self, name: str, digest: str) -> int:
        """How many lines; raises Damaged where the content is another."""
        found, count = hashlib.sha256(), 0
        try:
            with self._zip.open(name) as member:
                while chunk := member.read(1 << 20):
                    found.update(chunk)
                    count += chunk.count(b"\n")
        except BROKEN as error:
            raise Damaged from error
        if found.hexdigest() != digest:
            raise Damaged
        return count


def _manifest(text: bytes) -> Manifest:
    try:
        said = json.loads(text)
        is_ours = said["format"] == FORMAT
        version = said["version"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise NotImported(_("This ZIP file is not an export of an organisation.")) from error
    if not is_ours:
        raise NotImported(_("This ZIP file is not an export of an organisation."))
    known = {table.name for table in TABLES}
    try:
        tables = {table["name"]: (int(table["rows"]), str(table["sha256"])) for table in said["tables"]}
        manifest = Manifest(
            slug=str(said["issuer"]["slug"]), name=str(said["issuer"]["name"]), scope=str(said["issuer"]["scope"]),
            site=str(said["site"]), made=str(said["made"])[:40], tables=tables, members=str(said["members"]),
            files=str(said["files"]), secrets=str(said["secrets"]),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Damaged from error
    if version != VERSION or not tables.keys() <= known:
        raise NotImported(
            _("This export was made by a newer version of this software. Update this installation first.")
        )
    if tables.keys() != known:
        raise Damaged
    return manifest


def check_site(manifest: Manifest) -> None:
    """Ids are absolute: under another address every badge would go on naming the old one."""
    if manifest.site != settings.SITE_URL:
        raise NotImported(
            _(
                "This organisation’s badges name %(theirs)s, and this installation is %(ours)s. What was signed cannot "
                "be changed, so they would go on being looked up at the old address. Move the domain name too: give "
                "this installation SITE_URL=%(theirs)s. To keep the badges alive under their old address without this "
                "software, use an exit kit."
            )
            % {"theirs": manifest.site[:200], "ours": settings.SITE_URL},
            code="other_site",
        )
