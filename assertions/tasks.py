"""What the worker does for recipients."""

from datetime import timedelta

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from assertions.models import LinkRequest
from assertions.services.files import forget_unused_evidence
from assertions.services.finding import mail_links
from journal.services import beat
from journal.tasks import send_soon

EVIDENCE_KEPT_FOR = timedelta(days=1)
"""A file chosen in a form which is still open somewhere."""


@shared_task
def forget_evidence() -> int:
    return forget_unused_evidence(before=timezone.now() - EVIDENCE_KEPT_FOR)


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
