"""Adding to registers, and signing how they stand. Whoever knows the events calls this: see assertions."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from common import merkle
from common.bulk import insert_rows, like
from journal.models import Checkpoint, Leaf, LeafKind, Register, Tile
from journal.models.registers import SALT_SIZE, commitment_of
from journal.services.proving import root_of


@dataclass(frozen=True)
class LoggedEvent:
    """What an entry is to tell of. `statement` are the bytes that it commits to; `at` is when it happened, as its
    issuer says."""

    kind: LeafKind
    subject: UUID
    at: datetime
    statement: bytes
    number: int = 0


@transaction.atomic
def locked_register(*, scope: str, at: datetime) -> Register:
    """The register of the scope, made where there is none, locked until the caller's transaction ends."""
    found = Register.objects.select_for_update().filter(scope=scope).first()
    if found is None:
        Register.objects.bulk_create([Register(scope=scope, created_at=at)], ignore_conflicts=True)
        found = Register.objects.select_for_update().get(scope=scope)
    return found


@transaction.atomic
def append_leaves(*, register: Register, events: Sequence[LoggedEvent], at: datetime) -> int:
    """Adds an entry for each event to a locked register, in this order, whatever their number in few statements."""
    if not events:
        return 0
    leaves = _leaves(register, events, at)
    edge = _edge_tiles(register)
    grown = merkle.grow(register.size, edge, [leaf.hash for leaf in leaves])
    insert_rows(leaves)
    usual = Tile(register=register)
    Tile.objects.bulk_create(
        [like(usual, level=level, number=number, hashes=hashes)
         for (level, number), hashes in grown.tiles.items()],
        update_conflicts=True, unique_fields=["register", "level", "number"], update_fields=["hashes"],
        batch_size=500,
    )  # fmt: skip
    register.size = grown.size
    register.save(update_fields=["size"])
    return len(leaves)


@transaction.atomic
def add_checkpoint(
    *, register: Register, key_number: int, sign: Callable[[int, bytes], str], at: datetime
) -> Checkpoint:
    """Keeps how a locked register stands. `sign(size, root)` gives the signed note."""
    root = root_of(register, register.size)
    made = Checkpoint.objects.create(
        register=register, size=register.size, root=root, at=at, key_number=key_number,
        note=sign(register.size, root),
    )  # fmt: skip
    register.signed_size = register.size
    register.save(update_fields=["signed_size"])
    return made


def _leaves(register: Register, events: Sequence[LoggedEvent], at: datetime) -> list[Leaf]:
    usual, salts = Leaf(register=register, logged_at=at), secrets.token_bytes(SALT_SIZE * len(events))
    made = []
    for place, event in enumerate(events):
        salt = salts[place * SALT_SIZE : (place + 1) * SALT_SIZE]
        made.append(
            like(
                usual, index=register.size + place, kind=str(event.kind), subject=event.subject,
                number=event.number, at=event.at, salt=salt, commitment=commitment_of(salt, event.statement),
            )
        )  # fmt: skip
    return made


def _edge_tiles(register: Register) -> dict[merkle.Place, bytes]:
    tiles = {}
    for level, number in merkle.edge(register.size):
        hashes = register.tiles.values_list("hashes", flat=True).get(level=level, number=number)
        tiles[level, number] = bytes(hashes)
    return tiles
