"""What the outbox knows."""

from datetime import datetime

from django.db.models import Count

from common.queues import Queue
from journal.models import Message, Suppression


def is_suppressed(address: str) -> bool:
    """Whether the address asked not to be written to."""
    return Suppression.objects.filter(address=address).exists()


def mail_queue(*, at: datetime) -> Queue:
    """Straight from the index of what is due; what was sent is many and is not counted."""
    states = [state for state in Message.State if state != Message.State.SENT]
    counted = Message.objects.filter(state__in=states).order_by().values_list("state").annotate(Count("pk"))
    rows = {str(state): 0 for state in states} | dict(counted)
    return Queue("mail", rows, _oldest_due(at))


def _oldest_due(at: datetime) -> datetime | None:
    """What people wait for and what they do not, each from its end of the index."""
    oldest = [
        Message.objects.filter(state=Message.State.DUE, asked_for=asked_for, due_at__lte=at)
        .order_by("due_at")
        .values_list("due_at", flat=True)
        .first()
        for asked_for in (True, False)
    ]
    return min(filter(None, oldest), default=None)
