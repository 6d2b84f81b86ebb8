"""A short run of `make chaos`, with servers of its own."""

import subprocess
import sys

import pytest

from tests.chaos.servers import find_binary
from tests.served import ROOT

needed = [find_binary(name) for name in ("initdb", "redis-server")]


@pytest.mark.xdist_group("serve")
@pytest.mark.skipif(not all(needed), reason="needs the programs of PostgreSQL and Redis")
def test_nobody_is_lost_and_nobody_doubled() -> None:
    command = [sys.executable, "-m", "tests.chaos", "--people=300", "--kills=3", "--seed=3", "--hurry"]
    done = subprocess.run(
        command, check=False, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=280
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 problems" in done.stdout
    assert done.stdout.count("a process is killed") == 3
    assert done.stdout.count("PostgreSQL crashes") == 2
