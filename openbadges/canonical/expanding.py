"""JSON-LD expansion by pyld: offline, watched, and with nothing shared between threads."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from pyld import jsonld
from pyld.context_resolver import ContextResolver

from openbadges import contexts
from openbadges.errors import MalformedDocument

_here = threading.local()


def graphs(document: Any, *, check: Callable[[Any], None]) -> dict[str, list[dict[str, Any]]]:
    """The statements of a document by graph, as pyld has them. `check` looks at the expanded document first.

    Raises MalformedDocument: `undefined_term`, `not_json_ld`, and what `check` raises.
    """
    # Without a base of null, pyld would put what is relative under an address of its own, and sign that.
    options = {"base": "", "expandContext": {"@base": None}, "rdfDirection": "i18n-datatype", **_loading()}
    try:
        found: dict[str, list[dict[str, Any]]] = _Watched(check).to_rdf(document, options)
    except jsonld.JsonLdError as problem:
        raise MalformedDocument("not_json_ld", reason=str(_root(problem).code or "syntax")) from None
    return found


class _Watched(jsonld.JsonLdProcessor):  # type: ignore[misc]  # pyld has no types
    """pyld's processor, with a look at what it drops, and at what it expanded before that becomes statements."""

    def __init__(self, check: Callable[[Any], None]) -> None:
        super().__init__(on_property_dropped=_dropped)
        self.check = check

    def expand(self, input_: Any, options: Any) -> Any:
        expanded = super().expand(input_, options)
        self.check(expanded)
        return expanded


def _dropped(term: object) -> None:
    raise MalformedDocument("undefined_term", term=str(term)[:200])


def _loading() -> dict[str, Any]:
    """The offline loader, and a cache of resolved contexts for each thread: pyld's own is not safe to share."""
    if not hasattr(_here, "cache"):
        _here.cache = {}  # pinned contexts only: it cannot grow
    return {"documentLoader": _load, "contextResolver": ContextResolver(_here.cache, _load)}


def _load(url: str, options: Any) -> dict[str, Any]:
    found = contexts.context(url)
    return {"contextUrl": None, "documentUrl": url, "document": found, "contentType": "application/ld+json"}


def _root(problem: BaseException) -> Any:
    while isinstance(problem.__cause__, jsonld.JsonLdError):
        problem = problem.__cause__
    return problem
