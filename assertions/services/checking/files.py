"""Evidence: each file that an award names is stored as it was, and nothing is stored that nobody names."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from pathlib import PurePosixPath

from django.core.files.storage import default_storage

from assertions.models import Evidence, EvidenceUpload
from common.checking import STEP, Check, Finding, file_problem, in_steps

FOLDER = "evidence"


def evidence(at: datetime) -> Iterator[Finding]:
    """The name of a file is the hash of its content. Many awards may name one file: it is read once in a row."""
    last = ("", "")
    for page in in_steps(Evidence.objects.exclude(file="").only("pk", "file", "award_id")):
        for row in sorted(page, key=lambda one: one.file):
            if row.file != last[0]:
                last = (row.file, file_problem(row.file, sha256=PurePosixPath(row.file).stem))
            if last[1]:
                yield Finding("evidence.file", last[1], f"evidence {row.file} of award {row.award_id}")


def strays(at: datetime) -> Iterator[Finding]:
    for names in _in_groups(stored_in(FOLDER)):
        known = set(Evidence.objects.filter(file__in=names).values_list("file", flat=True))
        known |= set(EvidenceUpload.objects.filter(file__in=names).values_list("file", flat=True))
        for name in names:
            if name not in known:
                yield Finding("evidence.stray", "is stored and no award names it", f"file {name}")


def stored_in(folder: str) -> Iterator[str]:
    """The names of all files in a folder of the storage, however deep."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    yield from (f"{folder}/{name}" for name in sorted(files))
    for name in sorted(folders):
        yield from stored_in(f"{folder}/{name}")


def is_older(name: str, *, than: datetime) -> bool:
    """Whether it was stored before; not where it is gone by now."""
    try:
        return default_storage.get_modified_time(name) < than
    except FileNotFoundError:
        return False


def _in_groups(names: Iterable[str]) -> Iterator[list[str]]:
    names = iter(names)
    while group := list(islice(names, STEP)):
        yield group


CHECKS = (
    Check(
        "evidence is stored",
        evidence,
        "Restore the files from a backup of DATA_DIR/media or of the bucket: awards name them.",
    ),
    Check(
        "no file is stored that nobody names",
        strays,
        "Such a file may hold somebody’s personal data. Delete it, unless a backup of the database names it.",
    ),
)
