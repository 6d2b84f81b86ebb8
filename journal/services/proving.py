"""What shows that an entry stands in a register, and that a register only grew. Reads only."""

from functools import cache

from common import merkle
from journal.models import Register, Tile


def root_of(register: Register, size: int) -> bytes:
    """The root of the register as it was when it had so many entries. Raises merkle.NotInTree."""
    return merkle.root(size, tree_of(register))


def tree_of(register: Register) -> merkle.Node:
    """The hashes of the register's tree, for proofs (common.merkle). Each tile is read once."""
    return merkle.node_of(cache(lambda level, number: tile_of(register, level, number)))


def tile_of(register: Register, level: int, number: int) -> bytes:
    """The hashes of a tile as far as it has come; none where there is no such tile."""
    found = Tile.objects.filter(register=register, level=level, number=number)
    return bytes(found.values_list("hashes", flat=True).first() or b"")
