"""Uploaded pictures: what is kept, what is shown, what is refused and in which words."""

import struct
import zlib
from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image, PngImagePlugin

from badges.designer import Design, PictureRefused, draw_png, draw_svg, read_picture, square
from badges.designer.refusals import SENTENCES

NAMESPACES = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
RECT = '<rect width="50" height="90" fill="red"/>'


def png(width: int = 100, height: int = 100, mode: str = "RGBA", **save: object) -> bytes:
    out = BytesIO()
    Image.linear_gradient("L").resize((width, height)).convert(mode).save(out, "PNG", **save)
    return out.getvalue()


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def with_chunk(data: bytes, kind: bytes, body: bytes) -> bytes:
    return data[:33] + chunk(kind, body) + data[33:]


def with_header(width: int, height: int, data: bytes | None = None) -> bytes:
    data = data or png()
    return data[:8] + chunk(b"IHDR", struct.pack(">II", width, height) + data[24:29]) + data[33:]


def svg(inside: str = RECT, attributes: str = 'width="90" height="90"') -> bytes:
    return f"<svg {NAMESPACES} {attributes}>{inside}</svg>".encode()


def refused(data: bytes) -> str:
    with pytest.raises(PictureRefused) as refusal:
        read_picture(data)
    assert str(refusal.value) == str(SENTENCES[refusal.value.code])
    return refusal.value.code


@pytest.mark.parametrize("mode", ["RGBA", "RGB", "L", "LA", "P", "1", "I;16"])
def test_a_square_png_keeps_its_own_bytes(mode: str) -> None:
    data = png(mode=mode)
    read = read_picture(data)
    assert read.data == read.png == data
    assert read.is_square
    assert (read.media_type, read.width, read.height) == ("image/png", 100, 100)


def test_notes_of_any_kind_are_kept() -> None:
    notes = PngImagePlugin.PngInfo()
    notes.add_itxt("XML:com.adobe.xmp", "<x/>", zip=True)
    notes.add_text("Author", "Zoé")
    data = with_chunk(png(pnginfo=notes, dpi=(72, 72)), b"prVt", b"\0odd")
    assert read_picture(data).data == data


@pytest.mark.parametrize("kind", [b"iTXt", b"tEXt", b"zTXt"])
@pytest.mark.parametrize("keyword", [b"openbadges", b"openbadgecredential", b"OpenBadges"])
def test_a_badge_that_was_baked_in_is_taken_out(kind: bytes, keyword: bytes) -> None:
    plain = png()
    assert read_picture(with_chunk(plain, kind, keyword + b"\0\0\0\0\0https://example.org/1")).data == plain


def test_a_note_with_a_wrong_checksum_and_what_follows_the_end_are_dropped() -> None:
    plain = png()
    damaged = with_chunk(plain, b"tEXt", b"a\0b").replace(b"tEXta\0b", b"tEXta\0c")
    assert read_picture(damaged + b"PK\x03\x04 <script>").data == plain


@pytest.mark.parametrize(("width", "height"), [(200, 100), (100, 200), (101, 100)])
def test_a_png_that_is_not_square_can_be_cropped_or_padded(width: int, height: int) -> None:
    data = png(width, height)
    read = read_picture(data)
    assert not read.is_square
    assert read.data == data
    assert Image.open(BytesIO(read.png)).size == (max(width, height),) * 2
    cropped, padded = (Image.open(BytesIO(square(data, how))) for how in ("crop", "pad"))
    assert cropped.size == (min(width, height),) * 2
    assert cropped.getpixel((0, 0))[3] == 255
    assert padded.size == (max(width, height),) * 2
    assert padded.getchannel("A").getextrema() == (0, 255)
    assert read_picture(square(data, "pad")).is_square


def test_sixteen_bits_of_grey_are_scaled_not_clipped() -> None:
    image = Image.new("I;16", (100, 200), 0x8000)
    out = BytesIO()
    image.save(out, "PNG")
    assert Image.open(BytesIO(square(out.getvalue(), "crop"))).getpixel((50, 50)) == (128, 128, 128, 255)


def test_square_gives_a_square_png_back_untouched() -> None:
    data = png()
    assert square(data) == data


def other(kind: str) -> bytes:
    out = BytesIO()
    Image.new("RGB", (100, 100)).save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: b"", "nothing"),
        (lambda: png() + b"\0" * 2_200_000, "too_heavy"),
        (lambda: other("JPEG"), "jpeg"),
        (lambda: other("GIF"), "gif"),
        (lambda: other("WEBP"), "webp"),
        (lambda: other("BMP"), "bmp"),
        (lambda: other("TIFF"), "tiff"),
        (lambda: b"\0\0\0\x20ftypavif" + b"\0" * 40, "avif"),
        (lambda: b"%PDF-1.7", "pdf"),
        (lambda: b"\x1f\x8b\x08" + b"\0" * 40, "svgz"),
        (lambda: b"hello", "format"),
        (lambda: b"<!doctype html><html><svg></svg></html>", "format"),
        (lambda: png()[:6], "truncated"),
        (lambda: png()[:60], "truncated"),
        (lambda: png()[:-12], "truncated"),
        (lambda: png()[:-1], "truncated"),
        (lambda: png().replace(b"IDAT", b"IDAX"), "corrupt"),
        (lambda: png().replace(b"IHDR", b"IHDX"), "corrupt"),
        (lambda: with_chunk(png(), b"IHDR", b"\0" * 13), "corrupt"),
        (lambda: with_chunk(png(), b"1\xff\0 ", b""), "corrupt"),
        (lambda: with_header(200, 200), "corrupt"),
        (lambda: with_header(0, 100), "corrupt"),
        (lambda: with_header(60_000, 60_000), "too_large"),
        (lambda: with_header(4097, 1000), "too_large"),
        (lambda: with_header(4096, 4000), "too_large"),
        (lambda: png(89, 100), "too_small"),
        (lambda: png(90, 460), "too_thin"),
        (lambda: with_chunk(png(), b"acTL", b"\0\0\0\2\0\0\0\0"), "animated"),
        (lambda: with_chunk(png(), b"zTXt", b"a\0\0" + zlib.compress(b"\0" * 50_000_000)), "bomb"),
        (lambda: with_chunk(png(), b"iCCP", b"a\0\0" + zlib.compress(b"\0" * 50_000_000)), "bomb"),
        (lambda: with_chunk(png(), b"iTXt", b"a\0\1\0fr\0a\0" + zlib.compress(b"\0" * 50_000_000)), "bomb"),
    ],
)
def test_what_is_refused(make: Callable[[], bytes], code: str) -> None:
    assert refused(make()) == code


def test_what_we_draw_can_be_uploaded() -> None:
    design = Design(icon="leaf", ring_text="Été")
    assert read_picture(draw_png(design)).data == draw_png(design)
    drawn = read_picture(draw_svg(design))
    assert drawn.is_square
    assert drawn.width == 600
    assert drawn.media_type == "image/svg+xml"
    assert not drawn.notes
    assert Image.open(BytesIO(drawn.png)).tobytes() == Image.open(BytesIO(draw_png(design))).tobytes()
