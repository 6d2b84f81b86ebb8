"""One text, one meaning: strict reading and compact writing of JSON.

Reading refuses what different readers understand differently (duplicate members, NaN, lone
surrogates) and what is only there to hurt them (huge, deeply nested). RFC 8259 section 4 and 8.1,
RFC 7493 (I-JSON) section 2.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from typing import Any

import rfc8785

from openbadges.errors import MalformedDocument

MAX_BYTES = 2_000_000
MAX_DEPTH = 32
MAX_VALUES = 20_000
MAX_VALUES_OF_LIST = 500_000


def read_json(text: str | bytes, *, max_bytes: int = MAX_BYTES, max_values: int = MAX_VALUES) -> Any:
    """The value of one JSON text (bytes are UTF-8, a byte order mark is tolerated).

    Raises MalformedDocument: `too_large`, `not_utf8`, `not_json`, `duplicate_member`, `too_deep`,
    `too_many_values`.
    """
    if len(text) > max_bytes:
        raise MalformedDocument("too_large", limit=max_bytes)
    try:
        decoded = text.decode("utf-8-sig") if isinstance(text, bytes) else text
        value = json.loads(decoded, object_pairs_hook=_members, parse_constant=_constant, parse_float=_float)
    except UnicodeDecodeError:
        raise MalformedDocument("not_utf8") from None
    except RecursionError:
        raise MalformedDocument("too_deep", limit=MAX_DEPTH) from None
    except ValueError:
        raise MalformedDocument("not_json") from None
    bounded(value, max_values=max_values)
    return value


def read_json_object(
    text: str | bytes, *, max_bytes: int = MAX_BYTES, max_values: int = MAX_VALUES
) -> dict[str, Any]:
    """As `read_json`, for a text that must be one JSON object; else MalformedDocument `not_object`."""
    value = read_json(text, max_bytes=max_bytes, max_values=max_values)
    if not isinstance(value, dict):
        raise MalformedDocument("not_object")
    return value


def write_json(value: Any) -> bytes:
    """Compact UTF-8 JSON in the order given: the bytes that are signed, baked or served."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def jcs(value: Any) -> bytes:
    """The canonical JSON text of a value: RFC 8785 (members sorted, numbers as ECMAScript writes them).

    Raises MalformedDocument `not_interoperable` for what that text cannot hold: integers beyond 2^53, NaN, lone
    surrogates.
    """
    try:
        return rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeEncodeError):
        raise MalformedDocument("not_interoperable") from None


def bounded(value: Any, *, max_values: int = MAX_VALUES) -> None:
    """Nothing, for a shallow value of few parts (member names count too), all of them encodable.

    Raises MalformedDocument: `too_deep`, `too_many_values`, `not_utf8`.
    """
    level, seen = [value], 0
    for _ in range(MAX_DEPTH + 1):
        if not level:
            return
        seen += len(level)
        if seen > max_values:
            raise MalformedDocument("too_many_values", limit=max_values)
        level = [child for item in level for child in _children(item)]
    raise MalformedDocument("too_deep", limit=MAX_DEPTH)


def _children(item: Any) -> Iterable[Any]:
    if isinstance(item, dict):
        return [*item.keys(), *item.values()]
    if isinstance(item, list | tuple):
        return item
    if isinstance(item, str) and not item.isascii():
        _encodable(item)
    return ()


def _encodable(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise MalformedDocument("not_utf8") from None


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise MalformedDocument("duplicate_member")
    return members


def _constant(name: str) -> Any:
    raise MalformedDocument("not_json", constant=name)


def _float(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise MalformedDocument("not_json", constant="Infinity")
    return number
