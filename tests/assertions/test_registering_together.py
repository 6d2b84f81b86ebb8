"""Several workers at once enter every act once, without a gap and without waiting for ever."""

import threading
from datetime import timedelta

import pytest
from django.db import connections

from assertions.services import award_many
from assertions.services.awarding import Nomination
from assertions.services.registering import enter_events
from common import merkle
from common.actors import SYSTEM
from issuers.models import Issuer
from journal.models import Leaf, Register
from journal.services.proving import root_of
from tests.factories import NOON, make_badge

WORKERS = 4


@pytest.mark.django_db(transaction=True)
def test_workers_that_sweep_while_awards_are_made(issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assertions.services.registering.events.SOME", 40)  # many turns
    badge = make_badge(issuer)
    errors: list[BaseException] = []

    def work() -> None:
        try:
            for turn in range(4):
                enter_events(issuer=issuer, since=None, now=lambda turn=turn: NOON + timedelta(seconds=turn))
        except BaseException as error:  # noqa: BLE001  told below
            errors.append(error)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(WORKERS)]
    for round_ in range(3):
        people = [Nomination(f"p{round_}-{number}@example.org") for number in range(100)]
        award_many(badge=badge, nominations=people, by=SYSTEM, at=NOON, notify=False)
        if round_ == 0:
            for worker in workers:
                worker.start()
    for worker in workers:
        worker.join()
    assert errors == []
    enter_events(issuer=issuer, since=None, now=lambda: NOON)
    register = Register.objects.get()
    leaves = list(Leaf.objects.order_by("index"))
    assert [leaf.index for leaf in leaves] == list(range(301))
    assert len({(leaf.subject, leaf.kind) for leaf in leaves}) == register.size == 301
    tiles = merkle.grow(0, {}, [leaf.hash for leaf in leaves]).tiles
    node = merkle.node_of(lambda level, number: tiles[level, number])
    assert root_of(register, 301) == merkle.root(301, node)
