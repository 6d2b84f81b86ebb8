"""Lucide's icons, each drawn once for a process.

Lucide's own tag remembers 128 drawings, fewer than the pages and the designer have; for any other it reads the table of
contents of its whole archive, which takes longer than the rest of a page.
"""

from functools import lru_cache

from django.template import Library
from django.utils.safestring import SafeString
from lucide.templatetags.lucide import lucide as draw

register = Library()


@register.simple_tag
@lru_cache(maxsize=1024)
def lucide(name: str, *, size: int | None = 24, **attributes: object) -> SafeString:
    """An SVG element. Raises lucide.IconDoesNotExist."""
    return SafeString(draw(name, size=size, **attributes))
