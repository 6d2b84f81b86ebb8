"""Uploaded SVG: nothing that acts or calls out is left, what can be seen is left as it was."""

from io import BytesIO
from xml.etree import ElementTree as ET

import pytest
import resvg_py
from PIL import Image

from badges.designer import PictureRefused, read_picture, square
from badges.designer.rasters import raster

NAMESPACES = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
RECT = '<rect width="50" height="90" fill="red"/>'
RICH = """
<defs>
<linearGradient id="a"><stop stop-color="#f00"/><stop offset="1" stop-color="#00f" stop-opacity=".5"/></linearGradient>
<linearGradient id="b" xlink:href="#a" gradientTransform="rotate(90)"/>
<clipPath id="c"><circle cx="50" cy="50" r="40"/></clipPath>
<mask id="m"><rect width="100" height="70" fill="#fff"/></mask>
<filter id="f"><feGaussianBlur stdDeviation="2"/></filter>
<pattern id="p" width="10" height="10" patternUnits="userSpaceOnUse"><circle cx="5" cy="5" r="3" fill="teal"/></pattern>
<symbol id="s" viewBox="0 0 10 10"><path d="M0 0h10v10z"/></symbol>
</defs>
<style>.warm{fill:#fa0;stroke:#420;stroke-width:3px} #one{opacity:.5}</style>
<g clip-path="url(#c)" transform="translate(2 3)"><rect width="100" height="100" fill="url(#b)"/></g>
<rect id="one" class="warm" x="10" y="10" width="30" height="30" rx="4" style="mix-blend-mode:multiply"/>
<g mask="url(#m)"><circle cx="70" cy="70" r="25" fill="url(#p)" stroke="#000" stroke-dasharray="4 2"/></g>
<use xlink:href="#s" x="60" y="5" width="20" height="20" fill="teal"/>
<ellipse cx="30" cy="80" rx="15" ry="8" filter="url(#f)"/><polygon points="1,1 9,1 5,9"/>
<polyline points="80,80 90,90 80,95" fill="none" stroke="purple"/><line x1="0" x2="9" y1="99" y2="99" stroke="red"/>
"""


def svg(inside: str = RECT, attributes: str = 'width="90" height="90"') -> bytes:
    return f"<svg {NAMESPACES} {attributes}>{inside}</svg>".encode()


def refused(data: bytes) -> str:
    with pytest.raises(PictureRefused) as refusal:
        read_picture(data)
    return refusal.value.code


def pixels(png: bytes) -> Image.Image:
    return Image.open(BytesIO(png)).convert("RGBA")


def test_what_can_be_seen_is_left_as_it_was() -> None:
    data = svg(RICH, 'viewBox="0 0 100 100"')
    before = resvg_py.svg_to_bytes(data.decode(), width=600, height=600, skip_system_fonts=True)
    assert pixels(read_picture(data).png).tobytes() == pixels(before).tobytes()


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        '<script xlink:href="https://evil.example/x.js"/>',
        "<foreignObject><body xmlns='http://www.w3.org/1999/xhtml'><script>1</script></body></foreignObject>",
        '<g onclick="alert(1)" onload="alert(1)"/>',
        '<a xlink:href="javascript:alert(1)"><circle r="3"/></a>',
        '<a href="https://evil.example"><circle r="3"/></a>',
        '<animate attributeName="href" to="javascript:alert(1)"/>',
        '<set attributeName="onload" to="alert(1)"/>',
        '<metadata><x:y xmlns:x="urn:x">1</x:y></metadata>',
        '<iframe xmlns="http://www.w3.org/1999/xhtml" src="https://evil.example"/>',
        "<openbadges:assertion xmlns:openbadges='http://openbadges.org' verify='a.b.c'/>",
        "<?xml-stylesheet href='https://evil.example/a.css'?>",
        "<!-- <script>alert(1)</script> -->",
    ],
)
def test_what_acts_or_calls_out_is_taken_away(hostile: str) -> None:
    data = read_picture(svg(RECT + hostile)).data
    for trace in (
        b"script",
        b"foreign",
        b"onclick",
        b"onload",
        b"evil",
        b"javascript",
        b"animate",
        b"<set",
        b"xlink",
    ):
        assert trace not in data.lower()
    assert b"openbadges" not in data
    assert data.count(b"http") == 1
    assert b'<rect fill="red" height="90" width="50" />' in data


@pytest.mark.parametrize(
    ("inside", "code"),
    [
        ('<rect width="9" height="9" fill="url(https://evil.example/a)"/>', "svg_outside"),
        ('<rect width="9" height="9" style="fill:URL( \'//evil.example/a\' )"/>', "svg_outside"),
        ('<use xlink:href="https://evil.example/a.svg#x"/>', "svg_outside"),
        (RECT + "<style>@import url(https://evil.example/a.css);</style>", "svg_outside"),
        (RECT + "<style>rect{background:url(https://evil.example/a)}</style>", "svg_outside"),
        (RECT + r"<style>rect{fill:\75rl(//x)}</style>", "svg_outside"),
        (RECT + '<text><textPath href="https://evil.example#x">x</textPath></text>', "svg_outside"),
        ('<image href="data:image/png;base64,AAAA" width="9" height="9"/>', "svg_image"),
        ('<image href="/etc/passwd" width="9" height="9"/>', "svg_image"),
        ("", "svg_nothing"),
        ("<script>1</script>", "svg_nothing"),
        (f"<defs>{RECT}</defs>", "svg_nothing"),
        ('<rect width="9" height="9" opacity="0"/>', "svg_nothing"),
        ('<rect x="900" width="9" height="9"/>', "svg_nothing"),
        ("<g>" * 70 + RECT + "</g>" * 70, "svg_heavy"),
        ("<g/>" * 20_001, "svg_heavy"),
        ('<use href="#a"/><g id="a"><use href="#a"/></g>', "svg_heavy"),
        ("<title><![CDATA[" + "<" * 1_000_000 + "]]></title>" + RECT, "too_heavy"),
        (f'<rect width="{"1" * 1_000_000}"/>', "svg_nothing"),
        ("<g>", "corrupt"),
        ("<rect width=9/>", "corrupt"),
        ("&unknown;", "corrupt"),
        ("\x00", "corrupt"),
    ],
)
def test_what_is_refused(inside: str, code: str) -> None:
    assert refused(svg(inside)) == code


