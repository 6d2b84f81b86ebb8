"""Cursor pages: keyset comparison on row values, no OFFSET, no count(*)."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import BooleanField, Func, Model, QuerySet, Value
from django.db.models.expressions import Combinable, CombinedExpression

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page of rows; `next` and `previous` are opaque cursors, empty at either end."""

    rows: list[Row]
    next: str
    previous: str
    is_lost: bool = False
    """The cursor could not be read, so this is the first page."""

    def __iter__(self) -> Any:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def page_of(rows: QuerySet[Row], *, order: Sequence[str], cursor: str = "", size: int = 50) -> Page[Row]:
    """The page at `cursor` of `rows` sorted by `order` (field names, `-` for descending).

    The last field must be unique. A cursor that cannot be read gives the first page.
    """
    direction, values = _read(cursor, len(order))
    values = _fitting(rows, order, values)
    backwards = direction == "p"
    fields = [_flip(name) for name in order] if backwards else list(order)
    if values:
        rows = rows.filter(_after(rows, fields, values))
    found = list(rows.order_by(*fields)[: size + 1])
    more = len(found) > size
    found = found[:size]
    if backwards:
        found.reverse()
    has_next, has_previous = (True, more) if backwards else (more, bool(values))
    return Page(
        rows=found,
        next=_write("n", found[-1], order) if found and has_next else "",
        previous=_write("p", found[0], order) if found and has_previous else "",
        is_lost=bool(cursor) and not values,
    )


def _fitting(rows: QuerySet[Row], order: Sequence[str], values: list[Any]) -> list[Any]:
    """The values as their fields take them; none where one does not fit: somebody made the cursor up."""
    fields = _fields(rows)
    names = [name.removeprefix("-") for name in order]
    try:
        return [
            _as_field(fields[name], value) if name in fields else value
            for name, value in zip(names, values, strict=False)
        ]
    except (ValidationError, TypeError, ValueError, OverflowError):
        return []


def _fields(rows: QuerySet[Row]) -> dict[str, Any]:
    """What a row stores, by name; annotations are not among them."""
    options = rows.model._meta
    return {field.name: field for field in options.concrete_fields} | {"pk": options.pk}


def _as_field(field: Any, value: Any) -> Any:
    value = field.to_python(value)
    field.run_validators(value)  # a number that no column of its kind can hold, among others
    return value


def _flip(name: str) -> str:
    return name.removeprefix("-") if name.startswith("-") else f"-{name}"


def _after(rows: QuerySet[Row], fields: Sequence[str], values: Sequence[Any]) -> Combinable:
    """(a, b) < (x, y) as the databases know it, so that an index on (a, b) leads straight to the place."""
    is_falling = {name.startswith("-") for name in fields}
    if len(is_falling) > 1:
        raise ValueError("one comparison of row values goes one way only")
    known = _fields(rows)
    names = [name.removeprefix("-") for name in fields]
    here = [Value(value, output_field=known.get(name)) for name, value in zip(names, values, strict=True)]
    sign = "<" if is_falling.pop() else ">"
    return CombinedExpression(_RowValue(*names), sign, _RowValue(*here), output_field=BooleanField())


class _RowValue(Func):
    template = "(%(expressions)s)"


def _write(direction: str, row: Model, order: Sequence[str]) -> str:
    values = [_plain(getattr(row, name.removeprefix("-"))) for name in order]
    return base64.urlsafe_b64encode(json.dumps([direction, *values]).encode()).decode().rstrip("=")


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"t": value.isoformat()}
    return value if isinstance(value, (str, int)) else str(value)


def _read(cursor: str, length: int) -> tuple[str, list[Any]]:
    try:
        direction, *values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        values = [
            datetime.fromisoformat(v["t"]).astimezone(UTC) if isinstance(v, dict) else v for v in values
        ]
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError, binascii.Error):
        return "", []
    sound = direction in ("n", "p") and len(values) == length and all(map(_is_plain, values))
    return (direction, values) if sound else ("", [])


def _is_plain(value: Any) -> bool:
    """What `_write` puts into a cursor, and every database takes."""
    if isinstance(value, str):
        return "\x00" not in value and not any("\ud800" <= character <= "\udfff" for character in value)
    return isinstance(value, (int, datetime))
