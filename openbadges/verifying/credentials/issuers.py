"""The document in which an issuer names its keys: of a did:web or an https id fetched, of a did:key made.

W3C Controlled Identifiers 1.0, section 2; "did:web Method Specification"; "The did:key Method v0.7".
"""

from __future__ import annotations

from collections.abc import Collection

from openbadges.errors import MalformedDocument, UnusableKey
from openbadges.keys import did_web_url, load_did_key
from openbadges.verifying.fetching import Library, Source
from openbadges.vocabulary import is_url, read_address


def resolve(issuer_id: str, library: Library, own: Collection[str] = ()) -> Source:
    """The issuer's document, or why there is none. `own`: origins of the asker's own site."""
    if issuer_id.startswith("did:key:"):
        return _of_key(issuer_id)
    if issuer_id.startswith("did:") and not issuer_id.startswith("did:web:"):
        return Source(issuer_id[:300], problem="did_method")
    url = document_url(issuer_id, own)
    if url is None:
        return Source(issuer_id[:300] or None, problem="no_address" if issuer_id else "not_named", final=True)
    return library.get(url)


def document_url(issuer_id: str, own: Collection[str] = ()) -> str | None:
    """Where the document of a did:web or https issuer is; None for others.

    A did:web names no bare address of a machine, but for a site of our own on one (a demonstration, say).
    """
    if not issuer_id.startswith("did:web:"):
        return issuer_id if is_url(issuer_id) else None
    try:
        return did_web_url(issuer_id)
    except MalformedDocument:
        pass
    try:
        url = did_web_url(issuer_id, machines=True)
    except MalformedDocument:
        return None
    return url if _origin(url) in own else None


def origin_of(issuer_id: str, own: Collection[str] = ()) -> str | None:
    """`https://host[:port]` of the issuer's document; None for issuers without an address."""
    return _origin(document_url(issuer_id, own) or "")


def _origin(url: str) -> str | None:
    address = read_address(url)
    return address.origin if address else None


def method_of(issuer_id: str) -> str:
    """How the issuer is named: `key` (a did:key), `web` (a did:web), `url`, or `other`."""
    names = {"did:key:": "key", "did:web:": "web", "https://": "url", "http://": "url"}
    return next((name for prefix, name in names.items() if issuer_id.startswith(prefix)), "other")


def _of_key(did: str) -> Source:
    """A did:key is its own document: one key, for everything."""
    try:
        load_did_key(did)
    except UnusableKey:
        return Source(did[:300], problem="no_address", final=True)
    multibase = did.removeprefix("did:key:")
    method = f"{did}#{multibase}"
    entry = {"id": method, "type": "Multikey", "controller": did, "publicKeyMultibase": multibase}
    return Source(did, {"id": did, "assertionMethod": [entry]}, 200)
