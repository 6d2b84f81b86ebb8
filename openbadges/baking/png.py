"""Badges in PNG: one iTXt chunk with the keyword `openbadges`, right after IHDR.

Open Badges 2.0, "Baking", PNG; W3C PNG (Third Edition) sections 5 and 11.3.3. Written uncompressed;
compressed iTXt, zTXt and the legacy tEXt are read.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from openbadges.errors import BakingCode, BakingError

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MAX_CHUNKS = 20_000

_KEYWORD = b"openbadges\0"
_OTHER_KEYWORD = b"openbadgecredential\0"
_TEXT_CHUNKS = frozenset({b"iTXt", b"tEXt", b"zTXt"})
_IHDR_END = 33
_head = struct.Struct(">I4s").unpack_from
_number = struct.Struct(">I").pack


def bake(picture: bytes, text: bytes) -> bytes:
    """The PNG with an iTXt chunk of this text; badge chunks that were there are left out."""
    kept = memoryview(picture)
    pieces: list[bytes | memoryview] = [kept[:_IHDR_END], _chunk(text)]
    start = _IHDR_END
    for name, begin, end in _chunks(picture):
        if name in _TEXT_CHUNKS and _is_about(_KEYWORD, picture, begin, end):
            pieces.append(kept[start:begin])
            start = end
    pieces.append(kept[start:])
    return b"".join(pieces)


def unbake(picture: bytes, limit: int) -> str:
    """The text of the one badge chunk, at most `limit` bytes, after checking every check sum."""
    found, other = [], False
    for name, begin, end in _chunks(picture):
        body = memoryview(picture)[begin + 4 : end - 4]
        if zlib.crc32(body) != int.from_bytes(picture[end - 4 : end], "big"):
            raise BakingError(BakingCode.CORRUPT, reason="check_sum", chunk=name.decode("ascii"))
        if name in _TEXT_CHUNKS:
            other = other or _is_about(_OTHER_KEYWORD, picture, begin, end)
            if _is_about(_KEYWORD, picture, begin, end):
                found.append((name, picture[begin + 8 + len(_KEYWORD) : end - 4]))
    if len(found) > 1:
        raise BakingError(BakingCode.SEVERAL_BADGES, count=len(found))
    if not found:
        raise BakingError(BakingCode.OTHER_VERSION if other else BakingCode.NO_BADGE)
    return _text(*found[0], limit)


def _is_about(keyword: bytes, picture: bytes, begin: int, end: int) -> bool:
    return picture.startswith(keyword, begin + 8, end - 4)


def _chunk(text: bytes) -> bytes:
    body = b"iTXt" + _KEYWORD + b"\0\0\0\0" + text
    return _number(len(body) - 4) + body + _number(zlib.crc32(body))


def _chunks(picture: bytes) -> Iterator[tuple[bytes, int, int]]:
    """(type, first byte, byte after the last) of each chunk up to IEND, from the headers alone."""
    size, begin = len(picture), len(SIGNATURE)
    if size < _IHDR_END:
        raise BakingError(BakingCode.TRUNCATED)
    if _head(picture, begin) != (13, b"IHDR"):
        raise BakingError(BakingCode.CORRUPT, reason="no_header")
    for _ in range(MAX_CHUNKS):
        if begin + 12 > size:
            raise BakingError(BakingCode.TRUNCATED)
        length, name = _head(picture, begin)
        if not name.isalpha():
            raise BakingError(BakingCode.CORRUPT, reason="chunk_type")
        end = begin + 12 + length
        if end > size:
            raise BakingError(BakingCode.TRUNCATED)
        yield name, begin, end
        if name == b"IEND":
            return
        begin = end
    raise BakingError(BakingCode.HOSTILE, reason="chunks", limit=MAX_CHUNKS)


def _text(name: bytes, body: bytes, limit: int) -> str:
    """The text of a chunk whose keyword is already cut off."""
    if name == b"tEXt":
        return _decode(body, "latin-1", limit)
    if name == b"zTXt":
        return _decode(_inflate(body[:1], body[1:], limit), "latin-1", limit)
    compressed, method, rest = body[:1], body[1:2], body[2:]
    fields = rest.split(b"\0", 2)
    if len(fields) != 3 or compressed not in (b"\0", b"\1"):
        raise BakingError(BakingCode.CORRUPT, reason="itxt")
    text = fields[2] if compressed == b"\0" else _inflate(method, fields[2], limit)
    return _decode(text, "utf-8", limit)


def _inflate(method: bytes, data: bytes, limit: int) -> bytes:
    if method != b"\0":
        raise BakingError(BakingCode.CORRUPT, reason="compression")
    stream = zlib.decompressobj()
    try:
        text = stream.decompress(data, limit + 1)
    except zlib.error:
        raise BakingError(BakingCode.CORRUPT, reason="compression") from None
    if len(text) > limit:
        raise BakingError(BakingCode.HOSTILE, reason="expands", limit=limit)
    if not stream.eof:
        raise BakingError(BakingCode.CORRUPT, reason="compression")
    return text


def _decode(text: bytes, encoding: str, limit: int) -> str:
    if len(text) > limit:
        raise BakingError(BakingCode.TOO_LARGE, limit=limit)
    try:
        return text.decode(encoding)
    except UnicodeDecodeError:
        raise BakingError(BakingCode.CORRUPT, reason="not_utf8") from None
