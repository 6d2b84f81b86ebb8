"""`manage.py serve` for real: its own processes, data folder and port. Whatever ends it, nothing is left behind."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from badgeplatform.management.commands import serve
from badgeplatform.processes import Keeper

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.xdist_group("serve")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(condition, *, seconds: float = 40.0):
    """What `condition` answers as soon as it is true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.1)
    raise AssertionError("it did not happen in time")


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def descendants(pid: int) -> set[int]:
    """Children, their children and so on."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for thread in Path(f"/proc/{pid}/task").iterdir():
            children += (thread / "children").read_text().split()
    except OSError:
        return set()
    found = {int(child) for child in children}
    return found.union(*(descendants(child) for child in found)) if found else found


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


class Site:
    """A served site."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        self.environment = kept | {"DATA_DIR": str(folder), "PORT": str(self.port), "PYTHONUNBUFFERED": "1"}
        self.process: subprocess.Popen | None = None

    def start(self) -> None:
        self.log = (self.folder.parent / "serve.log").open("w+")
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "serve"],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        wait_for(lambda: self.get("/healthz") == 200)

    def get(self, path: str) -> int:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as response:
                self.body = response.read()
                return int(response.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            assert self.process is not None
            assert self.process.poll() is None, self.said()
            return 0

    def said(self) -> str:
        return Path(self.log.name).read_text()

    def children(self) -> list[int]:
        """Web process and worker; not multiprocessing's own tracker."""
        assert self.process is not None
        return sorted(pid for pid in descendants(self.process.pid) if "spawn_main" in command_of(pid))

    def end(self) -> None:
        if self.process is None:
            return
        everyone = {self.process.pid, *descendants(self.process.pid)}
        for pid in everyone:
            if is_running(pid):
                os.kill(pid, signal.SIGKILL)
        self.process.wait(10)
        self.log.close()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path / "data")
    yield site
    site.end()


def test_serves_keeps_its_worker_running_and_stops(site: Site) -> None:
    site.start()
    assert site.get("/readyz") == 200
    assert json.loads(site.body)["status"] == "ready"
    assert site.get("/static/staticfiles.json") == 200
    wait_for(lambda: len(site.children()) == 2)
    wait_for(lambda: "stop with Ctrl-C" in site.said())
    assert f"http://127.0.0.1:{site.port}" in site.said()

    # Either of the two is started again when it dies.
    for child in site.children():
        os.kill(child, signal.SIGKILL)
        wait_for(lambda gone=child: len(site.children()) == 2 and gone not in site.children())
    wait_for(lambda: site.get("/healthz") == 200)
    assert "The worker ended (exit code -9)" in site.said()

    # A second one on the same data folder, or the same port, is refused in words.
    for changed, words in (
        ({"PORT": str(free_port())}, "Another process is already serving"),
        ({"DATA_DIR": str(site.folder.parent / "other")}, "Choose another with --port"),
    ):
        second = subprocess.run(  # noqa: PLW1510 - its refusal is what is looked at
            [sys.executable, "manage.py", "serve"],
            cwd=ROOT,
            env=site.environment | changed,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert second.returncode == 1
        assert words in second.stderr

    everyone = {site.process.pid, *descendants(site.process.pid)}
    began = time.monotonic()
    site.process.terminate()
    assert site.process.wait(30) == 0
    assert time.monotonic() - began < 15
    wait_for(lambda: not any(map(is_running, everyone)))


def test_killed_at_once_leaves_nobody_behind(site: Site) -> None:
    site.start()
    everyone = wait_for(lambda: len(site.children()) == 2 and descendants(site.process.pid))
    site.process.kill()
    wait_for(lambda: not any(map(is_running, everyone)), seconds=20)


def run(site: Site, code: str) -> str:
    """What a program prints that uses the site's own database and broker."""
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", code]
    done = subprocess.run(command, cwd=ROOT, env=site.environment, capture_output=True, text=True, check=True)
    return done.stdout.strip()


ONE_PER_QUEUE = """
from badgeplatform.celery import app
for queue in app.amqp.queues:
    app.send_task("journal.tasks.clear_old_rows", queue=queue)
"""


def test_its_worker_takes_every_queue(site: Site) -> None:
    site.start()
    run(site, ONE_PER_QUEUE)
    done = site.folder / "broker-done"
    taken = lambda: {path.name.split(".")[1] for path in done.glob("*.msg")}  # noqa: E731
    wait_for(lambda: taken() >= {"default", "signing", "mail", "webhooks"})


class SlowServer:
    """A mail server that thinks for a while before it takes a mail."""

    def __init__(self) -> None:
        self.thinking, self.taken = 0, 0

    async def handle_DATA(self, server, session, envelope) -> str:
        self.thinking += 1
        await asyncio.sleep(2)
        self.taken += 1
        return "250 taken"


THREE_DUE = """
from datetime import timedelta
from django.utils import timezone
from journal.services import Mail, queue_mails
from journal.tasks import deliver_due_messages
mails = [
    Mail(
        scope="site", kind="sign_in_code", subject=f"code:{n}", recipient=f"p{n}@example.org", language="en",
        context={"code": "ABC-DEF", "minutes": 5},
    )
    for n in range(3)
]
queue_mails(mails, at=timezone.now())
deliver_due_messages.delay()
"""
STATES = """
from journal.models import Message
print(*sorted(Message.objects.values_list("state", flat=True)))
"""


def test_stopping_lets_the_mail_at_hand_go_and_leaves_no_lease(site: Site) -> None:
    server = SlowServer()
    control = Controller(server, hostname="127.0.0.1", port=free_port())
    control.start()
    try:
        site.environment["EMAIL_URL"] = f"smtp://127.0.0.1:{control.port}"
        site.start()
        run(site, THREE_DUE)
        wait_for(lambda: server.thinking)
        assert site.process is not None
        site.process.terminate()
        assert site.process.wait(30) == 0
        assert run(site, STATES) == "due due sent"
        assert server.taken == 1
    finally:
        control.stop()


def test_static_files_are_gathered_once(settings, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path
    assert serve.collect_static_files()
    assert not serve.collect_static_files()
    (tmp_path / "collected").write_text("what an earlier version had")
    assert serve.collect_static_files()


def fail() -> None:
    raise SystemExit(3)


def test_worker_that_always_dies_is_not_started_in_a_tight_loop(capfd) -> None:
    keeper = Keeper(fail, first_pause=0.1, longest_pause=60)
    keeper.start()
    wait_for(lambda: keeper.restarts >= 3)
    keeper.stop()
    assert not keeper.is_alive()
    assert keeper.pause >= 0.8
    assert "exit code 3" in capfd.readouterr().err
