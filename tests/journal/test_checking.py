"""Each planted violation is found in the journal and in the outbox, and nothing where all is well."""

from datetime import timedelta

import pytest

from common.actors import SYSTEM
from common.checking import in_steps
from journal.models import Action, Chain, Delivery, Entry, EventType, Message, Webhook
from journal.queries import mail_queue
from journal.services import Event, Mail, checking, make_webhook, queue_events, queue_mails, record
from journal.services.leasing import claim_lot, settle, settle_sent
from journal.services.postbox import Outcome
from tests.factories import NOON
from tests.planting import codes

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=13)


def a_mail(number: int = 1) -> Message:
    mail = Mail(
        scope="issuer:1", kind="award", subject=f"award:{number}", recipient="ines@example.org", language="en",
        secrets={"action_url": "https://badges.example.org/claim/x"},
    )  # fmt: skip
    return queue_mails([mail], at=NOON)[0]


def change(row: Message, **fields: object) -> None:
    Message.objects.filter(pk=row.pk).update(**fields)


def test_nothing_where_all_is_well() -> None:
    for _line in range(3):
        record(scope="issuer:1", action=Action.BADGE_CHANGED, by=SYSTEM, at=NOON)
    change(a_mail(1), state="sent", sent_at=NOON, sealed=None)
    change(a_mail(2), state="failed", reason="550 no", sealed=None)
    change(a_mail(3), state="leased", lease_until=NOON, attempts=1)
    a_mail(4)
    assert codes(checking.CHECKS, at=NOON) == set()


@pytest.mark.parametrize("what", ["changed", "first", "last", "all", "head"])
def test_a_line_that_was_changed_or_removed(what: str) -> None:
    for _line in range(3):
        record(scope="issuer:1", action=Action.BADGE_CHANGED, by=SYSTEM, at=NOON)
    lines = Entry.objects.order_by("number")
    if what == "changed":
        lines.filter(number=2).update(actor_label="Somebody else")
    elif what == "head":
        Chain.objects.all().delete()
    else:
        gone = {"first": [1], "last": [3], "all": [1, 2, 3]}[what]
        lines.filter(number__in=gone).delete()
    assert codes(checking.CHECKS, at=NOON) == {"journal.chain"}


@pytest.mark.parametrize("until", [NOON, None])
def test_a_lease_that_nobody_ends(until: object) -> None:
    change(a_mail(), state="leased", lease_until=until, attempts=1)
    assert codes(checking.CHECKS, at=NOON + timedelta(minutes=11)) == {"message.lease_forgotten"}


def test_a_mail_that_nobody_tries() -> None:
    row = a_mail()
    assert codes(checking.CHECKS, at=LATER) == {"message.never_tried"}
    change(row, attempts=1)
    assert codes(checking.CHECKS, at=LATER) == {"message.not_tried_again"}
    change(row, due_at=LATER)
    assert codes(checking.CHECKS, at=LATER) == set()


def test_a_mail_for_several_that_holds_none() -> None:
    for number in (1, 2):
        a_mail(number)
    [digest] = claim_lot(at=NOON)
    Message.objects.exclude(pk=digest.pk).delete()
    assert codes(checking.CHECKS, at=NOON) == set()
    found = codes(checking.CHECKS, at=LATER)
    assert found == {"message.digest_empty", "message.lease_forgotten"}


@pytest.fixture
def delivery() -> Delivery:
    hook, _secret = make_webhook(
        scope="issuer:1",
        url="https://example.org/badges",
        events=[EventType.AWARD_CREATED],
        by=SYSTEM,
        at=NOON,
    )
    queue_events([Event({})], scope="issuer:1", kind=EventType.AWARD_CREATED, at=NOON)
    return hook.deliveries.get()


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({}, "delivery.never_tried"),
        ({"state": "leased", "lease_until": NOON}, "delivery.lease_forgotten"),
        ({"state": "leased"}, "delivery.lease_forgotten"),
        ({"state": "delivered"}, "delivery.ended_without_reason"),
        ({"state": "delivered", "tried_at": NOON, "status": 500}, "delivery.ended_without_reason"),
        ({"state": "failed"}, "delivery.ended_without_reason"),
    ],
)
def test_an_event_that_does_not_come_to_its_end(
    delivery: Delivery, fields: dict[str, object], code: str
) -> None:
    Delivery.objects.update(**fields)
    assert codes(checking.CHECKS, at=LATER) == {code}


def test_an_event_that_waits_for_its_webhook_or_has_ended(delivery: Delivery) -> None:
    assert codes(checking.CHECKS, at=NOON) == set()
    for hook in ({"state": "paused"}, {"state": "active", "rest_until": LATER + timedelta(hours=1)}):
        Webhook.objects.update(**hook)
        assert codes(checking.CHECKS, at=LATER) == set()
    Delivery.objects.update(state="delivered", status=204, tried_at=NOON)
    assert codes(checking.CHECKS, at=LATER) == set()
    Delivery.objects.update(state="failed", status=500, trouble="refused")
    assert codes(checking.CHECKS, at=LATER) == set()


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"state": "sent", "sealed": None}, "message.sent_without_time"),
        ({"state": "unknown", "sealed": None}, "message.ended_without_reason"),
        ({"state": "sent", "sent_at": NOON}, "message.secret_kept"),
        ({"sealed": b"nobody's"}, "message.seal"),
    ],
)
def test_a_mail_whose_row_was_changed(fields: dict[str, object], code: str) -> None:
    change(a_mail(), **fields)
    assert codes(checking.CHECKS, at=NOON) == {code}


def test_steps_give_every_row_once() -> None:
    made = {a_mail(number).pk for number in range(5)}
    for size in (1, 2, 5, 6):
        pages = list(in_steps(Message.objects.all(), size=size))
        assert max(map(len, pages)) <= size
        assert [row.pk for page in pages for row in page] == sorted(made)


def test_what_came_back_says_why_and_keeps_no_secret() -> None:
    change(a_mail(), state="bounced", reason="by_hand", sealed=None)
    assert codes(checking.CHECKS, at=LATER) == set()
    change(a_mail(2), state="bounced", reason="")
    assert codes(checking.CHECKS, at=LATER) == {"message.ended_without_reason", "message.secret_kept"}


def test_mails_that_go_together_end_together() -> None:
    parts = [a_mail(1), a_mail(2)]
    lot = claim_lot(at=NOON)
    [digest] = lot
    assert digest.kind == "award_digest"
    assert codes(checking.CHECKS, at=NOON) == set()
    settle_sent(lot, at=NOON)
    assert codes(checking.CHECKS, at=LATER) == set()
    change(parts[0], state="bounced", reason="550 no")
    assert codes(checking.CHECKS, at=LATER) == set(), "one of them came back by hand"
    change(parts[1], state="failed", reason="550 no")
    assert codes(checking.CHECKS, at=LATER) == {"message.digest_apart"}


def test_several_in_one_mail_that_is_tried_again_are_not_untried() -> None:
    for number in (1, 2):
        a_mail(number)
    [digest] = claim_lot(at=NOON)
    settle(digest, Outcome(Message.State.DUE, reason="unreachable"), at=NOON)
    change(digest, due_at=LATER, attempts=3)
    assert codes(checking.CHECKS, at=LATER) == set()
    assert mail_queue(at=LATER).rows["due"] == 1, "it is one mail"
