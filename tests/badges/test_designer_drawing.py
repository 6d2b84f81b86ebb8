"""Drawn badges: every shape, icon and colour; the same bytes each time; nothing that could act or call out."""

import re
from io import BytesIO
from xml.etree import ElementTree as ET

import pytest
from django.utils.translation import override
from fontTools.ttLib import TTFont
from PIL import Image

from badges.designer import (
    COLOURS,
    ICON_GROUPS,
    ICONS,
    PAIRS,
    SECOND_COLOURS,
    SHAPES,
    Design,
    DesignError,
    contrast,
    draw_png,
    draw_svg,
    outline,
)
from badges.designer.colours import IVORY, colour_name, ink, is_colour, mix
from badges.designer.drawing import _Sheet
from badges.designer.icons import icon_elements, is_filled
from badges.designer.lettering import FONT

LONG = "Être à l’aise à l’oral devant un public de professionnels !"
FULL = Design("hexagon", "#0a6b75", "#ffbd85", "people", "Animer un atelier", "Atelier Nord · 2026", "AN")


def opened(png: bytes) -> Image.Image:
    return Image.open(BytesIO(png)).copy()


def test_each_shape_has_its_own_silhouette() -> None:
    assert len({outline(shape) for shape in SHAPES}) == len(SHAPES) >= 8
    assert all(re.fullmatch(r"[MLQCAHVZ0-9. -]+", outline(shape)) for shape in SHAPES)


@pytest.mark.parametrize("shape", SHAPES)
def test_each_shape_is_a_light_square_png_with_a_transparent_ground(shape: str) -> None:
    png = draw_png(Design(shape, "#4a3fd6", "#ffd65c", "rocket", LONG, LONG))
    image = opened(png)
    assert (image.size, image.mode) == ((600, 600), "RGBA")
    assert len(png) < 120_000
    assert image.getpixel((1, 1))[3] == 0
    assert image.getpixel((300, 40))[3] == 255
    left, top, right, bottom = image.getchannel("A").getbbox()
    assert min(left, top) >= 1, "the shape is cut by the edge"
    assert max(right, bottom) <= 599, "the shape is cut by the edge"


@pytest.mark.parametrize("icon", [*ICONS, ""])
def test_each_icon_can_be_drawn_and_stays_in_the_disc(icon: str) -> None:
    with_icon = opened(draw_png(Design(icon=icon, ring_text="Soudure", initial="É"), 300))
    without = opened(draw_png(Design(icon="star" if icon != "star" else "heart", ring_text="Soudure"), 300))
    assert with_icon.tobytes() != without.tobytes()
    assert with_icon.getpixel((150, 30)) == without.getpixel((150, 30))


@pytest.mark.parametrize(
    "design", [FULL, Design(), Design(initial="ÉÀ"), Design(icon="bike", lower_text="2026")]
)
def test_the_svg_is_well_formed_and_self_contained(design: Design) -> None:
    svg = draw_svg(design)
    root = ET.fromstring(svg)
    assert root.get("viewBox") == "0 0 600 600"
    assert root.get("role") == "img"
    names = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert not names & {"script", "image", "style", "text", "use", "foreignObject", "a"}
    assert b"href" not in svg
    assert svg.count(b"http") == 1, "only the namespace is an address"
    for target in re.findall(rb"url\(([^)]*)\)", svg):
        assert b'id="' + target[1:] + b'"' in svg


def test_the_same_design_gives_the_same_bytes_and_another_one_other_bytes() -> None:
    again = Design.from_dict(FULL.to_dict())
    assert again == FULL
    assert draw_svg(again) == draw_svg(FULL)
    assert draw_png(again) == draw_png(FULL)
    for change in ({"shape": "seal"}, {"colour": "#000000"}, {"second_colour": "#ffffff"}, {"icon": "leaf"}):
        assert draw_svg(Design.from_dict(FULL.to_dict() | change)) != draw_svg(FULL)


def test_two_badges_in_one_page_keep_their_own_gradients() -> None:
    one, two = (set(re.findall(rb'id="([^"]+)"', draw_svg(d))) for d in (FULL, Design()))
    assert one
    assert two
    assert not one & two


def test_words_are_escaped_in_the_title() -> None:
    svg = draw_svg(Design(ring_text="<script>&", lower_text='"]]>'))
    assert ET.fromstring(svg)[0].text == '<script>& · "]]>'
    assert b"<script" not in svg


def test_other_sizes_are_drawn_at_that_size() -> None:
    assert opened(draw_png(FULL, 128)).size == (128, 128)


def test_contrast_is_what_the_guidelines_say() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#4a3fd6", "#4a3fd6") == 1


