"""What members see of a batch that is under way."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import CharField, Count, Value
from django.db.models.functions import Cast, Concat, Replace

from assertions.models import Award, Batch
from journal.models import Message


@dataclass(frozen=True)
class Progress:
    """How far the awarding is. What is not known yet is None."""

    done: int
    total: int
    per_minute: float | None
    seconds_left: int | None


def progress_of(batch: Batch, *, at: datetime) -> Progress:
    done = batch.awarded + batch.refused
    total = batch.to_award
    until = batch.finished_at or at
    seconds = (until - batch.started_at).total_seconds() if batch.started_at else 0
    if not done or seconds < 1:
        return Progress(done, total, None, None)
    per_second = done / seconds
    going_on = batch.state == Batch.State.ISSUING
    return Progress(done, total, per_second * 60, round(batch.ready / per_second) if going_on else None)


def answers_of_batch(batch: Batch) -> Mapping[str, int]:
    """How many of its awards that are not revoked have which answer; every answer is named."""
    found = (
        Award.objects.filter(round=batch.pk, revoked_at=None).values_list("response").annotate(n=Count("pk"))
    )
    return dict.fromkeys(Award.Response.values, 0) | dict(found.order_by())


def mails_of_batch(batch: Batch) -> Mapping[str, int]:
    """How many of its award mails are in which state; every state is named. A repeat counts too."""
    # SQLite keeps a UUID without its hyphens: both are compared without.
    award = Replace(Cast("pk", CharField()), Value("-"), Value(""))
    subjects = Award.objects.filter(round=batch.pk).values(subject=Concat(Value("award:"), award))
    mails = Message.objects.filter(scope=batch.issuer.scope, kind="award", created_at__gte=batch.created_at)
    ours = mails.annotate(short=Replace("subject", Value("-"), Value(""))).filter(short__in=subjects)
    found = ours.values_list("state").annotate(n=Count("pk")).order_by()
    return dict.fromkeys(Message.State.values, 0) | dict(found)
