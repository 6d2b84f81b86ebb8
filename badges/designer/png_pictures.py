"""Uploaded PNG: read chunk by chunk before anything is decoded; its own bytes are kept."""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from PIL import Image

from .refusals import PictureRefused

SIGNATURE = b"\x89PNG\r\n\x1a\n"
SMALLEST, LONGEST_SIDE, MOST_PIXELS, LONGEST_RATIO = 90, 4096, 16_000_000, 5
_MOST_UNPACKED = 4_000_000
_DRAWN = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})
_BADGE_KEYWORDS = frozenset({b"openbadges", b"openbadgecredential"})
_DECODING_ERRORS = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    struct.error,
    zlib.error,
    IndexError,
    KeyError,
)


@dataclass(frozen=True)
class Chunk:
    kind: bytes
    body: bytes
    sound: bool
    """Whether its checksum is right."""

    def to_bytes(self) -> bytes:
        checksum = zlib.crc32(self.kind + self.body)
        return struct.pack(">I", len(self.body)) + self.kind + self.body + struct.pack(">I", checksum)


@dataclass(frozen=True)
class Png:
    data: bytes
    """The picture's own bytes, without any badge that was baked into it."""
    width: int
    height: int


def read_png(data: bytes) -> Png:
    """Checks size, shape, wholeness. Raises PictureRefused."""
    chunks = list(_chunks(data))
    width, height = _dimensions(chunks)
    _refuse_oddities(chunks)
    _decode(chunks).close()
    kept = [chunk for chunk in chunks if chunk.sound and not _is_badge(chunk)]
    return Png(SIGNATURE + b"".join(map(Chunk.to_bytes, kept)), width, height)


def open_png(data: bytes) -> Image.Image:
    """The pixels of a PNG that read_png has accepted."""
    return _decode(list(_chunks(data)))


def _chunks(data: bytes) -> Iterator[Chunk]:
    """The chunks up to IEND; what follows is no part of the picture."""
    at = len(SIGNATURE)
    while True:
        head, start = data[at : at + 8], at + 8
        if len(head) < 8:
            raise PictureRefused("truncated")
        length, kind = struct.unpack(">I4s", head)
        body, checksum = data[start : start + length], data[start + length : start + length + 4]
        if not kind.isalpha():
            raise PictureRefused("corrupt")
        if len(body) < length or len(checksum) < 4:
            raise PictureRefused("truncated")
        yield Chunk(kind, body, zlib.crc32(kind + body) == int.from_bytes(checksum, "big"))
        if kind == b"IEND":
            return
        at = start + length + 4


def _dimensions(chunks: list[Chunk]) -> tuple[int, int]:
    header = chunks[0]
    if header.kind != b"IHDR" or len(header.body) != 13:
        raise PictureRefused("corrupt")
    width, height = struct.unpack(">II", header.body[:8])
    refuse_dimensions(width, height)
    return width, height


def refuse_dimensions(width: int, height: int) -> None:
    if not width or not height:
        raise PictureRefused("corrupt")
    if max(width, height) > LONGEST_SIDE or width * height > MOST_PIXELS:
        raise PictureRefused("too_large")
    if min(width, height) < SMALLEST:
        raise PictureRefused("too_small")
    if max(width, height) > min(width, height) * LONGEST_RATIO:
        raise PictureRefused("too_thin")


def _refuse_oddities(chunks: list[Chunk]) -> None:
    kinds = [chunk.kind for chunk in chunks]
    if b"acTL" in kinds or b"fdAT" in kinds:
        raise PictureRefused("animated")
    if (
        kinds.count(b"IHDR") != 1
        or b"IDAT" not in kinds
        or not all(c.sound for c in chunks if _is_critical(c))
    ):
        raise PictureRefused("corrupt")
    room = _MOST_UNPACKED
    for chunk in chunks:
        room -= _unpacked(chunk, room)
        if room < 0:
            raise PictureRefused("bomb")


def _is_critical(chunk: Chunk) -> bool:
    return chunk.kind[:1].isupper()


def _unpacked(chunk: Chunk, room: int) -> int:
    """How large a compressed note becomes, counted to one more than the room left."""
    start = _packed_start(chunk)
    if start is None:
        return 0
    try:
        return len(zlib.decompressobj().decompress(chunk.body[start:], room + 1))
    except zlib.error:
        return 0


def _packed_start(chunk: Chunk) -> int | None:
    keyword, _separator, rest = chunk.body.partition(b"\0")
    after = len(keyword) + 1
    if chunk.kind in (b"zTXt", b"iCCP"):
        return after + 1
    if chunk.kind == b"iTXt" and rest[:1] == b"\x01":
        language, _separator, rest = rest[2:].partition(b"\0")
        translated, _separator, _text = rest.partition(b"\0")
        return after + 2 + len(language) + 1 + len(translated) + 1
    return None


def _is_badge(chunk: Chunk) -> bool:
    keyword = chunk.body.partition(b"\0")[0].strip().lower()
    return chunk.kind in (b"iTXt", b"tEXt", b"zTXt") and keyword in _BADGE_KEYWORDS


def _decode(chunks: list[Chunk]) -> Image.Image:
    """Only the chunks that make pixels are decoded: notes and profiles can be traps."""
    drawn = b"".join(chunk.to_bytes() for chunk in chunks if chunk.kind in _DRAWN)
    try:
        image = Image.open(BytesIO(SIGNATURE + drawn), formats=("PNG",))
        image.load()
    except _DECODING_ERRORS as error:
        raise PictureRefused("corrupt") from error
    return image


def squared_png(data: bytes, how: str) -> bytes:
    """The centre of the picture ("crop"), or all of it on a transparent ground ("pad")."""
    image = _rgba(open_png(data))
    side = min(image.size) if how == "crop" else max(image.size)
    ground = Image.new("RGBA", (side, side))
    ground.paste(image, ((side - image.width) // 2, (side - image.height) // 2))
    out = BytesIO()
    ground.save(out, "PNG")
    return out.getvalue()


def _rgba(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):  # 16 bits of grey: Pillow would clip instead of scaling
        image = image.convert("I").point(lambda value: value / 256).convert("L")
    return image.convert("RGBA")
