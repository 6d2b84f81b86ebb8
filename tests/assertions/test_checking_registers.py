"""Each planted violation is found in registers: what was deleted, dated back, changed or never entered."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from django.db import connection

from assertions.documents import signed_payload
from assertions.models import Award
from assertions.services import award_many, revoke, undo_revocation
from assertions.services.awarding import Nomination
from assertions.services.checking.registers import CHECKS
from assertions.services.correcting import ask_address_change, confirm_address_change
from assertions.services.registering import enter_all
from badges.models import Badge
from common.actors import SYSTEM
from common.tokens import token_hash
from issuers.models import Issuer
from issuers.services.keys import private_key
from journal.models import Checkpoint, Leaf, LeafKind, Register, Tile
from openbadges import jws
from tests.factories import NOON, make_award
from tests.planting import codes

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TOKEN = "t" * 43


def found(at: datetime = NOON + DAY) -> set[str]:
    return codes(CHECKS, at=at)


def enter(at: datetime = NOON) -> None:
    enter_all(now=lambda: at)


@contextmanager
def unguarded() -> Iterator[None]:
    """As somebody can who owns the database: without the triggers."""
    with connection.cursor() as cursor:
        for table in ("leaf", "tile", "checkpoint"):
            on = f" ON journal_{table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER journal_{table}_append_only{on}")
    yield


@pytest.fixture
def award(badge: Badge) -> Award:
    """Among others, entered and signed."""
    row = make_award(badge)
    people = [Nomination(f"p{number}@example.org") for number in range(270)]
    award_many(badge=badge, nominations=people, by=SYSTEM, at=NOON, notify=False)
    enter()
    return row


def test_nothing_where_all_is_well(award: Award, badge: Badge) -> None:
    revoke(awards=[award], reason="By mistake.", by=SYSTEM, at=NOON + HOUR)
    enter(NOON + HOUR)
    undo_revocation(award=award, by=SYSTEM, at=NOON + HOUR + timedelta(minutes=5))
    ask = ask_address_change(award=award, address="new@example.org", at=NOON + HOUR)
    type(ask).objects.filter(pk=ask.pk).update(token_hash=token_hash(TOKEN))
    confirm_address_change(token=TOKEN, at=NOON + HOUR)
    make_award(badge, at=NOON + 2 * HOUR, issued_on=NOON - 90 * DAY)
    enter(NOON + 2 * HOUR)
    assert set(Leaf.objects.values_list("kind", flat=True)) == set(LeafKind.values)
    assert Checkpoint.objects.count() == 3
    assert found() == set()


def test_an_act_that_was_never_entered(award: Award, badge: Badge) -> None:
    for act in (
        lambda: make_award(badge, at=NOON),
        lambda: revoke(awards=[award], reason="By mistake.", by=SYSTEM, at=NOON),
        lambda: undo_revocation(award=award, by=SYSTEM, at=NOON),
    ):
        act()
        assert found(NOON + timedelta(minutes=59)) == set()
        assert found() == {"register.missing"}
        enter()
        assert found() == set()


def test_an_award_that_was_deleted(award: Award) -> None:
    award.claims.all().delete()
    Award.objects.filter(pk=award.pk).delete()
    assert found() == {"register.gone"}


def test_a_version_that_was_deleted_or_changed(award: Award, badge: Badge) -> None:
    version = badge.versions.create(
        number=2,
        picture=award.version.picture,
        published_at=NOON,
        created_at=NOON,
        updated_at=NOON,
        sha256="2" * 64,
    )
    enter()
    assert found() == set()
    version.delete()
    assert found() == {"register.gone"}


def resigned(award: Award, issued_on: datetime) -> None:
    """Signed anew with the organisation's own key, as if it had always been so."""
    award.issued_on = award.created_at = issued_on
    payload = signed_payload(award, address=award.recipient.address, evidence=[], key=award.signing_key)
    award.signed = jws.sign(payload, private_key(award.signing_key))
    Award.objects.filter(pk=award.pk).update(issued_on=issued_on, created_at=issued_on, signed=award.signed)


