"""The judge of `make chaos` is judged: each planted violation is found."""

from uuid import uuid4

import pytest
from django.utils import timezone

from assertions.models import Award, BatchRow
from badges.models import Badge
from journal.models import Message
from journal.services.leasing import claim_lot, settle_sent
from tests.assertions.batching import awarded, confirmed, people_csv
from tests.chaos.judging import problems
from tests.chaos.post import Received
from tests.factories import NOON, make_award, make_badge

PEOPLE = [f"person{number}@example.org" for number in range(3)]


@pytest.fixture
def world(badge: Badge, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    batch = awarded(badge, people_csv(3))
    Message.objects.update(state="sent", sent_at=NOON)
    received = [Received(row.recipient, row.message_id) for row in Message.objects.all()]

    def found(**changes) -> list[str]:
        return problems(**{"lists": {batch.pk: PEOPLE}, "received": received} | changes)

    found.batch, found.received = batch, received
    return found


def test_nothing_where_all_is_well(world) -> None:
    assert world() == []
    assert world(received=world.received * 2) == []  # the same Message-ID


def test_somebody_lost(world) -> None:
    lists = {world.batch.pk: [*PEOPLE, "nobody@example.org"]}
    assert world(lists=lists)[0] == "nobody@example.org: lost, no award"
    gone = uuid4()
    assert f"batch {gone} is gone" in world(lists={world.batch.pk: PEOPLE, gone: []})


def test_somebody_doubled(world, badge: Badge) -> None:
    first, second = Award.objects.order_by("pk")[:2]
    address, other = first.recipient.address, second.recipient.address
    Award.objects.filter(pk=second.pk).update(recipient=first.recipient, is_repeat=True, round=None)
    assert {f"{address}: doubled, 2 awards", f"{other}: lost, no award"} <= set(world())


def test_somebody_who_was_never_named(world, badge: Badge) -> None:
    make_award(badge, address="stranger@example.org")
    assert world() == ["stranger@example.org: awarded and never named"]


def test_rows_and_batches_that_are_not_at_their_end(world, badge: Badge) -> None:
    BatchRow.objects.filter(number=2).update(state="ready")
    assert world() == ["1 rows are ready, not awarded"]
    other = confirmed(badge, people_csv(1, prefix="other"))
    assert f"batch {other.pk} is issuing, not done" in world(lists={other.pk: []})


def test_awards_that_are_not_signed(world) -> None:
    Award.objects.filter(recipient__address=PEOPLE[0]).update(signed="")
    assert world() == ["1 awards are not signed"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"state": "due"}, "the mail is due, that is no end"),
        ({"state": "leased"}, "the mail is leased, that is no end"),
        ({"state": "unknown", "reason": ""}, "the mail is unknown and does not say why"),
        ({"state": "failed", "reason": "550 no"}, "the mail is marked as failed and came"),
    ],
)
def test_mails_that_are_not_at_their_end(world, fields: dict[str, str], words: str) -> None:
    Message.objects.filter(recipient=PEOPLE[1]).update(**fields)
    assert world() == [f"{PEOPLE[1]}: {words}"]


def test_mails_that_are_lost_or_doubled(world) -> None:
    assert world(received=world.received[1:])[0].endswith("the mail is marked as sent and never came")
    stranger = Received(PEOPLE[0], "<another@example.org>")
    words = f"{PEOPLE[0]}: got a mail with another Message-ID, <another@example.org>"
    assert world(received=[*world.received, stranger]) == [words]
    nobody = Received("nobody@example.org", "<a@example.org>")
    assert world(received=[*world.received, nobody])[0].startswith("nobody@example.org: got a mail")
    Message.objects.filter(recipient=PEOPLE[0]).delete()
    assert f"{PEOPLE[0]}: 0 mails are written down, not one" in world()


def test_two_badges_in_one_mail(badge: Badge, settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    other = make_badge(badge.issuer, "Another")
    lists = {awarded(one, people_csv(1)).pk: PEOPLE[:1] for one in (badge, other)}
    [digest] = claim_lot(at=timezone.now())
    settle_sent([digest], at=NOON)
    came = Received(PEOPLE[0], digest.message_id)
    assert problems(lists=lists, received=[came, came]) == []
    assert (
        problems(lists=lists, received=[]) == [f"{PEOPLE[0]}: the mail is marked as sent and never came"] * 2
    )
    alone = Received(PEOPLE[0], digest.members.first().message_id)
    assert "another Message-ID" in problems(lists=lists, received=[came, alone])[0]
    Award.objects.filter(badge=other).update(revoked_at=NOON)
    assert f"{PEOPLE[0]}: lost, no award" in problems(lists=lists, received=[came])