def test_palette_pairs_are_readable_and_known() -> None:
    assert {main for main, _second in PAIRS} == set(COLOURS)
    assert {second for _main, second in PAIRS} <= set(SECOND_COLOURS)
    assert all(map(is_colour, [*COLOURS, *SECOND_COLOURS]))
    for main, second in PAIRS:
        assert contrast(main, IVORY) >= 4.5
        assert contrast(_Sheet(Design(colour=main, second_colour=second)).disc_ink, second) >= 4.5


@pytest.mark.parametrize(
    "colour", ["#000000", "#ffffff", "#ffff00", "#808080", "#ff0000", "#00ff00", "#123456"]
)
@pytest.mark.parametrize("second", ["#000000", "#ffffff", "#767676", "#0000ff", "#ffd65c"])
def test_any_two_colours_give_words_and_icons_that_can_be_read(colour: str, second: str) -> None:
    sheet = _Sheet(Design(colour=colour, second_colour=second))
    assert contrast(sheet.ink, IVORY) >= 7
    assert contrast(sheet.disc_ink, second) >= 4.5


def test_ink_falls_back_to_black_or_white() -> None:
    assert ink("#808080", "#767676", 5) == "#000000"
    assert ink("#808080", "#757575", 4.6) == "#ffffff"
    assert mix("#000000", "#ffffff", 0.5) == "#808080"


def test_every_colour_has_a_name() -> None:
    with override("en"):
        names = [str(colour_name(colour)) for colour in ("#4b40d7", "#ffffff", "#050505")]
    assert names == ["violet", "white", "black"]


def test_icons_are_many_distinct_and_plain() -> None:
    assert len(ICONS) >= 40
    assert sum(len(icons) for _group, icons in ICON_GROUPS) == len(ICONS)
    assert len({str(label) for label in ICONS.values()}) == len(ICONS)
    for code in ICONS:
        drawn = icon_elements(code)
        ET.fromstring(f"<g>{drawn}</g>")
        assert drawn
        assert "currentColor" not in drawn
        assert "style" not in drawn
    assert is_filled("heart")
    assert not is_filled("bike")


def test_a_design_survives_a_round_trip_and_is_tidied() -> None:
    design = Design.from_dict({"ring_text": "  Animer\nun\tatelier ", "colour": "#4A3FD6", "unknown": 1})
    assert design.ring_text == "Animer un atelier"
    assert design.colour == "#4a3fd6"
    assert Design.from_dict(design.to_dict()) == design
    assert Design.from_dict({"ring_text": "E\u0301cole"}).ring_text == "École"


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"shape": "blob"}, "shape"),
        ({"icon": "../../etc/passwd"}, "icon"),
        ({"colour": "red"}, "colour"),
        ({"colour": '#123"/><script>'}, "colour"),
        ({"second_colour": "#12345"}, "second_colour"),
        ({"ring_text": "x" * 61}, "ring_text"),
        ({"lower_text": "Навык"}, "lower_text"),
        ({"initial": "ABCD"}, "initial"),
        ({"initial": None}, "initial"),
        ({"ring_text": ["a"]}, "ring_text"),
        ({"ring_text": "Bravo 🎉"}, "ring_text"),
    ],
)
def test_a_design_that_cannot_be_drawn_says_which_choice_to_mend(data: dict[str, object], field: str) -> None:
    with pytest.raises(DesignError) as refusal:
        Design.from_dict(data)
    assert refusal.value.field == field
    assert refusal.value.fields == {field: str(refusal.value)}
    assert len(str(refusal.value)) > 20


def test_the_letters_that_are_missing_are_named() -> None:
    with pytest.raises(DesignError, match="Жд"):
        Design.from_dict({"ring_text": "Жд Ж"})


def test_labels_are_read_in_the_language_of_the_moment() -> None:
    with override("en"):
        assert str(SHAPES["hexagon"]) == "Hexagon"
        assert str(COLOURS["#4a3fd6"]) == "violet"


@pytest.mark.parametrize(
    "name", ["bricolage-grotesque-700", "atkinson-hyperlegible-next-400", "atkinson-hyperlegible-next-700"]
)
def test_fonts_are_static_and_hold_the_letters_of_europe(name: str) -> None:
    font = TTFont(FONT.with_name(f"{name}.ttf"))
    assert "fvar" not in font
    assert font["OS/2"].usWeightClass == int(name[-3:])
    assert all(ord(c) in font.getBestCmap() for c in "ÀÂÇÉÈÊËÎÏÔŒÙÛÜŸàâçéèêëîïôœùûüÿ’“”«»–—·€ĄĘŁŻŐŠŽąęłżőšž")
    licence = FONT.with_name(f"{name.rpartition('-')[0]}.OFL.txt").read_text()
    assert "SIL OPEN FONT LICENSE" in licence.upper()
