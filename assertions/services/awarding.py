"""Awarding to people who are named in a form or by a program: in one transaction, with one journal line."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from assertions.models import Award, Recipient
from assertions.services.making import (
    CHUNK,
    AlreadyHeld,
    EvidenceInput,
    Nomination,
    Outcome,
    already_held,
    awardable_version,
    make_awards,
    open_claims,
    refused_at_once,
)
from badges.models import Badge
from common.actors import Actor
from common.addresses import normalise
from common.errors import Refused
from journal.models import Action
from journal.services import record

__all__ = [
    "CHUNK",
    "AlreadyHeld",
    "EvidenceInput",
    "Nomination",
    "Outcome",
    "award",
    "award_many",
    "open_claims",
    "refusals",
]


def award(*, badge: Badge, nomination: Nomination, by: Actor, at: datetime, notify: bool = True) -> Award:
    """Awards the badge's published version to one person. Raises Refused where it cannot be.

    Who is to deliver the claim link without our mail calls `award_many`, which gives it.
    """
    outcome = award_many(badge=badge, nominations=[nomination], by=by, at=at, notify=notify)
    if outcome.refused:
        raise outcome.refused[0]
    return outcome.awards[0]


@transaction.atomic
def award_many(
    *,
    badge: Badge,
    nominations: Sequence[Nomination],
    by: Actor,
    at: datetime,
    notify: bool = True,
    round_id: uuid.UUID | None = None,
) -> Outcome:
    """Awards to each person who may get the badge; the others come back with the reason.

    Awards with the same `round_id` go to a person once, whatever the badge allows: a form sent twice.
    Raises Refused where the badge itself cannot be awarded.
    """
    version = awardable_version(badge)
    refused = refused_at_once(nominations, at, once=round_id is not None or not badge.may_be_repeated)
    outcome = make_awards(
        version=version,
        nominations=nominations,
        refused=refused,
        by=by,
        at=at,
        notify=notify,
        round_id=round_id,
    )
    if outcome.awards:
        record(
            scope=version.badge.issuer.scope, action=Action.AWARDS_CREATED, by=by, at=at,
            target=("badge", badge.pk, version.text().name),
            data={"awards": [str(one.id) for one in outcome.awards], "version": version.number},
        )  # fmt: skip
    return outcome


def refusals(*, badge: Badge, nominations: Sequence[Nomination], at: datetime) -> dict[int, Refused]:
    """Whom `award_many` would leave out of one round as things stand, by index, and why. Writes nothing."""
    refused = refused_at_once(nominations, at, once=True)
    if badge.may_be_repeated:
        return refused
    addresses = {normalise(one.address) for index, one in enumerate(nominations) if index not in refused}
    held = {row.address: row for row in Recipient.objects.holding(badge).filter(address__in=addresses)}
    for index, one in enumerate(nominations):
        if index not in refused and (recipient := held.get(normalise(one.address))):
            refused[index] = already_held(recipient)
    return refused
