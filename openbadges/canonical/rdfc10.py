"""RDF Dataset Canonicalization: the same lines for the same statements, whatever their blank nodes were called.

W3C RDFC-1.0, sections 4.4 to 4.8. Terms are N-Quads texts already (`<iri>`, `_:b0`, `"text"`), so a statement is four
texts, and hashing one is joining them. The work that hostile graphs ask for (it grows with the factorial of blank
nodes that look alike) is counted and bounded; documents that people make need none of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from itertools import permutations
from typing import Any, NamedTuple

from openbadges.errors import MalformedDocument

# Steps of the N-degree algorithm: a tenth of a second at most. A credential with dozens of alike nodes needs hundreds.
MAX_WORK = 100_000
DEFAULT_GRAPH = ""


class Quad(NamedTuple):
    """One statement in N-Quads terms; `graph` is empty for the default graph."""

    subject: str
    predicate: str
    object: str
    graph: str = DEFAULT_GRAPH

    def line(self, labels: dict[str, str]) -> str:
        """The statement as a line of N-Quads, its blank nodes under these labels."""
        graph = labels.get(self.graph, self.graph)
        ending = f" {graph} .\n" if graph else " .\n"
        subject = labels.get(self.subject, self.subject)
        return f"{subject} {self.predicate} {labels.get(self.object, self.object)}{ending}"

    def blank_nodes(self) -> tuple[str, ...]:
        """The blank nodes it speaks of, one mention each."""
        return tuple(dict.fromkeys(term for _, term in self.mentions()))

    def mentions(self) -> list[tuple[str, str]]:
        """(position, blank node) of each mention: position `s`, `o` or `g`."""
        places = (("s", self.subject), ("o", self.object), ("g", self.graph))
        return [(position, term) for position, term in places if term.startswith("_:")]


def canonical_lines(quads: Iterable[Quad], *, digest: Any = sha256, most_work: int = MAX_WORK) -> list[str]:
    """The canonical lines, sorted, of a set of statements. Raises MalformedDocument `poisonous_graph`.

    `digest`: a hash constructor of hashlib (RDFC-1.0 uses SHA-256; with P-384 keys it is SHA-384).
    """
    statements = list(dict.fromkeys(quads))
    try:
        labels = _Canonicaliser(statements, digest, most_work).labels()
    except RecursionError:  # a long chain of nodes that look alike
        raise MalformedDocument("poisonous_graph") from None
    return sorted(quad.line(labels) for quad in statements)


def first_degree_text(quads: Iterable[Quad], node: str) -> str:
    """What is hashed of one blank node: its statements, it called `_:a` and all others `_:z` (section 4.6)."""
    lines = (
        quad.line({term: "_:a" if term == node else "_:z" for term in quad.blank_nodes()}) for quad in quads
    )
    return "".join(sorted(lines))


class _Canonicaliser:
    """The state of one canonicalization (section 4.4)."""

    def __init__(self, quads: list[Quad], digest: Any, most_work: int) -> None:
        self.digest, self.work = digest, most_work
        self.of_node: dict[str, list[Quad]] = {}
        for quad in quads:
            for node in quad.blank_nodes():
                self.of_node.setdefault(node, []).append(quad)
        self.first = {node: self._hash(first_degree_text(own, node)) for node, own in self.of_node.items()}
        self.issued: dict[str, str] = {}

    def labels(self) -> dict[str, str]:
        """Blank node → canonical label `_:c14n0`, `_:c14n1`, ..."""
        alike: dict[str, list[str]] = {}
        for node, hashed in self.first.items():
            alike.setdefault(hashed, []).append(node)
        for hashed in sorted(alike):
            if len(alike[hashed]) == 1:
                self._issue(alike[hashed][0])
        for hashed in sorted(alike):
            if len(alike[hashed]) > 1:
                self._tell_apart(alike[hashed])
        return self.issued

    def _tell_apart(self, nodes: list[str]) -> None:
        paths = [self._n_degree(node, {node: "_:b0"}) for node in nodes if node not in self.issued]
        for _, issuer in sorted(paths, key=lambda path: path[0]):
            for node in issuer:
                self._issue(node)

    def _issue(self, node: str) -> None:
        self.issued.setdefault(node, f"_:c14n{len(self.issued)}")

    def _n_degree(self, node: str, issuer: dict[str, str]) -> tuple[str, dict[str, str]]:
        """The hash of a node by what is around it, and the labels given on the way (section 4.8)."""
        self._spend(1)
        related = self._related(node, issuer)
        text = []
        for hashed in sorted(related):
            path, issuer = self._best_path(related[hashed], issuer)
            text += [hashed, path]
        return self._hash("".join(text)), issuer

    def _related(self, node: str, issuer: dict[str, str]) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for quad in self.of_node[node]:
            for position, other in quad.mentions():
                if other != node:
                    self._spend(1)
                    found.setdefault(self._hash_related(other, quad, issuer, position), []).append(other)
        return found

    def _hash_related(self, other: str, quad: Quad, issuer: dict[str, str], position: str) -> str:
        known = self.issued.get(other) or issuer.get(other) or self.first[other]
        return self._hash(position + ("" if position == "g" else quad.predicate) + known)

    def _best_path(self, nodes: list[str], issuer: dict[str, str]) -> tuple[str, dict[str, str]]:
        chosen, chosen_issuer = "", issuer
        for order in permutations(nodes):
            self._spend(len(order))
            found = self._path(order, dict(issuer), chosen)
            if found and (not chosen or found[0] < chosen):
                chosen, chosen_issuer = found
        return chosen, chosen_issuer

    def _path(
        self, order: tuple[str, ...], issuer: dict[str, str], chosen: str
    ) -> tuple[str, dict[str, str]] | None:
        """The path of one order of nodes, or None as soon as it cannot become less than the chosen one."""
        path, deeper = "", []
        for node in order:
            if node not in self.issued and node not in issuer:
                deeper.append(node)
                issuer[node] = f"_:b{len(issuer)}"
            path += self.issued.get(node) or issuer[node]
            if chosen and len(path) >= len(chosen) and path > chosen:
                return None
        for node in deeper:
            hashed, issuer = self._n_degree(node, issuer)
            path += f"{issuer[node]}<{hashed}>"
            if chosen and len(path) >= len(chosen) and path > chosen:
                return None
        return path, issuer

    def _hash(self, text: str) -> str:
        hashed: str = self.digest(text.encode()).hexdigest()
        return hashed

    def _spend(self, steps: int) -> None:
        self.work -= steps
        if self.work < 0:
            raise MalformedDocument("poisonous_graph")
