"""Whether a credential still counts: bitstring status lists, and the revocation lists of 1EdTech.

W3C Bitstring Status List 1.0, sections 2 and 3; Open Badges 3.0, "1EdTech Revocation List". A list is one bit per
credential, so that asking for it tells nobody which credential is being looked at.
"""

from __future__ import annotations

import gzip
import re
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from openbadges.errors import MalformedDocument

ENTRIES: Final = 131_072  # the least a list may hold, so that its entries hide among each other
MOST_BYTES: Final = 2_000_000  # of a list, decompressed: sixteen million entries
MOST_ENCODED: Final = 3_000_000

_BASE64URL = re.compile(r"[A-Za-z0-9_-]+")
_INDEX = re.compile(r"0|[1-9][0-9]{0,9}", re.ASCII)
_GZIP = 31  # zlib's word for "a gzip header, nothing else"


@dataclass(frozen=True, slots=True)
class Entry:
    """Where the status of one credential is kept: purpose, index of its bit, address of the list."""

    purpose: str
    index: int
    list_url: str


class Revocation(NamedTuple):
    """An entry of a 1EdTechRevocationList: the credential's id and the reason given, if any."""

    id: str
    reason: str | None


def empty(entries: int = ENTRIES) -> bytearray:
    """A list of so many entries, none set. At least 131,072, rounded up to whole bytes."""
    return bytearray((max(entries, ENTRIES) + 7) // 8)


def is_set(bits: bytes | bytearray, index: int) -> bool:
    """Whether the bit is set; bit 0 is the most significant of the first byte. Raises MalformedDocument `index`."""
    _inside(bits, index)
    return bool(bits[index >> 3] & (0x80 >> (index & 7)))


def set_bit(bits: bytearray, index: int, value: bool = True) -> None:
    """Sets or clears one bit in place. Raises MalformedDocument `index`."""
    _inside(bits, index)
    mask = 0x80 >> (index & 7)
    bits[index >> 3] = bits[index >> 3] | mask if value else bits[index >> 3] & ~mask


def encode(bits: bytes | bytearray) -> str:
    """`encodedList`: `u` + base64url of the gzipped bits, the same text for the same bits.

    Raises MalformedDocument `too_short` below 131,072 entries.
    """
    if len(bits) * 8 < ENTRIES:
        raise MalformedDocument("too_short", limit=ENTRIES)
    return "u" + urlsafe_b64encode(gzip.compress(bytes(bits), mtime=0)).rstrip(b"=").decode("ascii")


def decode(text: str, *, most_bytes: int = MOST_BYTES) -> bytes:
    """The bits of an `encodedList`, never unpacking more than `most_bytes`.

    Raises MalformedDocument: `encoding`, `compression`, `too_large`, `too_short`.
    """
    if not isinstance(text, str) or not text.startswith("u") or not _BASE64URL.fullmatch(text):
        raise MalformedDocument("encoding")
    if len(text) > MOST_ENCODED:
        raise MalformedDocument("too_large", limit=MOST_ENCODED)
    if len(text) % 4 == 2:
        raise MalformedDocument("encoding")
    bits = _inflated(urlsafe_b64decode(text[1:] + "=" * (-len(text[1:]) % 4)), most_bytes)
    if len(bits) * 8 < ENTRIES:
        raise MalformedDocument("too_short", limit=ENTRIES)
    return bits


def _inflated(octets: bytes, most_bytes: int) -> bytes:
    stream = zlib.decompressobj(_GZIP)
    try:
        bits = stream.decompress(octets, most_bytes + 1)
    except zlib.error:
        raise MalformedDocument("compression") from None
    if len(bits) > most_bytes:
        raise MalformedDocument("too_large", limit=most_bytes)
    if not stream.eof or stream.unused_data:
        raise MalformedDocument("compression")
    return bits


def read_entry(status: Mapping[str, Any]) -> Entry:
    """A `credentialStatus` of type BitstringStatusListEntry.

    Raises MalformedDocument with `field`: `missing`, `not_text`, `index` (not a decimal text), `status_size` (entries
    of more than one bit carry messages, and are not read).
    """
    purpose, index, url = (
        _text(status, name) for name in ("statusPurpose", "statusListIndex", "statusListCredential")
    )
    if not _INDEX.fullmatch(index):
        raise MalformedDocument("index", field="statusListIndex")
    if status.get("statusSize", 1) != 1 or isinstance(status.get("statusSize"), bool):
        raise MalformedDocument("status_size", field="statusSize")
    return Entry(purpose, int(index), url)


def read_list(credential: Mapping[str, Any], entry: Entry, *, issuer: str) -> bytes:
    """The bits of a BitstringStatusListCredential, once it is found to be this issuer's and for this purpose.

    Its proof and its dates are for the caller to check. Raises MalformedDocument: `not_a_list`, `other_issuer`,
    `other_purpose`, `other_list` (it calls itself by another address), and as `decode`.
    """
    subject = credential.get("credentialSubject")
    if "BitstringStatusListCredential" not in _types(credential) or not isinstance(subject, Mapping):
        raise MalformedDocument("not_a_list")
    if "BitstringStatusList" not in _types(subject):
        raise MalformedDocument("not_a_list")
    if _id(credential.get("issuer")) != issuer:
        raise MalformedDocument("other_issuer")
    if credential.get("id", entry.list_url) != entry.list_url:
        raise MalformedDocument("other_list")
    purposes = subject.get("statusPurpose")
    if entry.purpose not in (purposes if isinstance(purposes, list) else [purposes]):
        raise MalformedDocument("other_purpose")
    return decode(_text(subject, "encodedList"))


def revoked_in(document: Mapping[str, Any], credential_id: str) -> Revocation | None:
    """The entry of a 1EdTechRevocationList that takes this credential back, or None.

    An entry counts when its `revoked` is absent or true. Raises MalformedDocument `not_a_list`.
    """
    entries = document.get("revokedCredential", document.get("revokedCredentials"))
    if not isinstance(entries, list):
        raise MalformedDocument("not_a_list")
    for entry in _mappings(entries):
        if entry.get("id") == credential_id and entry.get("revoked", True) is not False:
            reason = entry.get("revocationReason")
            return Revocation(credential_id, reason if isinstance(reason, str) else None)
    return None


def _mappings(entries: list[Any]) -> Iterator[Mapping[str, Any]]:
    for entry in entries:
        yield entry if isinstance(entry, Mapping) else {"id": entry}


def _inside(bits: bytes | bytearray, index: int) -> None:
    if not 0 <= index < len(bits) * 8:
        raise MalformedDocument("index", limit=len(bits) * 8)


def _text(document: Mapping[str, Any], name: str) -> str:
    value = document.get(name)
    if not isinstance(value, str):
        raise MalformedDocument("missing" if value is None else "not_text", field=name)
    return value


def _types(document: Mapping[str, Any]) -> list[Any]:
    written = document.get("type")
    return written if isinstance(written, list) else [written]


def _id(value: Any) -> Any:
    return value.get("id") if isinstance(value, Mapping) else value
