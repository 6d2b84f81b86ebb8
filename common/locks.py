"""Locks on things that have no row of their own, held until the transaction ends.

On PostgreSQL they are advisory locks, which wait their turn: whoever wants a thing alone is not kept waiting for
ever by those who share it. On SQLite a writing transaction is alone anyway.
"""

import hashlib
from typing import Any

from django.db import connection
from django.db.models import BooleanField, Func, Value
from django.db.transaction import TransactionManagementError


def share(thing: str) -> None:
    """Until this transaction ends nobody holds the thing alone; others may share it. What is read afterwards is true
    as long."""
    _lock("pg_advisory_xact_lock_shared", thing)


class Shared(Func):
    """`share` within a query that gives one row, for what is read by later ones; nothing where locks are not needed."""

    output_field = BooleanField()

    def __init__(self, thing: str) -> None:
        super().__init__(Value(_number(thing)))

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return "NULL", []

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        # The lock's own answer is void, which no column can be.
        return super().as_sql(
            compiler, connection, template="pg_advisory_xact_lock_shared(%(expressions)s) IS NULL"
        )


def hold(thing: str) -> None:
    """Until this transaction ends nobody else shares or holds the thing. Waits for those who do."""
    _lock("pg_advisory_xact_lock", thing)


def _lock(function: str, thing: str) -> None:
    if not connection.in_atomic_block:
        raise TransactionManagementError("a lock lasts as long as its transaction: there is none")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {function}(%s)", [_number(thing)])


def _number(thing: str) -> int:
    return int.from_bytes(hashlib.blake2b(thing.encode(), digest_size=8).digest(), signed=True)
