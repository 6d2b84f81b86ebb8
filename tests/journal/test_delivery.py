"""The outbox against a real SMTP server: accepted, refused, hanging, cut off."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from anymail.exceptions import AnymailAPIError, AnymailRecipientsRefused
from django.conf import LazySettings
from requests import Response

from journal.models import Message, Suppression
from journal.services import delivery, smtp
from journal.services.delivery import LEASE, MOST_DOUBTS, SENT, claim, deliver_due, judge, settle
from tests.journal.conftest import NOON, letter, queue
from tests.journal.smtp_server import DROP, DROP_AFTER_DATA, HANG, HANG_AFTER_DATA, Server

pytestmark = pytest.mark.django_db
State, Reason = Message.State, Message.Reason


def clock(at: datetime = NOON) -> Callable[[], datetime]:
    return lambda: at


def sweep(at: datetime = NOON) -> dict[str, int]:
    return dict(deliver_due(now=clock(at)))


def states() -> dict[str, int]:
    return {
        state: Message.objects.filter(state=state).count()
        for state in State
        if Message.objects.filter(state=state)
    }


def test_what_is_due_is_sent_over_one_connection(server: Server):
    queue(*(letter(number) for number in range(5)))
    assert sweep() == {State.SENT: 5}
    assert server.sessions == 1
    assert len(set(server.ids)) == 5
    assert {(row.state, row.sent_at, row.attempts) for row in Message.objects.all()} == {
        (State.SENT, NOON, 1)
    }


def test_nothing_to_do_opens_no_connection(server: Server):
    assert sweep() == {}
    assert server.sessions == 0


def test_what_is_due_later_waits(server: Server):
    queue(at=NOON + timedelta(seconds=1))
    assert sweep() == {}


def test_secrets_are_erased_once_it_has_gone(server: Server):
    [message] = queue(letter(secrets={"action_url": "https://badges.example.org/claim/t0ken"}))
    assert b"t0ken" not in bytes(message.sealed)
    sweep()
    message.refresh_from_db()
    assert message.sealed is None
    assert "claim/t0ken" in server.received[0].get_body(("plain",)).get_content()


def test_a_temporary_refusal_is_tried_again_later(server: Server, settings: LazySettings):
    server.plan = ["451 4.7.1 Greylisted, come back"]
    [message] = queue()
    assert sweep() == {State.DUE: 1}
    message.refresh_from_db()
    assert (message.state, message.reason) == (State.DUE, "451 4.7.1 Greylisted, come back")
    assert message.due_at == NOON + timedelta(minutes=1)
    assert sweep(NOON + timedelta(seconds=59)) == {}
    assert sweep(NOON + timedelta(minutes=1)) == {State.SENT: 1}
    assert server.ids == [message.message_id]


def test_pauses_grow_and_end(server: Server, settings: LazySettings):
    settings.MAIL_RETRY_DELAYS = [60, 300]
    server.plan = ["450 Busy"] * 3
    [message] = queue()
    pauses, at = [], NOON
    while message.state == State.DUE:
        at = message.due_at
        sweep(at)
        message.refresh_from_db()
        pauses.append((message.due_at - at).total_seconds())
    assert pauses[:2] == [60, 300]
    assert (message.state, message.attempts, message.reason) == (State.FAILED, 3, "450 Busy")


def test_a_refusal_for_good_ends_it_and_holds_up_nobody(server: Server):
    server.plan = ["550 5.1.1 No such user"]
    queue(letter(1), letter(2))
    assert sweep() == {State.FAILED: 1, State.SENT: 1}
    failed = Message.objects.get(state=State.FAILED)
    assert failed.explanation == "550 5.1.1 No such user"
    assert server.sessions == 1


def test_a_refusal_of_what_may_have_arrived_before_is_no_proof_that_it_did_not(server: Server):
    server.plan = [DROP_AFTER_DATA, "550 5.7.1 I have that one"]
    [message] = queue()
    sweep()
    assert sweep(NOON + timedelta(hours=1)) == {State.UNKNOWN: 1}
    message.refresh_from_db()
    assert message.explanation == "550 5.7.1 I have that one"


def test_a_server_that_is_away_is_asked_once_per_sweep(settings: LazySettings, closed_port: int):
    settings.EMAIL_BACKEND = "journal.services.smtp.Backend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", closed_port
    queue(letter(1), letter(2))
    assert sweep() == {State.DUE: 1}
    tried = Message.objects.get(attempts=1)
    assert (tried.state, tried.reason, tried.doubts) == (State.DUE, Reason.UNREACHABLE, 0)


def test_a_server_that_hangs_up_between_mails_is_called_again_at_once(server: Server):
    queue(*(letter(number) for number in range(3)))
    server.plan = ["250 OK", DROP]
    assert sweep() == {State.SENT: 3}
    assert server.sessions == 2
    assert len(set(server.ids)) == 3


def test_a_server_that_says_421_is_called_again_at_once(server: Server):
    queue(letter(1), letter(2))
    server.plan = ["250 OK", "421 Enough for now"]
    assert sweep() == {State.SENT: 2}


def test_a_server_that_hangs_stops_the_sweep(server: Server, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(smtp, "PATIENCE", 0.5)
    queue(letter(1), letter(2))
    server.plan = [HANG]
    assert sweep() == {State.DUE: 1}
    assert Message.objects.get(attempts=1).doubts == 0
    assert sweep(NOON + timedelta(minutes=1)) == {State.SENT: 2}


@pytest.mark.parametrize("accident", [DROP_AFTER_DATA, HANG_AFTER_DATA])
def test_what_may_have_arrived_is_repeated_under_the_same_message_id(
    server: Server, accident: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(smtp, "PATIENCE", 0.5)
    server.plan = [accident]
    [message] = queue()
    sweep()
    message.refresh_from_db()
    assert (message.state, message.reason, message.doubts) == (State.DUE, Reason.UNANSWERED, 1)
    sweep(message.due_at)
    message.refresh_from_db()
    assert message.state == State.SENT
    assert server.ids == [message.message_id] * 2


def test_what_may_have_arrived_three_times_is_left_to_a_person(server: Server):
    server.plan = [DROP_AFTER_DATA] * 9
    [message] = queue(letter(secrets={"action_url": "https://badges.example.org/claim/x"}))
    while message.state == State.DUE:
        sweep(message.due_at)
        message.refresh_from_db()
    assert (message.state, len(server.ids), message.sealed) == (State.UNKNOWN, MOST_DOUBTS, None)
    assert set(server.ids) == {message.message_id}


def test_a_worker_that_died_leaves_a_lease_that_runs_out(server: Server):
    [message] = queue()
    assert claim(at=NOON).pk == message.pk
    assert sweep(NOON + LEASE) == {}
    assert sweep(NOON + LEASE + timedelta(seconds=1)) == {State.SENT: 1}
    message.refresh_from_db()
    assert (message.attempts, message.doubts) == (2, 1)


def test_a_mail_that_kills_every_worker_is_given_up(server: Server):
    [message] = queue()
    at = NOON
    for _death in range(MOST_DOUBTS):
        claim(at=at)
        at += LEASE + timedelta(seconds=1)
    sweep(at)
    message.refresh_from_db()
    assert (message.state, message.reason, server.ids) == (State.UNKNOWN, Reason.ABANDONED, [])


def test_who_comes_late_changes_nothing():
    queue()
    late = claim(at=NOON)
    again = claim(at=NOON + LEASE + timedelta(seconds=1))
    settle(again, SENT, at=NOON)
    settle(late, delivery.Outcome(State.FAILED, reason="late"), at=NOON)
    assert Message.objects.get().state == State.SENT


def test_what_is_waited_for_goes_first(server: Server):
    queue(letter(1), letter(2), at=NOON - timedelta(hours=1))
    queue(letter(3, asked_for=True))
    sweep()
    assert server.ids[0] == Message.objects.get(subject="award:3").message_id


def test_addresses_that_asked_not_to_be_written_to(server: Server):
    Suppression.objects.create(address="ines1@example.org", at=NOON)
    queue(letter(1), letter(2, recipient="ines1@example.org", asked_for=True))
    assert sweep() == {State.SENT: 1, State.FAILED: 1}
    skipped = Message.objects.get(state=State.FAILED)
    assert (skipped.subject, skipped.reason) == ("award:1", Reason.UNSUBSCRIBED)
    assert "not to be written to" in skipped.explanation


def test_a_mail_that_cannot_be_written_holds_up_nobody(server: Server):
    queue(letter(1, kind="no_such_mail"), letter(2))
    assert sweep() == {State.DUE: 1, State.SENT: 1}
    assert Message.objects.get(kind="no_such_mail").reason == Reason.UNWRITABLE


def test_secrets_sealed_with_a_lost_key(server: Server):
    queue(letter(secrets={"action_url": "x"}))
    Message.objects.update(sealed=b"nonsense")
    assert sweep() == {State.DUE: 1}
    assert server.ids == []


def test_a_wrong_password_is_nobodys_fault_but_ours(server: Server, settings: LazySettings):
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "badges", "wrong"
    queue(letter(1), letter(2))
    assert sweep() == {State.DUE: 1}


def test_the_sweep_ends_in_time(server: Server):
    queue(*(letter(number) for number in range(5)))
    ticks = iter(NOON + timedelta(seconds=5 * number) for number in range(100))
    tally = deliver_due(now=lambda: next(ticks), seconds=12)
    assert 0 < tally[State.SENT] < 5


def answered(status: int) -> AnymailAPIError:
    response = Response()
    response.status_code, response.reason = status, "As it happens"
    return AnymailAPIError("The provider", response=response, status_code=status)


@pytest.mark.parametrize(
    ("error", "state", "stop"),
    [
        (answered(429), State.DUE, False),
        (answered(503), State.DUE, False),
        (answered(400), State.FAILED, False),
        (AnymailRecipientsRefused(), State.FAILED, False),
        (TimeoutError("slow"), State.DUE, True),
    ],
)
def test_what_providers_say(error: Exception, state: str, stop: bool):
    outcome = judge(error, opening=False, doubtful=False)
    assert (outcome.state, outcome.stop) == (state, stop)


def test_nothing_is_left_in_a_state_nobody_sees(server: Server, settings: LazySettings):
    """A little chaos: whatever the server does, every mail ends, and none goes twice under two names."""
    settings.MAIL_RETRY_DELAYS = [1] * 6
    server.plan = [
        "250 OK",
        DROP,
        "451 Later",
        DROP_AFTER_DATA,
        "550 Never",
        "421 Bye",
        DROP,
        DROP_AFTER_DATA,
    ] * 4
    queue(*(letter(number) for number in range(20)))
    at = NOON
    for _sweep in range(200):
        at += timedelta(seconds=2)
        sweep(at)
    assert set(states()) <= {State.SENT, State.FAILED, State.UNKNOWN}
    names = {row.message_id for row in Message.objects.all()}
    assert set(server.ids) <= names
    assert {row.message_id for row in Message.objects.filter(state=State.SENT)} <= set(server.ids)
