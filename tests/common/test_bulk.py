"""Many rows at once: the same rows as Django's own way of inserting them, on either database."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from assertions.models import Award, Batch, BatchRow, Claim, Recipient
from badges.models import Badge
from common.bulk import chunked, insert_rows, like
from journal.models import Message
from tests.assertions.batching import make_batch
from tests.factories import NOON, make_award

ODD = 'Tab\there, line\nthere, back\\slash, “quotes” "too", \\N, œuvre 🎉'


def messages(count: int) -> list[Message]:
    """Every kind of column: texts, JSON, bytes, times, nothing."""
    usual = Message(
        scope="site", kind="award", language="fr", created_at=NOON, due_at=NOON + timedelta(microseconds=7)
    )
    return [
        like(
            usual,
            id=uuid.uuid4(),
            subject=f"award:{number}",
            recipient=f"a{number}@example.org",
            recipient_name=ODD,
            context={"narrative": ODD, "empty": {}, "list": [1, None, True, 2.5]} if number % 2 else {},
            sealed=b"\x00\xff\\x" if number % 3 else None,
            asked_for=bool(number % 2),
        )
        for number in range(count)
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("count", [3, 50])
def test_the_rows_are_those_that_django_would_insert(count: int) -> None:
    rows = messages(count)
    insert_rows(rows)
    copied = list(Message.objects.order_by("subject").values())
    Message.objects.all().delete()
    Message.objects.bulk_create(rows)
    usual = list(Message.objects.order_by("subject").values())
    for row in (*copied, *usual):
        row["sealed"] = None if row["sealed"] is None else bytes(row["sealed"])
    assert copied == usual
    assert copied[1]["recipient_name"] == ODD


def test_rows_of_files_and_durations_too(badge: Badge) -> None:
    batch = make_batch(badge)
    usual = BatchRow(batch_id=batch.pk, state="ready", cells=[ODD, ""], problems={"": ODD})
    insert_rows([like(usual, id=uuid.uuid4(), number=number) for number in range(30)])
    assert {(row.cells[0], row.problems[""], row.data == {}) for row in BatchRow.objects.all()} == {
        (ODD, ODD, True)
    }
    copies = [like(batch, id=uuid.uuid4(), start_after=timedelta(minutes=number)) for number in range(25)]
    insert_rows(copies)
    assert Batch.objects.get(pk=copies[7].pk).start_after == timedelta(minutes=7)


@pytest.mark.django_db
@pytest.mark.parametrize("count", [3, 50])
def test_conflicts_are_left_out_or_refused(count: int) -> None:
    Recipient.objects.create(address="a1@example.org", created_at=NOON)
    rows = [Recipient(address=f"a{number}@example.org", created_at=NOON) for number in range(count)]
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_rows(rows)
    assert Recipient.objects.count() == 1
    known = insert_rows(rows, ignore_conflicts=True)
    assert Recipient.objects.count() == count
    if connection.vendor == "postgresql" and count > 20:
        assert known == count - 1
    assert insert_rows([]) == 0


def test_a_copy_of_a_row_is_a_row_of_its_own(badge: Badge) -> None:
    award = make_award(badge)
    other = like(award, id=uuid.uuid4(), narrative="Another.")
    assert (other.issuer, other.narrative, award.narrative) == (award.issuer, "Another.", "")
    other._state.fields_cache["recipient"] = Recipient(address="x@example.org")  # type: ignore[attr-defined]
    assert award.recipient.address != "x@example.org"
    assert other._state.adding
    assert Award.objects.count() == 1


@pytest.mark.django_db
def test_many_rows_cost_one_statement_on_postgresql(badge: Badge) -> None:
    award = make_award(badge)
    usual = Claim(award_id=award.pk, created_at=NOON, expires_at=datetime(2027, 1, 1, tzinfo=UTC))
    before = Claim.objects.count()
    with CaptureQueriesContext(connection) as queries:
        insert_rows(like(usual, token_hash=f"{number:064x}") for number in range(100))
    assert Claim.objects.count() == before + 100
    assert len(queries) <= (1 if connection.vendor == "postgresql" else 4)


def test_lists_of_so_many() -> None:
    assert [list(some) for some in chunked(range(5), 2)] == [[0, 1], [2, 3], [4]]
