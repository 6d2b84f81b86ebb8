"""`__among`: what `__in` finds, with one parameter."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

import common.among  # noqa: F401  teaches fields the lookup
from assertions.models import Award, Recipient
from badges.models import Badge
from tests.factories import make_award

pytestmark = pytest.mark.django_db


def test_finds_by_key_by_text_and_by_related_row(badge: Badge, waiting_award: Award) -> None:
    other = make_award(badge, address="noor@example.org")
    both = {waiting_award.pk, other.pk}
    people = [waiting_award.recipient_id, other.recipient_id]
    addresses = [waiting_award.recipient.address, "nobody@example.org"]
    assert set(Award.objects.filter(pk__among=[*both, uuid.uuid4()]).values_list("pk", flat=True)) == both
    assert {row.pk for row in Award.objects.filter(recipient__id__among=people)} == both
    assert {row.address for row in Recipient.objects.filter(address__among=addresses)} == {addresses[0]}


def test_nothing_is_among_nothing(waiting_award: Award) -> None:
    assert not Award.objects.filter(pk__among=[]).exists()
    assert Award.objects.exclude(pk__among=[]).exists()


def test_any_number_of_values(waiting_award: Award) -> None:
    keys = [waiting_award.pk, *(uuid.uuid4() for _ in range(1500))]
    with CaptureQueriesContext(connection) as captured:
        assert Award.objects.filter(pk__among=keys).update(narrative="Found") == 1
    if connection.vendor == "postgresql":
        assert "= ANY(" in captured[0]["sql"]
