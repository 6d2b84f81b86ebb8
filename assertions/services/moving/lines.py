"""Rows as lines of JSON, and back: every column by its name, nothing lost on the way."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import BinaryField, CharField, Field, ForeignKey, JSONField, Model, TextField

from assertions.services.moving.refusals import Damaged
from assertions.services.moving.tables import Rows, Table

AT_A_TIME = 2000
LONGEST_LINE = 16_000_000
AS_IT_IS = (bool, int, float, str, type(None))


def lines(table: Table, rows: Rows) -> Iterator[bytes]:
    """Each row as one line of JSON, in the order of the keys; a line feed ends it."""
    columns = columns_of(table)
    for row in rows.order_by("pk").iterator(chunk_size=AT_A_TIME):
        said = {name: _written(field, row) for name, field in columns.items()}
        yield json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def columns_of(table: Table) -> dict[str, "Field[Any, Any]"]:
    fields = table.model._meta.concrete_fields
    return {field.attname: field for field in fields if field.attname not in table.left}


def _written(field: "Field[Any, Any]", row: Model) -> Any:
    value = getattr(row, field.attname)
    if isinstance(value, AS_IT_IS) or isinstance(field, JSONField):
        return value
    if isinstance(field, BinaryField):
        return field.value_to_string(row)
    return str(value) if isinstance(field, ForeignKey) else field.value_to_string(row)


def values(table: Table, line: bytes) -> dict[str, Any]:
    """The columns of one line, as the model's fields hold them. Raises Damaged."""
    columns = columns_of(table)
    try:
        said = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise Damaged from error
    if not isinstance(said, dict) or not said.keys() <= columns.keys():
        raise Damaged
    if table.model._meta.pk.attname not in said:
        raise Damaged
    # A column that came later than the archive has what new rows have.
    return {
        name: _read(field, said[name]) if name in said else field.get_default()
        for name, field in columns.items()
    }


def _read(field: "Field[Any, Any]", value: Any) -> Any:
    """One value, if it is one that the column can hold. Its own rules are asked: what is in an archive was written by
    nobody that we know."""
    if isinstance(field, JSONField):
        return value
    if value is None:
        if not field.null:
            raise Damaged
        return None
    target = field.target_field if isinstance(field, ForeignKey) else field
    try:
        read = target.to_python(value)
    except ValidationError as error:
        raise Damaged from error
    if isinstance(field, CharField | TextField) and not isinstance(value, str):
        raise Damaged
    if isinstance(read, str) and ("\0" in read or len(read) > (field.max_length or len(read))):
        raise Damaged
    if field.choices and read not in ("", *_choices(field)):
        raise Damaged
    return read


def _choices(field: "Field[Any, Any]") -> list[Any]:
    return [value for value, _label in field.flatchoices]


def as_text(said: Mapping[str, Any]) -> bytes:
    return json.dumps(said, ensure_ascii=False, indent=1).encode()
