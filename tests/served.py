"""The product on a loopback port, with a data folder of its own: for conformance and for benchmarks."""

import http.client
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from base64 import urlsafe_b64encode
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).resolve().parents[1]
SITE = "https://badges.example.org"
# As a proxy in front of the site would ask.
PROXIED = {"Host": "badges.example.org", "X-Forwarded-Proto": "https"}
WAIT = 60.0


def configure(folder: Path, **settings: str) -> None:
    """Makes this process, and the servers it starts, a product of its own in `folder`; migrates its database.

    Every variable is set, not defaulted: neither the machine nor a developer's .env may change what is judged.
    """
    os.environ |= {
        "ALLOWED_HOSTS": "badges.example.org,127.0.0.1",
        "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3",
        "DATA_DIR": str(folder),
        "DEBUG": "false",
        "DJANGO_SETTINGS_MODULE": "badgeplatform.settings",
        "EMAIL_URL": "",
        "KEY_ENCRYPTION_KEYS": urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "LANGUAGE_CODE": "en",
        "REDIS_URL": "",
        "S3_BUCKET": "",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "SITE_URL": SITE,
        "TIME_ZONE": "UTC",
        "TRUSTED_PROXIES": "",
    } | settings
    import django  # after the environment is what it is to be
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)


def end_in_order() -> None:
    """SIGTERM ends this process as Ctrl-C does: what it started is ended, what it made is removed."""
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))


class Server:
    """A web server with one process, as `serve` runs it, without the worker beside it. A context manager."""

    def __init__(self, application: str = "badgeplatform.wsgi:application", *, threads: int = 8) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        options = ["--host", "127.0.0.1", "--port", str(self.port), "--workers", "1", "--no-ws"]
        options += ["--interface", "wsgi", "--blocking-threads", str(threads), "--log-level", "error"]
        self.command = [sys.executable, "-m", "granian", *options, application]
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.log = tempfile.TemporaryFile("w+b")
        streams = {"stdin": subprocess.DEVNULL, "stdout": self.log, "stderr": self.log}
        self.process = subprocess.Popen(self.command, cwd=ROOT, start_new_session=True, **streams)  # type: ignore[call-overload]
        end = time.monotonic() + WAIT
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > end:
                problem = RuntimeError(f"the server did not come up: {' '.join(self.command)}")
                self.__exit__(RuntimeError, problem, None)
                raise problem
            time.sleep(0.05)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Ends what was started, and nothing else: it has a process group of its own."""
        if self.process is None:
            return
        self._end()
        if value is not None:
            self.log.seek(0)
            print(f"The server said: {self.log.read()[-3000:].decode(errors='replace')}", file=sys.stderr)
        self.log.close()

    def _end(self) -> None:
        assert self.process is not None
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self.process.pid, number)
                self.process.wait(5)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                continue
        self.process.wait(5)

    @property
    def worker(self) -> int:
        """The process that runs the application: Granian's own only watches over it."""
        assert self.process is not None
        pid = self.process.pid
        children = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        return max(
            children, key=lambda child: "resource_tracker" not in Path(f"/proc/{child}/cmdline").read_text()
        )

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        """(status, headers, body) as the site's proxy gets them; `path` may be a URL of the site."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path.removeprefix(SITE), headers=PROXIED | headers)
            answer = connection.getresponse()
            return answer.status, dict(answer.headers), answer.read()
        finally:
            connection.close()

    def _answers(self) -> bool:
        try:
            return self.get("/healthz")[0] < 500
        except OSError:
            return False
