"""What waits for the worker."""

from datetime import datetime

from django.db.models import Sum

from assertions.models import Batch, LinkRequest
from common.queues import Queue


def link_queue(*, at: datetime) -> Queue:
    """People who asked for fresh links and have not got them yet."""
    oldest = LinkRequest.objects.order_by("pk").values_list("created_at", flat=True).first()
    return Queue("links", {"due": LinkRequest.objects.count()}, oldest)


def batch_queue(*, at: datetime) -> Queue:
    """Rows of batches that are being awarded, and files that are being read, in one figure each. From the batches' own
    counts: their rows are many."""
    running = Batch.objects.with_work(at=at).order_by()
    issuing = Batch.objects.filter(state=Batch.State.ISSUING)
    rows = {
        "ready": issuing.aggregate(total=Sum("ready"))["total"] or 0,
        "files": Batch.objects.filter(state=Batch.State.READING).count(),
        "paused": Batch.objects.filter(state=Batch.State.PAUSED).count(),
    }
    began = [batch.hold_until or batch.confirmed_at or batch.created_at for batch in running]
    return Queue("batches", rows, min(began, default=None))
