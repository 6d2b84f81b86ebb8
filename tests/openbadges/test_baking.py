"""Badges in pictures: byte-exact, never doubled, never fooled."""

import contextlib
import json
import re
import zlib
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openbadges import bake, unbake
from openbadges.baking import MAX_ASSERTION, MAX_PICTURE, picture_type
from openbadges.errors import BakingError
from tests.openbadges.stage import END, HEADER, PIXELS, SIGNATURE, SVG, chunk, png

HOSTED = json.dumps({"id": "https://a.org/1?x=1&y=<2>", "name": 'é ]]> "quoted" \u200b'}, ensure_ascii=False)
TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJpZCI6MX0.c2lnbmF0dXJl"
ADDRESS = "https://a.org/awards/1?a=1&b=2"
ASSERTIONS = {"json": HOSTED, "jws": TOKEN, "url": ADDRESS}
NS = 'xmlns:openbadges="http://openbadges.org"'


def itxt(text, *, keyword=b"openbadges", compressed=False, method=0, language=b"", raw=None):
    body = raw if raw is not None else zlib.compress(text.encode()) if compressed else text.encode()
    return chunk(b"iTXt", keyword + b"\0" + bytes([compressed, method]) + language + b"\0\0" + body)


def refused(action, *args):
    with pytest.raises(BakingError) as caught:
        action(*args)
    return caught.value.code


@pytest.fixture(params=ASSERTIONS)
def assertion(request):
    return ASSERTIONS[request.param]


# PNG


def test_a_png_gains_one_chunk_after_its_header_and_nothing_else_changes(assertion):
    baked = bake(png(), assertion)
    added = itxt(assertion)
    assert baked == SIGNATURE + HEADER + added + PIXELS + END
    assert unbake(baked) == assertion


@pytest.mark.parametrize(
    "old",
    [itxt("x"), itxt("x", compressed=True), chunk(b"tEXt", b"openbadges\0https://old.org"),
     chunk(b"zTXt", b"openbadges\0\0" + zlib.compress(b"x")), itxt("x") + itxt("y")],
    ids=["iTXt", "compressed", "tEXt", "zTXt", "two"],
)  # fmt: skip
def test_a_badge_that_was_there_is_replaced(old):
    assert bake(png(old), TOKEN) == bake(png(), TOKEN)
    late = SIGNATURE + HEADER + PIXELS + old + END
    assert bake(late, TOKEN) == bake(png(), TOKEN)


def test_other_chunks_and_what_follows_the_end_are_kept():
    other = (
        chunk(b"tEXt", b"Title\0openbadges") + chunk(b"prVt", b"anything") + itxt("x", keyword=b"openbadge")
    )
    picture = png(other) + b"trailing"
    assert bake(picture, TOKEN).replace(itxt(TOKEN), b"") == picture


@pytest.mark.parametrize("text", ["https://a.org/1", TOKEN, '{"id": 1}'])
def test_older_ways_of_baking_are_read(text):
    for old in (
        itxt(text, compressed=True),
        itxt(text, language=b"en"),
        chunk(b"tEXt", b"openbadges\0" + text.encode()),
        chunk(b"zTXt", b"openbadges\0\0" + zlib.compress(text.encode())),
    ):
        assert unbake(png(old)) == text
        assert unbake(SIGNATURE + HEADER + PIXELS + old + END) == text


@pytest.mark.parametrize(
    ("picture", "code"),
    [
        (png(), "no_badge"),
        (png(itxt("  ")), "no_badge"),
        (png(itxt("a") + itxt("b")), "several_badges"),
        (png(itxt("a") + chunk(b"tEXt", b"openbadges\0b")), "several_badges"),
        (png(itxt("x", keyword=b"openbadgecredential")), "other_version"),
        (SIGNATURE, "truncated"),
        (SIGNATURE + HEADER, "truncated"),
        (png(itxt("a"))[:-1], "truncated"),
        (png(itxt("a"))[:-13], "truncated"),
        (SIGNATURE + PIXELS + HEADER + END, "corrupt"),
        (png(itxt("a")).replace(b"openbadges\0", b"openbadges\1"), "corrupt"),
        (png(chunk(b"iTXt", b"openbadges\0\0")), "corrupt"),
        (png(chunk(b"iTXt", b"openbadges\0\2\0\0\0x")), "corrupt"),
        (png(itxt("", raw=b"\xff\xfe")), "corrupt"),
        (png(itxt("", compressed=True, raw=b"not zlib")), "corrupt"),
        (png(itxt("", compressed=True, raw=zlib.compress(b"long enough" * 9)[:-6])), "corrupt"),
        (png(itxt("x", compressed=True, method=1)), "corrupt"),
        (png(b"\0\0\0\0\0\0\0\0\0\0\0\0"), "corrupt"),
        (png(b"\xff\xff\xff\xffiTXt"), "truncated"),
        (png(chunk(b"prVt", b"") * 20_001), "hostile"),
        (png(itxt("", compressed=True, raw=zlib.compress(b" " * 9_000_000))), "hostile"),
        (png(itxt("a" * (MAX_ASSERTION + 1))), "too_large"),
    ],
    ids=lambda value: value if isinstance(value, str) else "png",
)  # fmt: skip
def test_a_png_that_cannot_be_read_says_why(picture, code):
    assert refused(unbake, picture) == code


