"""What `manage.py reconcile` is made of: checks that look at rows and files and say in plain words what is broken."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.core.files.storage import default_storage
from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)
STEP = 1000


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it must be: `code` is for machines, `where` names the row or file."""

    code: str
    what: str
    where: str


@dataclass(frozen=True)
class Check:
    """One invariant. `find` gives what breaks it as things stand at the given time; `remedy` says what to do."""

    title: str
    find: Callable[[datetime], Iterator[Finding]]
    remedy: str


def in_steps(rows: "QuerySet[Row, Row]", *, size: int = STEP) -> Iterator[list[Row]]:
    """All of the rows in the order of their keys, so many at a time: a million of them never fill the memory, and no
    cursor is held open while they are looked at."""
    last: Any = None
    while True:
        page = list((rows if last is None else rows.filter(pk__gt=last)).order_by("pk")[:size])
        if page:
            yield page
        if len(page) < size:
            return
        last = page[-1].pk


def file_problem(name: str, *, sha256: str) -> str:
    """What is wrong with a stored file that is known by its content; nothing where it is as it was stored."""
    digest = hashlib.sha256()
    try:
        with default_storage.open(name) as file:
            for chunk in file.chunks():
                digest.update(chunk)
    except FileNotFoundError:
        return "the file is missing"
    except OSError as error:
        return f"the file cannot be read: {error.strerror or error}"
    return "" if digest.hexdigest() == sha256 else "the file is not what was stored"
