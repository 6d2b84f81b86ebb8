"""The node of Open Badges 2.0: every class of its vocabulary is one, and finds the others by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from openbadges import vocabulary
from openbadges.vocabulary import REQUIRED, Kind, Many, Problem, join, members, types_of

CONTEXT = "https://w3id.org/openbadges/v2"
CLASSES: dict[str, type[vocabulary.Node]] = {}

__all__ = [
    "CLASSES",
    "CONTEXT",
    "REQUIRED",
    "Link",
    "Many",
    "Nested",
    "Node",
    "Problem",
    "join",
    "members",
    "types_of",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class Node(vocabulary.Node):
    """Base of every class of Open Badges 2.0."""

    CONTEXT: ClassVar[Any] = CONTEXT
    CLASSES: ClassVar[dict[str, type[vocabulary.Node]]] = CLASSES


class Nested(vocabulary.Nested):
    """An object of a class of this version."""

    def __init__(self, name: str, *, link: bool = False) -> None:
        super().__init__(CLASSES, name, link=link)


class Link(vocabulary.Link):
    """An object of a class of this version, or its id."""

    def __init__(self, name: str, text: Kind) -> None:
        super().__init__(CLASSES, name, text)
