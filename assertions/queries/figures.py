"""Figures for the overview, from the rows that are kept by day: how many awards there are does not matter."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db.models import Sum

from assertions.models import Award, DailyFigures, FiguresChange
from badges.models import Badge
from issuers.models import Issuer

MANY = 1000
"""What is not kept by day is not counted beyond; pages then say “1,000+”."""
PERIOD = timedelta(days=30)
MOST_BADGES = 4
_COLUMNS = ("awarded", "accepted", "declined", "withdrawn", "revoked")


@dataclass(frozen=True)
class Figures:
    """Of the awards of the last 30 days: they add up to `awarded`. But `expiring`: within the next 30 days."""

    awarded: int
    accepted: int
    waiting: int
    turned_down: int
    withdrawn: int
    revoked: int
    expiring: int
    badges: list[tuple[Badge, int]]
    """Those awarded most, with how often."""


def figures_of(issuer: Issuer, *, at: datetime) -> Figures:
    by_badge = figures_by_badge(issuer, since=(at - PERIOD).astimezone(UTC).date())
    total: Counter[str] = Counter()
    for counted in by_badge.values():
        total.update(counted)
    often = Counter({badge: counted["awarded"] for badge, counted in by_badge.items()})
    most = [(pk, count) for pk, count in often.most_common(MOST_BADGES) if count]
    badges = Badge.objects.with_current().in_bulk([pk for pk, _count in most])
    return Figures(
        awarded=total["awarded"],
        accepted=total["accepted"],
        waiting=total["awarded"]
        - total["accepted"]
        - total["declined"]
        - total["withdrawn"]
        - total["revoked"],
        turned_down=total["declined"],
        withdrawn=total["withdrawn"],
        revoked=total["revoked"],
        expiring=_expiring(issuer, at=at),
        badges=[(badges[pk], count) for pk, count in most],
    )


def figures_by_badge(issuer: Issuer, *, since: date) -> Mapping[Any, Mapping[str, int]]:
    """By badge: the rows of the days, and what acts have changed since they were added up, in one statement."""
    sums = {f"sum_{name}": Sum(name) for name in _COLUMNS}
    rows = [
        model.objects.filter(issuer=issuer, day__gte=since)
        .order_by()
        .values_list("badge_id")
        .annotate(**sums)
        for model in (DailyFigures, FiguresChange)
    ]
    found: dict[Any, Counter[str]] = defaultdict(Counter)
    for badge, *counts in rows[0].union(rows[1], all=True):
        found[badge].update(dict(zip(_COLUMNS, counts, strict=True)))
    return found


def _expiring(issuer: Issuer, *, at: datetime) -> int:
    rows = Award.objects.of_issuer(issuer).filter(
        revoked_at=None, expires_at__gt=at, expires_at__lte=at + PERIOD
    )
    return rows.order_by()[: MANY + 1].count()
