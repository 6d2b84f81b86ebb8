"""What the worker does for organisations on its own."""

from functools import partial

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from issuers import services
from issuers.services import forget_calls, mail_owners_of_stopped_webhooks
from journal.queries import has_webhooks
from journal.services import beat, deliver_due_webhooks


@shared_task
def forget_old_calls() -> int:
    """Answers kept for Idempotency-Key, older than a day."""
    return forget_calls(at=timezone.now())


@shared_task
def deliver_webhooks() -> dict[str, int]:
    """The sweep over events that are due; owners are told of webhooks that stopped by themselves."""
    tally = deliver_due_webhooks(now=timezone.now)
    mail_owners_of_stopped_webhooks(at=timezone.now())
    beat("webhooks", at=timezone.now())
    return dict(tally)


@shared_task
def recheck_websites() -> int:
    """Do the websites of organisations confirm them still? Each is asked once a day."""
    return services.recheck_websites(now=timezone.now, seconds=120)


def tell_webhooks_soon(scope: str) -> None:
    """For doors: wakes the worker once the rows are there, if anybody listens. Where the broker is away, the next
    sweep does it."""
    transaction.on_commit(partial(_wake, scope), robust=True)


def _wake(scope: str) -> None:
    if has_webhooks(scope):
        deliver_webhooks.delay()
