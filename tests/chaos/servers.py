"""A PostgreSQL cluster and a Redis of this run's own, on free ports: what is broken here is nobody else's."""

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

WAIT = 30.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def find_binary(name: str) -> str | None:
    """On the PATH, or where Debian hides it."""
    hidden = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return shutil.which(name) or (str(hidden[-1]) if hidden else None)


class Postgres:
    """`with Postgres(folder) as server: server.url`; `restart()` is a crash and a recovery."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder / "postgres", free_port()
        self.data = self.folder / "data"
        self.url = f"postgres://postgres@127.0.0.1:{self.port}/postgres"
        self._become: list[str] = []
        self.folder.mkdir()
        if os.geteuid() == 0:  # PostgreSQL refuses to be root
            folder.chmod(0o711)
            shutil.chown(self.folder, "postgres")
            self._become = ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups"]

    def __enter__(self) -> "Postgres":
        self._run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
        # A crash of the server, not of the machine: what it wrote is in the system's hands and stays.
        options = f"-k {self.folder} -p {self.port} -c listen_addresses=127.0.0.1 -c fsync=off"
        self._run("pg_ctl", "-w", "-l", str(self.folder / "log"), "-o", options, "start")
        return self

    def __exit__(self, *_error: object) -> None:
        self._run("pg_ctl", "-w", "-m", "immediate", "stop")

    def restart(self) -> None:
        self._run("pg_ctl", "-w", "-m", "immediate", "-l", str(self.folder / "log"), "restart")

    def _run(self, name: str, *options: str) -> None:
        command = [*self._become, str(find_binary(name)), "-D", str(self.data), *options]
        done = subprocess.run(
            command, check=False, cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            text=True, timeout=120,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"{name}: {done.stderr[-500:]}")


class Redis:
    """`with Redis(folder) as server: server.url`; nothing is written to disk."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"

    def __enter__(self) -> "Redis":
        options = ["--bind", "127.0.0.1", "--port", str(self.port), "--save", "", "--appendonly", "no"]
        command = [str(find_binary("redis-server")), *options, "--dir", str(self.folder)]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        end = time.monotonic() + WAIT
        while not listens(self.port):
            if self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError("Redis did not come up")
            time.sleep(0.1)
        return self

    def __exit__(self, *_error: object) -> None:
        self.process.terminate()
        self.process.wait(10)

    def flush(self) -> None:
        import redis  # only where there is one

        with redis.Redis.from_url(self.url) as client:
            client.flushall()
