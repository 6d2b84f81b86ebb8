"""The text alternative of a drawn badge, prefilled: what it looks like and the words on it."""

from django.utils.translation import gettext, ngettext, override

from .colours import colour_name
from .design import Design
from .icons import ICONS
from .shapes import SHAPES_DRAWN


def describe(design: Design, name: str, language: str) -> str:
    """One or two sentences in the language asked for, such as
    "Hexagonal badge, violet and sun yellow, with three people and the words “Animer un atelier”."
    """
    with override(language):
        parts = {
            "shape": str(SHAPES_DRAWN[design.shape].phrase),
            "colour": str(colour_name(design.colour)),
            "second": str(colour_name(design.second_colour)),
            "picture": _picture(design),
            "words": _quoted(design, name),
        }
        return _sentence(parts["words"]) % parts


def _sentence(words: str) -> str:
    if words:
        # Translators: Hexagonal badge, violet and sun yellow, with three people and the words “Welding”.
        return gettext("%(shape)s, %(colour)s and %(second)s, with %(picture)s and the words %(words)s.")
    return gettext("%(shape)s, %(colour)s and %(second)s, with %(picture)s.")


def _picture(design: Design) -> str:
    if design.icon:
        return str(ICONS[design.icon])
    if design.initial:
        sentence = ngettext("the letter “%(letters)s”", "the letters “%(letters)s”", len(design.initial))
        return sentence % {"letters": design.initial}
    return str(ICONS["star"])


def _quoted(design: Design, name: str) -> str:
    """The words on the badge, as its name writes them where they are the same."""
    texts = [design.ring_text, design.lower_text]
    shown = [name if text.casefold() == name.casefold() else text for text in texts if text]
    quoted = [gettext("“%(words)s”") % {"words": text} for text in shown]
    return gettext(" and ").join(quoted)
