"""How fast mails go: so many a second in all (MAIL_RATE), and to one domain (MAIL_RATE_PER_DOMAIN).

A row per domain knows when the domain is free again. What is due is given its time to leave from there, many mails at
once; a mail whose time is yet to come is not leased and is in nobody's way. The rate in all is a row of its own
(domain ""), counted when mails are claimed. Without these settings nothing here costs anything.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Min, Q

from journal.models import Message, MessageQuerySet, Pace

CHUNK = 1000
ALL = ""
# What should have left longer ago gets a new time: after a night without a worker nothing goes out in one burst.
LATE = timedelta(seconds=60)
BURST = timedelta(seconds=1)


@transaction.atomic
def give_times(*, at: datetime, most: int = CHUNK) -> int:
    """A time to leave for each mail that is due and has none, by its domain's pace; how many."""
    rate = settings.MAIL_RATE_PER_DOMAIN
    if not rate:
        return 0
    due = Message.objects.due(at=at).filter(Q(is_paced=False) | Q(due_at__lt=at - LATE))
    if connection.features.has_select_for_update_skip_locked:
        due = due.select_for_update(skip_locked=True)
    rows = list(due.only("pk", "recipient", "asked_for", "due_at", "is_paced")[:most])
    free = _lock({_domain(row) for row in rows}) if rows else {}
    step = timedelta(seconds=1 / rate)
    for row in rows:
        slot = max(at, free[_domain(row)])
        free[_domain(row)] = slot + step
        row.due_at, row.is_paced = (at if row.asked_for else slot), True
    Message.objects.bulk_update(rows, ["due_at", "is_paced"], batch_size=500)
    _free_at(free)
    return len(rows)


def paced(due: MessageQuerySet) -> MessageQuerySet:
    """Those that may leave."""
    return due.filter(is_paced=True) if settings.MAIL_RATE_PER_DOMAIN else due


def allowed(*, at: datetime, most: int) -> int:
    """How many mails may leave now, of at most `most`; holds the row until the caller has counted them."""
    if not settings.MAIL_RATE:
        return most
    burst = max(BURST, timedelta(seconds=1 / settings.MAIL_RATE))
    free = max(_lock({ALL})[ALL], at)
    return max(0, min(most, int((at + burst - free).total_seconds() * settings.MAIL_RATE + 1e-6)))


def count(mails: int, *, at: datetime) -> None:
    """So many leave now."""
    if settings.MAIL_RATE and mails:
        free = max(Pace.objects.get(domain=ALL).free_at, at)
        _free_at({ALL: free + timedelta(seconds=mails / settings.MAIL_RATE)})


def next_time(*, at: datetime) -> timedelta | None:
    """How long until one more mail may leave; None where no rate holds any back."""
    if not (settings.MAIL_RATE or settings.MAIL_RATE_PER_DOMAIN):
        return None
    waiting = Message.objects.filter(state=Message.State.DUE, digest=None)
    firsts = [
        waiting.filter(asked_for=asked).aggregate(first=Min("due_at"))["first"] for asked in (True, False)
    ]
    first = min((moment for moment in firsts if moment), default=None)
    if first is None:
        return None
    shortest = timedelta(seconds=1 / settings.MAIL_RATE if settings.MAIL_RATE else 0.05)
    wait: timedelta = first - at
    return max(wait, shortest)


def _domain(row: Message) -> str:
    return row.recipient.rpartition("@")[2]


def _lock(domains: set[str]) -> dict[str, datetime]:
    """When each is free, locked in one order; a domain that was never written to is free since ever."""
    long_ago = datetime.fromtimestamp(0, tz=UTC)
    Pace.objects.bulk_create(
        [Pace(domain=domain, free_at=long_ago) for domain in sorted(domains)], ignore_conflicts=True
    )
    rows = Pace.objects.select_for_update().filter(domain__in=domains).order_by("domain")
    return {row.domain: row.free_at for row in rows}


def _free_at(free: dict[str, datetime]) -> None:
    rows: Sequence[Pace] = [Pace(domain=domain, free_at=moment) for domain, moment in free.items()]
    Pace.objects.bulk_update(rows, ["free_at"], batch_size=500)
