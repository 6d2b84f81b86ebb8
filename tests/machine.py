"""What the machine under the tests has: PostgreSQL, Redis, Chromium."""

import os
import shutil
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Debian's Chromium as root, offline: no sandbox, and none of its own errands to servers that cannot be reached.
BROWSER_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


# tests.settings empties REDIS_URL, for the workers of xdist as well: the product works without unless a test says so.
os.environ.setdefault("TEST_REDIS_URL", os.environ.get("REDIS_URL", ""))


@cache
def find_postgres() -> str | None:
    """The URL of a server where databases may be made: DATABASE_URL, else the usual places on this machine."""
    import psycopg  # not when only the openbadges room is tested

    named = os.environ.get("DATABASE_URL", "")
    candidates = [named] if named.startswith("postgres") else []
    candidates += ["postgres://postgres@127.0.0.1:5432/postgres", "postgres:///postgres"]
    for url in candidates:
        try:
            with psycopg.connect(url.replace("psql://", "postgres://"), connect_timeout=3) as connection:
                row = connection.execute(
                    "SELECT rolsuper OR rolcreatedb FROM pg_roles WHERE rolname = current_user"
                ).fetchone()
        except psycopg.Error:
            continue
        if row and row[0]:
            return url
    return None


def drop_abandoned_databases(url: str) -> None:
    """Test databases whose run was killed: they carry the number of a process that is no more."""
    import psycopg  # as above

    if "PYTEST_XDIST_WORKER" in os.environ:
        return
    with psycopg.connect(url, autocommit=True) as connection:
        names = connection.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE 'test\\_badges\\_%'"
        ).fetchall()
        for (name,) in names:
            pid = name.removeprefix("test_badges_").partition("_")[0]
            if pid.isdigit() and not Path("/proc", pid).exists() and Path("/proc").exists():
                connection.execute(
                    psycopg.sql.SQL("DROP DATABASE IF EXISTS {}").format(psycopg.sql.Identifier(name))
                )


@cache
def find_redis() -> str | None:
    """The URL of a Redis: the server of REDIS_URL, else the usual port; one of its last databases, one per worker."""
    import redis  # as above

    number = 15 - int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 8
    for server in filter(None, (os.environ["TEST_REDIS_URL"], "redis://127.0.0.1:6379")):
        url = urlsplit(server)._replace(path=f"/{number}").geturl()
        client = redis.Redis.from_url(url, socket_connect_timeout=2)
        try:
            client.ping()
        except redis.RedisError:
            continue
        else:
            return url
        finally:
            client.close()
    return None


@cache
def find_chromium() -> str | None:
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
