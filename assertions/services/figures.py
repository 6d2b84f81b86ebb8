"""Figures by day, kept with each act.

An act inserts what it changes, in its own transaction, and locks nothing; the worker adds the changes up. What a
dashboard shows is the sum of both, and always right.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, date
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, F, Q
from django.db.models.functions import TruncDate

from assertions.models import Award, DailyFigures, FiguresChange

COLUMNS = ("awarded", "accepted", "declined", "withdrawn", "revoked")
AT_ONCE = 5000
Place = tuple[int, Any, date]
_OF_RESPONSE = {
    Award.Response.ACCEPTED: "accepted",
    Award.Response.DECLINED: "declined",
    Award.Response.NOT_ME: "declined",
    Award.Response.WITHDRAWN: "withdrawn",
    Award.Response.ERASED: "withdrawn",
}


def place_of(response: str) -> str:
    """The column in which an award with this answer is counted besides `awarded`; none while it waits."""
    return _OF_RESPONSE.get(Award.Response(response), "")


def _answers_in(column: str) -> list[str]:
    return [response for response, place in _OF_RESPONSE.items() if place == column]


@transaction.atomic(savepoint=False)  # always part of an act: it stands or falls with it
def count_awarded(awards: Iterable[Award]) -> None:
    changes: dict[Place, Counter[str]] = defaultdict(Counter)
    for award in awards:
        changes[_place(award)]["awarded"] += 1
    _insert(changes)


@transaction.atomic(savepoint=False)
def count_moved(awards: Iterable[Award], *, was: Mapping[Any, str], now: Mapping[Any, str]) -> None:
    """Awards that have left one column for another, by award id (see `place_of`)."""
    changes: dict[Place, Counter[str]] = defaultdict(Counter)
    for award in awards:
        changed = changes[_place(award)]
        changed[was[award.pk]] -= 1
        changed[now[award.pk]] += 1
    _insert(changes)


def _place(award: Award) -> Place:
    return award.issuer_id, award.badge_id, award.issued_on.astimezone(UTC).date()


def _insert(changes: Mapping[Place, Mapping[str, int]]) -> None:
    FiguresChange.objects.bulk_create(
        FiguresChange(
            issuer_id=issuer, badge_id=badge, day=day, **{name: changed.get(name, 0) for name in COLUMNS}
        )
        for (issuer, badge, day), changed in changes.items()
    )


@transaction.atomic
def add_up() -> int:
    """The oldest changes become part of their day's row, and are gone; how many."""
    rows = FiguresChange.objects.order_by("pk")
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True)
    taken = list(rows[:AT_ONCE])
    sums: dict[Place, Counter[str]] = defaultdict(Counter)
    for row in taken:
        sums[row.issuer_id, row.badge_id, row.day].update({name: getattr(row, name) for name in COLUMNS})
    places = sorted(sums, key=str)  # one order everywhere: no deadlock
    DailyFigures.objects.bulk_create(
        [DailyFigures(issuer_id=issuer, badge_id=badge, day=day) for issuer, badge, day in places],
        ignore_conflicts=True,
    )
    for issuer, badge, day in places:
        more = {name: F(name) + count for name, count in sums[issuer, badge, day].items()}
        DailyFigures.objects.filter(issuer=issuer, badge=badge, day=day).update(**more)
    FiguresChange.objects.filter(pk__in=[row.pk for row in taken]).delete()
    return len(taken)


@transaction.atomic
def count_anew() -> int:
    """All figures again, from the awards themselves; how many rows came of it. Acts wait as long as it takes."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {FiguresChange._meta.db_table} IN EXCLUSIVE MODE")
    FiguresChange.objects.all().delete()
    DailyFigures.objects.all().delete()
    made = 0
    rows: list[DailyFigures] = []
    for facts in facts_by_day():
        rows.append(DailyFigures(**facts))
        if len(rows) == AT_ONCE:
            made += len(DailyFigures.objects.bulk_create(rows))
            rows = []
    return made + len(DailyFigures.objects.bulk_create(rows))


def facts_by_day(**narrowed: Any) -> Iterable[Mapping[str, Any]]:
    """What the awards themselves say, as rows of DailyFigures."""
    live = Q(revoked_at=None)
    turned_down = Q(response__in=_answers_in("declined"))
    rows = Award.objects.filter(**narrowed).order_by().annotate(day=TruncDate("issued_on", tzinfo=UTC))
    return (
        rows.values("issuer_id", "badge_id", "day")
        .annotate(
            awarded=Count("pk"),
            accepted=Count("pk", filter=live & Q(response=Award.Response.ACCEPTED)),
            declined=Count("pk", filter=live & turned_down),
            withdrawn=Count("pk", filter=live & Q(response__in=_answers_in("withdrawn"))),
            revoked=Count("pk", filter=~live),
        )
        .iterator(chunk_size=2000)
    )
