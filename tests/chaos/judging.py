"""What must be true afterwards, judged apart from the product's own `reconcile`: from the list of people that was
handed in, the rows, and the mails that the server had in its hands."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from uuid import UUID

from assertions.models import Award, Batch, BatchRow
from journal.models import Message
from tests.chaos.post import Received

FINAL = {Message.State.SENT, Message.State.FAILED, Message.State.UNKNOWN}


def problems(*, people: Collection[str], batches: Sequence[UUID], received: Sequence[Received]) -> list[str]:
    """In words; nothing where nobody was lost, nobody doubled, and everything has come to its end."""
    return [
        *_unfinished(batches),
        *_awards(people, batches),
        *_mails(people, batches, received),
    ]


def _unfinished(batches: Sequence[UUID]) -> Iterator[str]:
    states = Batch.objects.filter(pk__in=batches).values_list("pk", "state")
    yield from (f"batch {pk} is {state}, not done" for pk, state in states if state != Batch.State.DONE)
    rows = BatchRow.objects.filter(batch__in=batches).exclude(state=BatchRow.State.AWARDED)
    for state, count in Counter(rows.values_list("state", flat=True)).items():
        yield f"{count} rows are {state}, not awarded"


def _awards(people: Collection[str], batches: Sequence[UUID]) -> Iterator[str]:
    awards = Award.objects.filter(revoked_at=None)
    held = Counter(awards.values_list("recipient__address", flat=True))
    yield from (f"{one}: lost, no award" for one in people if not held[one])
    yield from (f"{one}: doubled, {held[one]} awards" for one in people if held[one] > 1)
    yield from (f"{one}: awarded and never named" for one in held if one not in set(people))
    unsigned = awards.filter(round__in=batches, signed="").count()
    if unsigned:
        yield f"{unsigned} awards are not signed"


def _mails(people: Collection[str], batches: Sequence[UUID], received: Sequence[Received]) -> Iterator[str]:
    award_of = dict(Award.objects.filter(round__in=batches).values_list("recipient__address", "pk"))
    rows = defaultdict(list)
    for row in Message.objects.filter(kind="award").defer("context", "sealed"):
        rows[row.subject].append(row)
    ids = defaultdict(Counter)
    for mail in received:
        ids[mail.recipient][mail.message_id] += 1
    for person in people:
        mine = rows[f"award:{award_of.get(person)}"]
        if len(mine) != 1:
            yield f"{person}: {len(mine)} mails are written down, not one"
        else:
            yield from _mail(person, mine[0], ids[person])


def _mail(person: str, row: Message, ids: Counter[str]) -> Iterator[str]:
    if row.state not in FINAL:
        yield f"{person}: the mail is {row.state}, that is no end"
    if row.state == Message.State.SENT and not ids:
        yield f"{person}: the mail is marked as sent and never came"
    if row.state != Message.State.SENT and row.state in FINAL and not row.reason:
        yield f"{person}: the mail is {row.state} and does not say why"
    for stranger in set(ids) - {row.message_id}:
        yield f"{person}: got a mail with another Message-ID, {stranger}"
