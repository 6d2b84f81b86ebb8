"""Trees that grow by tiles have the roots and proofs of trees that are computed whole (RFC 9162, 2.1)."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common import merkle

SIZES = st.integers(1, 1500)
quick = settings(max_examples=60, deadline=None)


def leaves(count: int) -> list[bytes]:
    return [merkle.leaf_hash(str(number).encode()) for number in range(count)]


def naive_root(hashes: list[bytes]) -> bytes:
    """As the standard writes it down, without any short cut."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    middle = 1
    while middle * 2 < len(hashes):
        middle *= 2
    both = naive_root(hashes[:middle]) + naive_root(hashes[middle:])
    return hashlib.sha256(b"\x01" + both).digest()


def grown(steps: list[int]) -> tuple[int, dict[merkle.Place, bytes]]:
    """A tree that grew in these steps, knowing only its edge each time."""
    size, tiles = 0, {}
    every = leaves(sum(steps))
    for step in steps:
        known = {place: tiles[place] for place in merkle.edge(size)}
        result = merkle.grow(size, known, every[size : size + step])
        for place, tile in result.tiles.items():
            assert tile.startswith(tiles.get(place, b""))
        size, tiles = result.size, tiles | result.tiles
    return size, tiles


def node_of(tiles: dict[merkle.Place, bytes]) -> merkle.Node:
    return merkle.node_of(lambda level, number: tiles.get((level, number), b""))


def test_the_standards_own_words() -> None:
    assert merkle.EMPTY.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert merkle.leaf_hash(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"


@quick
@given(st.lists(st.integers(0, 700), min_size=1, max_size=4))
def test_growing_in_steps_gives_the_root_of_the_whole(steps: list[int]) -> None:
    size, tiles = grown(steps)
    assert size == sum(steps)
    assert merkle.root(size, node_of(tiles)) == naive_root(leaves(size))
    at_once = merkle.grow(0, {}, leaves(size)).tiles
    assert tiles == at_once


def test_a_tree_of_three_levels() -> None:
    size, tiles = grown([65_536, 300, 1])
    assert max(level for level, _number in tiles) == 2
    assert merkle.root(size, node_of(tiles)) == naive_root(leaves(size))
    node = node_of(tiles)
    proof = merkle.inclusion_proof(65_540, size, node)
    assert merkle.includes(leaves(size)[65_540], 65_540, size, proof, merkle.root(size, node))


@quick
@given(SIZES, st.data())
def test_inclusion(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    node, every = node_of(grown([size])[1]), leaves(size)
    proof, root = merkle.inclusion_proof(index, size, node), naive_root(every)
    assert merkle.includes(every[index], index, size, proof, root)
    assert not merkle.includes(merkle.leaf_hash(b"another"), index, size, proof, root)
    assert not merkle.includes(every[index], index, size, [*proof, root], root)
    assert not merkle.includes(every[index], index, size, proof, merkle.leaf_hash(b""))
    if proof:
        assert not merkle.includes(every[index], index, size, proof[:-1], root)
        place = data.draw(st.integers(0, len(proof) - 1))
        bent = [*proof[:place], merkle.leaf_hash(b"bent"), *proof[place + 1 :]]
        assert not merkle.includes(every[index], index, size, bent, root)


@quick
@given(SIZES, st.data())
def test_consistency(second: int, data: st.DataObject) -> None:
    first = data.draw(st.integers(1, second))
    node, every = node_of(grown([second])[1]), leaves(second)
    old, new = naive_root(every[:first]), naive_root(every)
    proof = merkle.consistency_proof(first, second, node)
    assert merkle.is_consistent(first, second, old, new, proof)
    assert not merkle.is_consistent(first, second, merkle.leaf_hash(b"x"), new, proof)
    assert not merkle.is_consistent(first, second, old, merkle.leaf_hash(b"x"), proof)
    assert not merkle.is_consistent(first, second, old, new, [*proof, old])
    if first < second:
        rewritten = [merkle.leaf_hash(b"rewritten"), *every[1:]]
        assert not merkle.is_consistent(first, second, old, naive_root(rewritten), proof)


@quick
@given(st.integers(0, 40), st.integers(0, 40), st.lists(st.binary(min_size=32, max_size=32), max_size=8))
def test_nonsense_is_refused(first: int, second: int, path: list[bytes]) -> None:
    roots = merkle.leaf_hash(b"1"), merkle.leaf_hash(b"2")
    assert not merkle.includes(roots[0], first, second, path, roots[1])
    assert not merkle.is_consistent(first, second, *roots, path)


def test_what_is_not_in_the_tree() -> None:
    node = node_of(grown([5])[1])
    for index, size in ((5, 5), (-1, 5), (0, 0)):
        with pytest.raises(merkle.NotInTree):
            merkle.inclusion_proof(index, size, node)
    for first, second in ((0, 5), (6, 5)):
        with pytest.raises(merkle.NotInTree):
            merkle.consistency_proof(first, second, node)
    with pytest.raises(merkle.NotInTree):
        merkle.root(6, node)


def test_where_tiles_are_found() -> None:
    """The example of C2SP tlog-tiles, and others."""
    assert merkle.tile_path(0, 1_234_067, 256) == "0/x001/x234/067"
    assert merkle.tile_path(1, 4, 3) == "1/004.p/3"
    assert merkle.tile_path(0, 1000, 255) == "0/x001/000.p/255"


@quick
@given(st.integers(0, 3000))
def test_which_tiles_there_are(size: int) -> None:
    tiles = grown([size])[1] if size else {}
    assert {(level, number): width * 32 for level, number, width in merkle.tiles_of(size)} == {
        place: len(tile) for place, tile in tiles.items()
    }
