"""The product's own processes, each in a process group of its own, to be killed at any moment."""

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from tests.chaos.servers import free_port
from tests.served import ROOT

CELERY = [sys.executable, "-m", "celery", "--app", "badgeplatform"]
WORKER = [
    *CELERY,
    "worker",
    "--loglevel",
    "ERROR",
    "--concurrency",
    "1",
    "--without-gossip",
    "--without-mingle",
]
CLOCK = [*CELERY, "beat", "--loglevel", "ERROR", "--scheduler", "celery.beat:Scheduler"]


def serve() -> list[str]:
    """On SQLite one process does it all, and its worker beside it."""
    return [sys.executable, "manage.py", "serve", "--port", str(free_port())]


class Group:
    def __init__(self, command: list[str], log: Path) -> None:
        self.command, self.log = command, log
        self.process: subprocess.Popen[bytes] | None = None
        self.starts_at = 0.0

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    @property
    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def end(self, number: int) -> None:
        """Sends a signal to everything that was started here, and to nothing else."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)
            self.process.wait(60)
        self.process = None


class Crew:
    """`with Crew(commands, folder, chance) as crew`; `kill()` takes one of them, `tend()` brings back who is gone."""

    def __init__(self, commands: list[list[str]], folder: Path, chance: random.Random) -> None:
        names = [f"process-{number}.log" for number in range(len(commands))]
        self.groups = [Group(command, folder / name) for command, name in zip(commands, names, strict=True)]
        self._chance = chance

    def __enter__(self) -> "Crew":
        for group in self.groups:
            group.start()
        return self

    def __exit__(self, *_error: object) -> None:
        for group in self.groups:
            group.end(signal.SIGKILL)

    def kill(self) -> None:
        """Whoever is killed has been alive: where all of them are gone, one is waited for."""
        while not (running := [group for group in self.groups if group.is_alive]):
            self.tend()
            time.sleep(0.1)
        group = self._chance.choice(running)
        group.end(signal.SIGKILL)
        group.starts_at = time.monotonic() + self._chance.uniform(0, 1.5)

    def tend(self) -> None:
        for group in self.groups:
            if group.process is not None and group.process.poll() is not None:
                group.end(signal.SIGKILL)  # it fell by itself: its children may be there still
            if group.process is None and time.monotonic() >= group.starts_at:
                group.start()
