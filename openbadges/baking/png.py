"""Badges in PNG: iTXt chunks right after IHDR, keyword `openbadges` (2.0) or `openbadgecredential` (3.0).

Open Badges 2.0, "Baking", PNG; Open Badges 3.0, section 5.3.1; W3C PNG (Third Edition) sections 5 and 11.3.3.
Written uncompressed; compressed iTXt, zTXt and the legacy tEXt are read.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from openbadges.errors import BakingCode, BakingError

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MAX_CHUNKS = 20_000

_KEYWORDS = {"assertion": b"openbadges\0", "credential": b"openbadgecredential\0"}
_TEXT_CHUNKS = frozenset({b"iTXt", b"tEXt", b"zTXt"})
_IHDR_END = 33
_head = struct.Struct(">I4s").unpack_from
_number = struct.Struct(">I").pack


@dataclass(frozen=True, slots=True)
class Part:
    """A badge chunk: `kind` is `assertion` or `credential`, `name` the type of the chunk."""

    kind: str
    name: bytes
    body: bytes

    def text(self, limit: int) -> str:
        """What it says, at most `limit` bytes."""
        return _text(self.name, self.body, limit)


def bake(picture: bytes, texts: Mapping[str, str]) -> bytes:
    """The PNG with an iTXt chunk of each text (by kind); badge chunks that were there are left out."""
    kept = memoryview(picture)
    chunks = [_chunk(_KEYWORDS[kind], text.encode()) for kind, text in texts.items()]
    pieces: list[bytes | memoryview] = [kept[:_IHDR_END], *chunks]
    start = _IHDR_END
    for name, begin, end in _chunks(picture):
        if name in _TEXT_CHUNKS and _kind(picture, begin, end):
            pieces.append(kept[start:begin])
            start = end
    pieces.append(kept[start:])
    return b"".join(pieces)


def parts(picture: bytes) -> list[Part]:
    """The badge chunks, after checking the check sum of every chunk."""
    found = []
    for name, begin, end in _chunks(picture):
        body = memoryview(picture)[begin + 4 : end - 4]
        if zlib.crc32(body) != int.from_bytes(picture[end - 4 : end], "big"):
            raise BakingError(BakingCode.CORRUPT, reason="check_sum", chunk=name.decode("ascii"))
        kind = _kind(picture, begin, end) if name in _TEXT_CHUNKS else None
        if kind:
            found.append(Part(kind, name, picture[begin + 8 + len(_KEYWORDS[kind]) : end - 4]))
    return found


def _kind(picture: bytes, begin: int, end: int) -> str | None:
    for kind, keyword in _KEYWORDS.items():
        if picture.startswith(keyword, begin + 8, end - 4):
            return kind
    return None


def _chunk(keyword: bytes, text: bytes) -> bytes:
    body = b"iTXt" + keyword + b"\0\0\0\0" + text
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
