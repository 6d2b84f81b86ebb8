"""How fast mails go, and what becomes of several under one lease."""

from datetime import datetime, timedelta

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from journal import tasks
from journal.models import Message, Pace
from journal.services import pacing
from journal.services.delivery import LEASE, LOT, SENT, deliver_due, settle
from journal.services.leasing import claim_lot, release, settle_sent
from tests.journal.conftest import NOON, letter, queue
from tests.journal.smtp_server import DROP, DROP_AFTER_DATA, Server

pytestmark = pytest.mark.django_db
State = Message.State


class Watch:
    """A clock that goes on when somebody waits, and with each mail that leaves."""

    def __init__(self, server: Server | None = None) -> None:
        self.at, self.waits, self.server = NOON, 0, server
        self.left: list[datetime] = []

    def now(self) -> datetime:
        while self.server and len(self.left) < len(self.server.received):
            self.left.append(self.at)
        return self.at

    def wait(self, seconds: float) -> None:
        assert seconds > 0
        self.waits += 1
        self.at += timedelta(seconds=seconds)


def to(domain: str, many: int, first: int = 1) -> list[Message]:
    return queue(*(letter(first + n, recipient=f"p{first + n}@{domain}") for n in range(many)))


def sweep(server: Server, seconds: float = 25) -> Watch:
    watch = Watch(server)
    deliver_due(now=watch.now, seconds=seconds, pause=watch.wait)
    watch.now()
    return watch


def per_second(moments: list[datetime]) -> int:
    """The most that left within one second, from any moment on."""
    return max(sum(start <= one < start + timedelta(seconds=1) for one in moments) for start in moments)


def test_without_rates_nobody_waits_and_nothing_is_counted(server: Server) -> None:
    to("example.org", 30)
    watch = sweep(server)
    assert (len(watch.left), watch.waits, Pace.objects.count()) == (30, 0, 0)


def test_so_many_a_second_to_one_domain(server: Server, settings: LazySettings) -> None:
    settings.MAIL_RATE_PER_DOMAIN = 2
    to("slow.example", 10)
    to("quick.example", 2, first=20)
    watch = sweep(server, seconds=3.1)
    slow = [at for at, mail in zip(watch.left, server.received, strict=True) if "slow" in mail["To"]]
    assert len(watch.left) - len(slow) == 2
    assert [(at - NOON).total_seconds() for at in slow] == pytest.approx([0, 0.5, 1, 1.5, 2, 2.5, 3])
    rest = Message.objects.filter(state=State.DUE).order_by("due_at").values_list("due_at", flat=True)
    assert [(at - NOON).total_seconds() for at in rest] == [3.5, 4, 4.5]


def test_so_many_a_second_in_all(server: Server, settings: LazySettings) -> None:
    settings.MAIL_RATE = 5
    queue(*(letter(n, recipient=f"p@d{n}.example") for n in range(30)))
    watch = sweep(server, seconds=4)
    assert 20 <= len(watch.left) <= 26
    assert per_second(watch.left) <= 10  # a second's worth at once, and what comes in it
    assert not Message.objects.filter(state=State.LEASED).exists()


def test_a_rate_below_one_lets_one_through(server: Server, settings: LazySettings) -> None:
    settings.MAIL_RATE = 0.1
    to("example.org", 3)
    assert len(sweep(server, seconds=15).left) == 2


def test_who_waits_for_a_mail_passes_the_others(server: Server, settings: LazySettings) -> None:
    settings.MAIL_RATE_PER_DOMAIN = 1
    to("example.org", 5)
    pacing.give_times(at=NOON)
    queue(letter(9, recipient="code@example.org", asked_for=True))
    assert sweep(server, seconds=0.5).left == [NOON, NOON]
    assert any("code@example.org" in mail["To"] for mail in server.received)


def test_a_night_without_a_worker_ends_in_no_burst(server: Server, settings: LazySettings) -> None:
    settings.MAIL_RATE_PER_DOMAIN = 2
    to("example.org", 20)
    pacing.give_times(at=NOON)
    watch = Watch(server)
    watch.at = NOON + timedelta(hours=9)
    deliver_due(now=watch.now, seconds=1.1, pause=watch.wait)
    assert len(server.received) == 3


def test_a_mail_that_is_tried_again_gets_a_new_time(server: Server, settings: LazySettings) -> None:
    settings.MAIL_RATE_PER_DOMAIN = 1
    server.plan = ["450 Busy"]
    [message] = to("example.org", 1)
    sweep(server)
    message.refresh_from_db()
    assert (message.state, message.is_paced) == (State.DUE, False)


def test_times_cost_the_same_for_few_and_many(settings: LazySettings) -> None:
    settings.MAIL_RATE_PER_DOMAIN = 5
    costs = []
    for many in (2, 60):
        to("example.org", many, first=many * 100)
        with CaptureQueriesContext(connection) as queries:
            assert pacing.give_times(at=NOON) == many
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_a_lot_costs_few_queries(server: Server) -> None:
    to("example.org", LOT)
    with CaptureQueriesContext(connection) as queries:
        assert len(sweep(server).left) == LOT
    assert len(queries) <= LOT  # one by one it is six for each


def test_trouble_gives_the_rest_back_as_it_was(server: Server) -> None:
    server.plan = ["250 OK", "250 OK", DROP, DROP]
    to("example.org", 6)
    sweep(server)
    rows = list(Message.objects.order_by("subject").values_list("state", "attempts", "doubts"))
    assert rows.count((State.SENT, 1, 0)) == 2
    assert rows.count((State.DUE, 1, 0)) == 1
    assert rows.count((State.DUE, 0, 0)) == 3


def test_a_killed_worker_repeats_with_the_same_ids_only(server: Server) -> None:
    to("example.org", 5)
    lot = claim_lot(at=NOON)
    settle_sent(lot[:2], at=NOON)  # and then it was killed
    later = NOON + LEASE + timedelta(seconds=1)
    assert dict(deliver_due(now=lambda: later)) == {State.SENT: 3}
    assert set(server.ids) == {message.message_id for message in lot[2:]}
    assert set(Message.objects.values_list("state", "attempts", "doubts")) == {
        (State.SENT, 1, 0),
        (State.SENT, 2, 1),
    }


def test_who_comes_late_changes_nothing(server: Server) -> None:
    to("example.org", 3)
    late = claim_lot(at=NOON)
    server.plan = ["450 Busy"] * 3
    again = NOON + LEASE + timedelta(seconds=1)
    deliver_due(now=lambda: again)
    before = list(Message.objects.order_by("pk").values())
    settle_sent(late, at=again)
    settle(late[0], SENT, at=again)
    release(late)
    assert list(Message.objects.order_by("pk").values()) == before


def test_a_doubt_is_the_doubt_of_one(server: Server) -> None:
    server.plan = ["250 OK", DROP_AFTER_DATA]
    to("example.org", 4)
    sweep(server)
    assert sorted(Message.objects.values_list("doubts", flat=True)) == [0, 0, 0, 1]


def test_many_due_mails_call_for_help(
    server: Server, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MAIL_WORKERS = 3
    calls: list[dict[str, bool]] = []
    monkeypatch.setattr(tasks.deliver_due_messages, "delay", lambda **given: calls.append(given))
    monkeypatch.setattr(tasks, "MANY", 3)
    to("example.org", 3)
    tasks.deliver_due_messages()
    assert calls == []
    to("example.org", 4, first=10)
    tasks.deliver_due_messages(alone=True)
    assert calls == []
    to("example.org", 4, first=20)
    tasks.deliver_due_messages()
    assert calls == [{"alone": True}] * 2
