"""The bar on several workers: two processes against one, each at a batch of its own. `--bars 13`, on a quiet machine.

As a program of its own (`python -m tests.bench.workers BATCH`) it is one of the workers: it says when it is ready,
waits for a line, and works until the batch is done.
"""

import os
import subprocess
import sys
import time
from datetime import timedelta
from statistics import median

from tests.bench.measuring import Bar
from tests.served import ROOT


def workers(badge: object, *, rounds: int, people: int) -> list[Bar]:
    pairs = [(_seconds(badge, people, 1), _seconds(badge, people, 2)) for _ in range(rounds)]
    ratio = median(one / two for one, two in pairs)
    one, two = (median(column) for column in zip(*pairs, strict=True))
    details = f"{people:,} people: {one:.1f} s with one, {two:.1f} s with two, on {os.cpu_count()} cores"
    return [Bar(13, "two workers / one, times as fast", ratio, ">=", 1.6, details)]


def _seconds(badge: object, people: int, count: int) -> float:
    from django.utils import timezone  # once the product is configured

    from assertions.models import Award
    from assertions.services import batches
    from common.actors import SYSTEM
    from tests.bench.bulk import make_batch

    batch = make_batch(badge, people, prefix=f"workers{time.monotonic_ns()}-")  # type: ignore[arg-type]
    batches.stage_some(batch_id=batch.pk, now=timezone.now, seconds=3600)
    command = [sys.executable, "-m", "tests.bench.workers", str(batch.pk)]
    started = [
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(count)
    ]
    try:
        for one in started:
            assert one.stdout
            one.stdout.readline()
        batches.confirm(batch=batch, hold=timedelta(0), by=SYSTEM, at=timezone.now())
        began = time.monotonic()
        for one in started:
            assert one.stdin
            one.stdin.write("\n")
            one.stdin.close()
        for one in started:
            one.wait(1800)
        took = time.monotonic() - began
    finally:
        for one in started:
            one.kill()
            one.wait()
    if (made := Award.objects.filter(round=batch.pk).count()) != people:
        raise RuntimeError(f"{made} awards of {people}")
    return took


def main() -> None:
    import django

    django.setup()
    from django.utils import timezone  # once Django is ready

    from assertions.models import Batch
    from assertions.services import batches
    from issuers.services import keys

    batch = Batch.objects.get(pk=sys.argv[1])
    keys.private_key(keys.kept_key_of(batch.issuer_id))
    print("ready", flush=True)
    sys.stdin.readline()
    while Batch.objects.filter(pk=batch.pk, state=Batch.State.ISSUING).exists():
        if not batches.issue_chunk(batch_id=batch.pk, at=timezone.now()):
            batches.finish(batch_id=batch.pk, at=timezone.now())


if __name__ == "__main__":
    main()
