"""Figures for the overview. They are read in passing: no query of theirs ever reads a million rows."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from assertions.models import Award
from badges.models import Badge
from issuers.models import Issuer

MANY = 1000
"""Nothing is counted beyond; pages then say “1,000+”."""
PERIOD = timedelta(days=30)
MOST_BADGES = 4


@dataclass(frozen=True)
class Figures:
    """Of the last 30 days, but `expiring`: of the next 30."""

    awarded: int
    accepted: int
    waiting: int
    turned_down: int
    revoked: int
    expiring: int
    badges: list[tuple[Badge, int]]
    """Those awarded most, with how often."""


def figures_of(issuer: Issuer, *, at: datetime) -> Figures:
    rows = _recent(issuer, at=at)
    responses = Counter(response for _badge, response, revoked_at in rows if revoked_at is None)
    most = Counter(badge for badge, _response, _revoked_at in rows).most_common(MOST_BADGES)
    badges = Badge.objects.with_current().in_bulk([pk for pk, _count in most])
    awards = Award.objects.of_issuer(issuer)
    return Figures(
        awarded=len(rows),
        accepted=responses[Award.Response.ACCEPTED],
        waiting=responses[Award.Response.WAITING],
        turned_down=responses[Award.Response.DECLINED] + responses[Award.Response.NOT_ME],
        revoked=_count(awards.filter(revoked_at__gte=at - PERIOD)),
        expiring=_count(awards.filter(revoked_at=None, expires_at__gt=at, expires_at__lte=at + PERIOD)),
        badges=[(badges[pk], count) for pk, count in most],
    )


def _recent(issuer: Issuer, *, at: datetime) -> list[tuple[Any, str, datetime | None]]:
    """(badge, response, revoked at) of the newest awards, straight from the index of the issuer's awards."""
    rows = Award.objects.of_issuer(issuer).filter(issued_on__gte=at - PERIOD).order_by("-issued_on", "-pk")
    return list(rows.values_list("badge_id", "response", "revoked_at")[: MANY + 1])


def _count(rows: QuerySet[Any]) -> int:
    return rows.order_by()[: MANY + 1].count()