def test_references_that_multiply_are_counted() -> None:
    doubling = "".join(f'<g id="l{i}"><use href="#l{i + 1}"/><use href="#l{i + 1}"/></g>' for i in range(40))
    assert refused(svg(f'{doubling}<g id="l40">{RECT}</g>')) == "svg_heavy"
    assert (
        refused(svg(f"<defs>{doubling}</defs>" + '<rect width="9" height="9" clip-path="url(#l0)"/>'))
        == "svg_heavy"
    )


@pytest.mark.parametrize("end", [200, -1, -6])
def test_a_cut_file_is_refused(end: int) -> None:
    assert refused(svg(RICH)[:end]) == "truncated"


@pytest.mark.parametrize(
    "data",
    [
        b'<!DOCTYPE svg [<!ENTITY a "b">]>' + svg(),
        b'<!DOCTYPE svg SYSTEM "file:///etc/passwd">' + svg(),
        b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x" [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
        + svg("&a;"),
    ],
)
def test_entities_are_refused(data: bytes) -> None:
    assert refused(data) == "svg_entities"


def test_the_standard_doctype_does_no_harm() -> None:
    head = b'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" '
    data = head + b'"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">\n<!-- Generator: x -->' + svg()
    assert b"DOCTYPE" not in read_picture(data).data


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
def test_other_encodings_are_refused(encoding: str) -> None:
    text = svg("<title>é</title>" + RECT).decode()
    assert refused(f'<?xml version="1.0" encoding="{encoding}"?>{text}'.encode(encoding)) == "svg_encoding"
    assert refused(b'<?xml version="1.0" encoding="latin-1"?>' + svg()) == "svg_encoding"


def test_a_prefixed_svg_is_understood() -> None:
    data = b'<s:svg xmlns:s="http://www.w3.org/2000/svg" width="90" height="90"><s:rect width="9" height="9"/></s:svg>'
    assert read_picture(data).data.startswith(b"<svg ")


@pytest.mark.parametrize(
    ("attributes", "size"),
    [
        ('width="90" height="60"', (90, 60)),
        ('viewBox="0 0 90 60"', (90, 60)),
        ('viewBox="0,0,90,60" width="180"', (180, 120)),
        ('viewBox="0 0 90 60" height="120px"', (180, 120)),
        ('viewBox="0 0 90 60" width="100%" height="100%"', (90, 60)),
        ('width="1in" height="25.4mm"', (96, 96)),
        ('viewBox="0 0 24 24"', (24, 24)),
    ],
)
def test_the_size_is_read_and_written_on_the_root(attributes: str, size: tuple[int, int]) -> None:
    read = read_picture(svg(RECT, attributes))
    root = ET.fromstring(read.data)
    assert (read.width, read.height) == size
    assert read.is_square is (size[0] == size[1])
    assert root.get("viewBox")
    assert (round(float(root.get("width"))), round(float(root.get("height")))) == size
    assert pixels(read.png).size == (600, 600)


@pytest.mark.parametrize(
    "attributes", ["", 'width="0" height="9"', 'viewBox="0 0 nan 9"', 'viewBox="0 0 -9 9"']
)
def test_a_size_is_needed(attributes: str) -> None:
    assert refused(svg(RECT, attributes)) == "svg_size"


def test_a_strip_is_refused() -> None:
    assert refused(svg(RECT, 'width="900" height="90"')) == "too_thin"


def test_an_oblong_svg_can_be_cropped_or_padded() -> None:
    data = svg('<rect width="200" height="100" fill="red"/>', 'viewBox="0 0 200 100"')
    cropped, padded = (read_picture(square(data, how)) for how in ("crop", "pad"))
    assert cropped.is_square
    assert (cropped.width, padded.width) == (100, 200)
    assert pixels(cropped.png).getchannel("A").getextrema() == (255, 255)
    assert pixels(padded.png).getchannel("A").getbbox() == (0, 150, 600, 450)


def test_a_size_unlike_the_view_box_is_squared_as_it_is_shown() -> None:
    data = svg(
        '<rect width="100" height="100" fill="red"/>', 'viewBox="0 0 100 100" width="200" height="100"'
    )
    assert pixels(read_picture(square(data, "crop")).png).getchannel("A").getbbox() == (0, 0, 600, 600)
    assert pixels(read_picture(square(data, "pad")).png).getchannel("A").getbbox() == (150, 150, 450, 450)


def test_words_are_drawn_with_our_face_and_a_note_says_so() -> None:
    straight = read_picture(svg('<text x="5" y="50" font-family="Nobody Has It" font-size="30">Été</text>'))
    curve = '<path id="c" d="M5 60A40 40 0 0 1 85 60" fill="none"/>'
    curved = read_picture(svg(f'{curve}<text font-size="20"><textPath xlink:href="#c">Été</textPath></text>'))
    assert len(straight.notes) == len(curved.notes) == 1


def test_a_picture_that_exhausts_its_process_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("badges.designer.rasters._SECONDS", 0)
    with pytest.raises(PictureRefused):
        raster(svg(), 600)
