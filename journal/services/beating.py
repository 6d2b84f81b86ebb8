"""Sweeps leave word of themselves: who is on call sees which of them has stopped."""

from datetime import datetime

from django.db import transaction

from journal.models import Heartbeat


@transaction.atomic
def beat(name: str, *, at: datetime) -> None:
    """The sweep `name` has come to its end."""
    Heartbeat.objects.update_or_create(name=name, defaults={"at": at})
