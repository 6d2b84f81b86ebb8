"""Acts come to stand in their organisation's register, once each, whoever looks for them and however often."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assertions import tasks
from assertions.models import Award, FormerSignature
from assertions.services import award_many, undo_revocation
from assertions.services.awarding import Nomination
from assertions.services.correcting import ask_address_change, confirm_address_change
from assertions.services.registering import enter_all, enter_events, enter_new, proof_of_award, register_files
from assertions.services.registering.events import SOME
from assertions.services.revoking import revoke
from assertions.tasks import complete_registers, enter_in_registers
from badges.models import Badge
from common import merkle
from common.actors import SYSTEM
from common.tokens import token_hash
from issuers.models import Issuer, SigningKey
from issuers.services.checkpoints import checkpoint_problem, sign_checkpoint
from journal.models import Checkpoint, Heartbeat, Leaf, LeafKind, Register
from journal.models.registers import commitment_of
from journal.services.proving import root_of
from tests.factories import NOON, make_award, make_badge, make_issuer

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(minutes=1)
TOKEN = "t" * 43


def clock(at: datetime) -> Callable[[], datetime]:
    return lambda: at


def enter(issuer: Issuer, at: datetime = LATER, since: datetime | None = None) -> int:
    return enter_events(issuer=issuer, since=since, now=clock(at))[0]


def kinds(issuer: Issuer) -> list[str]:
    return list(Leaf.objects.of_scope(issuer.scope).order_by("index").values_list("kind", flat=True))


def test_a_version_and_an_award(issuer: Issuer, badge: Badge) -> None:
    row = make_award(badge)
    assert enter(issuer) == 2
    assert kinds(issuer) == ["published", "issued"]
    leaf = Leaf.objects.get(kind=LeafKind.ISSUED)
    assert (leaf.subject, leaf.at, leaf.logged_at, leaf.index) == (row.pk, NOON, LATER, 1)
    assert bytes(leaf.commitment) == commitment_of(bytes(leaf.salt), row.signed.encode())
    assert json.loads(leaf.data) == {
        "at": "2026-03-03T12:00:00Z", "commitment": bytes(leaf.commitment).hex(), "kind": "issued",
        "logged": "2026-03-03T12:01:00Z",
    }  # fmt: skip


def test_nothing_of_a_person_stands_in_a_leaf(issuer: Issuer, badge: Badge) -> None:
    row = make_award(badge, address="ines@example.org")
    enter(issuer)
    for leaf in Leaf.objects.all():
        assert set(json.loads(leaf.data)) == {"at", "commitment", "kind", "logged"}
        assert str(row.pk).encode() not in leaf.data
    one, other = Leaf.objects.all()
    assert one.salt != other.salt
    assert len(bytes(one.salt)) == 32


def test_nothing_is_entered_twice(issuer: Issuer, badge: Badge) -> None:
    make_award(badge)
    assert [enter(issuer), enter(issuer), enter(issuer, since=NOON)] == [2, 0, 0]
    make_award(badge, at=LATER)
    assert [enter(issuer, since=NOON), enter(issuer)] == [1, 0]
    assert Register.objects.get().size == Leaf.objects.count() == 3


def test_each_organisation_has_its_own(issuer: Issuer, badge: Badge) -> None:
    other = make_issuer("Elsewhere")
    make_award(make_badge(other))
    make_award(badge)
    assert enter(issuer) == 2
    assert enter(other) == 2
    assert [row.size for row in Register.objects.all()] == [2, 2]


def test_revoking_and_undoing_it(issuer: Issuer, badge: Badge) -> None:
    row = make_award(badge)
    enter(issuer)
    revoke(awards=[row], reason="By mistake.", by=SYSTEM, at=LATER)
    assert enter(issuer, LATER + timedelta(minutes=1)) == 1
    undone = LATER + timedelta(minutes=5)
    undo_revocation(award=row, by=SYSTEM, at=undone)
    assert enter(issuer, undone + timedelta(minutes=1), since=LATER) == 1
    again = undone + timedelta(minutes=3)
    revoke(awards=[row], reason="Really.", by=SYSTEM, at=again)
    assert enter(issuer, again, since=LATER) == 1
    assert enter(issuer, again) == 0
    assert kinds(issuer) == ["published", "issued", "revoked", "reinstated", "revoked"]
    assert Leaf.objects.get(kind=LeafKind.REINSTATED).at == undone
    proof = proof_of_award(row)
    assert proof is not None
    assert {entry.statement for entry in proof.entries} >= {
        f'{{"award":"urn:uuid:{row.pk}","revoked":"2026-03-03T12:01:00Z"}}'.encode()
    }
    for entry in proof.entries:
        statement = entry.statement if entry.statement is not None else row.signed.encode()
        assert bytes(entry.leaf.commitment) == commitment_of(bytes(entry.leaf.salt), statement)


def move(row: Award, at: datetime) -> Award:
    ask = ask_address_change(award=row, address="new@example.org", at=at)
    type(ask).objects.filter(pk=ask.pk).update(token_hash=token_hash(TOKEN))
    return confirm_address_change(token=TOKEN, at=at).award


@pytest.mark.parametrize("entered_before", [True, False])
def test_a_move_is_an_entry_of_its_own(issuer: Issuer, badge: Badge, entered_before: bool) -> None:
    row = make_award(badge)
    if entered_before:
        enter(issuer)
    moved = move(row, LATER)
    enter(issuer, LATER)
    assert kinds(issuer) == ["published", "issued", "moved"]
    first, second = Leaf.objects.filter(subject=row.pk).order_by("index")
    former = FormerSignature.objects.get()
    assert bytes(first.commitment) == commitment_of(bytes(first.salt), former.signed.encode())
    assert bytes(second.commitment) == commitment_of(bytes(second.salt), moved.signed.encode())
    assert enter(issuer) == 0


def test_the_next_version(issuer: Issuer, badge: Badge) -> None:
    enter(issuer)
    badge.versions.create(
        number=2,
        picture=badge.shown.picture,
        published_at=NOON,
        created_at=NOON,
        updated_at=NOON,
        sha256="2" * 64,
    )
    assert enter(issuer, since=NOON) == 1
    assert list(Leaf.objects.order_by("index").values_list("kind", "number")) == [
        ("published", 1), ("published", 2),
    ]  # fmt: skip


def test_the_tree_is_that_of_the_leaves(issuer: Issuer, badge: Badge) -> None:
    for count in (3, 260, 1):
        people = [Nomination(f"p{count}-{number}@example.org") for number in range(count)]
        award_many(badge=badge, nominations=people, by=SYSTEM, at=NOON, notify=False)
        enter(issuer)
        register = Register.objects.get()
        hashes = [leaf.hash for leaf in Leaf.objects.order_by("index")]
        tiles = merkle.grow(0, {}, hashes).tiles
        assert {(t.level, t.number): bytes(t.hashes) for t in register.tiles.all()} == tiles
        node = merkle.node_of(lambda level, number, tiles=tiles: tiles[level, number])
        assert root_of(register, register.size) == merkle.root(len(hashes), node)


def test_many_take_few_statements(issuer: Issuer, badge: Badge) -> None:
    people = [Nomination(f"p{number}@example.org") for number in range(600)]
    award_many(badge=badge, nominations=people, by=SYSTEM, at=NOON, notify=False)
    with CaptureQueriesContext(connection) as asked:
        assert enter(issuer) == 601
    assert SOME >= 5000
    assert len(asked) < 60


# The worker ------------------------------------------------------------------------------------------


def test_the_first_sweep_looks_at_all_there_is_and_signs(issuer: Issuer, badge: Badge) -> None:
    make_award(badge)
    assert enter_in_registers() == 2
    assert Heartbeat.objects.filter(name="register").exists()
    row = Checkpoint.objects.get()
    assert row.size == 2
    assert checkpoint_problem(issuer, row) == ""
    assert enter_in_registers() == 0


def test_later_sweeps_look_at_what_is_new(issuer: Issuer, badge: Badge) -> None:
    enter_new(now=clock(NOON), until=LATER)
    Heartbeat.objects.create(name="register", at=NOON)
    assert Register.objects.get().size == 1
    old = make_award(badge, at=NOON - timedelta(days=2))
    new = make_award(badge, at=LATER)
    assert enter_new(now=clock(LATER), until=LATER + timedelta(seconds=1)) == (1, True)
    assert Leaf.objects.filter(subject=new.pk).exists()
    assert not Leaf.objects.filter(subject=old.pk).exists()
    cache.clear()
    assert complete_registers() == 1
    assert Leaf.objects.filter(subject=old.pk).exists()


def test_completing_is_asked_for_every_hour_and_done_once_a_day(issuer: Issuer, badge: Badge) -> None:
    cache.clear()
    assert complete_registers() == 1
    make_award(badge, address="later@example.org", at=LATER)
    assert complete_registers() == 0
    cache.clear()  # a day later
    assert complete_registers() == 1


def test_completing_that_was_cut_off_goes_on_an_hour_later(
    issuer: Issuer, badge: Badge, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.clear()
    monkeypatch.setattr(tasks, "LONG_SWEEP", timedelta(0))
    assert complete_registers() == 0
    monkeypatch.undo()
    assert complete_registers() == 1


def test_a_sweep_whose_time_is_over_goes_on_next_time(issuer: Issuer, badge: Badge) -> None:
    assert enter_new(now=clock(LATER), until=LATER) == (0, False)
    assert not Register.objects.exists()


def test_signed_once_a_day_when_something_is_new(issuer: Issuer, badge: Badge) -> None:
    def sizes(at: datetime) -> list[int]:
        Heartbeat.objects.update_or_create(name="register", defaults={"at": NOON})
        enter_new(now=clock(at), until=at + timedelta(seconds=9))
        return list(Checkpoint.objects.order_by("size").values_list("size", flat=True))

    assert sizes(NOON) == [1]
    make_award(badge, at=LATER)
    assert sizes(LATER) == [1]
    tomorrow = NOON + timedelta(days=1)
    assert sizes(tomorrow) == [1, 2]
    assert sizes(tomorrow + timedelta(days=5)) == [1, 2]


def test_a_new_key_signs_the_register_anew(issuer: Issuer, badge: Badge) -> None:
    enter_all(now=clock(NOON))
    issuer.keys.filter(algorithm=SigningKey.Algorithm.ED25519).update(number=7)
    enter_all(now=clock(LATER))
    enter_all(now=clock(LATER))
    assert [(row.size, row.key_number) for row in Checkpoint.objects.all()] == [(1, 7), (1, 2)]


def test_without_a_key_nothing_is_signed(issuer: Issuer, badge: Badge) -> None:
    issuer.keys.filter(algorithm=SigningKey.Algorithm.ED25519).update(state="retired")
    enter_all(now=clock(NOON))
    assert Register.objects.get().size == 1
    assert sign_checkpoint(issuer=issuer, at=NOON) is None


def test_as_files_it_is_what_the_site_answers(issuer: Issuer, badge: Badge) -> None:
    people = [Nomination(f"p{number}@example.org") for number in range(260)]
    awards = award_many(badge=badge, nominations=people, by=SYSTEM, at=NOON, notify=False).awards
    Award.objects.filter(pk=awards[0].pk).update(response="declined")
    enter_all(now=clock(NOON))
    make_award(badge)
    enter(issuer)  # not signed yet
    files = dict(register_files(issuer))
    assert len(files) == 2 + 3 + 260
    for path, content in files.items():
        assert Client().get(path).content == content, path
    assert f"/assertions/{awards[0].pk}/register.json" not in files
    assert list(register_files(make_issuer("Elsewhere"))) == []
