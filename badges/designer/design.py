"""What a person chooses: the design of a badge, checked."""

import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from django.utils.translation import gettext as _

from common.errors import Invalid

from .colours import is_colour
from .icons import ICONS
from .lettering import undrawable
from .shapes import SHAPES

LONGEST = 60
LONGEST_INITIAL = 3


class DesignError(Invalid):
    """The design cannot be drawn; `field` says which choice to mend."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message, code="design_refused", fields={field: message})
        self.field = field


@dataclass(frozen=True)
class Design:
    shape: str = "seal"
    colour: str = "#4a3fd6"
    second_colour: str = "#ffd65c"
    icon: str = ""
    """A code of ICONS; without it, the initial is drawn; without either, a star."""
    ring_text: str = ""
    lower_text: str = ""
    initial: str = ""

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Raises DesignError. Unknown keys are ignored, missing ones get the default."""
        known = {field.name: _text(field.name, data.get(field.name, field.default)) for field in fields(cls)}
        design = cls(**known | {name: known[name].lower() for name in ("colour", "second_colour")})
        _check_choices(design)
        _check_words(design)
        return design

    def to_dict(self) -> dict[str, str]:
        return asdict(self)


def _text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise DesignError(name, _("The design is not complete: choose again, then save."))
    visible = (" " if unicodedata.category(c)[0] in "CZ" else c for c in unicodedata.normalize("NFC", value))
    return " ".join("".join(visible).split())


def _check_choices(design: Design) -> None:
    if design.shape not in SHAPES:
        raise DesignError("shape", _("Choose one of the shapes shown."))
    if design.icon and design.icon not in ICONS:
        raise DesignError("icon", _("Choose one of the icons shown, or none."))
    for name in ("colour", "second_colour"):
        if not is_colour(getattr(design, name)):
            raise DesignError(
                name, _("Write the colour as # and six digits or letters from a to f, such as #4a3fd6.")
            )


def _check_words(design: Design) -> None:
    for name, longest in (("ring_text", LONGEST), ("lower_text", LONGEST), ("initial", LONGEST_INITIAL)):
        text = getattr(design, name)
        if len(text) > longest:
            sentence = _(
                "Keep these words under %(number)d characters, so that they can be read on the badge."
            )
            raise DesignError(name, sentence % {"number": longest + 1})
        if missing := undrawable(text):
            sentence = _(
                "The lettering has no “%(letters)s”: write it another way, or upload your own picture."
            )
            raise DesignError(name, sentence % {"letters": missing})