def test_a_damaged_check_sum_is_noticed():
    damaged = png(itxt("a")).replace(PIXELS[:12], PIXELS[:11] + b"\xff")
    assert refused(unbake, damaged) == "corrupt"


def test_a_keyword_may_not_reach_beyond_its_chunk():
    short = chunk(b"iTXt", b"openbadge")
    assert refused(unbake, png(short)) == "no_badge"
    assert bake(png(short), TOKEN).replace(itxt(TOKEN), b"") == png(short)


# SVG

DRAWINGS = {
    "usual": SVG,
    "empty": b'<svg xmlns="http://www.w3.org/2000/svg"></svg>',
    "self-closing": b"<svg/>",
    "self-closing with blank": b"<svg xmlns='http://www.w3.org/2000/svg' />\n",
    "prefixed": b"<s:svg xmlns:s='http://www.w3.org/2000/svg'><s:g/></s:svg>",
    "prefixed, self-closing": b"<s:svg xmlns:s='http://www.w3.org/2000/svg'/>",
    "declaration": b'<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n' + SVG,
    "byte order mark": b"\xef\xbb\xbf" + SVG,
    "comment before": b"<!-- <svg> --><?go <svg> ?>" + SVG,
    "comment inside": SVG.replace(b"<circle", b"<!-- <openbadges:assertion/> --><circle"),
    "cdata inside": SVG.replace(b"<circle", b"<text><![CDATA[<openbadges:assertion/>]]></text><circle"),
    "quotes": b"<svg xmlns='http://www.w3.org/2000/svg' title=\"it's > 'that'\" data='\"/>\"'><g/></svg>",
    "line breaks": b"<svg\r\n\txmlns='http://www.w3.org/2000/svg'\r\n>\r\n<g/></svg\n>",
    "declared": f"<svg {NS}><g/></svg>".encode(),
    "other meaning": b'<svg xmlns:openbadges="https://purl.imsglobal.org/spec/ob/v3p0"><g/></svg>',
    "document type": b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/x.dtd">' + SVG,
    "not ascii": "<svg><text>é ✓ 𝔸</text></svg>".encode(),
    "references": b"<svg><text>&#65;&amp;&lt;</text></svg>",
}


@pytest.fixture(params=DRAWINGS)
def drawing(request):
    return DRAWINGS[request.param]


def test_an_svg_is_baked_and_read_again(drawing, assertion):
    baked = bake(drawing, assertion)
    assert picture_type(baked) == "svg"
    assert unbake(baked) == assertion


def test_the_badge_is_the_first_child_with_the_usual_prefix(drawing, assertion):
    root = ET.fromstring(bake(drawing, assertion))
    assert root[0].tag == "{http://openbadges.org}assertion"
    assert len(root.findall(".//{http://openbadges.org}assertion")) == 1
    assert b"<openbadges:assertion" in bake(drawing, assertion)


def test_the_drawing_keeps_its_own_bytes(drawing):
    baked = bake(drawing, TOKEN)
    rest = re.sub(rb"<openbadges:assertion [^>]*/>(?!-->|]]>)", b"", baked, count=1)
    if b"xmlns:openbadges=" not in drawing:
        rest = rest.replace(f" {NS}".encode(), b"", 1)
    kept = drawing.removesuffix(b"\n")
    if kept.endswith(b"/>") and kept.count(b"<") == 1:  # self-closing: it had to be opened
        name = kept[1:].split(b" ")[0].removesuffix(b"/>")
        kept = kept.removesuffix(b"/>") + b"></" + name + b">"
    assert rest.removesuffix(b"\n") == kept


def test_baking_again_replaces(drawing, assertion):
    once = bake(drawing, assertion)
    assert bake(bake(drawing, "https://old.example/1"), assertion) == once
    assert bake(once, assertion) == once


