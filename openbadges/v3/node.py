"""The node of Open Badges 3.0: every class of its vocabulary is one, and finds the others by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Final

from openbadges import contexts, vocabulary
from openbadges.vocabulary import Kind

CONTEXT: Final = (contexts.CREDENTIALS_V2, contexts.OPEN_BADGES)
CONTEXT_WITH_EXTENSIONS: Final = (*CONTEXT, contexts.EXTENSIONS)
CLASSES: dict[str, type[vocabulary.Node]] = {}


@dataclass(frozen=True, kw_only=True, slots=True)
class Node(vocabulary.Node):
    """Base of every class of Open Badges 3.0."""

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
