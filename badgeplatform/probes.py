"""What /healthz and /readyz answer, for load balancers, container engines and whoever is on call."""

import logging
import tempfile
import time
from collections.abc import Callable

from django.conf import settings
from django.core.cache import cache
from django.db import ProgrammingError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from journal.models import Heartbeat

log = logging.getLogger(__name__)


# Sweeps come every 30 seconds; a long one may take some more.
LATE = 300


def alive(request: HttpRequest) -> HttpResponse:
    """200 while the process answers at all."""
    return _plain(HttpResponse("ok\n", content_type="text/plain; charset=utf-8"))


def ready(request: HttpRequest) -> HttpResponse:
    """200 when the database, the cache and the broker answer, else 503; each with its reason in words.

    A late sweep is a warning only: a web server is ready though its worker is not, and restarting the one does not
    mend the other.
    """
    found = tried()
    is_ready = set(found.values()) == {"ok"}
    lags = _lags() if found["database"] == "ok" else {}
    body = {
        "status": "ready" if is_ready else "unavailable",
        **found,
        "last_sweep_seconds": lags.get("sweep"),
        "warnings": [
            f"The sweep “{name}” ended {seconds} seconds ago. Is a worker running, and the clock?"
            for name, seconds in lags.items()
            if seconds > LATE
        ],
    }
    return _plain(JsonResponse(body, status=200 if is_ready else 503))


def tried() -> dict[str, str]:
    """What each part answers: "ok", or why it cannot be used."""
    return {name: _tried(name, check) for name, check in CHECKS.items()}


def _tried(name: str, check: Callable[[], None]) -> str:
    try:
        check()
    except ProgrammingError:  # the database answers, and knows no such table
        log.exception("%s is not prepared", name)
        return UNPREPARED
    except Exception:
        log.exception("%s does not answer", name)
        return UNAVAILABLE[name]
    return "ok"


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {Heartbeat._meta.db_table} LIMIT 1")  # noqa: S608 - no input in it
        cursor.fetchone()


def _cache() -> None:
    stamp = str(time.time_ns())
    cache.set(f"probe:{stamp}", stamp, timeout=10)
    if cache.get(f"probe:{stamp}") != stamp:
        raise RuntimeError("the cache forgot what it was told")


def _data_folder() -> None:
    with tempfile.TemporaryFile(dir=settings.DATA_DIR) as file:
        file.write(b"probe")


def _lags() -> dict[str, int]:
    """Seconds since each sweep last ended; nothing while no worker has ever been at work."""
    now = timezone.now()
    beats = Heartbeat.objects.order_by("name").values_list("name", "at")
    return {name: max(0, int((now - at).total_seconds())) for name, at in beats}


def _plain(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response


CHECKS: dict[str, Callable[[], None]] = {
    "database": _database,
    "cache": _cache,
    "data_folder": _data_folder,
}
UNAVAILABLE = {
    "database": "The database does not answer. See DATABASE_URL.",
    "cache": "The cache and broker do not answer. See REDIS_URL.",
    "data_folder": "The data folder cannot be written to. See DATA_DIR.",
}
UNPREPARED = "The database has no tables yet. Run manage.py migrate."
