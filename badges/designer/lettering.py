"""Words as outlines: glyphs of the display face set along an arc, so that no reader needs the font."""

import math
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.ttLib import TTFont

from .shapes import Point, number

FONT = Path(__file__).resolve().parents[2] / "static" / "fonts" / "bricolage-grotesque-700.ttf"
CAPITAL = 0.7
"""Height of a capital, in em."""
Place = Callable[[float, float], Point]


@dataclass(frozen=True)
class Line:
    """Words on an arc, ready to be drawn. Sizes in pixels, `span` in radians."""

    text: str
    size: float
    spacing: float
    baseline: float
    """Radius of the circle that the letters stand on."""
    below: bool = False

    @property
    def measure(self) -> float:
        """The radius at which letters keep their own distance: their middle."""
        half = self.size * CAPITAL / 2
        return self.baseline - half if self.below else self.baseline + half

    @property
    def span(self) -> float:
        return width(self.text, self.size, self.spacing) / self.measure


class Face:
    """One font file, read once."""

    def __init__(self, path: Path) -> None:
        font = TTFont(path)
        self.em: int = font["head"].unitsPerEm
        self.names: dict[int, str] = font.getBestCmap()
        self.glyphs = font.getGlyphSet()
        self._pairs = list(_kerning_tables(font))
        self.kerning = lru_cache(maxsize=4096)(self._kerning)
        self.outline = lru_cache(maxsize=512)(self._outline)

    def advance(self, letter: str) -> float:
        return float(self.glyphs[self.names[ord(letter)]].width) / self.em

    def _outline(self, letter: str) -> list[tuple[str, tuple[Any, ...]]]:
        pen = DecomposingRecordingPen(self.glyphs)
        self.glyphs[self.names[ord(letter)]].draw(pen)
        return list(pen.value)

    def _kerning(self, left: str, right: str) -> float:
        one, two = self.names[ord(left)], self.names[ord(right)]
        for table in self._pairs:
            value = _pair_value(table, one, two)
            if value is not None:
                return value / self.em
        return 0.0


def _kerning_tables(font: TTFont) -> Iterable[Any]:
    gpos = font["GPOS"].table
    wanted = {
        i for f in gpos.FeatureList.FeatureRecord if f.FeatureTag == "kern" for i in f.Feature.LookupListIndex
    }
    for index in sorted(wanted):
        for table in gpos.LookupList.Lookup[index].SubTable:
            yield getattr(table, "ExtSubTable", table)


def _pair_value(table: Any, left: str, right: str) -> float | None:
    if left not in table.Coverage.glyphs:
        return None
    if table.Format == 1:
        records = table.PairSet[table.Coverage.glyphs.index(left)].PairValueRecord
        values = [record.Value1 for record in records if record.SecondGlyph == right]
    else:
        row = table.Class1Record[table.ClassDef1.classDefs.get(left, 0)]
        values = [row.Class2Record[table.ClassDef2.classDefs.get(right, 0)].Value1]
    return float(getattr(values[0], "XAdvance", 0) or 0) if values else None


@lru_cache(maxsize=1)
def face() -> Face:
    return Face(FONT)


def drawable(text: str) -> str:
    """The text with only letters the face has: an unknown accent is dropped, an unknown letter too."""
    return " ".join("".join(map(_nearest, unicodedata.normalize("NFC", text))).split())


def undrawable(text: str) -> str:
    """The letters that the face cannot draw, each once, in order."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(dict.fromkeys(c for c in composed if _is_shown(c) and not _nearest(c)))


def _is_shown(letter: str) -> bool:
    return not letter.isspace() and unicodedata.category(letter)[0] not in "CM"


@lru_cache(maxsize=1024)
def _nearest(letter: str) -> str:
    names = face().names
    if letter.isspace():
        return " "
    if unicodedata.combining(letter) or unicodedata.category(letter).startswith("C"):
        return ""
    if ord(letter) in names:
        return letter
    plain = unicodedata.normalize("NFKD", letter)
    return "".join(c for c in plain if ord(c) in names and not unicodedata.combining(c))


def width(text: str, size: float, spacing: float = 0.0) -> float:
    """Width in pixels, `spacing` (in em) between letters included."""
    if not text:
        return 0.0
    return size * (_natural(text) + spacing * (len(text) - 1))


@lru_cache(maxsize=1024)
def _natural(text: str) -> float:
    kerns = (face().kerning(a, b) for a, b in pairwise(text))
    return sum(map(face().advance, text)) + sum(kerns)


def _number_pairs(place: Place, points: Iterable[Point | None]) -> str:
    return " ".join(f"{number(x)} {number(y)}" for x, y in (place(*p) for p in points if p is not None))


def _quadratics(place: Place, points: tuple[Point, ...]) -> str:
    """TrueType leaves out the points halfway between two controls: put them back."""
    steps = []
    for index, control in enumerate(points[:-1]):
        end = points[index + 1]
        if index < len(points) - 2:
            end = ((control[0] + end[0]) / 2, (control[1] + end[1]) / 2)
        steps.append("Q" + _number_pairs(place, (control, end)))
    return "".join(steps)


def _glyph_path(letter: str, place: Place) -> str:
    steps = []
    for verb, points in face().outline(letter):
        match verb:
            case "moveTo":
                steps.append("M" + _number_pairs(place, points))
            case "lineTo":
                steps.append("L" + _number_pairs(place, points))
            case "qCurveTo":
                steps.append(_quadratics(place, points))
            case _:
                steps.append("Z")
    return "".join(steps)


def straight_path(text: str, size: float, centre: Point) -> str:
    """Path data of a word centred on a point, by the height of its capitals."""
    scale = size / face().em
    left, base = centre[0] - width(text, size) / 2, centre[1] + size * CAPITAL / 2
    steps = []
    for index, letter in enumerate(text):
        x = left + width(text[: index + 1], size) - face().advance(letter) * size
        steps.append(_glyph_path(letter, lambda gx, gy, x=x: (x + gx * scale, base - gy * scale)))  # type: ignore[misc]
    return "".join(steps)


def arc_path(line: Line, centre: Point) -> str:
    """Path data of a line of words, centred at the top of the circle (or at its foot)."""
    steps = []
    for index, letter in enumerate(line.text):
        advance = face().advance(letter) * line.size
        end = width(line.text[: index + 1], line.size, line.spacing)
        angle = (end - advance / 2) / line.measure - line.span / 2
        steps.append(_glyph_path(letter, _on_arc(line, centre, angle, advance / 2)))
    return "".join(steps)


def _on_arc(line: Line, centre: Point, angle: float, half: float) -> Place:
    sine, cosine = math.sin(angle), math.cos(angle)
    scale, radius, side = line.size / face().em, line.baseline, -1 if line.below else 1

    def place(x: float, y: float) -> Point:
        along, out = x * scale - half, radius + side * y * scale
        return centre[0] + out * sine + along * cosine, centre[1] + side * (along * sine - out * cosine)

    return place
