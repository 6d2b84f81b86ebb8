"""Sends events to webhooks: at least once each, and never past a lease that ran out.

Webhooks take turns: a turn is at most ten of its deliveries, leased in one transaction, posted outside of any, and
settled in another. Turns of several webhooks are under way at once, one of each, so who answers slowly keeps nobody
else waiting; who does not answer at all rests for a while. `leases` fences: whoever comes late changes nothing.
"""

import logging
import random
import time
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F

from common.actors import SYSTEM
from common.http import Answer, FetchRefused, post
from journal.models import Action, Delivery, Webhook
from journal.services.recording import record
from journal.webhooks import headers_of, secrets_of

log = logging.getLogger(__name__)
THREADS = 8
MOST_IN_A_TURN = 10
PATIENCE = 20.0  # seconds after which a turn begins nothing more
SILENCE = timedelta(days=3)
SHORTEST_REST, LONGEST_REST = timedelta(seconds=30), timedelta(minutes=10)
MOST_SHOWN = 2000  # characters of an answer
ABSENT = {
    Delivery.Trouble.TIMEOUT,
    Delivery.Trouble.UNREACHABLE,
    Delivery.Trouble.PRIVATE,
    Delivery.Trouble.ADDRESS,
}
BUSY = (429, 503)
GONE = 410
Clock = Callable[[], datetime]
State: TypeAlias = Delivery.State
Trouble: TypeAlias = Delivery.Trouble
_dice = random.SystemRandom()


@dataclass(frozen=True)
class Turn:
    """Deliveries of one webhook, leased to the caller."""

    webhook: Webhook
    deliveries: Sequence[Delivery]


@dataclass(frozen=True)
class Outcome:
    """What became of one attempt: `status` and `answer` where there was one, else `trouble`."""

    at: datetime
    took_ms: int
    status: int | None = None
    answer: str = ""
    trouble: Trouble | None = None

    @property
    def is_success(self) -> bool:
        return self.trouble is None

    @property
    def is_gone(self) -> bool:
        return self.status == GONE

    @property
    def stops(self) -> bool:
        """The others of the turn would fare no better: they wait."""
        return self.trouble in ABSENT or self.is_gone or self.status in BUSY


def deliver_due_webhooks(*, now: Clock, seconds: float = 25) -> Counter[str]:
    """Sends what is due, beginning nothing after that many seconds; how many deliveries were settled in which state."""
    tally: Counter[str] = Counter()
    until = now() + timedelta(seconds=seconds)
    take_back_abandoned(at=now())
    with ThreadPoolExecutor(THREADS, thread_name_prefix="webhook") as pool:
        under_way: dict[Future[list[Outcome]], Turn] = {}
        while True:
            while len(under_way) < THREADS and now() < until:
                turn = take_turn(at=now(), without=[one.webhook.pk for one in under_way.values()])
                if turn is None:
                    break
                under_way[pool.submit(send, turn, now=now)] = turn
            if not under_way:
                return tally
            for done in wait(under_way, return_when=FIRST_COMPLETED).done:
                tally += settle(under_way.pop(done), done.result(), at=now())


@transaction.atomic
def take_turn(*, at: datetime, without: Collection[int] = ()) -> Turn | None:
    """The next turn, leased; None when there is nothing to do. `without`: webhooks that have one already.

    PostgreSQL skips what others are taking; on SQLite the transaction is alone.
    """
    hooks = Webhook.objects.with_work(at=at).exclude(pk__in=without)
    rows = Delivery.objects.due(at=at).order_by("due_at", "pk")
    if connection.features.has_select_for_update_skip_locked:
        hooks = hooks.select_for_update(skip_locked=True, no_key=True)
        rows = rows.select_for_update(skip_locked=True)
    hook = hooks.first()
    found = list(rows.filter(webhook=hook)[:MOST_IN_A_TURN]) if hook else []
    if hook is None or not found:
        return None
    lease = timedelta(seconds=PATIENCE + settings.WEBHOOK_TIMEOUT + 30)
    Delivery.objects.filter(pk__in=[row.pk for row in found]).update(
        state=State.LEASED, lease_until=at + lease, leases=F("leases") + 1
    )
    Webhook.objects.filter(pk=hook.pk).update(turn_at=at)
    for row in found:
        row.leases += 1
    return Turn(hook, found)


@transaction.atomic
def take_back_abandoned(*, at: datetime) -> int:
    """What a dead worker had taken is due again, with the same id: perhaps it was sent, perhaps not."""
    rows = Delivery.objects.abandoned(at=at)
    changes: dict[str, Any] = {
        "attempts": F("attempts") + 1, "lease_until": None, "trouble": Trouble.ABANDONED,
    }  # fmt: skip
    most = len(settings.WEBHOOK_RETRY_DELAYS)
    given_up = rows.filter(attempts__gte=most).update(state=State.FAILED, **changes)
    return given_up + rows.update(state=State.DUE, due_at=at, **changes)


def send(turn: Turn, *, now: Clock) -> list[Outcome]:
    """One after the other, oldest first; fewer outcomes than deliveries where it was stopped. Touches no row."""
    began = time.monotonic()
    outcomes: list[Outcome] = []
    for row in turn.deliveries:
        outcomes.append(_attempt(turn.webhook, row, at=now()))
        if outcomes[-1].stops or time.monotonic() - began > PATIENCE:
            break
    return outcomes


