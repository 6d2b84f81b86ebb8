"""From a JSON-LD document to its statements, nothing dropped on the way.

JSON-LD 1.1 lets go of what it does not understand: a word that no context defines, a type or id that is not absolute.
What is dropped is not signed, and whoever reads the document would never know. So each of these is refused here
(W3C Data Integrity 1.0, section 2.4.1; VC Data Model 2.0, section 5.2). pyld expands the document against the pinned
contexts; what it would pass over in silence is looked for in the document before, and in its expanded form after.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any, Final

from openbadges import contexts
from openbadges.canonical.rdfc10 import DEFAULT_GRAPH, Quad, canonical_lines
from openbadges.canonical.reading import bounded
from openbadges.errors import MalformedDocument

MAX_LINKED_VALUES = 4_000
# pyld compares each value of a property with every other one: so many comparisons are a quarter of a second.
MAX_COMPARISONS = 250_000
# And it works through each context anew wherever one is named.
MAX_CONTEXTS = 10  # in one place
MAX_PLACES = 40  # with a context of their own: endorsements, mostly
MAX_INTEGER = 2**53 - 1

# What may stand in an IRI of N-Quads without an escape (RDF 1.2 N-Quads, IRIREF); anything else could end the line.
IRI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s\x00-\x20<>\"{}|^`\\\x7f]*")
_BLANK = re.compile(r"_:[A-Za-z0-9_][A-Za-z0-9_.-]*(?<!\.)")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
_ESCAPED = re.compile(r'[\x00-\x1f\x7f"\\]')
_ESCAPES = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
_ALLOWED = frozenset({"@context", "@id", "@type", "@value", "@language", "@direction", "@list", "@set"})
_XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"
_LANGUAGE_TEXT = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"


def rdfc(document: Mapping[str, Any], *, digest: Any = sha256) -> str:
    """The canonical N-Quads of a JSON-LD document (RDFC-1.0), one statement a line.

    Raises MalformedDocument: `unknown_context`, `undefined_term`, `relative_type`, `relative_id`, `not_iri`,
    `unsupported_keyword`, `not_interoperable`, `not_json_ld`, `poisonous_graph`, and as `bounded`.
    """
    return "".join(canonical_lines(dataset(document), digest=digest))


def dataset(document: Mapping[str, Any]) -> list[Quad]:
    """The statements of a JSON-LD document, its blank nodes named as they come. Raises as `rdfc`."""
    bounded(document, max_values=MAX_LINKED_VALUES)
    if "@context" not in document:
        raise MalformedDocument("unknown_context", context=None)
    if _places(document) > MAX_PLACES:
        raise MalformedDocument("too_many_values", field="@context", limit=MAX_PLACES)
    from openbadges.canonical import (
        expanding,  # slow import: 0.3 s and 29 MB, and many processes never need it
    )

    graphs = expanding.graphs(_prepared(document, ""), check=_absolute)
    return [
        _quad(triple, DEFAULT_GRAPH if name == "@default" else name)
        for name, triples in graphs.items()
        for triple in triples
    ]


# Before: contexts and keywords that change the meaning of a document, numbers that readers read differently.


def _prepared(value: Any, path: str) -> Any:
    if isinstance(value, Mapping):
        return {name: _prepared_member(name, item, path) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_prepared(item, path) for item in value]
    if isinstance(value, float) and value.is_integer() and abs(value) <= MAX_INTEGER:
        return int(value)  # 3.0 is 3 (JSON-LD 1.1 API, section 8.2.2); pyld would write it as a double
    if isinstance(value, int | float) and not abs(value) <= MAX_INTEGER:  # NaN is not less than anything
        raise MalformedDocument("not_interoperable", field=path)
    return value


def _prepared_member(name: str, value: Any, path: str) -> Any:
    where = f"{path}.{name}" if path else name
    if name == "@context":
        return list(_known_contexts(value))
    if name.startswith("@") and name not in _ALLOWED:
        raise MalformedDocument("unsupported_keyword", field=where[:200])
    return _prepared(value, where)


def _places(value: Any) -> int:
    """How many objects name contexts; the document is shallow, as `bounded` has seen."""
    if isinstance(value, Mapping):
        return ("@context" in value) + sum(map(_places, value.values()))
    return sum(map(_places, value)) if isinstance(value, list | tuple) else 0


def _known_contexts(value: Any) -> Iterator[str]:
    urls = value if isinstance(value, list | tuple) else [value]
    if len(urls) > MAX_CONTEXTS:
        raise MalformedDocument("too_many_values", field="@context", limit=MAX_CONTEXTS)
    for url in urls:
        if not isinstance(url, str):
            raise MalformedDocument("unknown_context", context=None)
        contexts.context(url)
        yield url


# After: what pyld leaves in the expanded document and then out of the statements.


def _absolute(expanded: Any) -> None:
    counts: Counter[tuple[object, str]] = Counter()
    for node in _objects(expanded):
        for name, value in node.items():
            values = value if isinstance(value, list) else [value]
            _member_is_absolute(name, values)
            counts[node.get("@id", id(node)), name] += len(values)
    if sum(count * count for count in counts.values()) > 2 * MAX_COMPARISONS:
        raise MalformedDocument("too_many_values", limit=MAX_COMPARISONS)


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    """Every object of an expanded document; what is inside a JSON literal means nothing and is left alone."""
    if isinstance(value, list):
        for item in value:
            yield from _objects(item)
    elif isinstance(value, dict):
        yield value
        for name, item in value.items():
            if name != "@value":
                yield from _objects(item)


def _member_is_absolute(name: str, values: list[Any]) -> None:
    if name == "@id":
        _name_is_absolute(values[0], "relative_id")
    elif name == "@type":
        for text in values:
            _name_is_absolute(text, "relative_type")
    elif name == "@language":
        _tag(values[0])
    elif not name.startswith("@"):
        _name_is_absolute(name, "undefined_term")


def _name_is_absolute(text: Any, code: str) -> None:
    if text == "@json":
        return
    if not isinstance(text, str) or ":" not in text:
        raise MalformedDocument(code, term=str(text)[:200])
    pattern = _BLANK if text.startswith("_:") and code != "undefined_term" else IRI
    if not pattern.fullmatch(text):
        raise MalformedDocument("not_iri", term=text[:200])


def _tag(value: Any) -> None:
    if not isinstance(value, str) or not _LANGUAGE.fullmatch(value):
        raise MalformedDocument("not_language", term=str(value)[:200])


# Terms of N-Quads.


def _quad(triple: Mapping[str, Any], graph: str) -> Quad:
    name = graph if not graph or graph.startswith("_:") else f"<{graph}>"
    return Quad(_term(triple["subject"]), _term(triple["predicate"]), _term(triple["object"]), name)


def _term(term: Mapping[str, Any]) -> str:
    if term["type"] == "IRI":
        return f"<{term['value']}>"
    if term["type"] == "blank node":
        return str(term["value"])
    text = literal(str(term["value"]))
    datatype = term.get("datatype", _XSD_STRING)
    if datatype == _LANGUAGE_TEXT:
        return f"{text}@{term['language']}"
    return text if datatype == _XSD_STRING else f"{text}^^<{datatype}>"


def literal(text: str) -> str:
    """A text as a literal of canonical N-Quads (RDFC-1.0, appendix A): quoted, control characters escaped."""
    return f'"{_ESCAPED.sub(_escape, text)}"'


def _escape(found: re.Match[str]) -> str:
    return _ESCAPES.get(found[0]) or f"\\u{ord(found[0]):04X}"
