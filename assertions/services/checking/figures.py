"""Figures by day are those of the awards."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from assertions.models import DailyFigures, FiguresChange
from assertions.services.figures import COLUMNS, facts_by_day
from common.checking import Check, Finding
from issuers.models import Issuer

ByDay = dict[tuple[Any, date], Counter[str]]


def figures(at: datetime) -> Iterator[Finding]:
    for issuer in Issuer.objects.order_by("pk").iterator():
        counted, facts = _both(issuer)
        for place in sorted(counted.keys() | facts.keys(), key=str):
            wrong = [
                f"{counted[place][name]} {name}, found {facts[place][name]}"
                for name in COLUMNS
                if counted[place][name] != facts[place][name]
            ]
            if wrong:
                badge, day = place
                yield Finding("figures.day", f"say {'; '.join(wrong)}", f"figures of badge {badge} on {day}")


def _both(issuer: Issuer) -> tuple[ByDay, ByDay]:
    """What is counted and what there is, as of one moment."""
    counted: ByDay = defaultdict(Counter)
    facts: ByDay = defaultdict(Counter)
    is_within = connection.in_atomic_block
    with transaction.atomic():
        if connection.vendor == "postgresql" and not is_within:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        for model in (DailyFigures, FiguresChange):
            for row in model.objects.filter(issuer=issuer).order_by():
                counted[row.badge_id, row.day].update({name: getattr(row, name) for name in COLUMNS})
        for one in facts_by_day(issuer=issuer):
            facts[one["badge_id"], one["day"]].update({name: one[name] for name in COLUMNS})
    return counted, facts


CHECKS = (
    Check(
        "figures by day are those of the awards",
        figures,
        "Run `manage.py count_anew`: it counts the awards again. Awards cannot be made or answered for that long.",
    ),
)
