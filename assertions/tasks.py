"""What the worker does for batches and for recipients."""

import math
import time
from datetime import timedelta
from functools import partial
from uuid import UUID

from celery import Task, shared_task
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from assertions.models import LinkRequest
from assertions.services import batches
from assertions.services.archiving import make_next_archive, remove_old_archives
from assertions.services.figures import add_up
from assertions.services.files import forget_unused_evidence
from assertions.services.finding import mail_links
from assertions.services.registering import enter_all, enter_new
from assertions.services.registering.entering import SWEEP as REGISTER
from assertions.services.reminding import notice_expiries, remind_due
from common import stopping
from issuers.tasks import deliver_webhooks
from journal.queries import has_webhooks
from journal.services import beat
from journal.tasks import deliver_due_messages, send_soon

TURN = 5.0
"""Seconds for each batch."""
SWEEP = timedelta(seconds=20)
LONG_SWEEP = timedelta(seconds=200)
EXPIRES = 10.0
"""Seconds in which a worker that is free takes up what was sent on."""
COMPLETED = "assertions.registers_completed"
NEARLY_A_DAY = 23 * 3600
"""The timetable asks every hour: so the next time is in the same hour of the next day."""
EVIDENCE_KEPT_FOR = timedelta(days=1)
"""A file chosen in a form which is still open somewhere."""


@shared_task
def forget_evidence() -> int:
    return forget_unused_evidence(before=timezone.now() - EVIDENCE_KEPT_FOR)


@shared_task
def remind_recipients() -> int:
    """The sweep over reminders and notices of expiry; how many mails came of it."""
    mails = remind_due(now=timezone.now) + notice_expiries(now=timezone.now)
    if mails:
        send_soon()
    return mails


@shared_task
def answer_link_requests() -> int:
    """The sweep over requests for fresh links; how many mails came of it."""
    waiting = LinkRequest.objects.order_by("pk").values_list("pk", flat=True)[:500]
    mails = sum(mail_links(request_id=pk, at=timezone.now()) for pk in waiting)
    beat("links", at=timezone.now())
    if mails:
        send_soon()
    return mails


def answer_soon() -> None:
    """For doors: wakes the worker once the row is there. Where the broker is away, the next sweep does it."""
    transaction.on_commit(answer_link_requests.delay, robust=True)


@shared_task
def sweep_batches() -> int:
    """The sweep over batches: each that can go on gets some seconds in turn; how many steps were taken.

    While there is more to do it sends itself on, twice: one for this worker, one for a worker that has nothing to
    do. Where there is none, the second expires, so that the queue does not grow.
    """
    until = timezone.now() + SWEEP
    steps, senders = 0, Senders()
    for batch_id in batches.work_waiting(at=timezone.now()):
        if timezone.now() >= until or stopping.has_begun():
            break
        after_each = partial(senders.wake_soon, batch_id)
        with batches.apart(batch_id):
            steps += batches.work_on(batch_id=batch_id, now=timezone.now, seconds=TURN, after_each=after_each)
    beat("batches", at=timezone.now())
    if steps:
        senders.wake()
        for _worker in range(2):
            sweep_batches.apply_async(expires=EXPIRES)
    return steps


class Senders:
    """Who sends mails and tells webhooks: woken while a batch goes on, not only when the sweep is over.

    A wake-up that nobody has taken up is void when the next one comes: a batch of a thousand chunks leaves no heap.
    """

    def __init__(self) -> None:
        self._worked_on: set[UUID] = set()
        self._woken_at = -math.inf

    def wake_soon(self, batch_id: UUID) -> None:
        """After a chunk: at once after the first, then every few seconds."""
        self._worked_on.add(batch_id)
        if time.monotonic() - self._woken_at >= EXPIRES:
            self.wake()

    def wake(self) -> None:
        self._woken_at = time.monotonic()
        _send(deliver_due_messages)
        if any(has_webhooks(scope) for scope in batches.scopes_of(self._worked_on)):
            _send(deliver_webhooks)


def _send(task: Task[..., object]) -> None:
    """Where the broker is away, the next sweep does it."""
    transaction.on_commit(partial(task.apply_async, expires=EXPIRES), robust=True)


@shared_task
def forget_batch_files() -> int:
    """The files of lists that ended long ago; how many were deleted."""
    return batches.forget_files(at=timezone.now())


@shared_task
def add_up_figures() -> int:
    """The sweep over what acts have changed of the figures by day; how many changes were added up."""
    total = 0
    while not stopping.has_begun() and (added := add_up()):
        total += added
    beat("figures", at=timezone.now())
    return total


@shared_task
def enter_in_registers() -> int:
    """The sweep over acts that are to stand in their organisation's register; how many entries were added. Where it did
    not come to its end, the next one begins where this one began."""
    entered, is_done = enter_new(now=timezone.now, until=timezone.now() + SWEEP)
    if is_done:
        beat(REGISTER, at=timezone.now())
    return entered


@shared_task
def complete_registers() -> int:
    """Once a day, whenever in it the worker is there: enters whatever the sweeps could not see, and signs every
    register as it stands. Where it did not come to its end, the next hour goes on."""
    if cache.get(COMPLETED):
        return 0
    entered, is_done = enter_all(now=timezone.now, until=timezone.now() + LONG_SWEEP)
    if is_done:
        cache.set(COMPLETED, True, NEARLY_A_DAY)
    return entered


def work_soon() -> None:
    """For doors: wakes the worker once the batch is there. Where the broker is away, the next sweep goes on."""
    transaction.on_commit(sweep_batches.delay, robust=True)


ARCHIVE_SECONDS = 6 * 3600
"""Said to Celery both ways: a limit of None would be that of all other tasks, four minutes."""


@shared_task(time_limit=ARCHIVE_SECONDS, soft_time_limit=ARCHIVE_SECONDS - 60)
def make_archives() -> str:
    """Makes the archive that was asked for first, whatever time it takes; another message goes on with the next."""
    archive = make_next_archive(now=timezone.now)
    beat("archives", at=timezone.now())
    if archive is None:
        return ""
    send_soon()
    if not stopping.has_begun():
        make_archives.delay()
    return str(archive.state)


@shared_task
def forget_archives() -> int:
    return remove_old_archives(at=timezone.now())


def make_archives_soon() -> None:
    """For doors: wakes the worker once the row is there. Where the broker is away, the next sweep does it."""
    transaction.on_commit(make_archives.delay, robust=True)
