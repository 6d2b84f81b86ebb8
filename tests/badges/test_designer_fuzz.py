"""Whatever the bytes: a picture, or PictureRefused, and nothing else."""

from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from badges.designer import Design, PictureRefused, Uploaded, draw_png, draw_svg, read_picture, square

SETTINGS = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
PIECES = b"<g> </g> <use/> url(#x) url(//x) <!-- ]]> &amp; &x; \0 \xff <style> </svg> <svg> <![CDATA[ <?x?> 1e999 -"
WORDS = st.sampled_from(
    [*PIECES.split(b" "), b" id='a'", b" href='#a'", b"<a:b/>", b"<text>", b"%", b"\xc3\xa9"]
)


@cache
def drawn(kind: str) -> bytes:
    design = Design(icon="leaf", ring_text="Été")
    return draw_png(design, 96) if kind == "png" else draw_svg(design)


def judged(data: bytes) -> None:
    try:
        read = read_picture(data)
    except PictureRefused:
        return
    assert isinstance(read, Uploaded)
    assert read.png.startswith(b"\x89PNG")
    assert read_picture(read.data).data == read.data, "what was accepted is accepted again, unchanged"
    square(data, "crop")


@SETTINGS
@given(st.binary(max_size=400), st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"<svg ", b"\xff\xfe"]))
def test_random_bytes(data: bytes, head: bytes) -> None:
    judged(head + data)


@SETTINGS
@given(st.data())
def test_a_png_with_bytes_changed(data: st.DataObject) -> None:
    picture = bytearray(drawn("png"))
    for _ in range(data.draw(st.integers(1, 6))):
        picture[data.draw(st.integers(8, len(picture) - 1))] = data.draw(st.integers(0, 255))
    judged(bytes(picture[: data.draw(st.integers(len(picture) // 2, len(picture)))]))


@SETTINGS
@given(st.data())
def test_png_chunks_with_right_checksums_and_wrong_contents(data: st.DataObject) -> None:
    from tests.badges.test_designer_uploads import chunk

    picture = drawn("png")
    kinds = st.sampled_from(
        [b"PLTE", b"tRNS", b"IDAT", b"IHDR", b"iTXt", b"zTXt", b"iCCP", b"gAMA", b"sBIT", b"eXIf"]
    )
    extra = b"".join(chunk(data.draw(kinds), data.draw(st.binary(max_size=60))) for _ in range(3))
    judged(picture[:33] + extra + picture[33:])


@settings(SETTINGS, max_examples=60)
@given(st.data())
def test_an_svg_with_pieces_put_in_or_taken_out(data: st.DataObject) -> None:
    picture = drawn("svg")
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(picture)))
        picture = picture[:at] + data.draw(WORDS) + picture[at + data.draw(st.integers(0, 8)) :]
    judged(picture)


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_every_beginning_of_a_picture(kind: str) -> None:
    picture = drawn(kind).rstrip()
    for end in range(0, len(picture) - 1, 37):
        with pytest.raises(PictureRefused):
            read_picture(picture[:end])
