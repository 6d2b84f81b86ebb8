"""Many files put together: in a folder, or in one ZIP file that is written from its beginning to its end."""

import errno
import hashlib
import os
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import IO, Protocol, Self

PACKED_ALREADY = (".png", ".jpg", ".pdf", ".woff2", ".xlsx")
ASCII_PATH = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./@+ ")


class Place(Protocol):
    """Where files are written. Paths are relative, with slashes, and each is written once."""

    files: int
    size: int

    def add(self, path: str, content: bytes | Iterable[bytes]) -> str:
        """Writes one file; gives the SHA-256 of its content."""

    def extend(self, path: str, source: IO[bytes]) -> None:
        """Copies a whole file from where it was gathered."""


class Folder:
    """A folder that is new or empty."""

    def __init__(self, root: Path) -> None:
        self.files = self.size = 0
        root.mkdir(parents=True, exist_ok=True)
        self._root = root

    def add(self, path: str, content: bytes | Iterable[bytes]) -> str:
        place = self._root / checked_path(path)
        place.parent.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256()
        with place.open("xb") as file:
            for chunk in _chunks(content):
                digest.update(chunk)
                self.size += file.write(chunk)
        self.files += 1
        return digest.hexdigest()

    def extend(self, path: str, source: IO[bytes]) -> None:
        self.add(path, iter(lambda: source.read(1 << 20), b""))


class ZipFolder:
    """One ZIP file (ZIP64 where it must be); half a million members take some tens of megabytes of memory.

    Left by an exception, the file is closed as it is and of no use: whoever opened it removes it.
    """

    def __init__(self, file: IO[bytes] | Path, *, at: datetime) -> None:
        self.files = self.size = 0
        self._time = (max(at.year, 1980), at.month, at.day, at.hour, at.minute, at.second)
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, allowZip64=True)
        # The class keeps an object for each member until the end. These two are all that it asks of them.
        self._zip.filelist = _Packed()  # type: ignore[assignment]
        self._zip.NameToInfo = _Forgetful()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._zip.close()
            return
        if self._zip.fp is not None:
            self._zip.fp.close()
        self._zip.fp = None  # so that it does not try to finish what cannot be finished

    def add(self, path: str, content: bytes | Iterable[bytes]) -> str:
        info = zipfile.ZipInfo(checked_path(path), self._time)
        info.compress_type = zipfile.ZIP_STORED if path.endswith(PACKED_ALREADY) else zipfile.ZIP_DEFLATED
        info.external_attr = 0o644 << 16
        digest = hashlib.sha256()
        is_whole = isinstance(content, bytes)
        info.file_size = len(content) if isinstance(content, bytes) else 0
        with self._zip.open(info, "w", force_zip64=not is_whole) as member:
            for chunk in _chunks(content):
                digest.update(chunk)
                self.size += member.write(chunk)
        self.files += 1
        return digest.hexdigest()

    def extend(self, path: str, source: IO[bytes]) -> None:
        self.add(path, iter(lambda: source.read(1 << 20), b""))


@contextmanager
def place_at(path: Path, *, at: datetime) -> Iterator["Folder | ZipFolder"]:
    """A ZIP file where the path ends so, else a folder. What is not finished is removed again."""
    if path.suffix.lower() != ".zip":
        with _new_folder(path) as root:
            yield Folder(root)
        return
    partial = path.with_name(f"{path.name}.partial")
    try:
        with ZipFolder(partial, at=at) as place:
            yield place
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def _new_folder(root: Path) -> Iterator[Path]:
    was_there = root.exists()
    if was_there and (not root.is_dir() or any(root.iterdir())):
        raise FileExistsError(errno.EEXIST, "is not an empty folder", str(root))
    try:
        yield root
    except BaseException:
        for inside in root.iterdir() if was_there else [root]:
            shutil.rmtree(inside, ignore_errors=True) if inside.is_dir() else inside.unlink()
        raise


class Listed:
    """A place that notes each file with its hash, to be written at the end as `sha256sum --check` reads it. A context
    manager."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._list = tempfile.TemporaryFile()  # noqa: SIM115  closed by __exit__

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, value: object, trace: object) -> None:
        self._list.close()

    @property
    def files(self) -> int:
        return self._place.files

    @property
    def size(self) -> int:
        return self._place.size

    def add(self, path: str, content: bytes | Iterable[bytes]) -> str:
        digest = self._place.add(path, content)
        self._list.write(f"{digest}  {path}\n".encode())
        return digest

    def write_list(self, path: str) -> None:
        self._list.seek(0)
        self._place.extend(path, self._list)


class _Packed:
    """The members of a ZIP file as its directory names them, a thousand at a time made small."""

    STEP = 1000

    def __init__(self) -> None:
        self._loose: list[zipfile.ZipInfo] = []
        self._packed: list[bytes] = []

    def append(self, info: zipfile.ZipInfo) -> None:
        self._loose.append(info)
        if len(self._loose) == self.STEP:
            self._packed.append(zlib.compress("\n".join(map(_written, self._loose)).encode(), 1))
            self._loose = []

    def __len__(self) -> int:
        return len(self._packed) * self.STEP + len(self._loose)

    def __iter__(self) -> Iterator[zipfile.ZipInfo]:
        for some in self._packed:
            yield from map(_read, zlib.decompress(some).decode().split("\n"))
        yield from self._loose


class _Forgetful(dict[str, zipfile.ZipInfo]):
    def __setitem__(self, name: str, info: zipfile.ZipInfo) -> None:
        """Not kept: nobody asks for a member again, and each path is written once."""


_KEPT = ("CRC", "compress_size", "file_size", "header_offset", "compress_type", "flag_bits", "external_attr")


def _written(info: zipfile.ZipInfo) -> str:
    times = (*info.date_time, info.create_version, info.extract_version)
    return " ".join(map(str, (*(getattr(info, name) for name in _KEPT), *times))) + f" {info.filename}"


def _read(line: str) -> zipfile.ZipInfo:
    *numbers, name = line.split(" ", len(_KEPT) + 8)
    values = [int(number) for number in numbers]
    year, month, day, hour, minute, second, created, extracted = values[len(_KEPT) :]
    info = zipfile.ZipInfo(name, (year, month, day, hour, minute, second))
    for field, value in zip(_KEPT, values, strict=False):
        setattr(info, field, value)
    info.create_version, info.extract_version = created, extracted
    return info


def checked_path(path: str) -> str:
    """The path, if it leads to nowhere but below its folder; raises ValueError."""
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or ".." in parts or not set(path) <= ASCII_PATH or os.sep != "/":
        raise ValueError(f"not a path for a file of an archive: {path!r}")
    return path


def _chunks(content: bytes | Iterable[bytes]) -> Iterable[bytes]:
    return [content] if isinstance(content, bytes) else content
