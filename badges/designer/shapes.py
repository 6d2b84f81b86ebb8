"""The outlines a badge can have, as path data in a 600 by 600 square."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from django.utils.translation import gettext_lazy as _

from .colours import Label

Point = tuple[float, float]


@dataclass(frozen=True)
class Shape:
    label: Label
    phrase: Label
    """How a text alternative begins: "Hexagonal badge"."""
    outline: str
    inset: str
    """The same outline, a little inside, for the thin line that follows the edge."""
    plate: float = 232
    """Radius of the round plate that carries the words."""
    middle: float = 300
    """Height of the plate's centre."""
    behind: str = ""
    """Path data of what hangs behind the outline (ribbons)."""


def number(value: float) -> str:
    """At most one decimal, no trailing zero: short, and the same on every machine."""
    text = f"{value:.1f}"
    text = text.removesuffix(".0")
    return "0" if text == "-0" else text


def pair(point: Point) -> str:
    return f"{number(point[0])} {number(point[1])}"


def circle(radius: float, middle: float = 300) -> str:
    r, left, right = number(radius), pair((300 - radius, middle)), pair((300 + radius, middle))
    return f"M{left}A{r} {r} 0 1 1 {right}A{r} {r} 0 1 1 {left}Z"


def polar(radius: float, turn: float, middle: float = 300) -> Point:
    """The point at `radius` from the centre, `turn` (1 is a whole turn) clockwise from the top."""
    angle = 2 * math.pi * turn
    return 300 + radius * math.sin(angle), middle - radius * math.cos(angle)


def _towards(start: Point, end: Point, length: float) -> Point:
    part = min(length / math.dist(start, end), 0.5)
    return start[0] + (end[0] - start[0]) * part, start[1] + (end[1] - start[1]) * part


def rounded(points: list[Point], radius: float) -> str:
    """A closed polygon whose corners are cut `radius` before each point and rounded."""
    steps: list[str] = []
    for index, corner in enumerate(points):
        before, after = points[index - 1], points[(index + 1) % len(points)]
        enter, leave = _towards(corner, before, radius), _towards(corner, after, radius)
        steps.append(f"{'L' if steps else 'M'}{pair(enter)}Q{pair(corner)} {pair(leave)}")
    return "".join(steps) + "Z"


def polygon(sides: int, radius: float, corner: float, turn: float = 0) -> str:
    return rounded([polar(radius, turn + i / sides) for i in range(sides)], corner)


def scallops(count: int, valley: float, control: float, middle: float = 300) -> str:
    """Round lobes: `valley` is the radius between them, `control` pulls their tops outwards."""
    half = 0.5 / count
    start = pair(polar(valley, -half, middle))
    lobes = (
        f"Q{pair(polar(control, i / count, middle))} {pair(polar(valley, i / count + half, middle))}"
        for i in range(count)
    )
    return f"M{start}{''.join(lobes)}Z"


def petals(count: int, valley: float, bulge: float) -> str:
    """Lobes that are arcs of a circle of radius `bulge`."""
    half, r = 0.5 / count, number(bulge)
    start = pair(polar(valley, -half))
    arcs = (f"A{r} {r} 0 0 1 {pair(polar(valley, i / count + half))}" for i in range(count))
    return f"M{start}{''.join(arcs)}Z"


def burst(points: int, outer: float, inner: float, corner: float) -> str:
    tips = [polar(inner if i % 2 else outer, i / points / 2) for i in range(points * 2)]
    return rounded(tips, corner)


def lame(power: float, radius: float) -> str:
    """A Lamé curve: a diamond with full sides (power 1.3) or a very round square (power 4)."""
    points = []
    for step in range(72):
        angle = 2 * math.pi * step / 72
        across, up = math.sin(angle), math.cos(angle)
        length = radius / (abs(across) ** power + abs(up) ** power) ** (1 / power)
        points.append((300 + length * across, 300 - length * up))
    return rounded(points, radius)


_SHIELD = (
    "M300 6C352 40 424 58 508 58Q548 58 548 98V292C548 430 452 530 322 590Q300 600 278 590"
    "C148 530 52 430 52 292V98Q52 58 92 58C176 58 248 40 300 6Z"
)
_SHIELD_INSET = (
    "M300 22C354 54 426 71 506 71Q535 71 535 100V292C535 423 444 520 317 578Q300 585 283 578"
    "C156 520 65 423 65 292V100Q65 71 94 71C174 71 246 54 300 22Z"
)
_TAILS = (
    "M176 388L116 578Q112 592 126 590L186 576L224 597Q236 602 240 589L290 430Z"
    "M424 388L484 578Q488 592 474 590L414 576L376 597Q364 602 360 589L310 430Z"
)


def _pennant(by: float) -> str:
    left, right, top = 62 + by, 538 - by, 6 + by
    foot = 592 - by * 1.35
    return rounded([(left, top), (right, top), (right, foot), (300, 520 - by), (left, foot)], 34 - by)


def _shape(
    label: Label, phrase: Label, draw: Callable[[float], str], plate: float, middle: float = 300
) -> Shape:
    """`draw` is told how far inside the edge to draw."""
    return Shape(label, phrase, draw(0), draw(13), plate, middle)


SHAPES_DRAWN: dict[str, Shape] = {
    "seal": _shape(
        _("Scalloped seal"), _("Scalloped badge"), lambda by: scallops(14, 273 - by, 322 - by * 1.04), 238
    ),
    "circle": _shape(_("Circle"), _("Round badge"), lambda by: circle(290 - by), 242),
    "hexagon": _shape(
        _("Hexagon"), _("Hexagonal badge"), lambda by: polygon(6, 306 - by * 1.15, 56 - by / 2), 226
    ),
    "shield": Shape(_("Shield"), _("Shield-shaped badge"), _SHIELD, _SHIELD_INSET, 212, 284),
    "square": _shape(
        _("Rounded square"), _("Square badge with round corners"), lambda by: lame(5, 276 - by), 238
    ),
    "octagon": _shape(
        _("Octagon"), _("Octagonal badge"), lambda by: polygon(8, 308 - by * 1.08, 44 - by / 3, 1 / 16), 240
    ),
    "star": _shape(
        _("Star"),
        _("Star-shaped badge"),
        lambda by: burst(12, 304 - by * 1.5, 254 - by * 0.9, 17 - by / 2),
        224,
    ),
    "flower": _shape(
        _("Flower"), _("Flower-shaped badge"), lambda by: petals(8, 258 - by, 116 - by * 0.6), 228
    ),
    "diamond": _shape(_("Diamond"), _("Diamond-shaped badge"), lambda by: lame(1.36, 298 - by * 1.2), 214),
    "rosette": replace(
        _shape(
            _("Rosette with ribbons"),
            _("Rosette badge with ribbons"),
            lambda by: scallops(18, 236 - by * 0.8, 266 - by * 0.84, 256),
            208,
            256,
        ),
        behind=_TAILS,
    ),
    "pennant": _shape(_("Pennant"), _("Pennant-shaped badge"), _pennant, 212, 262),
}


def outline(shape: str) -> str:
    """Path data of a shape's silhouette in a 600 by 600 square, for a form that shows the choices."""
    return SHAPES_DRAWN[shape].behind + SHAPES_DRAWN[shape].outline


SHAPES: dict[str, Label] = {code: shape.label for code, shape in SHAPES_DRAWN.items()}
