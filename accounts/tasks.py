"""What the worker does on its own: forgets accounts that nobody ever came back to."""

from celery import shared_task
from django.utils import timezone

from accounts.services import forget_unproved


@shared_task
def clear_unproved_accounts() -> int:
    return forget_unproved(at=timezone.now())
