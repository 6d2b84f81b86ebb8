"""Which size, which spacing, one line or two: the words around a badge, fitted to its band."""

import math
from dataclasses import dataclass

from .lettering import CAPITAL, Line, drawable, width

TURN = 2 * math.pi
GAP = 0.25
"""Room left between the words above and those below, in radians, at either end."""
WIDEST = math.radians(236)
"""Beyond this arc, words start to stand on their head."""
SPACINGS = (0.09, 0.06, 0.03)


@dataclass(frozen=True)
class Band:
    """The ring between the plate's edge and the disc: two radii."""

    outer: float
    inner: float

    @property
    def height(self) -> float:
        return self.outer - self.inner

    @property
    def middle(self) -> float:
        return (self.outer + self.inner) / 2


@dataclass(frozen=True)
class Words:
    above: tuple[Line, ...]
    below: tuple[Line, ...]

    @property
    def span_above(self) -> float:
        return max((line.span for line in self.above), default=0.0)

    @property
    def span_below(self) -> float:
        return max((line.span for line in self.below), default=0.0)


def fit(ring_text: str, lower_text: str, band: Band) -> Words:
    above, below = drawable(ring_text.upper()), drawable(lower_text.upper())
    size_above, size_below = band.height * 0.56, band.height * 0.42
    room_above, room_below = _share(_wish(above, size_above, band), _wish(below, size_below, band))
    lines_above = _lines(above, size_above, room_above, band, below=False)
    if lines_above:
        size_below = min(size_below, lines_above[0].size)
    return Words(lines_above, _lines(below, size_below, room_below, band, below=True))


def _wish(text: str, size: float, band: Band) -> float:
    return width(text, size, SPACINGS[0]) / band.middle


def _share(above: float, below: float) -> tuple[float, float]:
    """Arcs for the two texts: what each wishes, or what is left, shared by need."""
    gaps = 2 * GAP if above and below else GAP
    above, below = min(above, WIDEST), min(below, WIDEST)
    room = TURN - gaps
    if above + below <= room:
        return above, below
    least = TURN / 3
    part = min(max(room * above / (above + below), min(above, least)), room - min(below, least))
    return part, room - part


def _lines(text: str, size: float, room: float, band: Band, *, below: bool) -> tuple[Line, ...]:
    if not text:
        return ()
    one = _one(text, size, room, band, below=below)
    if one.size > size * 0.72 or " " not in text:
        return (one,)
    two = _two(text, size, room, band, below=below)
    return two if two[0].size > one.size * 1.08 else (one,)


def _one(text: str, size: float, room: float, band: Band, *, below: bool) -> Line:
    side = 1 if below else -1
    for spacing in SPACINGS:
        line = Line(text, size, spacing, band.middle + side * size * CAPITAL / 2, below)
        if line.span <= room + 1e-6:
            return line
    return _shrink(text, size, room, band.middle, side)


def _shrink(text: str, size: float, room: float, middle: float, side: int) -> Line:
    size = min(size, room * middle / width(text, 1.0, SPACINGS[-1]))
    return Line(text, size, SPACINGS[-1], middle + side * size * CAPITAL / 2, side == 1)


def _two(text: str, size: float, room: float, band: Band, *, below: bool) -> tuple[Line, ...]:
    """Two lines of the same size; on top the first is the outer one, below it is the inner one."""
    first, second = _halves(text)
    side, step = (1 if below else -1), band.height * 0.215
    radii = (band.middle - step, band.middle + step) if below else (band.middle + step, band.middle - step)
    lines = [
        _shrink(t, band.height * 0.38, room, r, side) for t, r in zip((first, second), radii, strict=True)
    ]
    size = min(size, *(line.size for line in lines))
    return tuple(
        Line(t, size, 0.04, r + side * size * CAPITAL / 2, below)
        for t, r in zip((first, second), radii, strict=True)
    )


def _halves(text: str) -> tuple[str, str]:
    cuts = [i for i, letter in enumerate(text) if letter == " "]
    cut = min(cuts, key=lambda i: abs(width(text[:i], 1.0) - width(text[i + 1 :], 1.0)))
    return text[:cut], text[cut + 1 :]
