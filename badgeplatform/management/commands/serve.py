"""`manage.py serve`: everything that one machine needs, in the foreground."""

import fcntl
import hashlib
import os
import socket
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import BaseCommand, CommandError, call_command
from django.core.management.base import CommandParser
from django.db import connection, connections

from badgeplatform.processes import Keeper, WebServer, run_worker

NOT_SERVED = ["redoc", "rest_framework", "CVS", ".*", "*~"]  # parts of libraries that no page of ours uses


class Command(BaseCommand):
    help = "Serve the site; without REDIS_URL the worker runs as a child process. Stop it with Ctrl-C or SIGTERM."

    def add_arguments(self, parser: CommandParser) -> None:
        # As texts: what is no number is refused as it is behind the option.
        default_workers = os.environ.get("WEB_CONCURRENCY") or str(min(4, os.cpu_count() or 1))
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
        parser.add_argument(
            "--port", type=int, default=os.environ.get("PORT") or "8000", help="PORT, or 8000"
        )
        parser.add_argument(
            "--workers",
            type=int,
            default=default_workers,
            help="web processes: WEB_CONCURRENCY, or one per core up to 4; always one without REDIS_URL",
        )
        parser.add_argument("--threads", type=int, default=8, help="threads per web process (8)")
        parser.add_argument("--access-log", action="store_true", help="a line per request")

    def handle(self, *args: Any, **options: Any) -> None:
        is_embedded = not settings.REDIS_URL
        host, port = options["host"], options["port"]
        _refuse_taken_port(host, port)
        lock = _only_one_here() if is_embedded else None
        site = settings.SITE_URL
        if "SITE_URL" not in os.environ:
            os.environ["PORT"] = str(
                port
            )  # the children read the settings again: their links are to this port
            site = f"http://127.0.0.1:{port}"
        if connection.vendor == "sqlite":
            call_command("migrate", interactive=False, verbosity=0)
        collect_static_files()
        connections.close_all()
        server = WebServer(
            Keeper(run_worker) if is_embedded else None,
            address=host,
            port=port,
            # Without Redis each process would count rate limits for itself.
            workers=1 if is_embedded else max(1, options["workers"]),
            blocking_threads=max(1, options["threads"]),
            log_access=options["access_log"],
        )
        threading.Thread(target=self._announce, args=(site, host, port), daemon=True).start()
        try:
            with _shared_figures():
                server.run()
        finally:
            if lock is not None:
                lock.close()

    def _announce(self, site: str, host: str, port: int) -> None:
        """Says where to go once somebody answers there."""
        probe = f"http://{'127.0.0.1' if host in ('0.0.0.0', '::') else host}:{port}/healthz"  # noqa: S104
        for _attempt in range(600):
            try:
                with urllib.request.urlopen(probe, timeout=5):
                    self.stdout.write(self.style.SUCCESS(f"Serving {site} - stop with Ctrl-C"))
                    self.stdout.flush()
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)


@contextmanager
def _shared_figures() -> Iterator[None]:
    """Where web processes count their requests together: any of them may be asked for /metrics."""
    with tempfile.TemporaryDirectory(prefix="badges-metrics-") as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder  # read by the children, when they load
        yield


def collect_static_files() -> bool:
    """Gathers, names by content and compresses the static files; False when nothing has changed since."""
    stamp = Path(settings.STATIC_ROOT) / "collected"
    fingerprint = _static_fingerprint()
    if stamp.exists() and stamp.read_text() == fingerprint:
        return False
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=NOT_SERVED)
    stamp.write_text(fingerprint)
    return True


def _static_fingerprint() -> str:
    digest = hashlib.sha256(repr(settings.STORAGES["staticfiles"]).encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            status = Path(storage.path(path)).stat()
            digest.update(f"{path}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _only_one_here() -> IO[str]:
    """Holds the data folder for the life of this process: two workers on one file broker lose messages."""
    lock = (settings.DATA_DIR / "serve.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.close()
        raise CommandError(
            f"Another process is already serving {settings.DATA_DIR}. Stop it first, or set DATA_DIR to another folder."
        ) from error
    return lock


def _refuse_taken_port(host: str, port: int) -> None:
    """Asked beforehand: the web server shares its port, and would share it with a stranger's process as well."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(
                f"Cannot listen on {host}:{port} ({error.strerror}). Choose another with --port or PORT=."
            ) from error
