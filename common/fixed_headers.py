"""Headers that are the same on every answer of a kind, checked and encoded once.

Django does that whenever one is set: a dozen of them cost a public page as much as its query."""

from functools import lru_cache

from django.http import HttpResponse
from django.http.response import ResponseHeaders

Headers = tuple[tuple[str, str], ...]


def put(response: HttpResponse, headers: Headers) -> None:
    """Sets them, in place of what was said before. Raises BadHeaderError where one holds a newline."""
    response.headers._store.update(_encoded(headers))


def put_missing(response: HttpResponse, headers: Headers) -> None:
    """Sets those that the answer does not bear yet."""
    response.headers._store = {**_encoded(headers), **response.headers._store}


@lru_cache(maxsize=512)
def _encoded(headers: Headers) -> dict[str, tuple[str, str]]:
    return dict(ResponseHeaders(dict(headers))._store)
