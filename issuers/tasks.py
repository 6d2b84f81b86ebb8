"""What the worker does for organisations on its own."""

from celery import shared_task
from django.utils import timezone

from issuers.services import forget_calls


@shared_task
def forget_old_calls() -> int:
    """Answers kept for Idempotency-Key, older than a day."""
    return forget_calls(at=timezone.now())
