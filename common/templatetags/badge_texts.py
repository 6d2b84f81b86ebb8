from typing import Any

from django import template

register = template.Library()


@register.filter
def in_language(thing: Any, language: str) -> Any:
    """The text of a badge version or a criterion in a language."""
    return thing.text(language)
