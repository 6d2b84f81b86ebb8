"""Documents from elsewhere: asked for through the caller's `fetch`, few, once each, read strictly."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from openbadges.canonical import MAX_VALUES, read_json_object
from openbadges.errors import FetchFailed, MalformedDocument
from openbadges.v2 import Address, is_url, read_address

MAX_FETCHES = 12  # a badge of two editions with their keys and lists, and a few endorsers


@dataclass(frozen=True, slots=True)
class Fetched:
    """An HTTP answer after redirects: status, Content-Type header (may be empty), decoded body.

    `url`: the address that gave it in the end; None where nobody led on.
    """

    status: int
    content_type: str
    body: bytes
    url: str | None = None


Fetch = Callable[[str], Fetched]


@dataclass(frozen=True, slots=True)
class Source:
    """A document and where it came from, or why there is none.

    `url`: its address (None: it was embedded or brought along). `problem`: machine code, None when
    `document` is there; `final`: the problem is a fact, not a failure to ask. `led_to`: the site to which
    the address led on, where it is not its own.
    """

    url: str | None = None
    document: Mapping[str, Any] | None = None
    status: int | None = None
    problem: str | None = None
    final: bool = False
    content_type: str | None = None
    led_to: str | None = None

    @property
    def gone(self) -> bool:
        """Whether the address answered 410 Gone."""
        return self.status == 410

    @property
    def facts(self) -> dict[str, Any]:
        """What a check says about it: `url`, `reason`, `status`, `content_type`, those there are."""
        facts = {
            "url": self.url,
            "reason": self.problem,
            "status": self.status,
            "content_type": self.content_type,
        }
        return {name: value for name, value in facts.items() if value is not None}


class Library:
    """The documents of one verification, each fetched at most once, `MAX_FETCHES` in all."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._answers: dict[str, Fetched | str] = {}

    def answer(self, url: str) -> Fetched | str:
        """The HTTP answer of an address, or the code of the failure."""
        if url not in self._answers:
            self._answers[url] = self._ask(url)
        return self._answers[url]

    def get(self, url: object, *, max_values: int = MAX_VALUES) -> Source:
        """The JSON object at an address, of no more than so many parts."""
        if not isinstance(url, str) or not is_url(url):
            shown = url[:300] if isinstance(url, str) else None
            return Source(shown, problem="no_address", final=True)
        answer = self.answer(url)
        if isinstance(answer, str):
            return Source(url, problem=answer)
        return replace(_read(url, answer, max_values), led_to=_led_to(url, answer.url))

    def follow(self, link: object, *, embeddable: bool = False) -> Source:
        """The document that a member points to, by its id or as an object with an id.

        An embedded object is only believed (`embeddable`) when its id is no address to ask at.
        """
        if not isinstance(link, Mapping):
            return self.get(link)
        address = link.get("id")
        if embeddable and isinstance(address, str) and not is_url(address):
            return Source(None, link)
        return self.get(address)

    def _ask(self, url: str) -> Fetched | str:
        if len(self._answers) >= MAX_FETCHES:
            return "too_many_fetches"
        try:
            return self._fetch(url.partition("#")[0])
        except FetchFailed as failure:
            return failure.code


def _read(url: str, answer: Fetched, max_values: int) -> Source:
    if answer.status == 410:
        return Source(url, _body(answer), 410, "gone", final=True)
    if answer.status != 200:
        return Source(url, None, answer.status, "status", final=answer.status == 404)
    try:
        return Source(url, read_json_object(answer.body, max_values=max_values), 200)
    except MalformedDocument as problem:
        return Source(url, None, 200, problem.code, True, answer.content_type[:100])


def _led_to(asked: str, answered: str | None) -> str | None:
    """The site that gave the answer, where it is not the one that was asked. To https, and from example.org to
    www.example.org and back, is no other site; nothing else is so sure."""
    if answered is None:
        return None
    before, after = read_address(asked), read_address(answered)
    if before is None or after is None:
        return answered[:300]
    is_same = _without_www(before) == _without_www(after) and after.scheme in ("https", before.scheme)
    return None if is_same else after.origin


def _without_www(place: Address) -> str:
    return place.authority.removeprefix("www.")


def _body(answer: Fetched) -> dict[str, Any] | None:
    try:
        return read_json_object(answer.body)
    except MalformedDocument:
        return None
