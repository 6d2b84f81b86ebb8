"""Merkle trees that only grow: roots, inclusion and consistency proofs (RFC 9162, section 2.1; SHA-256).

The hashes of a tree are kept in tiles of at most 256, as C2SP tlog-tiles names them: level 0 holds the hashes of
leaves, each entry of a level above is the root of a whole tile below it. Pure: whoever calls keeps the tiles.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

WIDTH = 256
HEIGHT = 8
SIZE = 32
MOST = 2**62
"""More leaves than any register will have: what is asked beyond is asked in vain."""
EMPTY = hashlib.sha256(b"").digest()

Place = tuple[int, int]
"""(level, number) of a tile."""
Node = Callable[[int, int], bytes]
"""The hash of a whole subtree: of 2**level leaves, the index-th of them."""


class NotInTree(ValueError):
    """What is asked for lies outside of the tree, or its tiles do not hold it."""


@dataclass(frozen=True)
class Grown:
    """`tiles` are those that changed or are new, whole: the former bytes of a tile are the beginning of the new."""

    size: int
    tiles: dict[Place, bytes]


def leaf_hash(data: bytes) -> bytes:
    """RFC 9162, 2.1.1: SHA-256 of 0x00 and the leaf."""
    return hashlib.sha256(b"\0" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """RFC 9162, 2.1.1: SHA-256 of 0x01 and both children."""
    return hashlib.sha256(b"\1" + left + right).digest()


def edge(size: int) -> list[Place]:
    """The tiles at the right edge of a tree that are not full, from below: what `grow` has to know."""
    places, count, level = [], size, 0
    while count:
        if count % WIDTH:
            places.append((level, count // WIDTH))
        count //= WIDTH
        level += 1
    return places


def grow(size: int, tiles: Mapping[Place, bytes], hashes: Iterable[bytes]) -> Grown:
    """The tree of `size` leaves with these after them. `tiles` holds the places of `edge(size)`."""
    changed: dict[Place, bytes] = {}
    coming, level, count = list(hashes), 0, size
    total = size + len(coming)
    while coming:
        number, filled = divmod(count, WIDTH)
        rest = (tiles[level, number] if filled else b"") + b"".join(coming)
        count = number * WIDTH + len(rest) // SIZE
        coming = []
        for offset, tile in enumerate(_cut(rest)):
            changed[level, number + offset] = tile
            if len(tile) == WIDTH * SIZE:
                coming.append(fold(tile))
        # What was at this level before is in the level above: a tile is carried up when it becomes full, once.
        level, count = level + 1, number
    return Grown(total, changed)


def fold(hashes: bytes) -> bytes:
    """The root above 1, 2, 4 ... hashes, one after the other."""
    row = [hashes[start : start + SIZE] for start in range(0, len(hashes), SIZE)]
    while len(row) > 1:
        row = [node_hash(row[at], row[at + 1]) for at in range(0, len(row), 2)]
    return row[0]


def node_of(tile: Callable[[int, int], bytes]) -> Node:
    """Reads the hashes of subtrees from tiles. Raises NotInTree where a tile is too short."""

    def node(level: int, index: int) -> bytes:
        above, spread = divmod(level, HEIGHT)
        number, offset = divmod(index << spread, WIDTH)
        begin = offset * SIZE
        hashes = tile(above, number)[begin : begin + (SIZE << spread)]
        if len(hashes) != SIZE << spread:
            raise NotInTree(f"no node {index} at level {level}")
        return fold(hashes)

    return node


def root(size: int, node: Node) -> bytes:
    """MTH of the first `size` leaves (RFC 9162, 2.1.1)."""
    return _range(0, size, node) if size else EMPTY


def inclusion_proof(index: int, size: int, node: Node) -> list[bytes]:
    """PATH of RFC 9162, 2.1.3.1, from the leaf upwards. Raises NotInTree."""
    if not 0 <= index < size:
        raise NotInTree(f"no leaf {index} in a tree of {size}")
    return _path(index, 0, size, node)


def consistency_proof(first: int, second: int, node: Node) -> list[bytes]:
    """PROOF of RFC 9162, 2.1.4.1: that the tree of `second` leaves begins with that of `first`. Raises NotInTree."""
    if not 0 < first <= second:
        raise NotInTree(f"no tree of {first} in one of {second}")
    return _subproof(first, 0, second, node, is_whole=True) if first < second else []


def includes(leaf: bytes, index: int, size: int, path: Sequence[bytes], root_hash: bytes) -> bool:
    """Whether the path leads from this leaf hash to the root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, found = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node_hash(sibling, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root_hash


def is_consistent(
    first: int, second: int, first_root: bytes, second_root: bytes, path: Sequence[bytes]
) -> bool:
    """Whether the path shows the one tree to be the beginning of the other (RFC 9162, 2.1.4.2)."""
    if first == second:
        return not path and first_root == second_root
    if not 0 < first < second:
        return False
    steps = list(path) if first & (first - 1) else [first_root, *path]
    if not steps:
        return False
    place, last = first - 1, second - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = steps[0]
    for sibling in steps[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root


def tile_path(level: int, number: int, width: int) -> str:
    """The address of a tile below its tree's own (C2SP tlog-tiles): 0/x001/x234/067, with .p/W if it is not full."""
    digits = f"{number:03d}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    place = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
    return f"{level}/{place}" + (f".p/{width}" if width < WIDTH else "")


def tiles_of(size: int) -> Iterator[tuple[int, int, int]]:
    """(level, number, width) of every tile that a tree of `size` leaves has."""
    level, count = 0, size
    while count:
        full, rest = divmod(count, WIDTH)
        yield from ((level, number, WIDTH) for number in range(full))
        if rest:
            yield level, full, rest
        level, count = level + 1, full


def _cut(hashes: bytes) -> Iterator[bytes]:
    for start in range(0, len(hashes), WIDTH * SIZE):
        yield hashes[start : start + WIDTH * SIZE]


def _split(count: int) -> int:
    """The greatest power of two below `count`."""
    return 1 << ((count - 1).bit_length() - 1)


def _range(begin: int, end: int, node: Node) -> bytes:
    """MTH of the leaves from `begin` to `end`: whole subtrees are read, others put together."""
    count = end - begin
    if count & (count - 1) == 0:
        level = count.bit_length() - 1
        return node(level, begin >> level)
    middle = begin + _split(count)
    return node_hash(_range(begin, middle, node), _range(middle, end, node))


def _path(index: int, begin: int, end: int, node: Node) -> list[bytes]:
    if end - begin == 1:
        return []
    middle = begin + _split(end - begin)
    if index < middle:
        return [*_path(index, begin, middle, node), _range(middle, end, node)]
    return [*_path(index, middle, end, node), _range(begin, middle, node)]


def _subproof(first: int, begin: int, end: int, node: Node, *, is_whole: bool) -> list[bytes]:
    if first == end:
        return [] if is_whole else [_range(begin, end, node)]
    middle = begin + _split(end - begin)
    if first <= middle:
        return [
            *_subproof(first, begin, middle, node, is_whole=is_whole),
            _range(middle, end, node),
        ]
    return [*_subproof(first, middle, end, node, is_whole=False), _range(begin, middle, node)]
