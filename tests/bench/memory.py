"""The bar on memory: a web process that has answered, and a worker that has awarded, as the product runs them."""

import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from django.db import connections
from django.utils import timezone

from assertions.models import Award, Batch
from assertions.services import batches
from assertions.tasks import sweep_batches
from badges.models import Badge
from common.actors import SYSTEM
from tests.bench.bulk import make_batch
from tests.bench.measuring import Bar, peak
from tests.bench.serving import BROWSER, MACHINE, Target, load
from tests.served import ROOT, Server

PATIENCE = 1800
WORKER = [
    sys.executable, "-m", "celery", "--app", "badgeplatform", "--quiet", "worker", "--loglevel", "ERROR",
    "--concurrency", "1", "--queues", "signing", "--without-gossip", "--without-mingle", "--without-heartbeat",
]  # fmt: skip


def memory(badge: Badge, awards: Sequence[Award], *, people: int, requests: int) -> list[Bar]:
    peak_worker, main, seconds = _worker(badge, people)
    connections.close_all()
    peak_web = _web(badge, awards, requests=requests)
    of_worker = f"by `celery worker` in {seconds:.0f} s; the process that watches over it {main:.0f} MB"
    of_web = f"{requests * 3:,} answers: assertions, pages, lists"
    return [
        Bar(12, "memory of one web process, MB at its peak", peak_web, "<=", 200, of_web),
        Bar(12, f"memory of a worker, {people:,} awards, MB at its peak", peak_worker, "<=", 250, of_worker),
    ]


def _worker(badge: Badge, people: int) -> tuple[float, float, float]:
    """(peak of the worker, of the process that watches over it, seconds)"""
    batch = make_batch(badge, people, prefix="memory")
    batches.stage_some(batch_id=batch.pk, now=timezone.now, seconds=3600)
    batches.confirm(batch=batch, hold=timedelta(0), by=SYSTEM, at=timezone.now())
    process = subprocess.Popen(WORKER, cwd=ROOT, stdin=subprocess.DEVNULL)
    began = time.monotonic()
    try:
        while (state := Batch.objects.values_list("state", flat=True).get(pk=batch.pk)) != Batch.State.DONE:
            if (
                process.poll() is not None
                or time.monotonic() - began > PATIENCE
                or state == Batch.State.PAUSED
            ):
                raise RuntimeError(f"the worker did not come to its end ({state})")
            sweep_batches.apply_async(expires=5)
            time.sleep(5)
        pool = max(peak(child) for child in children(process.pid))
        return pool, peak(process.pid), time.monotonic() - began
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _web(badge: Badge, awards: Sequence[Award], *, requests: int) -> float:
    valid = Award.objects.filter(pk__in=[award.pk for award in awards], revoked_at=None)
    public = [f"/assertions/{pk}" for pk in valid.values_list("pk", flat=True)]
    connections.close_all()
    lists = [f"/issuers/{badge.issuer.slug}", f"/badges/{badge.pk}", "/verify", "/"]
    with Server() as site:
        for paths, headers in ((public, MACHINE), (public, BROWSER), (lists, BROWSER)):
            load(Target(site, paths, headers), requests=requests)
        return peak(site.worker)


def children(pid: int) -> list[int]:
    found = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return found or [pid]