def test_an_award_that_was_dated_back_afterwards(award: Award) -> None:
    resigned(award, NOON - 90 * DAY)
    assert found() == {"register.other"}


def test_an_award_that_was_slipped_in_with_an_old_date(award: Award, badge: Badge) -> None:
    for number in range(3):
        make_award(badge, at=NOON + number * DAY)
        enter(NOON + number * DAY)
    slipped = make_award(badge, at=NOON + 3 * DAY)
    resigned(slipped, NOON + HOUR)
    enter(NOON + 3 * DAY)
    assert found(NOON + 4 * DAY) == {"register.late"}


def test_what_was_entered_late_because_nobody_worked_is_no_lie(award: Award, badge: Badge) -> None:
    for number in range(3):
        make_award(badge, at=NOON + number * DAY)
    enter(NOON + 9 * DAY)
    assert found(NOON + 10 * DAY) == set()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"logged_at": NOON - DAY}, {"register.leaf"}),
        ({"at": NOON - DAY}, {"register.leaf", "register.date"}),
        ({"salt": bytes(32)}, {"register.other"}),
        ({"commitment": bytes(32)}, {"register.leaf", "register.other"}),
    ],
    ids=["logged", "at", "salt", "commitment"],
)  # fmt: skip
def test_an_entry_that_was_changed(award: Award, change: dict[str, object], expected: set[str]) -> None:
    with unguarded():
        Leaf.objects.filter(subject=award.pk).update(**change)
    assert found() == expected


def test_an_entry_that_was_deleted(award: Award) -> None:
    Leaf.objects.filter(subject=award.pk).delete()
    assert found() == {"register.gap", "register.missing"}


def test_the_last_entries_with_all_that_tells_of_them(award: Award) -> None:
    """Somebody who takes back the tree itself: the checkpoint tells."""
    register = Register.objects.get()
    last = register.leaves.get(index=register.size - 1)
    with unguarded():
        tile = register.tiles.get(level=0, number=1)
        register.tiles.filter(pk=tile.pk).update(hashes=bytes(tile.hashes)[:-32])
        Register.objects.update(size=register.size - 1)
        last.delete()
        Award.objects.filter(pk=last.subject).first().claims.all().delete()
        Award.objects.filter(pk=last.subject).delete()
    assert found() == {"register.rewritten"}


def test_hashes_that_were_changed(award: Award) -> None:
    with unguarded():
        Tile.objects.filter(level=0, number=0).update(hashes=bytes(256 * 32))
    assert found() == {"register.leaf", "register.tile"}


def test_a_checkpoint_that_was_changed(award: Award, issuer: Issuer) -> None:
    row = Checkpoint.objects.get()
    with unguarded():
        Checkpoint.objects.update(note=row.note.replace("\nat 2026", "\nat 2025"))
        assert found() == {"register.checkpoint"}
        Checkpoint.objects.update(note=row.note[:-10] + "AAAAAAAA=\n")
        assert found() == {"register.checkpoint"}
        zeros = bytes(32)
        changed = row.note.replace(
            base64.b64encode(bytes(row.root)).decode(), base64.b64encode(zeros).decode()
        )
        Checkpoint.objects.update(root=zeros, note=changed)
        assert found() == {"register.checkpoint", "register.rewritten"}


def test_a_register_of_nobody(award: Award) -> None:
    Register.objects.update(scope="issuer:999999")
    assert "register.astray" in found()


def test_a_salt_that_was_forgotten_is_no_violation(award: Award) -> None:
    Leaf.objects.filter(subject=award.pk).update(salt=None)
    assert found() == set()
    assert json.loads(Leaf.objects.get(subject=award.pk).data)["kind"] == "issued"
