"""What an exit kit is made of: files at public addresses, and where each comes from."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from assertions.services.own_documents import own_document
from issuers.models import Issuer
from openbadges import Fetched

SITE = "site"
"""The folder of the kit that is put at the organisation's address: what it holds are the public addresses."""
ORIGINALS = "originals"
"""The folder of what was signed and of the keys, for people and programs without a web server."""


@dataclass(frozen=True)
class Part:
    """One file of the kit. `path` is relative to the kit's folder."""

    path: str
    content: bytes


@dataclass(frozen=True)
class Kit:
    """Whose kit, and as of when: pages say what was true then."""

    issuer: Issuer
    at: datetime
    documents: dict[str, Fetched] = field(default_factory=dict)

    def document(self, path: str, query: str) -> Fetched:
        """One of the documents that many awards have in common: asked for once."""
        if not path.startswith(("/issuers/", "/badges/")):
            return own_document(path, query)
        if path not in self.documents:
            self.documents[path] = own_document(path, query)
        return self.documents[path]


Source = Callable[[Kit], Iterator[Part]]
"""Gives all files of one kind of public address, a few at a time."""


def leaf(address: str, document: bytes, page: bytes) -> Iterator[Part]:
    """A public address with nothing below it: the document is the file of that name, the page stands beside it."""
    yield Part(f"{SITE}{address}", document)
    yield Part(f"{SITE}{address}.html", page)


def branch(address: str, document: bytes, page: bytes) -> Iterator[Part]:
    """A public address with others below it: a folder.

    A web server that knows nothing answers with index.html, so that is the document: programs must find it there.
    Servers that were told (the kit's own configurations) answer with document.jsonld or page.html.
    """
    yield from folder(address, document)
    yield Part(f"{SITE}{address}/page.html", page)


def folder(address: str, document: bytes) -> Iterator[Part]:
    """The document of a `branch`, twice: for servers that know nothing, and under a name that says its media type."""
    yield Part(f"{SITE}{address}/index.html", document)
    yield Part(f"{SITE}{address}/document.jsonld", document)


def single(address: str, content: bytes) -> Part:
    """A public address with one form only."""
    return Part(f"{SITE}{address}", content)
