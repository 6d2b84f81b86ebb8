"""Several at once, in threads with connections of their own, as web processes and workers are."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from django.db import connection


def in_thread(pool: ThreadPoolExecutor, act: Callable[[], Any]) -> Future[Any]:
    """With a connection of its own, closed at the end."""

    def run() -> Any:
        try:
            return act()
        finally:
            connection.close()

    return pool.submit(run)


def wait_for_waiting(count: int) -> None:
    """Until so many transactions wait for a thing that has no row of its own."""
    waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = %s"
    end = time.monotonic() + 60
    with connection.cursor() as cursor:
        cursor.execute("SELECT oid FROM pg_database WHERE datname = current_database()")
        here = cursor.fetchone()[0]
        while time.monotonic() < end:
            cursor.execute(waiting, [here])
            if cursor.fetchone()[0] == count:
                return
    raise AssertionError("nobody waits")
