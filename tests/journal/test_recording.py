"""The journal: nothing in it can be changed without its being noticed."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from common.actors import SYSTEM, Actor
from journal.models import Action, Chain, Entry
from journal.services import broken_links, record
from tests.journal.conftest import NOON

KARIM = Actor(id="user:7", label="Karim Benali", user_id=7)


def write(scope: str = "issuer:1", by: Actor = KARIM, **fields: object) -> Entry:
    return record(
        scope=scope, action=Action.BADGE_PUBLISHED, by=by, at=NOON, **{"target": ("badge", 3, "Run"), **fields}
    )  # fmt: skip


@pytest.fixture
def lines(db: None) -> list[Entry]:
    return [write(data={"number": number}) for number in range(1, 6)]


def test_lines_are_numbered_and_linked(lines: list[Entry]):
    assert [line.number for line in lines] == [1, 2, 3, 4, 5]
    assert [line.previous_hash for line in lines] == ["0" * 64, *(line.hash for line in lines[:-1])]
    assert list(broken_links("issuer:1")) == []


def test_each_scope_has_its_own_chain(lines: list[Entry]):
    assert write(scope="issuer:2", by=SYSTEM).number == 1
    assert list(broken_links("issuer:2")) == []


@pytest.mark.parametrize(
    "change",
    [
        {"actor_label": "Somebody else"}, {"actor_id": "user:8"}, {"action": Action.BADGE_ARCHIVED},
        {"at": NOON + timedelta(microseconds=1)}, {"target_id": "4"}, {"target_label": "Ran"}, {"data": {"number": 9}},
        {"previous_hash": "1" * 64}, {"hash": "2" * 64}, {"scope": "issuer:9"},
    ],
    ids=lambda change: next(iter(change)),
)  # fmt: skip
def test_a_changed_line_is_noticed(lines: list[Entry], change: dict[str, object]):
    Entry.objects.filter(pk=lines[2].pk).update(**change)
    assert list(broken_links("issuer:1"))


def test_a_line_changed_with_its_hash_is_noticed_by_the_next(lines: list[Entry]):
    from journal.services.recording import _hash  # what a forger would do

    line = lines[2]
    line.actor_label = "Somebody else"
    line.hash = _hash(line, line.scope)
    line.save()
    assert list(broken_links("issuer:1")) == ["issuer:1: line 4 was changed"]


@pytest.mark.parametrize("number", [1, 3, 5])
def test_a_missing_line_is_noticed(lines: list[Entry], number: int):
    Entry.objects.filter(number=number).delete()
    assert list(broken_links("issuer:1"))


def test_a_line_added_by_hand_is_noticed(lines: list[Entry]):
    Entry.objects.create(
        scope="issuer:1",
        number=6,
        at=NOON,
        action=Action.BADGE_PUBLISHED,
        previous_hash=lines[-1].hash,
        hash="f" * 64,
    )
    assert list(broken_links("issuer:1"))


def test_a_journal_emptied_as_a_whole_is_noticed(lines: list[Entry]):
    Entry.objects.filter(scope="issuer:1").delete()
    assert list(broken_links("issuer:1"))


def test_labels_outlive_what_they_name_and_are_cut_to_size(db: None):
    line = write(target=("badge", 3, "x" * 300))
    assert len(line.target_label) == 254
    line.refresh_from_db()
    assert list(broken_links("issuer:1")) == []


@pytest.mark.django_db(transaction=True)
def test_many_at_once_leave_no_gap():
    start, failures = threading.Barrier(4), []

    def work() -> None:
        start.wait()
        try:
            for _line in range(5):
                write()
        except Exception as error:  # noqa: BLE001  told below
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert list(Entry.objects.order_by("number").values_list("number", flat=True)) == list(range(1, 21))
    assert Chain.objects.get().number == 20
    assert list(broken_links("issuer:1")) == []
