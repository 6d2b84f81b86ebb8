"""The node of Open Badges 2.0: every class of its vocabulary is one, and finds the others by name."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

from openbadges import vocabulary

CONTEXT = "https://w3id.org/openbadges/v2"
CLASSES: dict[str, type[vocabulary.Node]] = {}


@dataclass(frozen=True, kw_only=True, slots=True)
class Node(vocabulary.Node):
    """Base of every class of Open Badges 2.0."""

    CONTEXT: ClassVar[Any] = CONTEXT
    CLASSES: ClassVar[dict[str, type[vocabulary.Node]]] = CLASSES


# Members of a class of this version: looked up by name when they are read, for classes name each other.
Nested = partial(vocabulary.Nested, CLASSES)
Link = partial(vocabulary.Link, CLASSES)
