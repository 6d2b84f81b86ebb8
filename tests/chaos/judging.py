"""What must be true afterwards, judged apart from the product's own `reconcile`: from the list of people that was
handed in, the rows, and the mails that the server had in its hands."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from uuid import UUID

from assertions.models import Award, Batch, BatchRow
from journal.models import Message
from tests.chaos.post import Received

FINAL = {Message.State.SENT, Message.State.FAILED, Message.State.UNKNOWN}
Lists = Mapping[UUID, Collection[str]]
"""Who was handed in with each batch."""


def problems(*, lists: Lists, received: Sequence[Received]) -> list[str]:
    """In words; nothing where nobody was lost, nobody doubled, and everything has come to its end."""
    return [*_unfinished(lists), *_awards(lists), *_mails(lists, received)]


def _unfinished(lists: Lists) -> Iterator[str]:
    states = dict(Batch.objects.filter(pk__in=lists).values_list("pk", "state"))
    yield from (f"batch {pk} is gone" for pk in lists if pk not in states)
    yield from (
        f"batch {pk} is {state}, not done" for pk, state in states.items() if state != Batch.State.DONE
    )
    rows = BatchRow.objects.filter(batch__in=lists).exclude(state=BatchRow.State.AWARDED)
    for state, count in Counter(rows.values_list("state", flat=True)).items():
        yield f"{count} rows are {state}, not awarded"


def _awards(lists: Lists) -> Iterator[str]:
    """One of each badge to everybody who was named for it, and none to anybody else."""
    awards = Award.objects.filter(revoked_at=None)
    badges = dict(Batch.objects.filter(pk__in=lists).values_list("pk", "badge"))
    named = {(badges.get(batch), person) for batch, people in lists.items() for person in people}
    held = Counter(awards.values_list("badge", "recipient__address"))
    yield from (f"{one}: lost, no award" for badge, one in named if not held[badge, one])
    yield from (f"{one}: doubled, {held[badge, one]} awards" for badge, one in named if held[badge, one] > 1)
    yield from (f"{one}: awarded and never named" for badge, one in held if (badge, one) not in named)
    unsigned = awards.filter(round__in=lists, signed="").count()
    if unsigned:
        yield f"{unsigned} awards are not signed"


def _mails(lists: Lists, received: Sequence[Received]) -> Iterator[str]:
    """One row for each award; what came bears its Message-ID, or that of the mail in which it went with others."""
    awards = Award.objects.filter(round__in=lists).values_list("round", "recipient__address", "pk")
    award_of = {(batch, person): pk for batch, person, pk in awards}
    rows = defaultdict(list)
    for row in Message.objects.filter(kind="award").select_related("digest").defer("context", "sealed"):
        rows[row.subject].append(row)
    ids, known = defaultdict(Counter), defaultdict(set)
    for mail in received:
        ids[mail.recipient][mail.message_id] += 1
    for batch, people in lists.items():
        for person in people:
            mine = rows[f"award:{award_of.get((batch, person))}"]
            known[person] |= {_carrier(row).message_id for row in mine}
            if len(mine) != 1:
                yield f"{person}: {len(mine)} mails are written down, not one"
            else:
                yield from _mail(person, mine[0], ids[person])
    for person, came in ids.items():
        for stranger in set(came) - known[person]:
            yield f"{person}: got a mail with another Message-ID, {stranger}"


def _carrier(row: Message) -> Message:
    return row.digest or row


def _mail(person: str, row: Message, ids: Counter[str]) -> Iterator[str]:
    came = ids[_carrier(row).message_id]
    if row.recipient != person:
        yield f"{person}: the mail goes to {row.recipient}"
    if row.state not in FINAL:
        yield f"{person}: the mail is {row.state}, that is no end"
    if row.state == Message.State.SENT and not came:
        yield f"{person}: the mail is marked as sent and never came"
    if row.state == Message.State.FAILED and came:
        yield f"{person}: the mail is marked as failed and came"
    if row.state != Message.State.SENT and row.state in FINAL and not row.reason:
        yield f"{person}: the mail is {row.state} and does not say why"
