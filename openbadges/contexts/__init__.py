"""The JSON-LD contexts that documents of Open Badges 3.0 stand on, pinned: what a term means is never fetched.

A signature of a linked-data document covers the meanings that its contexts give to its words. Whoever could change
a context could change what was signed, so the texts are kept here, byte for byte as published (README.md beside
this file says from where), and a context from elsewhere is refused. Open Badges 3.0, section 8.2 ("Data Integrity");
W3C Data Integrity 1.0, section 2.4.1 ("Validating Contexts").
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

from openbadges.errors import MalformedDocument

CREDENTIALS_V2: Final = "https://www.w3.org/ns/credentials/v2"
CREDENTIALS_V1: Final = "https://www.w3.org/2018/credentials/v1"
OPEN_BADGES: Final = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
EXTENSIONS: Final = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
DID: Final = "https://www.w3.org/ns/did/v1"
MULTIKEY: Final = "https://w3id.org/security/multikey/v1"

_FILES: Final = {
    CREDENTIALS_V2: "credentials-v2",
    CREDENTIALS_V1: "credentials-v1",
    "https://purl.imsglobal.org/spec/ob/v3p0/context.json": "ob-3.0.0",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json": "ob-3.0.1",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json": "ob-3.0.2",
    OPEN_BADGES: "ob-3.0.3",
    EXTENSIONS: "ob3-extensions",
    DID: "did-v1",
    MULTIKEY: "multikey-v1",
    "https://w3id.org/security/data-integrity/v1": "data-integrity-v1",
    "https://w3id.org/security/data-integrity/v2": "data-integrity-v2",
    "https://w3id.org/security/suites/ed25519-2020/v1": "ed25519-2020-v1",
    "https://www.w3.org/ns/credentials/status/v1": "status-v1",
}
KNOWN: Final = frozenset(_FILES)


@cache
def context(url: str) -> dict[str, Any]:
    """The context document of this address. Not to be changed by whoever reads it.

    Raises MalformedDocument `unknown_context` with `context`, the address, for one that is not kept here.
    """
    if url not in _FILES:
        raise MalformedDocument("unknown_context", context=url[:200])
    text = Path(__file__).with_name(f"{_FILES[url]}.json").read_text(encoding="utf-8")
    document: dict[str, Any] = json.loads(text)
    return document
