"""What the worker does on its own: sends what is due, forgets what is past."""

from importlib import import_module

from celery import shared_task
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from journal.queries import are_many_due
from journal.services import beat, deliver_due, forget_deliveries, forget_old

MANY = 100


@shared_task
def deliver_due_messages(*, alone: bool = False) -> dict[str, int]:
    """The sweep. Whoever leaves a mail that is waited for may call it at once: `.delay_on_commit()`.

    Where many are due it calls others to help (MAIL_WORKERS), who call nobody.
    """
    if not alone and settings.MAIL_WORKERS > 1 and are_many_due(MANY, at=timezone.now()):
        for _helper in range(settings.MAIL_WORKERS - 1):
            deliver_due_messages.delay(alone=True)
    tally = deliver_due(now=timezone.now)
    beat("sweep", at=timezone.now())
    return dict(tally)


def send_soon() -> None:
    """For doors: wakes the worker once the rows are there. Where the broker is away, the next sweep does it."""
    transaction.on_commit(deliver_due_messages.delay, robust=True)


@shared_task
def clear_old_rows() -> int:
    forgotten = forget_old(at=timezone.now()) + forget_deliveries(at=timezone.now())
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    return forgotten
