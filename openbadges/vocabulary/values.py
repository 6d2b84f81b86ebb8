"""The value rules of the standard: dates, addresses, identifiers, pictures.

Open Badges 2.0, "Data types" (DateTime, IRI, URL, IdentityHash, e-mail) and "Image".
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import urlsplit

from openbadges.errors import MalformedDocument

_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d([.,]\d{1,9})?)?(Z|[+-]\d\d(:?\d\d)?)", re.ASCII)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_TELEPHONE = re.compile(r"\+?[0-9][0-9 ().-]{2,30}(;ext=[0-9]+)?")
_DATA_IMAGE = re.compile(r"data:image/(png|svg\+xml)[;,]", re.IGNORECASE)
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
_UNSAFE = re.compile(r"[\s\x00-\x1f\x7f\\<>\"]")


class Address(NamedTuple):
    """The parts of an http(s) URL that decide who speaks: host in lower case, port with default."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """`host`, or `host:port` when the port is not the scheme's own."""
        usual = 443 if self.scheme == "https" else 80
        return self.host if self.port == usual else f"{self.host}:{self.port}"

    @property
    def origin(self) -> str:
        """`scheme://authority`."""
        return f"{self.scheme}://{self.authority}"


def read_address(url: str) -> Address | None:
    """The parts of an absolute http(s) URL; None for anything else, also with user info in it."""
    if _UNSAFE.search(url):
        return None
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    scheme = parts.scheme.lower()
    if scheme not in ("http", "https") or not host or "@" in parts.netloc:
        return None
    return Address(scheme, host.lower(), port or (443 if scheme == "https" else 80), parts.path)


def is_url(text: str) -> bool:
    """An absolute http or https URL without user info."""
    return read_address(text) is not None


def is_iri(text: str) -> bool:
    """An absolute identifier: an http(s) URL, a urn, a did, ... (not a relative one)."""
    if text.lower().startswith(("http:", "https:")):
        return is_url(text)
    return _SCHEME.fullmatch(text) is not None


def is_image(text: str) -> bool:
    """The id of a picture: an http(s) URL, or a `data:` URI of a PNG or SVG."""
    return is_url(text) or _DATA_IMAGE.match(text) is not None


def is_email(text: str) -> bool:
    """Something before and after one `@`, without blanks."""
    return _EMAIL.fullmatch(text) is not None


def is_telephone(text: str) -> bool:
    """A telephone number, E.164 or with the usual separators."""
    return _TELEPHONE.fullmatch(text) is not None


def is_language(text: str) -> bool:
    """A language tag of BCP 47, by its form: `fr`, `en-GB`, `zh-Hant`."""
    return _LANGUAGE.fullmatch(text) is not None


def is_date_time(text: str) -> bool:
    """An ISO 8601 date with time and zone."""
    try:
        parse_date_time(text)
    except MalformedDocument:
        return False
    return True


def parse_date_time(text: str) -> datetime:
    """The aware datetime of an ISO 8601 text with time and zone; else MalformedDocument."""
    if not _DATE_TIME.fullmatch(text):
        raise MalformedDocument("not_date_time")
    try:
        moment = datetime.fromisoformat(text)
        moment.astimezone(UTC)  # out of range in the first or last hours of the calendar
    except (ValueError, OverflowError):
        raise MalformedDocument("not_date_time") from None
    return moment


def format_date_time(moment: datetime) -> str:
    """An aware datetime as the standard writes it, in UTC: `2026-03-01T09:30:00Z`.

    Microseconds are kept when there are any. Raises ValueError for a naive datetime.
    """
    if moment.tzinfo is None:
        raise ValueError("a date without a zone cannot be written into a badge")
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
