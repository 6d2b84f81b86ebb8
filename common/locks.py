"""Locks on things that have no row of their own, held until the transaction ends.

On PostgreSQL they are advisory locks, which wait their turn: whoever wants a thing alone is not kept waiting for
ever by those who share it. On SQLite a writing transaction is alone anyway.
"""

import hashlib

from django.db import connection
from django.db.transaction import TransactionManagementError


def share(thing: str) -> None:
    """Until this transaction ends nobody holds the thing alone; others may share it. What is read afterwards is true
    as long."""
    _lock("pg_advisory_xact_lock_shared", thing)


def hold(thing: str) -> None:
    """Until this transaction ends nobody else shares or holds the thing. Waits for those who do."""
    _lock("pg_advisory_xact_lock", thing)


def _lock(function: str, thing: str) -> None:
    if not connection.in_atomic_block:
        raise TransactionManagementError("a lock lasts as long as its transaction: there is none")
    if connection.vendor == "postgresql":
        number = int.from_bytes(hashlib.blake2b(thing.encode(), digest_size=8).digest(), signed=True)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {function}(%s)", [number])
