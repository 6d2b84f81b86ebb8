"""Events on their way to a real receiver: heard, refused, hung up on, switched off."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.conf import LazySettings
from django.utils import timezone
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from common.actors import SYSTEM
from journal.models import Action, Delivery, Entry, Webhook
from journal.services import (
    change_webhook,
    deliver_due_webhooks,
    forget_deliveries,
    pause_webhook,
    resume_webhook,
    rotate_secret,
    send_event_again,
    send_failed_events_again,
    send_test_event,
)
from journal.services.posting import MOST_IN_A_TURN, send, settle, take_back_abandoned, take_turn
from tests.journal.conftest import NOON, happen, hook_to
from tests.journal.receiver import HANG, HANG_UP, Receiver

pytestmark = pytest.mark.django_db
State, Trouble = Delivery.State, Delivery.Trouble
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def clock(at: datetime = NOON) -> Callable[[], datetime]:
    return lambda: at


def sweep(at: datetime = NOON) -> dict[str, int]:
    return dict(deliver_due_webhooks(now=clock(at)))


def only() -> Delivery:
    return Delivery.objects.get()


def test_what_is_due_is_delivered_and_the_answer_kept(receiver: Receiver) -> None:
    receiver.usual, receiver.answer = 200, "Merci \x00é".encode()
    hook, _secret = hook_to(receiver.url("/in?key=1"))
    happen(3)
    assert sweep() == {State.DELIVERED: 3}
    assert [one.path for one in receiver.heard] == ["/in?key=1"] * 3
    row = Delivery.objects.first()
    assert (row.status, row.answer, row.trouble, row.attempts, row.tried_at) == (200, "Merci �é", "", 1, NOON)
    hook.refresh_from_db()
    assert (hook.succeeded_at, hook.failing_since) == (NOON, None)
    assert sweep() == {}


def test_what_is_sent_is_what_was_stored_and_is_signed(receiver: Receiver) -> None:
    now = timezone.now()
    _hook, secret = hook_to(receiver.url(), at=now)
    [row] = happen(at=now)
    sweep(now)
    [heard] = receiver.heard
    assert heard.body.decode() == row.payload
    assert heard.id == row.event_id
    assert heard.headers["content-type"] == "application/json"
    told = Verifier(secret).verify(heard.body, heard.headers)
    assert told["type"] == "award.accepted"
    assert told["data"] == {"number": 0}
    assert told["timestamp"].endswith("Z")
    with pytest.raises(WebhookVerificationError):
        Verifier(secret).verify(heard.body + b" ", heard.headers)


def test_after_a_rotation_both_secrets_verify_for_a_day(receiver: Receiver) -> None:
    now = timezone.now()
    hook, old = hook_to(receiver.url(), at=now)
    new = rotate_secret(webhook=hook, by=SYSTEM, at=now - 23 * HOUR)
    happen(at=now)
    sweep(now)
    [heard] = receiver.heard
    assert Verifier(old).verify(heard.body, heard.headers) == Verifier(new).verify(heard.body, heard.headers)
    Webhook.objects.update(previous_until=now)
    happen(at=now)
    sweep(now)
    later = receiver.heard[1]
    assert Verifier(new).verify(later.body, later.headers)["type"] == "award.accepted"
    with pytest.raises(WebhookVerificationError):
        Verifier(old).verify(later.body, later.headers)


@pytest.mark.parametrize("accident", [500, 404, HANG, HANG_UP])
def test_an_accident_is_tried_again_with_the_same_id(
    receiver: Receiver, settings: LazySettings, accident: int
) -> None:
    receiver.plan = [accident]
    hook_to(receiver.url())
    [row] = happen()
    settings.WEBHOOK_TIMEOUT = 0.3 if accident == HANG else 10
    assert sweep() == {State.DUE: 1}
    settings.WEBHOOK_TIMEOUT = 10
    waiting = only()
    assert waiting.trouble == {HANG: "timeout", HANG_UP: "unreachable"}.get(accident, "refused")
    assert waiting.status == (accident if accident > 0 else None)
    assert 30 <= (waiting.due_at - NOON).total_seconds() <= 33
    assert sweep(NOON + timedelta(seconds=29)) == {}
    assert sweep(NOON + MINUTE) == {State.DELIVERED: 1}
    assert receiver.ids == [row.event_id, row.event_id]
    assert Webhook.objects.get().failing_since is None


def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    receiver.plan, receiver.extra = [302], {"Location": receiver.url("/elsewhere")}
    hook_to(receiver.url())
    happen()
    assert sweep() == {State.DUE: 1}
    assert (only().status, only().trouble) == (302, Trouble.REDIRECT)
    assert len(receiver.heard) == 1


def test_a_private_address_hears_nothing(receiver: Receiver, settings: LazySettings) -> None:
    hook_to(receiver.url())
    settings.OUTBOUND_EXCEPTIONS = []
    happen()
    assert sweep() == {State.DUE: 1}
    assert only().trouble == Trouble.PRIVATE
    assert receiver.heard == []


def test_a_long_answer_is_read_to_its_start_only(receiver: Receiver) -> None:
    receiver.usual, receiver.answer = 200, b"x" * 3_000_000
    hook_to(receiver.url())
    happen()
    assert sweep() == {State.DELIVERED: 1}
    assert only().answer == "x" * 2000


def test_delays_grow_for_three_days_then_it_failed_and_the_webhook_pauses(receiver: Receiver) -> None:
    receiver.usual = 500
    hook, _secret = hook_to(receiver.url())
    happen()
    at, waits = NOON, []
    while sweep(at) == {State.DUE: 1}:
        due_at = only().due_at
        waits.append(due_at - at)
        at = due_at
    assert only().state == State.FAILED
    assert waits == sorted(waits)
    assert 3 * DAY <= at - NOON <= 3 * DAY * 1.1
    hook.refresh_from_db()
    assert (hook.state, hook.reason, hook.owners_to_tell) == ("paused", Webhook.Reason.SILENT, True)
    assert Entry.objects.last().action == Action.WEBHOOK_PAUSED


def test_one_success_in_three_days_keeps_it_active(receiver: Receiver) -> None:
    hook, _secret = hook_to(receiver.url())
    receiver.plan = [500, 200, 500]
    happen()
    sweep()
    happen(at=NOON + 2 * DAY)
    sweep(NOON + 2 * DAY)
    happen(at=NOON + 4 * DAY)
    sweep(NOON + 4 * DAY)
    hook.refresh_from_db()
    assert hook.state == Webhook.State.ACTIVE


def test_events_wait_while_it_is_paused(receiver: Receiver) -> None:
    hook, _secret = hook_to(receiver.url())
    pause_webhook(webhook=hook, by=SYSTEM, at=NOON)
    happen(2)
    assert sweep() == {}
    resume_webhook(webhook=hook, by=SYSTEM, at=NOON + HOUR)
    assert sweep(NOON + HOUR) == {State.DELIVERED: 2}


def test_410_switches_it_off_at_once(receiver: Receiver) -> None:
    hook, _secret = hook_to(receiver.url())
    receiver.plan = [410]
    happen(12)
    assert sweep() == {State.FAILED: 1}
    hook.refresh_from_db()
    assert (hook.state, hook.reason, hook.owners_to_tell) == ("disabled", Webhook.Reason.GONE, True)
    assert len(receiver.heard) == 1
    assert {row.state for row in Delivery.objects.all()} == {State.FAILED}
    assert Delivery.objects.filter(trouble=Trouble.STOPPED).count() == 11
    assert len(happen()) == 12, "nobody listens any more"
    assert Entry.objects.last().action == Action.WEBHOOK_DISABLED
    resume_webhook(webhook=hook, by=SYSTEM, at=NOON + HOUR)
    assert send_failed_events_again(webhook=hook, since=NOON, by=SYSTEM, at=NOON + HOUR) == 12
    assert sweep(NOON + HOUR) == {State.DELIVERED: 12}


def test_who_does_not_answer_keeps_nobody_waiting(receiver: Receiver, settings: LazySettings) -> None:
    """A hundred events for one that hangs, then some for one that hears: those arrive in the same sweep."""
    silent, _secret = hook_to(receiver.url("/silent"), scope="issuer:1")
    hook_to(receiver.url("/quick"), scope="issuer:2")
    receiver.usual = HANG
    happen(100, scope="issuer:1")
    first = take_turn(at=NOON)
    assert first.webhook == silent
    assert len(first.deliveries) == MOST_IN_A_TURN
    happen(3, scope="issuer:2")
    second = take_turn(at=NOON, without=[silent.pk])
    settings.WEBHOOK_TIMEOUT = 0.3
    outcomes = send(first, now=clock())
    receiver.usual, settings.WEBHOOK_TIMEOUT = 200, 10
    assert len(outcomes) == 1, "one time-out, not ten"
    assert settle(second, send(second, now=clock()), at=NOON) == {State.DELIVERED: 3}
    assert settle(first, outcomes, at=NOON) == {State.DUE: 1}
    assert take_turn(at=NOON) is None, "it rests"
    assert take_turn(at=NOON + MINUTE).webhook == silent
    untried = Delivery.objects.filter(webhook=silent, attempts=0)
    assert untried.count() == 99


def test_a_sweep_serves_the_quick_beside_the_silent(receiver: Receiver, settings: LazySettings) -> None:
    settings.WEBHOOK_TIMEOUT = 2
    hooks = [hook_to(receiver.url(f"/{name}"), scope=f"issuer:{name}")[0] for name in range(4)]
    receiver.plan = [HANG] * 3
    for name in range(3):
        happen(20, scope=f"issuer:{name}")
    late = happen(5, scope="issuer:3")[-1]
    tally = sweep()
    assert tally[State.DELIVERED] + tally[State.DUE] >= 8
    assert tally[State.DUE] == 3, "each of the three that were not answered was tried once"
    late.refresh_from_db()
    assert late.state == State.DELIVERED
    assert {hook.pk for hook in hooks} == set(
        Webhook.objects.filter(turn_at=NOON).values_list("pk", flat=True)
    )


def test_a_killed_worker_loses_nothing_and_its_ghost_changes_nothing(receiver: Receiver) -> None:
    hook_to(receiver.url())
    happen(2)
    ghost = take_turn(at=NOON)
    assert take_turn(at=NOON) is None
    assert sweep(NOON + timedelta(seconds=50)) == {}, "the lease is longer than a turn"
    later = NOON + 5 * MINUTE
    assert sweep(later) == {State.DELIVERED: 2}
    assert set(Delivery.objects.values_list("state", "attempts", "leases")) == {(State.DELIVERED, 2, 2)}
    before = list(Delivery.objects.order_by("pk").values())
    receiver.usual = 500
    settle(ghost, send(ghost, now=clock(later)), at=later)
    assert list(Delivery.objects.order_by("pk").values()) == before


def test_what_kills_every_worker_is_given_up(settings: LazySettings, receiver: Receiver) -> None:
    settings.WEBHOOK_RETRY_DELAYS = [1, 1]
    hook_to(receiver.url())
    happen()
    at = NOON
    while take_turn(at=at):
        at += HOUR
        take_back_abandoned(at=at)
    assert (only().state, only().trouble, only().attempts) == (State.FAILED, Trouble.ABANDONED, 3)


def test_sent_again_one_by_one_with_the_same_id(receiver: Receiver) -> None:
    hook_to(receiver.url())
    [row] = happen()
    sweep()
    send_event_again(delivery=row, by=SYSTEM, at=NOON + HOUR)
    assert sweep(NOON + HOUR) == {State.DELIVERED: 1}
    assert receiver.ids == [row.event_id] * 2
    assert Entry.objects.last().action == Action.WEBHOOK_REPLAYED


def test_only_what_failed_since_then_is_sent_again(receiver: Receiver, settings: LazySettings) -> None:
    settings.WEBHOOK_RETRY_DELAYS = []
    hook, _secret = hook_to(receiver.url())
    receiver.plan = [500, 500]
    happen(at=NOON - DAY)
    happen(2)
    sweep()
    assert send_failed_events_again(webhook=hook, since=NOON, by=SYSTEM, at=NOON) == 1
    assert sweep() == {State.DELIVERED: 1}
    assert Delivery.objects.filter(state=State.FAILED).count() == 1


def test_a_test_event(receiver: Receiver) -> None:
    now = timezone.now()
    hook, secret = hook_to(receiver.url(), events=["batch.finished"], at=now)
    send_test_event(webhook=hook, at=now)
    assert sweep(now) == {State.DELIVERED: 1}
    [heard] = receiver.heard
    assert Verifier(secret).verify(heard.body, heard.headers)["type"] == "webhook.test"


def test_a_changed_address_is_used_at_once(receiver: Receiver) -> None:
    hook, _secret = hook_to(receiver.url("/old"))
    receiver.plan = [HANG_UP]
    happen()
    sweep()
    change_webhook(
        webhook=hook, url=receiver.url("/new"), events=hook.events, tells_personal_data=False, by=SYSTEM, at=NOON
    )  # fmt: skip
    sweep(NOON + MINUTE)
    assert [one.path for one in receiver.heard] == ["/old", "/new"]


def test_what_cannot_be_unsealed_is_said_and_holds_up_nobody(receiver: Receiver, caplog) -> None:
    broken, _secret = hook_to(receiver.url("/broken"), scope="issuer:1")
    hook_to(receiver.url(), scope="issuer:2")
    Webhook.objects.filter(pk=broken.pk).update(sealed_secret=b"nonsense")
    happen(scope="issuer:1")
    happen(scope="issuer:2")
    assert sweep() == {State.DUE: 1, State.DELIVERED: 1}
    assert broken.deliveries.get().trouble == Trouble.UNWRITABLE
    assert "could not be sent" in caplog.text
    assert receiver.url() not in caplog.text


def test_after_thirty_days_nothing_is_left(receiver: Receiver) -> None:
    hook_to(receiver.url())
    happen(2)
    happen(at=NOON + DAY)
    sweep()
    assert forget_deliveries(at=NOON + 30 * DAY + MINUTE) == 2
    assert Delivery.objects.count() == 1
