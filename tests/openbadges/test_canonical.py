"""Strict JSON."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbadges.canonical import MAX_DEPTH, bounded, read_json, read_json_object, write_json
from openbadges.errors import MalformedDocument

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_what_is_written_is_read_again(value):
    assert read_json(write_json(value)) == value


def test_writing_is_compact_and_keeps_the_order():
    assert write_json({"b": "é", "a": [1, True]}) == '{"b":"é","a":[1,true]}'.encode()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "not_json"),
        ("{", "not_json"),
        ("{}x", "not_json"),
        ("NaN", "not_json"),
        ("-Infinity", "not_json"),
        ("1e999", "not_json"),
        ("1" * 5000, "not_json"),
        (b"\xff\xfe{\0}\0", "not_utf8"),
        (r'"\ud800"', "not_utf8"),
        (r'{"\udfff": 1}', "not_utf8"),
        ('{"id": 1, "id": 2}', "duplicate_member"),
        ('[{"a": {"x": 1, "\\u0078": 2}}]', "duplicate_member"),
        ("[" * (MAX_DEPTH + 2) + "]" * (MAX_DEPTH + 2), "too_deep"),
        ("[" * 200_000, "too_deep"),
        ('{"a":' * 200_000, "too_deep"),
        (" " * 2_000_001, "too_large"),
        ("[" + "1," * 20_000 + "1]", "too_many_values"),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_what_readers_disagree_on_is_refused(text, code):
    with pytest.raises(MalformedDocument) as caught:
        read_json(text)
    assert caught.value.code == code


def test_a_byte_order_mark_is_tolerated():
    assert read_json(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


def test_depth_is_counted_exactly():
    fits = json.loads("[" * MAX_DEPTH + "]" * MAX_DEPTH)
    bounded(fits)
    with pytest.raises(MalformedDocument, match="too_deep"):
        bounded([fits])


@pytest.mark.parametrize("text", ["[]", "1", '"x"', "null"])
def test_an_object_is_an_object(text):
    with pytest.raises(MalformedDocument, match="not_object"):
        read_json_object(text)
