"""Awarding for show: everything is done as it will be, looked at, and taken back."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from django.db import transaction

from assertions.models import Award
from assertions.services.awarding import Nomination, award
from badges.models import Badge
from common.actors import Actor

Shown = TypeVar("Shown")


def rehearse(
    *, badge: Badge, nomination: Nomination, by: Actor, at: datetime, show: Callable[[Award], Shown]
) -> Shown:
    """What `show` makes of the award as it will be once it is accepted; nothing of it remains.

    It is awarded to an address that nobody has, so that it can be shown to whoever holds the badge already.
    """
    nobody = replace(nomination, address=f"{uuid.uuid4().hex}@nobody.invalid")
    with transaction.atomic():
        row = award(badge=badge, nomination=nobody, by=by, at=at)
        Award.objects.filter(pk=row.pk).update(response=Award.Response.ACCEPTED, responded_at=at)
        shown = show(row)
        transaction.set_rollback(True)
    return shown
