"""Rows that are there already are left out, and counted as such, however many come at once."""

import pytest
from django.db import IntegrityError, transaction

from assertions.models import Recipient
from common.bulk import WORTH_COPYING, insert_rows
from tests.factories import NOON

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("count", [1, 3, WORTH_COPYING, 1000])
def test_it_says_how_many_are_new(count: int) -> None:
    Recipient.objects.create(address="person0@example.org", created_at=NOON)
    rows = [Recipient(address=f"person{n}@example.org", created_at=NOON) for n in range(count)]
    assert insert_rows(rows, ignore_conflicts=True) == count - 1
    assert Recipient.objects.count() == count
    assert insert_rows(rows, ignore_conflicts=True) == 0
    assert insert_rows([], ignore_conflicts=True) == 0


@pytest.mark.parametrize("count", [1, WORTH_COPYING])
def test_a_double_is_called_so(count: int) -> None:
    rows = [Recipient(address=f"person{n}@example.org", created_at=NOON) for n in range(count)]
    insert_rows(rows)
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_rows([Recipient(address=row.address, created_at=NOON) for row in rows])
