"""Which tests can run on this machine, and plain words about those that cannot.

Where PostgreSQL, Redis or Chromium is missing, the tests that need it are skipped and the end of the run says so.
With CI=true nothing may be missing.
"""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.machine import BROWSER_ARGUMENTS, find_chromium, find_redis

# How long an example takes says something of the machine; what is to be quick is measured by `make bench`.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

NEEDS = {
    "needs_postgres": "PostgreSQL",
    "needs_redis": "Redis",
    "needs_chromium": "Chromium",
}


def _missing() -> dict[str, str]:
    """Marker → why its tests cannot run here."""
    from django.db import connection  # settings are ready by now

    missing = {}
    if connection.vendor != "postgresql":
        missing["needs_postgres"] = "PostgreSQL (this run is on SQLite)"
    if find_redis() is None:
        missing["needs_redis"] = "Redis (none answers at REDIS_URL or 127.0.0.1:6379)"
    if find_chromium() is None:
        missing["needs_chromium"] = "Chromium (none on the PATH, and CHROMIUM does not name one)"
    return missing


def _must_not_be_missing() -> set[str]:
    if os.environ.get("CI", "").lower() not in ("true", "1"):
        return set()
    return set(NEEDS) - ({"needs_postgres"} if os.environ.get("TEST_DATABASE") == "sqlite" else set())


def pytest_report_header() -> str:
    from django.db import connection  # settings are ready by now

    redis, chromium = find_redis() or "none", find_chromium() or "none"
    return f"machine: database {connection.vendor}, Redis {redis}, Chromium {chromium}"


def pytest_sessionstart(session: pytest.Session) -> None:
    if lacking := sorted(set(_missing()) & _must_not_be_missing()):
        raise pytest.UsageError(
            f"CI=true, but this machine lacks {', '.join(_missing()[name] for name in lacking)}"
        )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    missing = _missing()
    for item in items:
        if "journeys" in item.path.parts or "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("needs_chromium")
        for name, reason in missing.items():
            if item.get_closest_marker(name):
                item.add_marker(pytest.mark.skip(reason=f"needs {reason}"))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Plain words about what this run did not look at."""
    skipped = [str(report.longrepr) for report in terminalreporter.stats.get("skipped", [])]
    for reason in _missing().values():
        if count := sum(reason in text for text in skipped):
            terminalreporter.write_line(f"NOT TESTED: {count} tests need {reason}.", yellow=True, bold=True)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """pytest-playwright's own hook: the machine's Chromium in place of one that it would download."""
    return {**browser_type_launch_args, "executable_path": find_chromium(), "args": BROWSER_ARGUMENTS}


@pytest.fixture
def redis_url() -> Iterator[str]:
    """An empty Redis database, emptied again afterwards. Mark the test needs_redis."""
    import redis  # as above

    with redis.Redis.from_url(find_redis() or "") as client:
        client.flushdb()
        yield find_redis() or ""
        client.flushdb()
