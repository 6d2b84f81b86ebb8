"""Everything that is sealed in a table, under the first of KEY_ENCRYPTION_KEYS: in steps, while the site is at work."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import connection, transaction
from django.db.models import Model, QuerySet

from common.sealing import SealBroken, key_provider

Row = TypeVar("Row", bound=Model)
STEP = 200


@dataclass(frozen=True)
class Step:
    """Rows that were looked at, those of them that were sealed anew, and those that no key at hand opens."""

    seen: int
    resealed: int
    broken: tuple[str, ...] = ()


def reseal_bytes(sealed: bytes | None) -> bytes | None:
    """Under the first key; None where it is already, or where nothing is sealed. Raises SealBroken."""
    if not sealed or key_provider().is_current(bytes(sealed)):
        return None
    return key_provider().reseal(bytes(sealed))


def reseal_columns(row: Any, *columns: str) -> bool:
    """Seals these binary columns of a row anew where another key sealed them; whether any was."""
    found = {name: reseal_bytes(getattr(row, name)) for name in columns}
    changed = {name: sealed for name, sealed in found.items() if sealed is not None}
    for name, sealed in changed.items():
        setattr(row, name, sealed)
    return bool(changed)


def reseal_in_steps(
    rows: "QuerySet[Row, Row]", change: Callable[[Row], bool], *, columns: Sequence[str], size: int = STEP
) -> Iterator[Step]:
    """Goes through the rows in short transactions. `change` seals a row's columns anew and says whether it did.

    Rows that somebody works on are left for the end, each by itself: nobody waits for more than one step, and no two
    wait for each other. Stopping it loses nothing; what was done is passed over the next time.
    """
    last: Any = None
    busy: list[Any] = []
    while True:
        page = rows if last is None else rows.filter(pk__gt=last)
        keys = list(page.order_by("pk").values_list("pk", flat=True)[:size])
        if not keys:
            break
        last = keys[-1]
        step, locked = _step(rows.filter(pk__in=keys), change, columns, skip_locked=True)
        busy += [key for key in keys if key not in locked]
        yield step
    for key in busy:
        yield _step(rows.filter(pk=key), change, columns, skip_locked=False)[0]


@transaction.atomic
def _step(
    rows: "QuerySet[Row, Row]", change: Callable[[Row], bool], columns: Sequence[str], *, skip_locked: bool
) -> tuple[Step, set[Any]]:
    skips = skip_locked and connection.features.has_select_for_update_skip_locked
    locked = list(rows.select_for_update(skip_locked=skips, no_key=True).order_by("pk"))
    changed, broken = [], []
    for row in locked:
        try:
            if change(row):
                changed.append(row)
        except SealBroken:
            broken.append(f"{row._meta.label} {row.pk}")
    rows.model._default_manager.bulk_update(changed, columns)
    return Step(len(locked), len(changed), tuple(broken)), {row.pk for row in locked}
