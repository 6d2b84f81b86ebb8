"""What shows that an entry stands in a register, and that a register only grew. Reads only."""

from functools import cache

from common import merkle
from journal.models import Register, Tile


def root_of(register: Register, size: int) -> bytes:
    """The root of the register as it was when it had so many entries."""
    return merkle.root(size, _node(register))


def inclusion_of(register: Register, index: int, size: int) -> list[bytes]:
    """RFC 9162, 2.1.3.1. Raises merkle.NotInTree."""
    return merkle.inclusion_proof(index, size, _node(register))


def consistency_of(register: Register, first: int, second: int) -> list[bytes]:
    """RFC 9162, 2.1.4.1. Raises merkle.NotInTree."""
    return merkle.consistency_proof(first, second, _node(register))


def tile_of(register: Register, level: int, number: int) -> bytes:
    """The hashes of a tile as far as it has come; none where there is no such tile."""
    found = Tile.objects.filter(register=register, level=level, number=number)
    return bytes(found.values_list("hashes", flat=True).first() or b"")


def _node(register: Register) -> merkle.Node:
    """Each tile is read once."""
    return merkle.node_of(cache(lambda level, number: tile_of(register, level, number)))
