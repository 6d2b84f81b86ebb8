"""The site map, read from the router itself: nothing is forgotten."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse


@dataclass(frozen=True)
class Route:
    """`name` with its namespace; routes without a name go by their pattern. `keys` are its placeholders."""

    name: str
    pattern: str
    keys: tuple[str, ...]

    def path(self, places: Mapping[str, object]) -> str:
        try:
            return reverse(self.name, kwargs={key: places[key] for key in self.keys})
        except NoReverseMatch:
            return f"/{self.pattern}"


def routes() -> list[Route]:
    """In order, each address once: where two patterns are the same, the first answers."""
    found: dict[str, Route] = {}
    for route in _walk(get_resolver().url_patterns):
        found.setdefault(route.pattern, route)
    return list(found.values())


def _walk(patterns: list[URLPattern | URLResolver], prefix: str = "", space: str = "") -> Iterator[Route]:
    for pattern in patterns:
        text = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _walk(pattern.url_patterns, text, inner)
        else:
            name = f"{space}{pattern.name}" if pattern.name else text
            yield Route(name, text, tuple(re.findall(r"<(?:\w+:)?(\w+)>", text)))
