"""The node of Open Badges 3.0: every class of its vocabulary is one, and finds the others by name."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar, Final

from openbadges import contexts, vocabulary

CONTEXT: Final = (contexts.CREDENTIALS_V2, contexts.OPEN_BADGES)
CONTEXT_WITH_EXTENSIONS: Final = (*CONTEXT, contexts.EXTENSIONS)
CLASSES: dict[str, type[vocabulary.Node]] = {}


@dataclass(frozen=True, kw_only=True, slots=True)
class Node(vocabulary.Node):
    """Base of every class of Open Badges 3.0."""

    CONTEXT: ClassVar[Any] = CONTEXT
    CLASSES: ClassVar[dict[str, type[vocabulary.Node]]] = CLASSES


# Members of a class of this version: looked up by name when they are read, for classes name each other.
Nested = partial(vocabulary.Nested, CLASSES)
Link = partial(vocabulary.Link, CLASSES)
