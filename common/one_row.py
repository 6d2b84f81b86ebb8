"""One row by its key, for pages that ask for it at every visit."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any, cast

from django.db import connections, router
from django.db.models import Model, QuerySet

from common.postgresql import NotPrepared

Converter = Callable[[Any, Any, Any], Any]


class OneRow:
    """Reads a few columns of one row. The ORM writes the SQL, once per process; then only the key changes.

    Composing it anew each time costs three times as much as asking the database.
    """

    def __init__(self, model: type[Model], *columns: str) -> None:
        self._model, self._columns = model, columns
        self._written: dict[str, tuple[str, list[tuple[int, list[Converter], Any]]]] = {}

    def of(self, key: object) -> tuple[Any, ...] | None:
        """The columns of the row with this primary key, or None."""
        connection = connections[router.db_for_read(self._model)]
        sql, conversions = self._written.get(connection.vendor) or self._write(connection)
        row = _asked(connection, sql, self._prepared(key, connection))
        if row is None or not conversions:
            return row
        values = list(row)
        for place, converters, column in conversions:
            for convert in converters:
                values[place] = convert(values[place], column, connection)
        return tuple(values)

    def _prepared(self, key: object, connection: Any) -> Any:
        return self._model._meta.pk.get_db_prep_value(key, connection)

    def _write(self, connection: Any) -> tuple[str, list[tuple[int, list[Converter], Any]]]:
        key = self._model._meta.pk.to_python("0" * 32)
        rows: QuerySet[Any, Any] = self._model._default_manager.filter(pk=key).order_by()
        compiler = rows.values_list(*self._columns).query.get_compiler(connection=connection)
        sql, parameters = compiler.as_sql()
        if list(parameters) != [self._prepared(key, connection)]:
            raise ValueError("only the key may change between two readings")
        converters = compiler.get_converters([column for column, _sql, _alias in compiler.select])
        conversions = [(place, list(found), column) for place, (found, column) in converters.items()]
        self._written[connection.vendor] = sql, conversions
        return sql, conversions


def _asked(connection: Any, sql: str, parameter: Any) -> tuple[Any, ...] | None:
    if connection.vendor == "postgresql":
        with suppress(NotPrepared):
            return cast("tuple[Any, ...] | None", connection.prepared_row(sql, parameter))
    with connection.cursor() as cursor:
        cursor.execute(sql, [parameter])
        return cast("tuple[Any, ...] | None", cursor.fetchone())
