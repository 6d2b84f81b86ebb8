"""Badge pictures: drawn from a few choices, or uploaded and checked. Pure: bytes in, bytes out."""

from .colours import COLOURS, PAIRS, SECOND_COLOURS, contrast
from .descriptions import describe
from .design import Design, DesignError
from .drawing import draw_png, draw_svg
from .icons import ICON_GROUPS, ICONS
from .shapes import SHAPES, outline
from .suggestions import suggest
from .uploads import PictureRefused, Uploaded, read_picture, square

__all__ = [
    "COLOURS",
    "ICONS",
    "ICON_GROUPS",
    "PAIRS",
    "SECOND_COLOURS",
    "SHAPES",
    "Design",
    "DesignError",
    "PictureRefused",
    "Uploaded",
    "contrast",
    "describe",
    "draw_png",
    "draw_svg",
    "outline",
    "read_picture",
    "square",
    "suggest",
]
