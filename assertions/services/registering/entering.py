"""Entering acts in registers, after the fact: by the worker, half a minute later, thousands at a time."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from itertools import chain, repeat
from uuid import UUID

from django.db import transaction
from django.db.models import F, OuterRef, Q, Subquery

from assertions.services.registering.events import awards_to_enter, issuers_with_new, next_events
from common import stopping
from issuers.models import Issuer
from issuers.services.checkpoints import sign_checkpoint
from journal.models import Checkpoint, Heartbeat, Register
from journal.services.registering import append_leaves, locked_register

SWEEP = "register"
SLACK = timedelta(minutes=15)
"""No transaction takes longer: what was done before the last sweep minus this has its entry."""
EVERY = timedelta(days=1)
"""How often a register that grows is signed."""


def enter_new(*, now: Callable[[], datetime], until: datetime) -> tuple[int, bool]:
    """Enters what was done since the sweep before, and signs what is due; how many entries, and whether that was all.

    Where no sweep ever came to its end, all there is is looked through.
    """
    last = Heartbeat.objects.filter(name=SWEEP).values_list("at", flat=True).first()
    since = last - SLACK if last else None
    total = 0
    for issuer in issuers_with_new(since):
        added, is_done = enter_events(issuer=issuer, since=since, now=now, until=until)
        total += added
        if not is_done:
            return total, False
    _sign(_issuers_of(_due(now())), at=now())
    return total, True


def enter_all(*, now: Callable[[], datetime], until: datetime | None = None) -> tuple[int, bool]:
    """The same for all there is, whenever it was done; every register is signed that its key of today has not signed
    as it stands."""
    total = 0
    for issuer in issuers_with_new(None):
        added, is_done = enter_events(issuer=issuer, since=None, now=now, until=until)
        total += added
        if not is_done:
            return total, False
    _sign(_issuers_of(Register.objects.all()), at=now())
    return total, True


def enter_events(
    *, issuer: Issuer, since: datetime | None, now: Callable[[], datetime], until: datetime | None = None
) -> tuple[int, bool]:
    """Enters what this organisation did; how many entries, and whether that was all. Several workers may ask at once:
    each batch is looked up and entered under the register's lock."""
    total = 0
    if not Register.objects.filter(scope=issuer.scope, size__gt=0).exists():
        since = None  # a new register begins with all there is
    for awards in chain(awards_to_enter(issuer, since), repeat([])):
        if stopping.has_begun() or (until and now() >= until):
            return total, False
        added = _enter_some(issuer=issuer, awards=awards, since=since, at=now())
        total += added
        if not added and not awards:
            break
    return total, True


@transaction.atomic
def _enter_some(*, issuer: Issuer, awards: Sequence[UUID], since: datetime | None, at: datetime) -> int:
    register = locked_register(scope=issuer.scope, at=at)
    events = next_events(issuer, awards=awards, since=since, at=at)
    return append_leaves(register=register, events=events, at=at)


def _due(at: datetime) -> Iterable[Register]:
    """Those that have grown and were never signed, or not for a day."""
    newest = Checkpoint.objects.filter(register=OuterRef("pk")).order_by("-at").values("at")[:1]
    grown = Register.objects.filter(size__gt=F("signed_size")).annotate(newest=Subquery(newest))
    return grown.filter(Q(newest=None) | Q(newest__lte=at - EVERY))


def _issuers_of(registers: Iterable[Register]) -> list[Issuer]:
    ids = [int(row.scope.partition(":")[2]) for row in registers]
    return list(Issuer.objects.filter(pk__in=ids).order_by("pk"))


def _sign(issuers: Iterable[Issuer], *, at: datetime) -> None:
    for issuer in issuers:
        sign_checkpoint(issuer=issuer, at=at)
