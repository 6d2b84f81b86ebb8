"""The bars on whole lists: what reading and awarding them costs this process and the database together."""

import io
import os
import subprocess
import time
from collections.abc import Callable
from datetime import timedelta
from statistics import median

from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.hashes import SHA256
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assertions.models import Batch
from assertions.services import Nomination, award, batches
from assertions.services.batches.issuing import CHUNK
from assertions.services.making import awardable_version
from badges.models import Badge
from common.actors import SYSTEM
from issuers.services import keys
from tests.bench.measuring import Bar, forget_peak, peak, processor_seconds
from tests.bench.row_by_row import save_one

RAW = 50
ROW_BY_ROW = 25


def awarding(badge: Badge, *, rounds: int) -> list[Bar]:
    """Awards of a batch for each raw signature that would fit into the same processor time."""
    batch = make_batch(badge, CHUNK * (rounds + 1), prefix="bulk")
    batches.stage_some(batch_id=batch.pk, now=timezone.now, seconds=600)
    batches.confirm(batch=batch, hold=timedelta(0), by=SYSTEM, at=timezone.now())
    found = [_round(badge, batch, number) for number in range(rounds + 1)][1:]
    raw, bulk, single, saved = (median(costs) for costs in zip(*found, strict=True))
    ratio = median(one[0] / one[1] for one in found)
    slow = median(one[0] / one[3] for one in found)
    details = (
        f"{bulk * 1e6:.0f} µs for an award with its link and its mail, raw RSA-2048 {raw * 1e6:.0f} µs, client"
        f" and database; the same work row by row with save() and the key loaded each time {saved * 1e6:.0f} µs,"
        f" {saved / bulk:.0f} times as much, ratio {slow:.3f}; one by one through the service {single * 1e6:.0f} µs"
    )
    return [Bar(1, "bulk award / raw RSA-2048 signing", ratio, ">=", 0.5, details), *queries(badge)]


def queries(badge: Badge) -> list[Bar]:
    size = 1000
    batch = make_batch(badge, size, prefix="counted")
    batches.stage_some(batch_id=batch.pk, now=timezone.now, seconds=600)
    batches.confirm(batch=batch, hold=timedelta(0), by=SYSTEM, at=timezone.now())
    with CaptureQueriesContext(
        connection,
    ) as captured:
        done = sum(
            batches.issue_chunk(batch_id=batch.pk, at=timezone.now()) for _chunk in range(size // CHUNK)
        )
    if done != size:
        raise RuntimeError("not everybody was awarded")
    cost = len(captured) / size
    return [Bar(3, "queries per award in a batch of 1,000", cost, "<=", 0.05, f"{len(captured)} in all")]


def staging(badge: Badge, *, rows: int) -> list[Bar]:
    """Rows of a file checked and stored in a second of processor time, client and database."""
    batch = make_batch(badge, rows, prefix="staged")
    forget_peak()
    cost = spent(lambda: batches.stage_some(batch_id=batch.pk, now=timezone.now, seconds=3600))
    batch.refresh_from_db()
    if batch.ready != rows:
        raise RuntimeError("not every row was read")
    return [
        Bar(10, "rows checked and staged per CPU second", rows / cost, ">=", 20_000, f"{rows:,} rows"),
        Bar(10, "peak memory while staging, MB", peak(os.getpid()), "<=", 200, "of the process that stages"),
    ]


def make_batch(badge: Badge, rows: int, *, prefix: str) -> Batch:
    lines = (
        f"{prefix}{number}@example.org,Inès Marchand,She **listened** twice.\n" for number in range(rows)
    )
    with io.BytesIO() as file:
        file.write(b"email,name,narrative\n")
        file.writelines(line.encode() for line in lines)
        return batches.upload(
            badge=badge, file=file, file_name=f"{prefix}.csv", by=SYSTEM, at=timezone.now(), again=True
        )


def spent(act: Callable[[], object]) -> float:
    """Processor seconds of this process and of its database's."""
    server = _server()
    began, before = time.process_time(), processor_seconds(server) if server else 0.0
    act()
    mine = time.process_time() - began
    return mine + (processor_seconds(server) - before if server else 0.0)


def _server() -> int:
    """The process of the database that answers us, where there is one on this machine."""
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = int(cursor.fetchone()[0])
    named = subprocess.run(["ps", "-o", "comm=", "-p", str(pid)], check=False, capture_output=True, text=True)
    return pid if "postgres" in named.stdout else 0


def _round(badge: Badge, batch: Batch, number: int) -> tuple[float, float, float, float]:
    """(raw signature, award in a batch, award of its own with the key loaded anew, the same by `save()` of each row)"""
    key, version = keys.kept_key_of(badge.issuer_id), awardable_version(badge)
    parsed, message = keys.private_key(key), b"x" * 900

    def raw() -> None:
        for _ in range(RAW):
            parsed.sign(message, padding.PKCS1v15(), SHA256())

    def bulk() -> None:
        if batches.issue_chunk(batch_id=batch.pk, at=timezone.now(), size=CHUNK) != CHUNK:
            raise RuntimeError("not everybody was awarded")

    def single() -> None:
        for person in range(ROW_BY_ROW):
            keys._parsed.cache_clear()
            one = Nomination(
                f"single{number}-{person}@example.org", "Inès Marchand", "She **listened** twice."
            )
            award(badge=badge, nomination=one, by=SYSTEM, at=timezone.now())

    def saved() -> None:
        for person in range(ROW_BY_ROW):
            save_one(version, key, f"saved{number}-{person}@example.org")

    before, cost, slow, rows, after = spent(raw), spent(bulk), spent(single), spent(saved), spent(raw)
    keys.private_key(key)
    return (before + after) / 2 / RAW, cost / CHUNK, slow / ROW_BY_ROW, rows / ROW_BY_ROW
