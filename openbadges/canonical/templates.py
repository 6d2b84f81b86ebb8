"""Canonical statements of many documents of one shape: compiled once, filled per document.

Expanding a credential against its contexts costs twenty times what signing costs, and gives the same statements
each time, but for a few texts: ids, dates, a hash, a narrative. So the statements of a shape are worked out once, with
marks in the places of those texts. Filling the places gives the statements of the next document. The labels of its
blank nodes and the order of its lines depend on the texts, so these are worked out anew, which is cheap; the algorithm
is the same (RDFC-1.0), and where its quick half is not enough, all of it is used.

Why filling is sound: between two texts in a place, JSON-LD tells apart only whether they are absolute identifiers, and
of which scheme (a scheme could be a prefix). That is part of the shape. Everything else is part of the shape too: a
document with one more field, another context or another constant text is another shape, compiled by itself. Where
two identifiers turn out to be one and the same, two objects become one, and the document is expanded as any other.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from operator import itemgetter
from typing import Any, NamedTuple

from openbadges.canonical.linked_data import IRI, dataset, literal, rdfc
from openbadges.canonical.rdfc10 import Quad, canonical_lines, first_degree_text
from openbadges.errors import MalformedDocument

MOST_SHAPES = 128
MOST_CHARACTERS = 200_000  # of one shape: larger documents are rare, and are expanded each time

_MARK = "place-of-a-text-"
_MARKED = re.compile(
    rf'(?P<open><|")(?:[A-Za-z][A-Za-z0-9+.-]*:(?://)?)?{_MARK}(?P<number>\d+)(?P<rest>(?:>|").*)'
)

Tree = dict[str, Any]
Line = tuple[str, Callable[[list[str]], Any]]


class Canonicaliser:
    """Canonical N-Quads as `rdfc` gives them, faster for documents that differ in the texts at known paths only.

    `varying`: paths of these texts (plain texts, dates, ids); `*` stands for each member of a list, as in
    `evidence.*.narrative`. A path that a document does not have is passed over. `most`: how many shapes are kept.
    """

    def __init__(self, varying: Iterable[str], *, most: int = MOST_SHAPES) -> None:
        self.tree: Tree = {}
        self.most = most
        self.shapes: dict[str, Shape | None] = {}
        for path in varying:
            branch = self.tree
            for step in path.split("."):
                branch = branch.setdefault(step, {})

    def rdfc(self, document: Mapping[str, Any]) -> str:
        """As `canonical.rdfc`, byte for byte. Raises MalformedDocument as it does."""
        values: list[str] = []
        try:
            marked = _marked(document, self.tree, values)
            key = json.dumps(marked, ensure_ascii=False)
        except RecursionError:
            return rdfc(document)
        # A text that has the mark in it already could be taken for a place.
        if len(key) > MOST_CHARACTERS or key.count(_MARK) != len(values):
            return rdfc(document)
        if key not in self.shapes:
            self._keep(key, _compiled(marked))
        shape = self.shapes.get(key)
        filled = None if shape is None else shape.fill(values)
        return rdfc(document) if filled is None else filled

    def agrees(self, document: Mapping[str, Any]) -> bool:
        """Whether both ways give the same bytes for this document: for checks, and for tests."""
        return self.rdfc(document) == rdfc(document)

    def _keep(self, key: str, shape: Shape | None) -> None:
        while len(self.shapes) >= self.most:
            self.shapes.pop(next(iter(self.shapes), ""), None)
        self.shapes[key] = shape


class Slot(NamedTuple):
    """A term that is filled: with which text, as an identifier or a literal, and what follows the text."""

    number: int
    is_iri: bool
    rest: str

    def fill(self, text: str) -> str:
        """The term in N-Quads."""
        if self.is_iri:
            return f"<{text}{self.rest}"
        return literal(text)[:-1] + self.rest


class Shape:
    """The statements of one shape. `terms` of a statement are texts or, as numbers, slots."""

    def __init__(self, quads: list[Quad]) -> None:
        self.slots: list[Slot] = []
        self.terms = [tuple(self._term(term) for term in quad) for quad in quads]
        nodes = list(dict.fromkeys(node for quad in quads for node in quad.blank_nodes()))
        numbers = {node: len(self.slots) + place for place, node in enumerate(nodes)}
        self.fixed_lines: list[str] = []
        self.lines: list[Line] = []
        for terms in self.terms:
            line = _line([numbers.get(term, term) if isinstance(term, str) else term for term in terms])
            if isinstance(line, str):
                self.fixed_lines.append(line)
            else:
                self.lines.append(line)
        self.nodes = [self._node(node, quads) for node in nodes]
        self.names = {term for quad in quads for term in quad if term.startswith("<")}

    def fill(self, values: list[str]) -> str | None:
        """The canonical N-Quads with these texts in their places; None when two objects would become one."""
        for value in values:
            _encodable(value)
        filled = [slot.fill(values[slot.number]) for slot in self.slots]
        names = [term for term in filled if term.startswith("<")]
        if len(set(names)) != len(names) or not self.names.isdisjoint(names):
            return None
        hashes = [node if isinstance(node, str) else node.hash(filled) for node in self.nodes]
        if len(set(hashes)) == len(hashes):
            order = {hashed: f"_:c14n{place}" for place, hashed in enumerate(sorted(hashes))}
            labelled = [*filled, *(order[hashed] for hashed in hashes)]
            lines = {*self.fixed_lines, *(form % pick(labelled) for form, pick in self.lines)}
            if len(lines) == len(self.terms):
                return "".join(sorted(lines))
        return "".join(canonical_lines(self._quads(filled)))

    def _quads(self, filled: list[str]) -> list[Quad]:
        return [
            Quad(*(filled[term] if isinstance(term, int) else term for term in terms)) for terms in self.terms
        ]

    def _term(self, term: str) -> str | int:
        """The term, or the number of the slot that it is. A mark anywhere else in a term cannot be filled."""
        if _MARK not in term:
            return term
        found = _MARKED.fullmatch(term)
        if found is None or (found["open"] == "<") != (found["rest"] == ">"):
            raise MalformedDocument("unfillable")
        slot = Slot(int(found["number"]), found["open"] == "<", found["rest"])
        if slot not in self.slots:
            self.slots.append(slot)
        return self.slots.index(slot)

    def _node(self, node: str, quads: list[Quad]) -> str | VaryingNode:
        """The first-degree hash of a blank node; where its statements have slots, what works it out."""
        own = [place for place, quad in enumerate(quads) if node in quad.blank_nodes()]
        if all(isinstance(term, str) for place in own for term in self.terms[place]):
            return sha256(first_degree_text((quads[place] for place in own), node).encode()).hexdigest()
        lines = [
            _line([_seen_from(node, term) if isinstance(term, str) else term for term in self.terms[place]])
            for place in own
        ]
        fixed = [line for line in lines if isinstance(line, str)]
        return VaryingNode(fixed, [line for line in lines if not isinstance(line, str)])


class VaryingNode(NamedTuple):
    """A blank node whose hash depends on the texts that are filled in."""

    fixed: list[str]
    lines: list[Line]

    def hash(self, filled: list[str]) -> str:
        """Its first-degree hash (RDFC-1.0, section 4.6)."""
        lines = sorted([*self.fixed, *(form % pick(filled) for form, pick in self.lines)])
        return sha256("".join(lines).encode()).hexdigest()


def _compiled(marked: Any) -> Shape | None:
    """None for what cannot be filled, or is no document at all: the slow way says what is wrong with it."""
    try:
        return Shape(list(dict.fromkeys(dataset(marked))))
    except MalformedDocument:
        return None


def _marked(value: Any, tree: Tree, values: list[str]) -> Any:
    """A copy of the document with marks at the paths of the tree; the texts that were there go to `values`."""
    if isinstance(value, str) and not tree:
        values.append(value)
        return _mark(value, len(values) - 1)
    if isinstance(value, Mapping):
        return {
            name: _marked(item, tree[name], values) if name in tree else item for name, item in value.items()
        }
    if isinstance(value, list | tuple) and "*" in tree:
        return [_marked(item, tree["*"], values) for item in value]
    return value


def _mark(value: str, number: int) -> str:
    if not IRI.fullmatch(value):
        return f"{_MARK}{number}"
    scheme, _, rest = value.partition(":")
    return f"{scheme}:{'//' if rest.startswith('//') else ''}{_MARK}{number}"


def _line(terms: list[str | int]) -> str | Line:
    """A line of N-Quads; with places for the terms that are numbers, and what picks these from a list."""
    *parts, graph = (term.replace("%", "%%") if isinstance(term, str) else "%s" for term in terms)
    form = " ".join([*parts, graph, ".\n"] if graph else [*parts, ".\n"])
    numbers = [term for term in terms if isinstance(term, int)]
    return (form, itemgetter(*numbers)) if numbers else form.replace("%%", "%")


def _seen_from(node: str, term: str) -> str:
    return term if not term.startswith("_:") else "_:a" if term == node else "_:z"


def _encodable(text: str) -> None:
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise MalformedDocument("not_utf8") from None
