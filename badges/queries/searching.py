"""What lists find a version by."""

from badges.queries.content import Content
from common.searching import folded


def tag_mark(tag: str) -> str:
    """How a tag stands in the text that lists search: whole, on a line of its own."""
    return f"\n#{folded(tag)}\n"


def search_text(content: Content) -> str:
    """Its tags, then its names and descriptions in every language."""
    said = [part for words in content.words.values() for part in (words.name, words.description)]
    return "".join(tag_mark(tag) for tag in content.tags) + "\n" + "\n".join(map(folded, said))
