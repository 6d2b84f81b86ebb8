"""The processes of `manage.py serve`: a web server, and a worker that is kept running beside it.

Every child is spawned, not forked, and watches its parent through multiprocessing's own pipe: however the
parent ends, kill -9 included, no child is left behind. Imported by the children before Django is ready.
"""

import multiprocessing
import os
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import connection
from pathlib import Path
from typing import Any

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.mp import MPServer

GRACE = 10.0  # seconds that a child has for what it is doing when it is told to stop
POLL = 0.2
# Of what the filesystem broker has handed out. It is never read again.
MESSAGES_KEPT, MOST_MESSAGES = 3600.0, 200
SPAWN = multiprocessing.get_context("spawn")


class Keeper(threading.Thread):
    """Keeps one child running until `stop()`; after each death it waits longer, up to half a minute."""

    def __init__(
        self, target: Callable[[], None], *, first_pause: float = 1.0, longest_pause: float = 30.0
    ) -> None:
        super().__init__(name="keeper", daemon=True)
        self._target = target
        self.pause, self._first_pause, self._longest_pause = first_pause, first_pause, longest_pause
        self.restarts = 0
        self._stopping = threading.Event()

    def run(self) -> None:
        while not self._stopping.is_set():
            began = time.monotonic()
            code = self._run_child()
            if self._stopping.is_set():
                return
            if time.monotonic() - began > self._longest_pause:
                self.pause = self._first_pause
            print(  # noqa: T201 - for whoever runs `serve`
                f"The worker ended (exit code {code}); it starts again in {self.pause:.0f} s.",
                file=sys.stderr,
                flush=True,
            )
            self._stopping.wait(self.pause)
            self.pause = min(self.pause * 2, self._longest_pause)
            self.restarts += 1

    def _run_child(self) -> int | None:
        child = SPAWN.Process(target=self._target, name="worker")
        child.start()
        deadline = float("inf")
        while child.is_alive():
            child.join(POLL)
            if self._stopping.is_set() and deadline == float("inf"):
                child.terminate()
                deadline = time.monotonic() + GRACE
            elif time.monotonic() > deadline:
                child.kill()
        return child.exitcode

    def begin_stop(self) -> None:
        """The child is told to stop and not started again; returns at once."""
        self._stopping.set()

    def stop(self) -> None:
        self.begin_stop()
        if self.is_alive():
            self.join(GRACE + 5)


class WebServer(MPServer):
    """Granian that tells its neighbour to stop while it drains, and does not outlive the terminal."""

    def __init__(self, keeper: Keeper | None, **options: Any) -> None:
        super().__init__(
            "badgeplatform.wsgi:application",
            interface=Interfaces.WSGI,
            websockets=False,
            log_level=LogLevels.error,
            respawn_failed_workers=True,
            workers_kill_timeout=int(GRACE),
            **options,
        )
        self.keeper = keeper
        self.on_startup(self._begin)

    def _begin(self) -> None:
        if sys.stdin is not None and sys.stdin.isatty():
            signal.signal(signal.SIGHUP, self.signal_handler_interrupt)
        if self.keeper is not None:
            self.keeper.start()

    def shutdown(self, exit_code: int = 0) -> None:
        if self.keeper is not None:
            self.keeper.begin_stop()
        super().shutdown(exit_code)

    def run(self) -> None:
        # Granian takes the start method from here: a forked child would hold the pipes of its neighbours.
        multiprocessing.set_start_method("spawn", force=True)
        try:
            self.serve(target_loader=load_application)
        finally:
            if self.keeper is not None:
                self.keeper.stop()


def load_application(target: str) -> Any:
    """The WSGI application, in a web process."""
    stop_with_parent()
    from badgeplatform.wsgi import application  # not before this process is the child

    return application


def run_worker() -> None:
    """The Celery worker with its clock, for the filesystem broker: exactly one of them per data folder."""
    stop_with_parent()
    warnings.filterwarnings(
        "ignore", "You're running the worker with superuser"
    )  # as whoever called serve wanted
    from django.conf import settings  # not before this process is the child

    from badgeplatform.celery import app

    threading.Thread(target=_keep_time, args=(app,), name="clock", daemon=True).start()
    threading.Thread(
        target=_keep_small, args=(settings.DATA_DIR / "broker-done",), name="broom", daemon=True
    ).start()
    options = "--pool=threads --concurrency=2 --loglevel=WARNING --without-gossip --without-mingle --without-heartbeat"
    app.worker_main(["--quiet", "worker", *options.split()])


def stop_with_parent() -> None:
    """From now on this process is told to stop when its parent is gone, and ends for good a little later."""
    parent = multiprocessing.parent_process()
    if parent is None:
        raise RuntimeError("only for a process that multiprocessing started")

    def watch(sentinel: int) -> None:
        connection.wait([sentinel])
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(GRACE)
        os._exit(1)

    threading.Thread(target=watch, args=(parent.sentinel,), name="parent watch", daemon=True).start()


def _keep_time(app: Any) -> None:
    """The timetable, kept in memory: what kill -9 leaves of a schedule file is not to be relied on."""
    from celery.beat import Service  # not before this process is the child

    try:
        Service(app, max_interval=1, scheduler_cls="celery.beat:Scheduler", remote_control=False).start()
    finally:
        os.kill(os.getpid(), signal.SIGTERM)  # a worker without a clock is no use: it is started anew


def _keep_small(folder: Path) -> None:
    while True:
        forget_processed(folder)
        time.sleep(60)


def forget_processed(folder: Path) -> None:
    """The filesystem broker keeps every message it has handed out; the last few are enough for a post-mortem."""
    ages: list[tuple[float, Path]] = []
    for message in folder.glob("*.msg"):
        with suppress(FileNotFoundError):  # somebody else tidies up as well
            ages.append((message.stat().st_mtime, message))
    newest = sorted(ages, reverse=True)
    for place, (modified, message) in enumerate(newest):
        if place >= MOST_MESSAGES or modified < time.time() - MESSAGES_KEPT:
            message.unlink(missing_ok=True)
