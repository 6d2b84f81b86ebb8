"""What the worker does on its own: sends what is due, forgets what is past."""

from collections.abc import Mapping
from functools import partial
from importlib import import_module

from celery import shared_task
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from common import stopping
from journal.models import Message
from journal.queries import are_many_due
from journal.services import beat, deliver_due, forget_deliveries, forget_old

MANY = 100
SEND_ON = 20.0


@shared_task
def deliver_due_messages(*, alone: bool = False) -> dict[str, int]:
    """The sweep. Whoever leaves a mail that is waited for may call it at once: `send_soon()`.

    Where many are due it calls others to help (MAIL_WORKERS), who call nobody. What is left when its time is over it
    goes on with at once, in a new message: one in SEND_ON for the whole site, so that calls do not breed calls.
    """
    if not alone and settings.MAIL_WORKERS > 1 and are_many_due(MANY, at=timezone.now()):
        for _helper in range(settings.MAIL_WORKERS - 1):
            deliver_due_messages.delay(alone=True)
    tally = deliver_due(now=timezone.now)
    beat("sweep", at=timezone.now())
    if not alone and _goes_on(tally):
        transaction.on_commit(partial(deliver_due_messages.apply_async, expires=SEND_ON), robust=True)
    return dict(tally)


def _goes_on(tally: Mapping[str, int]) -> bool:
    """Whether more is due, and sending works: a server in trouble is left to the timetable."""
    works = tally.get(Message.State.SENT, 0) and not stopping.has_begun()
    return bool(works and are_many_due(0, at=timezone.now()) and cache.add("journal.sent_on", True, SEND_ON))


def send_soon() -> None:
    """For doors: wakes the worker once the rows are there. Where the broker is away, the next sweep does it."""
    transaction.on_commit(deliver_due_messages.delay, robust=True)


@shared_task
def clear_old_rows() -> int:
    forgotten = forget_old(at=timezone.now()) + forget_deliveries(at=timezone.now())
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    return forgotten
