"""Draws a design: the same design always gives the same bytes, words are outlines, nothing is fetched."""

import math
from dataclasses import dataclass
from functools import cached_property
from html import escape

import resvg_py

from .colours import IVORY, NIGHT, ink, mix
from .design import Design
from .icons import icon_elements, is_filled
from .lettering import arc_path, drawable, straight_path, width
from .shapes import SHAPES_DRAWN, Shape, burst, circle, number, pair, polar
from .words import Band, Words, fit

SIZE = 600


@dataclass(frozen=True)
class _Sheet:
    """The measures and inks of one badge, worked out once."""

    design: Design

    @cached_property
    def shape(self) -> Shape:
        return SHAPES_DRAWN[self.design.shape]

    @cached_property
    def centre(self) -> tuple[float, float]:
        return 300.0, self.shape.middle

    @cached_property
    def disc(self) -> float:
        design = self.design
        return round(self.shape.plate * (0.645 if design.ring_text or design.lower_text else 0.88), 1)

    @cached_property
    def words(self) -> Words:
        band = Band(outer=self.shape.plate * 0.945, inner=self.disc)
        return fit(self.design.ring_text, self.design.lower_text, band)

    @cached_property
    def ink(self) -> str:
        return ink(mix(self.design.colour, NIGHT, 0.28), IVORY, 7)

    @cached_property
    def disc_ink(self) -> str:
        return ink(mix(self.design.colour, NIGHT, 0.28), self.design.second_colour)

    @cached_property
    def prefix(self) -> str:
        """Names of gradients: two badges drawn in one page must not take each other's."""
        design = self.design
        return f"b-{design.shape}-{design.colour[1:]}{design.second_colour[1:]}"


def draw_svg(design: Design) -> bytes:
    """The badge as a self-contained SVG of 600 by 600 units."""
    sheet = _Sheet(design)
    parts = (
        _opening(sheet),
        _gradients(sheet),
        _body(sheet),
        _plate(sheet),
        _lettering(sheet),
        _middle(sheet),
    )
    return ("".join(parts) + "</svg>\n").encode()


def draw_png(design: Design, size: int = SIZE) -> bytes:
    """The same badge as a PNG with a transparent ground."""
    return bytes(
        resvg_py.svg_to_bytes(draw_svg(design).decode(), skip_system_fonts=True, width=size, height=size)
    )


def _opening(sheet: _Sheet) -> str:
    words = " · ".join(filter(None, (sheet.design.ring_text, sheet.design.lower_text)))
    title = f"<title>{escape(words)}</title>" if words else ""
    namespace = 'xmlns="http://www.w3.org/2000/svg"'
    return f'<svg {namespace} viewBox="0 0 600 600" width="600" height="600" role="img">{title}'


def _gradients(sheet: _Sheet) -> str:
    design, prefix = sheet.design, sheet.prefix
    rim = _linear(f"{prefix}-rim", mix(design.colour, "#ffffff", 0.1), mix(design.colour, NIGHT, 0.42))
    tail = _linear(f"{prefix}-tail", mix(design.colour, NIGHT, 0.5), mix(design.colour, NIGHT, 0.15))
    return f"<defs>{rim}{tail if sheet.shape.behind else ''}</defs>"


def _linear(name: str, top: str, foot: str) -> str:
    return (
        f'<linearGradient id="{name}" x2="0" y2="1"><stop stop-color="{top}"/>'
        f'<stop offset="1" stop-color="{foot}"/></linearGradient>'
    )


def _body(sheet: _Sheet) -> str:
    shape = sheet.shape
    behind = f'<path d="{shape.behind}" fill="url(#{sheet.prefix}-tail)"/>' if shape.behind else ""
    return (
        f'{behind}<path d="{shape.outline}" fill="url(#{sheet.prefix}-rim)"/>'
        f'<path d="{shape.inset}" fill="none" stroke="{sheet.design.second_colour}" '
        f'stroke-width="3" stroke-opacity=".75"/>'
    )


