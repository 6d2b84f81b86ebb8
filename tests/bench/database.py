"""A scratch database: on PostgreSQL where a server lets us make one, else SQLite in the scratch folder."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from tests.machine import find_postgres


@contextmanager
def scratch_database(folder: Path) -> Iterator[str]:
    """Its URL; it is dropped at the end."""
    server = find_postgres()
    if server is None:
        yield f"sqlite:///{folder}/db.sqlite3"
        return
    import psycopg  # only where there is a server

    name = f"bench_badges_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    try:
        yield urlsplit(server)._replace(path=f"/{name}").geturl()
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def version_of_database() -> str:
    from django.db import connection  # once Django is ready

    if connection.vendor != "postgresql":
        import sqlite3  # named only where it is used

        return f"SQLite {sqlite3.sqlite_version}"
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return f"PostgreSQL {cursor.fetchone()[0].split()[0]}"
