"""Registers cannot be rewritten, whatever code asks for it: the database refuses. Notes are signed as others read."""

import base64
import uuid

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.db import IntegrityError, transaction

from common.notes import is_signed, sign_note, verifier_key
from journal.models import Checkpoint, Leaf, LeafKind, Register, Tile
from journal.queries import register_queue
from journal.services.registering import LoggedEvent, add_checkpoint, append_leaves, locked_register
from tests.factories import NOON

SCOPE = "issuer:1"


@pytest.fixture
def register(db: None) -> Register:
    """Of three entries, signed."""
    row = locked_register(scope=SCOPE, at=NOON)
    events = [LoggedEvent(LeafKind.ISSUED, uuid.uuid4(), NOON, b"what was signed") for _ in range(3)]
    assert append_leaves(register=row, events=events, at=NOON) == 3
    add_checkpoint(register=row, key_number=2, sign=lambda size, root: f"{size}", at=NOON)
    return row


def refused(rows: object, **change: object) -> None:
    with pytest.raises(IntegrityError, match="only added to"), transaction.atomic():
        rows.update(**change)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "change",
    [{"index": 9}, {"kind": "revoked"}, {"subject": uuid.uuid4()}, {"at": NOON.replace(year=2020)},
     {"logged_at": NOON.replace(year=2020)}, {"commitment": b"x" * 32}, {"salt": b"x" * 32}, {"number": 3}],
    ids=lambda change: next(iter(change)),
)  # fmt: skip
def test_a_leaf_stays(register: Register, change: dict[str, object]) -> None:
    refused(Leaf.objects.filter(index=1), **change)


def test_its_salt_may_be_forgotten_and_does_not_come_back(register: Register) -> None:
    row = Leaf.objects.get(index=1)
    known = row.hash
    assert Leaf.objects.filter(pk=row.pk).update(salt=None) == 1
    row.refresh_from_db()
    assert row.hash == known
    refused(Leaf.objects.filter(pk=row.pk), salt=b"x" * 32)


def test_a_tile_only_grows(register: Register) -> None:
    row = Tile.objects.get()
    hashes = bytes(row.hashes)
    refused(Tile.objects.all(), hashes=hashes[:64])
    refused(Tile.objects.all(), hashes=b"x" * 96)
    refused(Tile.objects.all(), number=1)
    assert Tile.objects.update(hashes=hashes + b"x" * 32) == 1


def test_a_checkpoint_stays(register: Register) -> None:
    for change in ({"note": "other"}, {"root": b"x" * 32}, {"at": NOON.replace(year=2020)}):
        refused(Checkpoint.objects.all(), **change)


def test_an_event_stands_once(register: Register) -> None:
    row = Leaf.objects.get(index=1)
    again = LoggedEvent(LeafKind(row.kind), row.subject, row.at, b"again")
    with pytest.raises(IntegrityError), transaction.atomic():
        append_leaves(register=register, events=[again], at=NOON)


def test_what_waits_for_a_checkpoint(register: Register) -> None:
    assert register_queue(at=NOON).rows == {"unsealed": 0}
    assert register_queue(at=NOON).oldest_due is None
    event = LoggedEvent(LeafKind.ISSUED, uuid.uuid4(), NOON, b"what was signed")
    later = NOON.replace(hour=15)
    append_leaves(register=register, events=[event], at=later)
    queue = register_queue(at=NOON)
    assert (queue.name, queue.rows, queue.oldest_due) == ("registers", {"unsealed": 1}, later)


# Signed notes ----------------------------------------------------------------------------------------

# A note that another implementation signed: the well-known example of Go's sumdb/note.
THEIR_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
THEIR_NOTE = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


def test_a_note_that_somebody_else_signed() -> None:
    name, _number, encoded = THEIR_KEY.split("+", 2)
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(encoded)[1:])
    assert verifier_key(name, key) == THEIR_KEY
    assert is_signed(THEIR_NOTE, name=name, key=key)
    assert not is_signed(THEIR_NOTE.replace("cryptography", "psychology"), name=name, key=key)


def test_a_note_is_signed_and_a_changed_one_is_not() -> None:
    key, name = Ed25519PrivateKey.generate(), "badges.example.org/issuers/atelier"
    note = sign_note("a\n3\n\nb\n", name=name, key=key)
    assert is_signed(note, name=name, key=key.public_key())
    assert not is_signed(note.replace("3", "4"), name=name, key=key.public_key())
    assert not is_signed(note, name="elsewhere", key=key.public_key())
    assert not is_signed(note, name=name, key=Ed25519PrivateKey.generate().public_key())
    assert not is_signed("a\n", name=name, key=key.public_key())
    assert not is_signed(note[:-9] + "!\n", name=name, key=key.public_key())
