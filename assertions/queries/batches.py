"""What members see of a batch that is under way."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.db.models import Count, QuerySet

from assertions.models import Award, Batch
from journal.models import Message

GREAT = 5000
LAG = 15
"""Seconds by which the figures of a great batch may be late."""


@dataclass(frozen=True)
class Progress:
    """How far the awarding is. What is not known yet is None."""

    done: int
    total: int
    per_minute: float | None
    seconds_left: int | None


def progress_of(batch: Batch, *, at: datetime) -> Progress:
    """The rate is that since the start, or since the last pause: a night on which it rested is no slow work."""
    done, total = batch.awarded + batch.refused, batch.to_award
    since, settled = batch.resumed_at or batch.started_at, done - batch.settled_by_then
    seconds = ((batch.finished_at or at) - since).total_seconds() if since else 0
    if not settled or seconds < 1:
        return Progress(done, total, None, None)
    per_second = settled / seconds
    going_on = batch.state == Batch.State.ISSUING
    return Progress(done, total, per_second * 60, round(batch.ready / per_second) if going_on else None)


def answers_of_batch(batch: Batch) -> Mapping[str, int]:
    """How many of its awards that are not revoked have which answer; every answer is named."""
    awards = Award.objects.filter(round=batch.pk, revoked_at=None)
    return _counted("answers", batch, awards, "response", Award.Response.values)


def mails_of_batch(batch: Batch) -> Mapping[str, int]:
    """How many of its award mails are in which state; every state is named. A repeat counts too."""
    mails = Message.objects.filter(round=batch.pk, kind="award")
    return _counted("mails", batch, mails, "state", Message.State.values)


def _counted(
    what: str, batch: Batch, rows: QuerySet[Any], column: str, values: Iterable[str]
) -> Mapping[str, int]:
    """Straight from an index. Of a great batch, whose page asks every few seconds, once in LAG for everybody."""

    def count() -> dict[str, int]:
        found = rows.order_by().values_list(column).annotate(n=Count("*"))
        return dict.fromkeys(values, 0) | dict(found)

    if batch.awarded < GREAT:
        return count()
    return cache.get_or_set(f"batch.{what}.{batch.pk}", count, LAG) or {}
