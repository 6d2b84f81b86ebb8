"""The list of issuers that the operator of this site trusts: a file that they keep, named by TRUSTED_ISSUERS.

Either lines (`ID NAME`, `#` begins a comment) or JSON: `{"ID": "NAME", ...}`. An id is the address of a Profile or a
DID; one that ends in `/*` stands for all below it.
"""

import json
import logging
import re
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from django.conf import settings

LARGEST = 2_000_000  # bytes
LONGEST_NAME = 200
_ID = re.compile(r"https?://[^\s/*]+(?:/[^\s*]*(?<=/)\*?|/[^\s*]*)?|did:[a-z0-9]+:[^\s*]+")
_NOBODY: Mapping[str, str] = MappingProxyType({})
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Problem:
    """What is wrong with the file, and in which line (0: in the file as a whole)."""

    line: int
    text: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.text}" if self.line else self.text


class ListRefused(Exception):
    """The file is not a list of issuers; `problems` say why."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems


def trusted_issuers() -> Mapping[str, str]:
    """Id → name of the issuers on the list. Read again when the file changes; a file that cannot be read is logged,
    and what was read before stays."""
    return _kept.current(Path(settings.TRUSTED_ISSUERS)) if settings.TRUSTED_ISSUERS else _NOBODY


def read_list(path: Path) -> Mapping[str, str]:
    """Id → name. Raises ListRefused."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ListRefused(Problem(0, f"it cannot be read: {error.strerror or error}")) from error
    if len(content) > LARGEST:
        raise ListRefused(Problem(0, f"it is larger than {LARGEST} bytes"))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ListRefused(Problem(line, "this is not UTF-8")) from error
    entries = _of_json(text) if text.lstrip().startswith(("{", "[")) else _of_lines(text)
    return MappingProxyType(_checked(list(entries)))


Entry = tuple[int, str, str]  # line, id, name


def _of_lines(text: str) -> Iterator[Entry]:
    for number, line in enumerate(text.splitlines(), start=1):
        if (words := line.strip()) and not words.startswith("#"):
            issuer, *name = words.split(maxsplit=1)
            yield number, issuer, "".join(name)


def _of_json(text: str) -> Iterator[Entry]:
    try:
        pairs = json.loads(text, object_pairs_hook=list)
    except ValueError as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else 0
        raise ListRefused(Problem(line, "this is not JSON")) from error
    except RecursionError as error:
        raise ListRefused(Problem(0, "this is not JSON")) from error
    if not isinstance(pairs, list) or not all(isinstance(pair, tuple) for pair in pairs):
        raise ListRefused(Problem(1, 'this is not an object {"id": "name", ...}'))
    line, position = 1, 0
    for issuer, name in pairs:
        written = json.dumps(issuer, ensure_ascii=False)
        found = text.find(written, position)
        if found >= 0:
            line, position = text.count("\n", 0, found) + 1, found + len(written)
        yield line, issuer, name if isinstance(name, str) else ""


def _checked(entries: list[Entry]) -> dict[str, str]:
    found: dict[str, str] = {}
    problems = []
    for line, issuer, written in entries:
        name = " ".join(written.split())
        if problem := _problem(issuer, name, found):
            problems.append(Problem(line, problem))
        else:
            found[issuer] = name
    if problems:
        raise ListRefused(*problems)
    return found


def _problem(id: str, name: str, found: Mapping[str, str]) -> str:
    if not _ID.fullmatch(id):
        return f"“{id[:80]}” is neither a web address nor a DID"
    if not name:
        return f"“{id[:80]}” has no name"
    if len(name) > LONGEST_NAME:
        return f"the name of “{id[:80]}” is longer than {LONGEST_NAME} characters"
    return f"“{id[:80]}” is on the list twice" if id in found else ""


class _Kept:
    """What was read last, and of which state of the file."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._state: tuple[object, ...] = ()
        self._list: Mapping[str, str] = _NOBODY

    def current(self, path: Path) -> Mapping[str, str]:
        state = self._look(path)
        with self._lock:
            if state != self._state:
                self._read(path, same_file=self._state[:1] == state[:1])
                self._state = state
            return self._list

    def _look(self, path: Path) -> tuple[object, ...]:
        try:
            found = path.stat()
        except OSError:
            return (str(path),)
        return str(path), found.st_mtime_ns, found.st_size, found.st_ino

    def _read(self, path: Path, *, same_file: bool) -> None:
        try:
            self._list = read_list(path)
        except ListRefused as refused:
            log.error("The list of trusted issuers cannot be used: %s", refused)
            if not same_file:
                self._list = _NOBODY


_kept = _Kept()
