"""Decentralized identifiers of issuers: did:key (the key is the name) and did:web (the name is an address).

W3C CCG "The did:key Method v0.7" and "did:web Method Specification". Nothing is fetched here.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from openbadges.errors import MalformedDocument, UnusableKey
from openbadges.keys.multikey import MAX_MULTIKEY, load_multikey, multikey
from openbadges.keys.pem import PublicKey

MAX_DID = 500

_LABEL = r"(?!-)[a-z0-9-]{1,63}(?<!-)"
_HOST = re.compile(rf"({_LABEL}\.)*{_LABEL}(%3A(?P<port>[1-9][0-9]{{0,4}}))?", re.IGNORECASE)
_SEGMENT = re.compile(r"(?:[A-Za-z0-9._~-]|%[0-9A-Fa-f]{2})+")
_ENCODED = re.compile(r"%[0-9A-Fa-f]{2}")
# Percent-encoded, these would be another address than the one that a person reads.
_HIDDEN = frozenset(f"%{code:02X}" for code in [*range(0x21), *map(ord, '/\\?#%:@.;&="<>'), 0x7F])
_WELL_KNOWN = "/.well-known/did.json"


def did_key(key: PublicKey) -> str:
    """`did:key:z6Mk...` of a key that Multikey can write."""
    return f"did:key:{multikey(key)}"


def did_key_method(key: PublicKey) -> str:
    """The id of the one verification method of a did:key: `did:key:z6Mk...#z6Mk...`."""
    return f"did:key:{multikey(key)}#{multikey(key)}"


def load_did_key(did: str) -> PublicKey:
    """The key that a did:key, or the id of its verification method, consists of.

    Raises UnusableKey: `malformed` (also when the fragment names another key), `unsupported`.
    """
    name, _, fragment = did.removeprefix("did:key:").partition("#")
    if not did.startswith("did:key:") or len(did) > 2 * MAX_MULTIKEY or (fragment and fragment != name):
        raise UnusableKey("malformed")
    return load_multikey(name)


def did_of(identifier: str) -> str:
    """The identifier without path, query and fragment: `did:web:a.org#key-1` → `did:web:a.org`."""
    return re.split(r"[/?#]", identifier, maxsplit=1)[0] if identifier.startswith("did:") else identifier


def did_web_url(did: str, *, machines: bool = False) -> str:
    """The https address of the document of a did:web (`did:web:h%3A8443:a` → `https://h:8443/a/did.json`).

    Host names are letters, digits and hyphens (an international one is written `xn--...`), so that no look-alike of a
    slash, dot or at sign can lead elsewhere; bare addresses of machines are refused, but with `machines` (for the
    names that a site on such an address gives its own issuers). Raises MalformedDocument `not_did_web`.
    """
    host, *path = did.removeprefix("did:web:").split(":")
    found = _HOST.fullmatch(host)
    if not did.startswith("did:web:") or len(did) > MAX_DID or not did.isascii() or found is None:
        raise MalformedDocument("not_did_web", did=did[:200])
    is_machine = _is_machine_address(host) and not machines
    if int(found["port"] or 443) > 65_535 or is_machine or not all(map(_plain, path)):
        raise MalformedDocument("not_did_web", did=did[:200])
    authority = host.lower().replace("%3a", ":")
    return f"https://{authority}" + (
        "".join(f"/{part}" for part in path) + "/did.json" if path else _WELL_KNOWN
    )


def did_web(url: str) -> str:
    """The did:web of an https address: of an organisation's page (`https://h/a/b`) or of its `did.json` itself.

    Raises MalformedDocument `not_did_web` for an address that has none (http, query, user info, empty segments).
    """
    parts = urlsplit(url)
    if parts.scheme != "https" or parts.query or parts.fragment or "@" in parts.netloc:
        raise MalformedDocument("not_did_web", did=url[:200])
    path = parts.path.removesuffix(_WELL_KNOWN).removesuffix("/did.json").removeprefix("/").removesuffix("/")
    did = ":".join(["did:web", parts.netloc.lower().replace(":", "%3A"), *(path.split("/") if path else [])])
    did_web_url(did)
    return did


def _is_machine_address(host: str) -> bool:
    """Whether a resolver could take the last label for a number: no name of a machine in the public web ends so."""
    last = host.lower().partition("%3a")[0].rpartition(".")[2]
    return last.isdigit() or last.startswith("0x")


def _plain(segment: str) -> bool:
    if not _SEGMENT.fullmatch(segment) or segment in (".", ".."):
        return False
    return not any(found.upper() in _HIDDEN for found in _ENCODED.findall(segment))
