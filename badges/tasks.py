"""What the worker does for badges on its own."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from badges.services import forget_unused_pictures

KEPT_FOR = timedelta(days=2)
"""A picture that was tried in a form which is still open somewhere."""


@shared_task
def forget_pictures() -> int:
    return forget_unused_pictures(before=timezone.now() - KEPT_FOR)
