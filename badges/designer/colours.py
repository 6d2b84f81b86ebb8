"""The colours that go together, and the arithmetic of contrast (WCAG 2.2, relative luminance)."""

import re
from functools import lru_cache

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Label = str | Promise

IVORY = "#fffaf0"
NIGHT = "#1b1830"

COLOURS: dict[str, Label] = {
    "#4a3fd6": _("violet"),
    "#1d3f8f": _("night blue"),
    "#1b62a8": _("blue"),
    "#0a6b75": _("teal"),
    "#0f704a": _("green"),
    "#5a6412": _("olive"),
    "#8a5a00": _("ochre"),
    "#b0440c": _("rust"),
    "#b3261e": _("red"),
    "#a3195b": _("raspberry"),
    "#6d2b86": _("plum"),
    "#39465a": _("slate"),
}
SECOND_COLOURS: dict[str, Label] = {
    "#ffd65c": _("sun yellow"),
    "#ffbd85": _("apricot"),
    "#ffb9c6": _("pink"),
    "#d3c8ff": _("lilac"),
    "#a9dafc": _("sky blue"),
    "#9fe5cf": _("mint"),
    "#d3e884": _("lime"),
    "#f2dfbd": _("sand"),
    "#ffffff": _("white"),
}
# Each main colour with the second colour that suits it best, then the next best.
PAIRS: tuple[tuple[str, str], ...] = (
    ("#4a3fd6", "#ffd65c"),
    ("#1d3f8f", "#ffbd85"),
    ("#1b62a8", "#ffd65c"),
    ("#0a6b75", "#ffbd85"),
    ("#0f704a", "#d3e884"),
    ("#5a6412", "#f2dfbd"),
    ("#8a5a00", "#ffd65c"),
    ("#b0440c", "#ffd65c"),
    ("#b3261e", "#ffb9c6"),
    ("#a3195b", "#ffbd85"),
    ("#6d2b86", "#d3c8ff"),
    ("#39465a", "#a9dafc"),
)
OTHER_COLOURS: dict[str, Label] = {
    "#111111": _("black"),
    "#8c8c8c": _("grey"),
    "#e23b2e": _("bright red"),
    "#f28c1b": _("orange"),
    "#3fb950": _("bright green"),
    "#2f9be8": _("bright blue"),
    "#e05fa8": _("bright pink"),
    "#6b4a2f": _("brown"),
}
Rgb = tuple[int, int, int]
_HEX = re.compile(r"#[0-9a-f]{6}\Z")


def is_colour(text: str) -> bool:
    return _HEX.match(text) is not None


def rgb(colour: str) -> Rgb:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _linear(channel: int) -> float:
    value = channel / 255
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


@lru_cache(maxsize=512)
def luminance(colour: str) -> float:
    red, green, blue = map(_linear, rgb(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two #rrggbb colours, from 1.0 (the same) to 21.0 (black on white)."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def mix(one: str, other: str, part: float) -> str:
    """`one` with `part` (0 to 1) of `other` stirred in."""
    pairs = zip(rgb(one), rgb(other), strict=True)
    return "#{:02x}{:02x}{:02x}".format(*(round(a + (b - a) * part) for a, b in pairs))


def ink(colour: str, paper: str, least: float = 4.5) -> str:
    """`colour`, moved towards night or ivory until it can be read on `paper`."""
    towards = NIGHT if contrast(NIGHT, paper) >= contrast(IVORY, paper) else IVORY
    for step in range(21):
        candidate = mix(colour, towards, step / 20)
        if contrast(candidate, paper) >= least:
            return candidate
    return "#000000" if contrast("#000000", paper) >= contrast("#ffffff", paper) else "#ffffff"


def colour_name(colour: str) -> Label:
    """What a person would call this colour: the nearest of those that have a name."""
    names = COLOURS | SECOND_COLOURS | OTHER_COLOURS
    return names[min(names, key=lambda known: _distance(known, colour))]


def _distance(one: str, other: str) -> float:
    """The "redmean" distance: close enough to the eye to put a name on a colour."""
    (r1, g1, b1), (r2, g2, b2) = rgb(one), rgb(other)
    mean = (r1 + r2) / 2
    return (2 + mean / 256) * (r1 - r2) ** 2 + 4 * (g1 - g2) ** 2 + (2 + (255 - mean) / 256) * (b1 - b2) ** 2
