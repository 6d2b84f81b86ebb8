"""What waits for the worker."""

from datetime import datetime

from assertions.models import LinkRequest
from common.queues import Queue


def link_queue(*, at: datetime) -> Queue:
    """People who asked for fresh links and have not got them yet."""
    oldest = LinkRequest.objects.order_by("pk").values_list("created_at", flat=True).first()
    return Queue("links", {"due": LinkRequest.objects.count()}, oldest)
