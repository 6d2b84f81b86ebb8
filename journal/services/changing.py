"""Second thoughts about mails: once more, later, not at all. Set-based: the number of queries does not
depend on the number of mails."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Max, Q

from journal.models import Message
from journal.services.outbox import Mail, queue_mails

WAITING = (Message.State.DUE, Message.State.LEASED)


@transaction.atomic(savepoint=False)
def mails_again(mails: Sequence[Mail], *, at: datetime) -> list[Mail]:
    """Queues the next occurrence of each mail because a person asked for it; gives those that were queued.

    Left out are the mails of which one is on its way already.
    """
    last = _last_occurrences(mails)
    by_occurrence: dict[int, list[Mail]] = defaultdict(list)
    for mail in mails:
        occurrence, is_waiting = last.get((mail.subject, mail.kind, mail.recipient), (0, False))
        if not is_waiting:
            by_occurrence[occurrence + 1].append(mail)
    for occurrence, some in by_occurrence.items():
        queue_mails(some, at=at, occurrence=occurrence)
    return [mail for some in by_occurrence.values() for mail in some]


def subjects_told(*, kind: str, subjects: Collection[str]) -> set[str]:
    """Those of the subjects of which a mail of this kind has left, or may have."""
    left = (Message.State.SENT, Message.State.LEASED, Message.State.UNKNOWN)
    told = Message.objects.filter(kind=kind, subject__in=subjects, state__in=left)
    return set(told.values_list("subject", flat=True))


def subjects_waiting(*, kind: str, subjects: Collection[str]) -> set[str]:
    """Those of the subjects of which a mail of this kind is on its way."""
    waiting = Message.objects.filter(kind=kind, subject__in=subjects, state__in=WAITING)
    return set(waiting.values_list("subject", flat=True))


def hold_mails(*, kind: str, subjects: Collection[str], until: datetime) -> None:
    """Mails of this kind that are due do not leave before `until`."""
    Message.objects.filter(kind=kind, subject__in=subjects, state=Message.State.DUE).update(due_at=until)


def withdraw_mails(*, kind: str, subjects: Collection[str]) -> set[str]:
    """Takes back the mails that have not left; gives the subjects of which one was taken back."""
    due = Message.objects.select_for_update().filter(kind=kind, subject__in=subjects, state=Message.State.DUE)
    found = dict(due.values_list("pk", "subject"))
    if found:
        Message.objects.filter(pk__in=found).delete()
    return set(found.values())


def _last_occurrences(mails: Sequence[Mail]) -> dict[tuple[str, str, str], tuple[int, bool]]:
    """By subject, kind and recipient: the last occurrence, and whether it has not left yet."""
    rows = (
        Message.objects.filter(subject__in={m.subject for m in mails}, kind__in={m.kind for m in mails})
        .values_list("subject", "kind", "recipient")
        .annotate(last=Max("occurrence"), last_waiting=Max("occurrence", filter=Q(state__in=WAITING)))
    )
    return {(row[0], row[1], row[2]): (row[3], row[3] == row[4]) for row in rows}
