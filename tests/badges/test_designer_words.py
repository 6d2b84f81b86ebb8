"""Words around a badge: never cut, never over each other, never over the picture, whatever their length."""

import math
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from badges.designer import SHAPES, Design, draw_svg
from badges.designer.lettering import (
    CAPITAL,
    Line,
    arc_path,
    drawable,
    face,
    straight_path,
    undrawable,
    width,
)
from badges.designer.shapes import SHAPES_DRAWN
from badges.designer.words import TURN, Band, Words, fit

BAND = Band(outer=225, inner=153)
TEXTS = [
    "IT",
    "Soudure",
    "Animer un atelier",
    "Gérer un projet associatif de bout en bout",
    "Cœur d’équipe : écouter, reformuler, décider ensemble enfin",
    "Anticonstitutionnellement" * 2,
    "W" * 60,
    "i" * 60,
    "Ça été où, là-bas ? À Œuf-en-Ternois, évidemment, Noël…",
    "a b c d e f g h i j k l m n o p q r s t u v w x y z 1 2 3 4",
]


def fits(words: Words, band: Band) -> None:
    lines = (*words.above, *words.below)
    for line in lines:
        inner, outer = sorted(
            (line.baseline, line.baseline + (-1 if line.below else 1) * line.size * CAPITAL)
        )
        assert band.inner < inner < outer < band.outer, line
    assert words.span_above + words.span_below < TURN
    if words.above and words.below:
        assert TURN - words.span_above - words.span_below > 0.3, "no room between the two texts"


@pytest.mark.parametrize("below", ["", "Atelier Nord · 2026", *TEXTS[3:7]])
@pytest.mark.parametrize("above", ["", *TEXTS])
def test_words_stay_in_their_band(above: str, below: str) -> None:
    words = fit(above, below, BAND)
    fits(words, BAND)
    assert " ".join(line.text for line in words.above) == drawable(above.upper())
    assert " ".join(line.text for line in words.below) == drawable(below.upper())


@settings(max_examples=150, deadline=None)
@given(
    st.text(st.characters(codec="latin-1"), max_size=60), st.text(max_size=60), st.sampled_from(list(SHAPES))
)
def test_any_words_stay_in_their_band(above: str, below: str, shape: str) -> None:
    plate = SHAPES_DRAWN[shape].plate
    band = Band(outer=plate * 0.945, inner=plate * 0.645)
    fits(fit(above, below, band), band)


def test_usual_words_are_large_and_long_ones_take_two_lines() -> None:
    usual, long = fit(TEXTS[2], "Atelier Nord", BAND), fit(TEXTS[4], "Atelier Nord", BAND)
    assert len(usual.above) == 1
    assert usual.above[0].size >= 38
    assert len(long.above) == 2
    assert long.above[0].size >= 24
    assert long.above[0].baseline > long.above[1].baseline, "the first line is the outer one"


def test_below_the_first_line_is_the_inner_one_and_never_larger_than_above() -> None:
    words = fit(TEXTS[4], TEXTS[4], BAND)
    assert words.below[0].baseline < words.below[1].baseline
    assert words.below[0].size <= words.above[0].size


def ends(path: str) -> list[tuple[float, float]]:
    numbers = [float(n) for n in re.findall(r"-?\d+(?:\.\d+)?", path)]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


@pytest.mark.parametrize("below", [False, True])
def test_outlines_lie_where_the_line_says(below: bool) -> None:
    line = Line("ATELIER", 40, 0.06, 190, below)
    points = ends(arc_path(line, (300, 300)))
    radii = [math.dist(point, (300, 300)) for point in points]
    inner, outer = sorted((190, 190 + (-1 if below else 1) * 40 * CAPITAL))
    assert inner - 2 < min(radii)
    assert max(radii) < outer + 4
    assert all((y > 300) is below for _x, y in points)
    across = [x for x, _y in points]
    assert min(across) + max(across) == pytest.approx(600, abs=6), "centred"


def test_letters_below_are_read_from_left_to_right() -> None:
    alone = [
        sum(x for x, _y in ends(arc_path(Line(text, 40, 0.0, 190, True), (300, 300))))
        for text in ("LI", "IL")
    ]
    first_of_il = ends(arc_path(Line("I.", 40, 0.0, 190, True), (300, 300)))[0][0]
    assert first_of_il < 300
    assert alone[0] != alone[1]


def test_a_straight_word_is_centred() -> None:
    points = ends(straight_path("H", 100, (300, 300)))
    xs, ys = [x for x, _ in points], [y for _, y in points]
    assert min(xs) + max(xs) == pytest.approx(600, abs=4)
    assert min(ys) + max(ys) == pytest.approx(600, abs=4)


def test_kerning_draws_letters_together() -> None:
    assert face().kerning("A", "V") < 0
    assert face().kerning("H", "H") == 0
    assert width("AV", 100) < width("A", 100) + width("V", 100)
    assert width("", 100) == 0


def test_letters_without_outline_are_left_out_or_brought_nearer() -> None:
    assert drawable("Nguyễn 🎉 Жanna  e\u0301té") == "Nguyen anna été"
    assert undrawable("Nguyễn 🎉 Ж, Ж") == "🎉Ж"
    assert drawable("\u0000\u200b") == ""
    assert draw_svg(Design(ring_text="Ж"))


def test_no_outline_needs_what_the_pen_does_not_know() -> None:
    verbs = {verb for code in face().names for verb, _points in face().outline(chr(code))}
    assert verbs <= {"moveTo", "lineTo", "qCurveTo", "closePath"}
    curves = (p for code in face().names for verb, p in face().outline(chr(code)) if verb == "qCurveTo")
    assert all(point is not None for points in curves for point in points)
