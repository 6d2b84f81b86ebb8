"""Many rows at once: COPY where PostgreSQL keeps them, `bulk_create` elsewhere."""

import datetime as dt
import gc
import json
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import islice
from typing import Any, TypeVar

from django.db import connections, models, router, transaction
from django.db.models import Field, Model
from django.db.models.base import ModelState
from django.db.models.constants import OnConflict
from django.db.models.sql import InsertQuery

Item = TypeVar("Item")
Row = TypeVar("Row", bound=Model)
WORTH_COPYING = 20
"""Fewer rows are quicker with a plain INSERT."""


def insert_rows(objects: Iterable[Model], *, ignore_conflicts: bool = False, batch_size: int = 1000) -> int:
    """Inserts new rows of one model; how many there are more than before.

    With `ignore_conflicts`, those that break a unique constraint are left out. Objects whose key the database
    makes do not learn it.
    """
    rows = list(objects)
    if not rows:
        return 0
    model = type(rows[0])
    using = router.db_for_write(model)
    if connections[using].vendor == "postgresql" and len(rows) >= WORTH_COPYING:
        return _copy(rows, model, using, ignore_conflicts=ignore_conflicts)
    if ignore_conflicts:
        return sum(_insert(some, model, using) for some in chunked(rows, batch_size))
    model._default_manager.using(using).bulk_create(rows, batch_size=batch_size)
    return len(rows)


def like(prototype: Row, **columns: Any) -> Row:
    """A new row as the prototype, related objects too, but for these columns (by `attname`).

    Made without the constructor, which costs more than all else about a row when there are a million of them.
    """
    row = object.__new__(type(prototype))
    state = ModelState()
    state.__dict__["fields_cache"] = dict(prototype._state.fields_cache)
    row.__dict__ = {**prototype.__dict__, **columns, "_state": state}
    return row


@contextmanager
def many_at_once() -> Iterator[None]:
    """For as long as many rows are held: the collector would walk through all of them again and again, and find nothing
    to collect. What they leave is collected afterwards."""
    was_collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_collecting:
            gc.enable()


def chunked(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Lists of so many of them, the last one shorter; never all at once."""
    rest = iter(items)
    while chunk := list(islice(rest, size)):
        yield chunk


def _insert(rows: Sequence[Model], model: type[Model], using: str) -> int:
    """Leaves out what breaks a constraint, and knows how many that were: `bulk_create` does not say, and a look at the
    table afterwards costs a query more."""
    connection, fields = connections[using], _fields(rows[0], model)
    size = max(1, connection.ops.bulk_batch_size(fields, rows))
    inserted = 0
    with transaction.atomic(using=using, savepoint=False), connection.cursor() as cursor:
        for some in chunked(rows, size):
            query = InsertQuery(model, on_conflict=OnConflict.IGNORE)
            query.insert_values(fields, some)
            for statement, values in query.get_compiler(using=using).as_sql():
                cursor.execute(statement, values)
                inserted += cursor.rowcount
    return inserted


def _copy(rows: Sequence[Model], model: type[Model], using: str, *, ignore_conflicts: bool) -> int:
    connection = connections[using]
    fields = _fields(rows[0], model)
    columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    table = connection.ops.quote_name(model._meta.db_table)
    with transaction.atomic(using=using, savepoint=False), connection.cursor() as cursor:
        target = "rows_to_come" if ignore_conflicts else table
        if ignore_conflicts:
            cursor.execute(
                f"CREATE TEMPORARY TABLE {target} ON COMMIT DROP AS SELECT {columns} FROM {table} LIMIT 0"  # noqa: S608  names of our own tables and columns
            )
        # What goes wrong in a COPY bears Django’s names, as everywhere: callers tell a double from a crash by them.
        with connection.wrap_database_errors, cursor.copy(f"COPY {target} ({columns}) FROM STDIN") as copy:
            write, plan = copy.write_row, _plan(fields, connection)
            for row in rows:
                values = row.__dict__
                write(
                    [
                        value
                        if (value := values[name]).__class__ is kind or value is None
                        else prepare(value)
                        for name, kind, prepare in plan
                    ]
                )
        if ignore_conflicts:
            cursor.execute(
                f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {target} ON CONFLICT DO NOTHING"  # noqa: S608  as above
            )
            inserted: int = cursor.rowcount
            cursor.execute(f"DROP TABLE {target}")
            return inserted
    return len(rows)


def _fields(row: Model, model: type[Model]) -> list["Field[Any, Any]"]:
    """All that have a column, but for a key that the database makes."""
    made = model._meta.auto_field if row.pk is None else None
    return [field for field in model._meta.concrete_fields if field is not made and not field.generated]


# What Django hands to PostgreSQL as it is: looked at once for each column instead of once for each value.
_AS_IT_IS: dict[type["Field[Any, Any]"], type] = {
    models.CharField: str,
    models.TextField: str,
    models.EmailField: str,
    models.URLField: str,
    models.UUIDField: uuid.UUID,
    models.DateTimeField: dt.datetime,
    models.DateField: dt.date,
    models.BooleanField: bool,
    models.BinaryField: bytes,
}


def _plan(
    fields: Sequence["Field[Any, Any]"], connection: Any
) -> list[tuple[str, type | None, Callable[[Any], Any]]]:
    """How each field's value is written: its name in the object, the type that is written as it is, and the rest."""

    def prepared(field: "Field[Any, Any]", kind: type | None) -> Callable[[Any], Any]:
        if type(field) is models.JSONField and field.encoder is None:
            return _json
        save = partial(field.get_db_prep_save, connection=connection)
        return partial(_text, save) if kind is str else save

    return [(field.attname, kind := _kind(field), prepared(field, kind)) for field in fields]


def _text(prepare: Callable[[Any], Any], value: Any) -> Any:
    """A member of TextChoices is a text already."""
    return str.__str__(value) if isinstance(value, str) else prepare(value)


def _json(value: Any) -> str:
    """What Django has psycopg write, without asking it for each value."""
    return "{}" if not value and value.__class__ is dict else _encode(value)


_encode = json.JSONEncoder().encode


def _kind(field: "Field[Any, Any]") -> type | None:
    target = _target(field)
    return int if isinstance(target, models.IntegerField) else _AS_IT_IS.get(type(target))


def _target(field: "Field[Any, Any]") -> "Field[Any, Any]":
    """What a foreign key points at, however far."""
    while isinstance(field, models.ForeignKey):
        field = field.target_field
    return field