def _attempt(hook: Webhook, row: Delivery, *, at: datetime) -> Outcome:
    began = time.monotonic()
    answer, trouble = _posted(hook, row, at)
    took_ms = int((time.monotonic() - began) * 1000)
    if answer is None:
        return Outcome(at, took_ms, trouble=trouble)
    return Outcome(at, took_ms, answer.status, _readable(answer.body), _judged(answer.status))


def _posted(hook: Webhook, row: Delivery, at: datetime) -> tuple[Answer | None, Trouble | None]:
    try:
        headers = headers_of(row, signed_with=secrets_of(hook, at=at), at=at)
        body = row.payload.encode()
        return post(hook.url, body=body, headers=headers, seconds=settings.WEBHOOK_TIMEOUT), None
    except FetchRefused as refused:
        return None, _TROUBLES.get(refused.code, Trouble.UNWRITABLE)
    except Exception:  # whatever is wrong with one must not hold up the others
        log.exception("Delivery %s of webhook %s could not be sent", row.pk, hook.pk)
        return None, Trouble.UNWRITABLE


_TROUBLES = {
    "timeout": Trouble.TIMEOUT,
    "unreachable": Trouble.UNREACHABLE,
    "private": Trouble.PRIVATE,
    "address": Trouble.ADDRESS,
    "scheme": Trouble.ADDRESS,
}


def _judged(status: int) -> Trouble | None:
    if 200 <= status < 300:
        return None
    return Trouble.REDIRECT if 300 <= status < 400 else Trouble.REFUSED


def _readable(body: bytes) -> str:
    text = body.decode(errors="replace")[:MOST_SHOWN]
    return "".join(c if c.isprintable() or c in "\n\t" else "\N{REPLACEMENT CHARACTER}" for c in text)


@transaction.atomic
def settle(turn: Turn, outcomes: Sequence[Outcome], *, at: datetime) -> Counter[str]:
    """Writes down what became of a turn, and what follows for its webhook; gives the states."""
    hook = Webhook.objects.select_for_update(no_key=True).filter(pk=turn.webhook.pk).first()
    if hook is None:
        return Counter()
    tried = zip(turn.deliveries, outcomes, strict=False)
    tally = Counter(str(_written_down(row, outcome, at=at)) for row, outcome in tried)
    for row in turn.deliveries[len(outcomes) :]:
        _mine(row).update(state=State.DUE, lease_until=None)
    _judge(hook, outcomes, at=at)
    return tally


def _mine(row: Delivery) -> Any:
    return Delivery.objects.filter(pk=row.pk, state=State.LEASED, leases=row.leases)


def _written_down(row: Delivery, outcome: Outcome, *, at: datetime) -> State:
    delays = settings.WEBHOOK_RETRY_DELAYS
    changes: dict[str, Any] = {
        "attempts": row.attempts + 1, "lease_until": None, "tried_at": outcome.at, "took_ms": outcome.took_ms,
        "status": outcome.status, "answer": outcome.answer, "trouble": outcome.trouble or "",
    }  # fmt: skip
    if outcome.is_success:
        state = State.DELIVERED
    elif outcome.is_gone or row.attempts >= len(delays):
        state = State.FAILED
    else:
        state = State.DUE
        # Never earlier than said, and not all at once: the last attempt is made after three days, not before.
        changes["due_at"] = at + timedelta(seconds=delays[row.attempts] * _dice.uniform(1, 1.1))
    _mine(row).update(state=state, **changes)
    return state


def _judge(hook: Webhook, outcomes: Sequence[Outcome], *, at: datetime) -> None:
    """Whether it is heard: it rests where nobody answers, and stops after three days or when it is told to."""
    if hook.state == Webhook.State.DELETED or not outcomes:
        return
    last = outcomes[-1]
    if any(one.is_success for one in outcomes):
        hook.succeeded_at, hook.failing_since = at, None
    if not last.is_success:
        hook.failing_since = hook.failing_since or at
    failing_for = at - (hook.failing_since or at)
    hook.rest_until = at + min(max(SHORTEST_REST, failing_for / 10), LONGEST_REST) if last.stops else None
    hook.save(update_fields=["succeeded_at", "failing_since", "rest_until"])
    if last.is_gone:
        _stop(hook, Webhook.State.DISABLED, Webhook.Reason.GONE, at=at)
    elif failing_for >= SILENCE and hook.state == Webhook.State.ACTIVE:
        _stop(hook, Webhook.State.PAUSED, Webhook.Reason.SILENT, at=at)


def _stop(hook: Webhook, state: Webhook.State, reason: Webhook.Reason, *, at: datetime) -> None:
    """By itself: its owners are to be told. What waits goes on waiting, unless it is not wanted any more."""
    is_gone = state == Webhook.State.DISABLED
    hook.state, hook.reason, hook.since, hook.owners_to_tell = state, reason, at, True
    hook.save(update_fields=["state", "reason", "since", "owners_to_tell"])
    if is_gone:
        hook.deliveries.filter(state=State.DUE).update(state=State.FAILED, trouble=Trouble.STOPPED)
    action = Action.WEBHOOK_DISABLED if is_gone else Action.WEBHOOK_PAUSED
    target = ("webhook", hook.pk, hook.host)
    record(scope=hook.scope, action=action, by=SYSTEM, at=at, target=target, data={"why": str(reason)})
