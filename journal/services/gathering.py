"""Several mails to one person that are due at the same time go as one: a row of its own, with a Message-ID of its own.

Its members keep their rows, and their state follows. What they say is put together when it is sent, so that one which
was taken back in between is not in it.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q

from journal.models import Message

# Which kinds are gathered, and as what.
DIGESTS = {"award": "award_digest", "reminder": "reminder_digest"}
MOST = 30
Group = tuple[str, str, str, str]


def gather(leased: Sequence[Message], *, until: datetime, at: datetime) -> list[Message]:
    """The mails as they are to be sent: those that have company are replaced by one for all of them.

    Part of the claim's transaction; one query where none of the mails can have company, and none without such mails.
    """
    singles = [one for one in leased if one.kind in DIGESTS and not one.asked_for and one.attempts == 1]
    if not singles:
        return list(leased)
    groups: dict[Group, list[Message]] = defaultdict(list)
    for message in [*singles, *_company(singles, at=at)]:
        groups[_group(message)].append(message)
    wanted = {_group(one) for one in singles}
    digests = {
        one: members for group, members in groups.items() if group in wanted and len(members) > 1
        for one in [_digest(members, until=until, at=at)]
    }  # fmt: skip
    if not digests:
        return list(leased)
    Message.objects.bulk_create(digests)
    for digest, members in digests.items():
        keys = [member.pk for member in members[:MOST]]
        Message.objects.filter(pk__in=keys).update(
            digest=digest, state=Message.State.LEASED, lease_until=until, attempts=0
        )
    gone = {member.pk for members in digests.values() for member in members[:MOST]}
    return [*(one for one in leased if one.pk not in gone), *digests]


def follow(messages: Sequence[Message], changes: Mapping[str, Any]) -> None:
    """What became of a mail for several became of each of them."""
    digests = [message.pk for message in messages if message.kind in DIGESTS.values()]
    if digests:
        theirs = Message.objects.filter(digest__in=digests, digest__state=changes["state"])
        theirs.exclude(state=Message.State.BOUNCED).update(**changes)


def members_of(messages: Sequence[Message]) -> dict[UUID, list[Message]]:
    """What is in the mails for several, by their keys, in the order of writing. No query without such mails."""
    found: dict[UUID, list[Message]] = {one.pk: [] for one in messages if one.kind in DIGESTS.values()}
    for member in Message.objects.filter(digest__in=found).order_by("created_at", "pk") if found else ():
        found[member.digest_id].append(member)  # type: ignore[index]  # filtered by it
    return found


def _company(singles: Sequence[Message], *, at: datetime) -> list[Message]:
    """What else is due to the same people; a time that a pace gave them is no reason to go apart."""
    waiting = Message.objects.filter(
        Q(due_at__lte=at) | Q(is_paced=True), state=Message.State.DUE, digest=None, kind__in=DIGESTS,
        recipient__in={one.recipient for one in singles}, asked_for=False, attempts=0,
    ).order_by("created_at", "pk")  # fmt: skip
    if connection.features.has_select_for_update_skip_locked:
        waiting = waiting.select_for_update(skip_locked=True)
    return list(waiting[: MOST * len(singles)])


def _group(message: Message) -> Group:
    return message.scope, message.kind, message.recipient, message.language


def _digest(members: Sequence[Message], *, until: datetime, at: datetime) -> Message:
    """Its words come from its members; who writes, to whom and in which language they have in common."""
    first = members[0]
    shared = ("sender_name", "issuer_name", "issuer_url", "recipient_name")
    row = Message(
        scope=first.scope, kind=DIGESTS[first.kind], recipient=first.recipient, recipient_name=first.recipient_name,
        reply_to=first.reply_to, language=first.language, state=Message.State.LEASED, attempts=1, lease_until=until,
        context={name: first.context[name] for name in shared if name in first.context}, created_at=at, due_at=at,
        is_paced=True,
    )  # fmt: skip
    row.subject = f"digest:{row.pk}"
    return row
