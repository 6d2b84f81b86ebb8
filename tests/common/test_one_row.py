"""One row by its key: what the ORM would have read, by SQL that was written once."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assertions.models import Award
from common.one_row import OneRow

COLUMNS = ("signed", "badge_id", "badge__stamp", "revoked_at", "issued_on", "expires_at", "pk")


def test_reads_what_the_orm_reads(waiting_award: Award) -> None:
    read = OneRow(Award, *COLUMNS)
    expected = Award.objects.values_list(*COLUMNS).get(pk=waiting_award.pk)
    assert read.of(waiting_award.pk) == expected
    assert read.of(waiting_award.pk) == expected
    assert isinstance(read.of(waiting_award.pk)[1], uuid.UUID)


def test_sees_a_change_at_once(waiting_award: Award) -> None:
    read = OneRow(Award, "response")
    assert read.of(waiting_award.pk) == ("waiting",)
    Award.objects.filter(pk=waiting_award.pk).update(response="declined")
    assert read.of(waiting_award.pk) == ("declined",)


def test_nothing_there(db: None) -> None:
    assert OneRow(Award, "signed").of(uuid.uuid4()) is None


def test_one_query_each_time(waiting_award: Award) -> None:
    read = OneRow(Award, *COLUMNS)
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            read.of(waiting_award.pk)
        assert len(captured) == 1


@pytest.mark.django_db(transaction=True)
def test_outside_of_a_transaction_it_reads_the_same(waiting_award: Award) -> None:
    """On PostgreSQL by a statement that the server keeps."""
    expected = Award.objects.values_list(*COLUMNS).get(pk=waiting_award.pk)
    assert OneRow(Award, *COLUMNS).of(waiting_award.pk) == expected
