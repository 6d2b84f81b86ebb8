"""One picture, both versions: side by side, found by the tools of both, never mixed up."""

import re
from xml.dom import minidom

import pytest

from openbadges import bake, unbake
from openbadges.baking import Carried, carried
from openbadges.canonical import write_json
from openbadges.errors import BakingError
from tests.openbadges.stage import END, HEADER, PIXELS, SIGNATURE, SVG, chunk, png
from tests.openbadges.test_baking import ASSERTIONS, DRAWINGS, TOKEN, itxt, refused
from tests.openbadges.whole import signed

JSON = write_json({**signed(), "name": 'é ]]> "quoted" \u200b <b>'}).decode()
CREDENTIALS = {"json": JSON, "jwt": TOKEN}
OF_2, OF_3 = "http://openbadges.org", "https://purl.imsglobal.org/ob/v3p0"


@pytest.fixture(params=CREDENTIALS)
def credential(request):
    return CREDENTIALS[request.param]


@pytest.fixture(params=[*ASSERTIONS.values(), None], ids=[*ASSERTIONS, "none"])
def assertion(request):
    return request.param


@pytest.fixture(params={"png": png(), **DRAWINGS}.values(), ids=["png", *DRAWINGS])
def picture(request):
    return request.param


def test_both_are_read_as_they_were_given(picture, assertion, credential):
    baked = bake(picture, assertion, credential=credential)
    assert carried(baked) == Carried(assertion, credential)
    if assertion:
        assert unbake(baked) == assertion
    else:
        assert refused(unbake, baked) == "other_version"


def test_baking_again_replaces_both(picture, assertion, credential):
    once = bake(picture, assertion, credential=credential)
    other = bake(picture, assertion and "https://old.example/1", credential="old.old.old")
    assert bake(other, assertion, credential=credential) == once
    assert bake(once, assertion, credential=credential) == once


def test_what_is_not_given_is_not_left_over(picture):
    both = bake(picture, TOKEN, credential=JSON)
    assert carried(bake(both, TOKEN)) == Carried(TOKEN, None)
    assert carried(bake(both, None, credential=JSON)) == Carried(None, JSON)


def test_a_png_gains_two_chunks_and_nothing_else_changes():
    added = itxt(TOKEN) + itxt(JSON, keyword=b"openbadgecredential")
    assert bake(png(), TOKEN, credential=JSON) == SIGNATURE + HEADER + added + PIXELS + END


def test_an_svg_is_found_by_the_literal_prefix_and_by_namespace(picture, assertion, credential):
    baked = bake(picture, assertion, credential=credential)
    if baked.startswith(b"\x89PNG"):
        return
    document = minidom.parseString(baked)
    (found,) = document.getElementsByTagName("openbadges:credential")
    assert found.namespaceURI == OF_3
    assert found is next(n for n in document.documentElement.childNodes if n.nodeType == n.ELEMENT_NODE)
    assert found.getAttribute("verify") == ("" if credential.startswith("{") else credential)
    others = document.getElementsByTagName("openbadges:assertion")
    assert [other.namespaceURI for other in others] == ([OF_2] if assertion else [])


def test_the_drawing_keeps_its_own_bytes():
    baked = bake(SVG, TOKEN, credential=JSON)
    rest = re.sub(
        rb"<openbadges:credential.*</openbadges:credential><openbadges:assertion [^>]*/>", b"", baked
    )
    assert rest.replace(f' xmlns:openbadges="{OF_2}"'.encode(), b"") == SVG


def test_the_root_declares_the_version_that_stands_alone():
    assert f'<svg xmlns:openbadges="{OF_3}"'.encode() in bake(SVG, None, credential=TOKEN)
    assert bake(SVG, None, credential=TOKEN).count(b"xmlns:openbadges") == 1


def test_the_namespace_that_others_use_is_read():
    for namespace in (OF_3, "https://purl.imsglobal.org/spec/ob/v3p0"):
        drawing = f'<svg><g><o:credential xmlns:o="{namespace}" verify="{TOKEN}"/></g></svg>'.encode()
        assert carried(drawing) == Carried(None, TOKEN)
        assert carried(bake(drawing, None, credential="a.b.c")) == Carried(None, "a.b.c")


C, A = itxt(JSON, keyword=b"openbadgecredential"), itxt(TOKEN)
ELEMENT = f'<openbadges:credential xmlns:openbadges="{OF_3}" verify="{TOKEN}"/>'
ASSERTION = f'<openbadges:assertion xmlns:openbadges="{OF_2}" verify="{TOKEN}"/>'


@pytest.mark.parametrize(
    ("picture", "code", "kind"),
    [
        (png(C + C), "several_badges", "credential"),
        (png(A + C + C), "several_badges", "credential"),
        (png(A + A + C), "several_badges", "assertion"),
        (png(C + chunk(b"tEXt", b"openbadgecredential\0x")), "several_badges", "credential"),
        (f"<svg>{ELEMENT}{ELEMENT}</svg>".encode(), "several_badges", "credential"),
        (f"<svg>{ASSERTION}{ELEMENT}<g>{ASSERTION}</g></svg>".encode(), "several_badges", "assertion"),
        (png(), "no_badge", None),
        (SVG, "no_badge", None),
        (png(itxt(" ", keyword=b"openbadgecredential")), "no_badge", None),
        (f"<svg><openbadges:credential xmlns:openbadges='{OF_3}'>{ASSERTION}</openbadges:credential></svg>".encode(),
         "hostile", None),
        (f"<svg>{ASSERTION.replace('/>', f'>{ELEMENT}</openbadges:assertion>')}</svg>".encode(), "hostile", None),
    ],
)  # fmt: skip
def test_pictures_that_cannot_be_read_say_why(picture, code, kind):
    with pytest.raises(BakingError) as caught:
        carried(picture)
    assert (caught.value.code, caught.value.facts.get("kind")) == (code, kind)


def test_two_credentials_do_not_keep_an_assertion_from_being_read():
    assert unbake(png(A + C + C)) == TOKEN


def test_something_must_be_baked():
    for texts in ((None, None), ("", None), (None, " "), (None, "a\0b"), (TOKEN, "\ud800")):
        with pytest.raises(BakingError) as caught:
            bake(png(), texts[0], credential=texts[1])
        assert caught.value.code == "bad_assertion"
