"""Pictures that people bring: PNG and SVG, checked before they are decoded, cleaned, never trusted."""

from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .png_pictures import SIGNATURE, read_png, squared_png
from .rasters import raster
from .refusals import PictureRefused
from .svg_pictures import Svg, read_svg, squared_svg

__all__ = ["HEAVIEST", "PictureRefused", "Uploaded", "read_picture", "square"]

HEAVIEST = 2 * 1024 * 1024
PREVIEW = 600
Fit = Literal["crop", "pad"]
_OTHERS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xff\xd8\xff", "jpeg"),
    (0, b"GIF8", "gif"),
    (8, b"WEBP", "webp"),
    (4, b"ftyp", "avif"),
    (0, b"BM", "bmp"),
    (0, b"II*\0", "tiff"),
    (0, b"MM\0*", "tiff"),
    (0, b"%PDF", "pdf"),
    (0, b"\x1f\x8b", "svgz"),
)


@dataclass(frozen=True)
class Uploaded:
    """A picture that can be used."""

    media_type: str
    """image/png or image/svg+xml."""
    data: bytes
    """What to keep: a PNG's own bytes without any baked badge, an SVG cleaned."""
    png: bytes
    """What to show: always a square PNG, padded when the picture is not square."""
    width: int
    height: int
    is_square: bool
    notes: tuple[str | Promise, ...] = ()
    """Advice that stops nothing."""


def read_picture(data: bytes) -> Uploaded:
    """Raises PictureRefused, whose text says what is wrong and how to mend it."""
    if kind(data) == "png":
        png = read_png(data)
        shown = png.data if png.width == png.height else squared_png(png.data, "pad")
        return Uploaded("image/png", png.data, shown, png.width, png.height, png.width == png.height)
    svg = read_svg(data)
    clean = svg.to_bytes()
    if len(clean) > HEAVIEST:
        raise PictureRefused("too_heavy")
    width, height = (max(round(side), 1) for side in (svg.width, svg.height))
    shown = raster(squared_svg(svg, "pad"), PREVIEW)
    return Uploaded("image/svg+xml", clean, shown, width, height, svg.is_square, _notes(svg))


def square(data: bytes, how: Fit = "crop") -> bytes:
    """The picture made square: its centre ("crop"), or the whole on a transparent ground ("pad").

    The same bytes when a PNG is square already. Raises PictureRefused as read_picture does.
    """
    if kind(data) == "png":
        png = read_png(data)
        return png.data if png.width == png.height else squared_png(png.data, how)
    return squared_svg(read_svg(data), how)


def kind(data: bytes) -> Literal["png", "svg"]:
    """Told by the bytes, never by the name of the file."""
    if not data:
        raise PictureRefused("nothing")
    if len(data) > HEAVIEST:
        raise PictureRefused("too_heavy")
    if data.startswith(SIGNATURE):
        return "png"
    for offset, mark, code in _OTHERS:
        if data[offset : offset + len(mark)] == mark:
            raise PictureRefused(code)
    if len(data) >= 4 and SIGNATURE.startswith(data[:8]):
        raise PictureRefused("truncated")
    if b"<svg" not in data and b":svg" not in data and not _is_utf16(data):
        raise PictureRefused("format")
    return "svg"


def _is_utf16(data: bytes) -> bool:
    return data[:2] in (b"\xff\xfe", b"\xfe\xff")


def _notes(svg: Svg) -> tuple[str | Promise, ...]:
    if not svg.has_words:
        return ()
    return (
        _("The words in this SVG look right only where its font is installed: convert them to outlines."),
    )
