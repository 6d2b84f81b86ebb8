"""The languages of the product and of what people write in it."""

from django.conf import settings
from django.utils.translation import get_language

CODES = tuple(code for code, _name in settings.LANGUAGES)


def current_language() -> str:
    """The reader's language, one of CODES."""
    code = (get_language() or settings.LANGUAGE_CODE).split("-")[0]
    return code if code in CODES else settings.LANGUAGE_CODE


def other_languages(language: str) -> tuple[str, ...]:
    return tuple(code for code in CODES if code != language)


def language_name(code: str) -> str:
    """“French”, in the reader's language."""
    return str(dict(settings.LANGUAGES)[code])
