"""The bars on public pages: processor time of the server process, against a bare Django view on the same server."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from django.db import connections
from django.utils import timezone

from assertions.models import Award
from assertions.services import revoke
from common.actors import SYSTEM
from tests.bench.measuring import Bar, processor_seconds
from tests.served import PROXIED, Server

LOAD = Path(__file__).with_name("load.py")
CONNECTIONS = 4
BROWSER = {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "fr-FR,fr;q=0.8,en;q=0.5",
    "Accept-Encoding": "gzip, deflate, br",
}
MACHINE = {"User-Agent": "python-requests/2.32", "Accept": "application/ld+json, application/json;q=0.9"}


@dataclass(frozen=True)
class Target:
    server: Server
    paths: Sequence[str]
    headers: dict[str, str]


@dataclass(frozen=True)
class Measured:
    cost: float  # processor seconds of the server process per request
    rate: float  # requests per second
    bytes: int


def load(target: Target, *, requests: int) -> Measured:
    """What these requests cost the server. Raises where one is not answered with 200."""
    order = {"port": target.server.port, "paths": list(target.paths), "headers": PROXIED | target.headers}
    order |= {"requests": requests, "connections": CONNECTIONS}
    worker = target.server.worker
    before = processor_seconds(worker)
    done = subprocess.run(
        [sys.executable, LOAD], input=json.dumps(order), capture_output=True, text=True, check=True
    )
    spent = processor_seconds(worker) - before
    report = json.loads(done.stdout)
    if report["statuses"] != [200]:
        raise RuntimeError(f"{target.paths[0]} answered {report['statuses']}")
    return Measured(spent / report["asked"], report["asked"] / report["seconds"], report["bytes"])


def compare(target: Target, bare: Server, *, rounds: int, requests: int) -> tuple[float, Measured, Measured]:
    """(how much of the bare view's speed it has, it, the bare view): medians of rounds measured in turn."""
    yardstick = Target(bare, ["/bare"], target.headers)
    pairs = [
        (load(target, requests=requests), load(yardstick, requests=requests)) for _ in range(rounds + 1)
    ][1:]  # the first is to warm up
    ratio = median(theirs.cost / mine.cost for mine, theirs in pairs)
    return ratio, _middle([mine for mine, _ in pairs]), _middle([theirs for _, theirs in pairs])


def _middle(rounds: Sequence[Measured]) -> Measured:
    return sorted(rounds, key=lambda one: one.cost)[len(rounds) // 2]


def serving(awards: Sequence[Award], *, rounds: int, requests: int) -> list[Bar]:
    paths = [f"/assertions/{award.pk}" for award in awards]
    connections.close_all()
    bars = []
    with Server() as site, Server("tests.bench.bare:application") as bare:
        for number, what, headers, target in (
            (5, "public assertion, JSON", MACHINE, 0.4),
            (6, "verification page", BROWSER, 0.3),
        ):
            found = compare(Target(site, paths, headers), bare, rounds=rounds, requests=requests)
            bars.append(_bar(number, f"{what} / bare Django view", target, *found))
        _must_be_live(site, awards[0])
    return bars


def _bar(number: int, what: str, target: float, ratio: float, mine: Measured, theirs: Measured) -> Bar:
    details = (
        f"{mine.cost * 1e6:.0f} µs of the server's processor time a request ({mine.bytes / 1024:.1f} kB,"
        f" {mine.rate:.0f} a second), bare view {theirs.cost * 1e6:.0f} µs ({theirs.rate:.0f} a second)"
    )
    return Bar(number, what, ratio, ">=", target, details)


def _must_be_live(site: Server, award: Award) -> None:
    """A speed that hides a revocation does not count: the very next answers tell of it."""
    revoke(awards=[award], reason="Awarded by mistake", by=SYSTEM, at=timezone.now())
    for headers in (MACHINE, BROWSER):
        status, _headers, body = site.get(f"/assertions/{award.pk}", **headers)
        if status != 410 or b"Awarded by mistake" not in body:
            raise RuntimeError("a revocation was hidden")
