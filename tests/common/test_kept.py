"""Bytes kept in the process: the most recent ones, never more than there is room for."""

from common.kept import KeptBytes


def test_gives_back_what_was_put() -> None:
    kept = KeptBytes(room=10)
    kept.put("a", b"12345")
    assert kept.get("a") == b"12345"
    assert kept.get("b") is None


def test_the_one_not_asked_for_longest_goes_first() -> None:
    kept = KeptBytes(room=10)
    kept.put("a", b"1234")
    kept.put("b", b"1234")
    kept.get("a")
    kept.put("c", b"1234")
    assert [kept.get(name) is not None for name in "abc"] == [True, False, True]


def test_room_is_counted_in_bytes() -> None:
    kept = KeptBytes(room=10)
    kept.put("a", b"12345678")
    kept.put("a", b"12")
    kept.put("b", b"12345678")
    assert (kept.get("a"), len(kept)) == (b"12", 2)
    kept.put("c", b"too large to be kept")
    assert len(kept) == 0