def test_badges_further_down_are_replaced_too():
    deep = (
        "<svg><g><b:assertion xmlns:b='http://openbadges.org' verify='x'>a<i/>b</b:assertion></g><p/></svg>"
    )
    baked = bake(deep.encode(), TOKEN)
    assert unbake(baked) == TOKEN
    assert baked.endswith(b"<g></g><p/></svg>")
    spelt = b"<svg><o:assertion xmlns:o='http://open&#98;adges.org' verify='x'/></svg>"
    assert unbake(bake(spelt, TOKEN)) == TOKEN


def test_the_address_of_a_document_stands_in_the_attribute():
    root = ET.fromstring(bake(SVG, HOSTED))
    assert root[0].attrib == {"verify": "https://a.org/1?x=1&y=<2>"}
    assert json.loads(root[0].text) == json.loads(HOSTED)


def test_characters_that_xml_cannot_hold_are_escaped_in_json():
    document = json.dumps({"id": "urn:x:1", "name": "\uffff\ufffe"}, ensure_ascii=False)
    assert json.loads(unbake(bake(SVG, document))) == json.loads(document)
    assert refused(bake, SVG, "https://a.org/\x01") == "bad_assertion"


@pytest.mark.parametrize(
    ("inner", "text"),
    [
        (f'<openbadges:assertion verify="{TOKEN}">{{"id": 1}}</openbadges:assertion>', TOKEN),
        ('<openbadges:assertion verify="https://a.org"> {"id": 1} </openbadges:assertion>', '{"id": 1}'),
        ("<openbadges:assertion verify='https://a.org?a&amp;b' />", "https://a.org?a&b"),
        ("<openbadges:assertion><![CDATA[{\"a\":]]>&quot;x&quot;}</openbadges:assertion>", '{"a":"x"}'),
        ("<g/><g><openbadges:assertion>{}</openbadges:assertion></g>", "{}"),
    ],
)  # fmt: skip
def test_badges_of_other_hands_are_read(inner, text):
    assert unbake(f"<svg {NS}>{inner}</svg>".encode()) == text


BADGE = f'<openbadges:assertion {NS} verify="{TOKEN}"/>'


