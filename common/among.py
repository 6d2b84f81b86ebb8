"""`column__among=[...]`: `__in` for long lists of values. One parameter instead of one for each value, which neither
Django, the driver nor the database has to take apart."""

from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import Field
from django.db.models.lookups import In


@Field.register_lookup
class Among(In):
    """On PostgreSQL `column = ANY(array)`, elsewhere what `__in` says. Values as the column's own Python type has them,
    none of them None."""

    lookup_name = "among"

    def get_prep_lookup(self) -> list[Any]:
        return list(self.rhs)

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        if not self.rhs:
            raise EmptyResultSet
        left, parameters = self.process_lhs(compiler, connection)
        return f"{left} = ANY(%s)", [*parameters, self.rhs]
