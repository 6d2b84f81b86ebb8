"""The bars on signing, awarding and baking, measured in this process."""

import time
from collections.abc import Callable
from datetime import timedelta
from statistics import median

from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.hashes import SHA256
from django.db import connection
from django.db.models import Count
from django.test.utils import CaptureQueriesContext

from assertions.documents import signed_payload
from assertions.models import Award
from assertions.queries.figures import figures_by_badge
from assertions.services.figures import count_anew
from badges.models import Badge
from badges.queries.pictures import picture_bytes
from issuers.services.keys import private_key
from openbadges import bake, jws
from tests.bench.measuring import Bar, compared
from tests.bench.stage import DAYS, NOW, copy_award, make_awards

MICRO = 1e6


def signing_and_baking(award: Award, *, rounds: int, times: int) -> list[Bar]:
    key, evidence = award.signing_key, list(award.evidence.all())
    parsed, message = private_key(key), award.signed.rpartition(".")[0].encode()
    picture, signed = picture_bytes(award.version.picture, "png"), award.signed

    def raw() -> None:
        parsed.sign(message, padding.PKCS1v15(), SHA256())

    def sign() -> None:
        payload = signed_payload(award, address=award.recipient.address, evidence=evidence, key=key)
        jws.sign(payload, private_key(key))

    ratio, mine, theirs = compared(sign, raw, rounds=rounds, times=times)
    signing = f"{mine * MICRO:.0f} µs, raw RSA-2048 {theirs * MICRO:.0f} µs"
    baked, quick, theirs = compared(lambda: bake(picture, signed), raw, rounds=rounds, times=times)
    baking = (
        f"{quick * MICRO:.0f} µs for a PNG of {len(picture) // 1024} kB, raw RSA-2048 {theirs * MICRO:.0f} µs"
    )
    return [
        Bar(2, "signing one award / raw RSA-2048 signature", ratio, "<=", 1.2, signing),
        Bar(4, "baking a PNG / RS256 signature", baked, "<=", 1 / 20, baking),
    ]


def dashboards(award: Award, *, rounds: int, count: int) -> list[Bar]:
    """A year of one organisation by badge and answer: rows kept by day, against counting the awards."""
    copy_award(award, count)
    count_anew()
    issuer, since = award.issuer, (NOW - timedelta(days=DAYS)).date()

    def kept() -> None:
        list(figures_by_badge(issuer, since=since).items())

    def live() -> None:
        rows = Award.objects.filter(issuer=issuer, issued_on__gte=NOW - timedelta(days=DAYS)).order_by()
        list(rows.values_list("badge_id", "response").annotate(Count("pk"), Count("revoked_at")))

    pairs = [(_clock(kept), _clock(live)) for _ in range(rounds + 1)][1:]
    ratio = median(mine / theirs for mine, theirs in pairs)
    mine, theirs = (median(column) for column in zip(*pairs, strict=True))
    details = f"{mine * 1000:.1f} ms, counted live {theirs * 1000:.0f} ms, {count:,} awards"
    return [Bar(8, "figures of a year, kept by day / counted live", ratio, "<=", 1 / 20, details)]


def _clock(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def queries(badge: Badge) -> list[Bar]:
    """Every statement counts, savepoints too."""
    size = 1000
    counts = {}
    for count in (size, 1):
        with CaptureQueriesContext(
            connection,
        ) as captured:
            made = make_awards(badge, count, batch=f"batch-of-{count}-")
        counts[count] = len(captured)
        if len(made) != count:
            raise RuntimeError("not everybody was awarded")
    return [
        Bar(3, "queries per award, 1,000 at once", counts[size] / size, "<=", 0.05, f"{counts[size]} in all"),
        Bar(
            3, "queries for a single award", counts[1], "<=", 15, "mail, claim link and journal line included"
        ),
    ]