@pytest.mark.parametrize(
    ("picture", "code"),
    [
        (SVG, "no_badge"),
        (f"<svg>{BADGE}{BADGE}</svg>", "several_badges"),
        (f"<svg>{BADGE}<g>{BADGE}</g></svg>", "several_badges"),
        (f"<svg><openbadges:assertion {NS}>{BADGE}</openbadges:assertion></svg>", "hostile"),
        (f"<svg><openbadges:assertion {NS}/></svg>", "no_badge"),
        (f"<svg><!-- {BADGE} --></svg>", "no_badge"),
        (f"<svg><![CDATA[{BADGE}]]></svg>", "no_badge"),
        (f'<svg xmlns:openbadges="http://elsewhere.org">{BADGE.replace(NS, "")}</svg>', "no_badge"),
        ('<svg><a:credential xmlns:a="https://purl.imsglobal.org/spec/ob/v3p0"/></svg>', "other_version"),
        (f"<svg>{BADGE}", "truncated"),
        (f"<svg>{BADGE}</sv", "truncated"),
        (f"<svg>{BADGE}</g></svg>", "corrupt"),
        (f"<svg>{BADGE}</svg><svg/>", "corrupt"),
        ("<svg><openbadges:assertion verify='x'/></svg>", "corrupt"),
        (f"<svg>{BADGE}&nbsp;</svg>", "corrupt"),
        (f"<svg a='1' a='2'>{BADGE}</svg>", "not_an_image"),
        ("<html><body/></html>", "not_an_image"),
        ("<!doctype html><p>hello", "not_an_image"),
        ("<svg xmlns='http://elsewhere.org'/>", "not_an_image"),
        ("<", "not_an_image"),
        ("<!DOCTYPE svg []><svg/>", "hostile"),
        ('<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><svg>&b;</svg>', "hostile"),
        ('<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg>&x;</svg>', "hostile"),
        ('<!DOCTYPE svg [<!ENTITY % p SYSTEM "http://a.org/">%p;]><svg/>', "hostile"),
        (f'<!DOCTYPE svg SYSTEM "x.dtd"><svg>{BADGE}&x;</svg>', "hostile"),
        (f"<svg>{BADGE}</svg>".encode("utf-16"), "unsupported_encoding"),
        (f"<svg>{BADGE}</svg>".encode("utf-16-be"), "unsupported_encoding"),
        (f'<?xml version="1.0" encoding="iso-8859-1"?><svg>{BADGE}</svg>', "unsupported_encoding"),
        (f'<?xml version="1.0" encoding="x-unknown"?><svg>{BADGE}</svg>', "unsupported_encoding"),
        (f"<svg>{BADGE}</svg>".encode() + b"\xff", "corrupt"),
        (f"<svg>{BADGE}\xe9</svg>".encode("latin-1"), "corrupt"),
        (f"<svg>{BADGE}\0</svg>", "corrupt"),
        (
            f"<svg><openbadges:assertion {NS}>{'x' * (MAX_ASSERTION + 1)}</openbadges:assertion></svg>",
            "too_large",
        ),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else "bytes",
)
def test_an_svg_that_cannot_be_read_says_why(picture, code):
    octets = picture if isinstance(picture, bytes) else picture.encode()
    assert refused(unbake, octets) == code
    if code in ("hostile", "unsupported_encoding", "not_an_image", "corrupt", "truncated"):
        assert refused(bake, octets, TOKEN) == code


# Both


@pytest.mark.parametrize("octets", [b"", b"GIF89a", b"\xff\xd8\xff", b"%PDF", b'{"id": 1}', b"\x89PNG\r\n"])
def test_other_files_are_no_pictures(octets):
    assert refused(bake, octets, TOKEN) == "not_an_image"
    assert refused(unbake, octets) == "not_an_image"


@pytest.mark.parametrize("assertion", ["", " \n", "a\0b", "\ud800", "x" * (MAX_ASSERTION + 1)])
def test_not_everything_is_an_assertion(assertion):
    assert refused(bake, png(), assertion) == "bad_assertion"


@pytest.mark.parametrize("assertion", ["{", "{}", '{"id": 5}', '{"id": "x", "id": "y"}', '{"id": "\\u0000"}'])
def test_an_svg_needs_a_document_with_an_id(assertion):
    assert refused(bake, SVG, assertion) == "bad_assertion"


def test_a_huge_file_is_refused_unread():
    assert refused(unbake, SIGNATURE + bytes(MAX_PICTURE)) == "too_large"
    assert refused(bake, b"<svg>" + b" " * MAX_PICTURE, TOKEN) == "too_large"


def test_deep_drawings_are_no_trouble():
    deep = b"<svg>" + b"<g>" * 200_000 + b"</g>" * 200_000 + b"</svg>"
    assert unbake(bake(deep, TOKEN)) == TOKEN


SEEDS = [
    bake(png(chunk(b"tEXt", b"Title\0x")), HOSTED),
    png(itxt(HOSTED, compressed=True)),
    bake(DRAWINGS["declaration"], HOSTED),
    bake(DRAWINGS["prefixed"], TOKEN),
    bake(DRAWINGS["document type"], ADDRESS),
]


@st.composite
def mutated(draw):
    octets = bytearray(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(octets)))
        stop = min(len(octets), start + draw(st.sampled_from([0, 1, 1, 4, 40])))
        octets[start:stop] = draw(
            st.binary(max_size=4) | st.sampled_from([b"<", b"]]>", b"&x;", b"\0\0\0\0", b'"'])
        )
    return bytes(octets)


@settings(max_examples=600, deadline=None)
@given(mutated())
def test_mutations_raise_one_error_only(picture):
    with contextlib.suppress(BakingError):
        assert unbake(picture).strip()
    try:
        baked = bake(picture, TOKEN)
    except BakingError:
        return
    if picture_type(baked) == "svg":  # reading a PNG also verifies the check sums
        assert unbake(baked) == TOKEN


@settings(max_examples=200, deadline=None)
@given(
    st.binary(max_size=200),
    st.sampled_from([b"", SIGNATURE, SIGNATURE + HEADER, b"<svg ", b"<svg>", b"<!DOCTYPE "]),
)
def test_noise_raises_one_error_only(noise, start):
    for action in (lambda: unbake(start + noise), lambda: bake(start + noise, TOKEN)):
        with contextlib.suppress(BakingError):
            action()


@settings(max_examples=200, deadline=None)
@given(
    st.text(min_size=1).filter(lambda t: t.strip() and "\0" not in t),
    st.sampled_from([png(), *DRAWINGS.values()]),
)
def test_any_name_survives(name, picture):
    document = json.dumps({"id": "https://a.org/1", "name": name}, ensure_ascii=False)
    assert json.loads(unbake(bake(picture, document))) == json.loads(document)