def _plate(sheet: _Sheet) -> str:
    shape, middle = sheet.shape, sheet.shape.middle
    return (
        f'<path d="{circle(shape.plate, middle + 5)}" fill="{NIGHT}" fill-opacity=".22"/>'
        f'<path d="{circle(shape.plate, middle)}" fill="{IVORY}"/>'
        f'<path d="{circle(shape.plate - 9, middle)}" fill="none" stroke="{sheet.ink}" stroke-width="3"/>'
        f'<path d="{circle(sheet.disc, middle)}" fill="{sheet.design.second_colour}"/>'
        f'<path d="{_rays(sheet)}" fill="#fff" fill-opacity=".2"/>'
        f'<path d="{circle(sheet.disc, middle)}" fill="none" stroke="{sheet.ink}" stroke-width="3"/>'
    )


def _rays(sheet: _Sheet) -> str:
    """Sixteen rays from the centre of the disc."""
    centre, disc = pair(sheet.centre), sheet.disc
    corners = (
        (polar(disc, i / 16, sheet.shape.middle), polar(disc, (i + 0.5) / 16, sheet.shape.middle))
        for i in range(16)
    )
    return "".join(f"M{centre}L{pair(a)}A{number(disc)} {number(disc)} 0 0 1 {pair(b)}Z" for a, b in corners)


def _lettering(sheet: _Sheet) -> str:
    lines = (*sheet.words.above, *sheet.words.below)
    paths = "".join(arc_path(line, sheet.centre) for line in lines)
    return f'<path d="{paths}{_ornaments(sheet)}" fill="{sheet.ink}"/>'


def _ornaments(sheet: _Sheet) -> str:
    """Dots where the words end, or stars where there are none."""
    words = sheet.words
    if not (words.above or words.below):
        return ""
    above, below = words.span_above / 2, math.pi - words.span_below / 2
    if not words.below:
        return "".join(_star(sheet, turn) for turn in (0.435, 0.5, 0.565))
    between = (above + below) / 2 / (2 * math.pi)
    return "".join(_dot(sheet, turn) for turn in (between, 1 - between))


def _dot(sheet: _Sheet, turn: float) -> str:
    x, y = polar((sheet.shape.plate * 0.945 + sheet.disc) / 2, turn, sheet.shape.middle)
    return f"M{pair((x - 5, y))}a5 5 0 1 1 10 0a5 5 0 1 1-10 0Z"


def _star(sheet: _Sheet, turn: float) -> str:
    x, y = polar((sheet.shape.plate * 0.945 + sheet.disc) / 2, turn, sheet.shape.middle)
    points = [polar(11 if i % 2 == 0 else 4.6, i / 10, 300) for i in range(10)]
    return "M" + "L".join(pair((px - 300 + x, py - 300 + y)) for px, py in points) + "Z"


def _middle(sheet: _Sheet) -> str:
    if sheet.design.icon:
        return _icon(sheet)
    if initial := drawable(sheet.design.initial):
        size = min(sheet.disc * 1.25, sheet.disc * 1.5 / width(initial, 1.0))
        return f'<path d="{straight_path(initial, size, sheet.centre)}" fill="{sheet.disc_ink}"/>'
    star, place = burst(5, 300, 128, 40), _scaled(sheet, sheet.disc * 0.62 / 300, 300)
    return f'<path d="{star}" transform="{place}" fill="{sheet.disc_ink}"/>'


def _icon(sheet: _Sheet) -> str:
    """A tint first, then the lines, so that no tint covers a line."""
    code, tint = sheet.design.icon, mix(sheet.design.second_colour, "#ffffff", 0.62)
    elements = icon_elements(code)
    filled = f'<g fill="{tint}">{elements}</g>' if is_filled(code) else ""
    return (
        f'<g transform="{_scaled(sheet, sheet.disc * 1.3 / 24, 12)}" fill="none" stroke-linecap="round" '
        f'stroke-linejoin="round">{filled}<g stroke="{sheet.disc_ink}" stroke-width="1.9">{elements}</g></g>'
    )


def _scaled(sheet: _Sheet, scale: float, middle: float) -> str:
    x, y = (number(c) for c in (300 - middle * scale, sheet.shape.middle - middle * scale))
    return f"translate({x} {y}) scale({scale:.3f})"
