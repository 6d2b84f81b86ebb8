"""The pictures in the middle of a badge: icons of Lucide (ISC licence), embedded as SVG elements."""

import re
from functools import lru_cache

from django.utils.translation import gettext_lazy as _

from common.templatetags.icons import lucide

from .colours import Label

ICON_GROUPS: tuple[tuple[Label, dict[str, Label]], ...] = (
    (
        _("People"),
        {
            "people": _("three people"),
            "users": _("two people"),
            "users-round": _("a group"),
            "user-round": _("a person"),
            "presentation": _("a presentation board"),
            "handshake": _("a handshake"),
            "hand-heart": _("a hand holding a heart"),
            "messages-square": _("speech bubbles"),
            "megaphone": _("a megaphone"),
            "languages": _("letters of two languages"),
            "heart": _("a heart"),
            "accessibility": _("an accessibility sign"),
            "baby": _("a baby’s face"),
            "vote": _("a ballot box"),
        },
    ),
    (
        _("Learning and thinking"),
        {
            "graduation-cap": _("a graduation cap"),
            "book-open": _("an open book"),
            "library": _("books on a shelf"),
            "lightbulb": _("a light bulb"),
            "brain": _("a brain"),
            "puzzle": _("a puzzle piece"),
            "compass": _("a compass"),
            "search": _("a magnifying glass"),
            "target": _("a target"),
            "rocket": _("a rocket"),
            "pencil": _("a pencil"),
            "feather": _("a feather"),
            "globe": _("a globe"),
        },
    ),
    (
        _("Sciences and digital"),
        {
            "code-xml": _("code brackets"),
            "terminal": _("a terminal"),
            "monitor": _("a screen"),
            "bot": _("a robot"),
            "database": _("a database"),
            "network": _("a network"),
            "lock": _("a padlock"),
            "chart-column": _("a bar chart"),
            "calculator": _("a calculator"),
            "microscope": _("a microscope"),
            "flask-conical": _("a flask"),
            "atom": _("an atom"),
            "dna": _("a strand of DNA"),
            "telescope": _("a telescope"),
        },
    ),
    (
        _("Arts and media"),
        {
            "palette": _("a painter’s palette"),
            "music": _("music notes"),
            "guitar": _("a guitar"),
            "drama": _("theatre masks"),
            "camera": _("a camera"),
            "film": _("a film strip"),
            "mic": _("a microphone"),
            "newspaper": _("a newspaper"),
            "pen-tool": _("a pen nib"),
            "gamepad-2": _("a game pad"),
        },
    ),
    (
        _("Trades and hands"),
        {
            "wrench": _("a spanner"),
            "hammer": _("a hammer"),
            "paint-roller": _("a paint roller"),
            "hard-hat": _("a hard hat"),
            "ruler": _("a ruler"),
            "scissors": _("scissors"),
            "zap": _("a flash of lightning"),
            "utensils": _("a fork and a knife"),
            "chef-hat": _("a chef’s hat"),
            "coffee": _("a cup of coffee"),
            "truck": _("a lorry"),
            "shopping-bag": _("a shopping bag"),
            "briefcase": _("a briefcase"),
            "coins": _("coins"),
            "building-2": _("a building"),
        },
    ),
    (
        _("Health and nature"),
        {
            "stethoscope": _("a stethoscope"),
            "heart-pulse": _("a heartbeat"),
            "life-buoy": _("a lifebuoy"),
            "bandage": _("a bandage"),
            "leaf": _("a leaf"),
            "sprout": _("a sprout"),
            "trees": _("trees"),
            "flower-2": _("a flower"),
            "recycle": _("recycling arrows"),
            "droplets": _("drops of water"),
            "sun": _("a sun"),
            "paw-print": _("a paw print"),
            "tractor": _("a tractor"),
            "mountain": _("a mountain"),
        },
    ),
    (
        _("Sport, travel and honours"),
        {
            "bike": _("a bicycle"),
            "dumbbell": _("a dumbbell"),
            "footprints": _("footprints"),
            "sailboat": _("a sailing boat"),
            "tent": _("a tent"),
            "map": _("a map"),
            "flag": _("a flag"),
            "star": _("a star"),
            "trophy": _("a trophy"),
            "medal": _("a medal"),
            "crown": _("a crown"),
            "gem": _("a gem"),
            "shield-check": _("a shield with a tick"),
            "clipboard-check": _("a ticked list"),
            "scale": _("a pair of scales"),
            "landmark": _("a building with columns"),
        },
    ),
)
ICONS: dict[str, Label] = {code: label for _group, icons in ICON_GROUPS for code, label in icons.items()}
# Three people, seen from the front: ours, in the manner of Lucide.
_OWN = {
    "people": (
        '<circle cx="4.4" cy="9.8" r="2.1"/><path d="M1 18.5v-.6a3.6 3.6 0 0 1 4.2-3.5"/>'
        '<circle cx="19.6" cy="9.8" r="2.1"/><path d="M23 18.5v-.6a3.6 3.6 0 0 0-4.2-3.5"/>'
        '<circle cx="12" cy="7.5" r="3.4"/><path d="M6.5 20v-1.3a5.5 5.5 0 0 1 11 0V20Z"/>'
    )
}
# Icons whose open lines would fill in the wrong places.
_LINES_ONLY = frozenset(
    {"accessibility", "bike", "brain", "chart-column", "code-xml", "dna", "languages", "library", "mic"}
    | {"microscope", "paint-roller", "recycle", "stethoscope", "telescope", "terminal", "tractor", "trees"}
)
_SHAPES = re.compile(r"<(?:path|circle|rect|line|ellipse|polyline|polygon)\s[^>]*>")
_ATTRIBUTES = re.compile(r'([a-z0-9]+)="([^"]*)"')


@lru_cache(maxsize=256)
def icon_elements(code: str) -> str:
    """The icon's shapes in a 24 by 24 square, without colour or stroke."""
    if code in _OWN:
        return _OWN[code]
    drawn = str(lucide(code, size=None))
    return "".join(_plain(element) for element in _SHAPES.findall(drawn))


def is_filled(code: str) -> bool:
    """Whether the icon may have a tint inside its lines."""
    return code not in _LINES_ONLY


def _plain(element: str) -> str:
    name = element[1:].split(maxsplit=1)[0]
    kept = (f' {key}="{value}"' for key, value in _ATTRIBUTES.findall(element) if key != "fill")
    return f"<{name}{''.join(kept)}/>"
