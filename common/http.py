"""Fetching what strangers name, and telling them things, without being led into our own network.

A name is resolved once; every address it has must be public; the connection goes to a checked address.
Each redirect is checked anew. Ten seconds and two megabytes in all, the name's resolution included, and nothing
is decompressed.
"""

import ipaddress
import queue
import socket
import ssl
import threading
import time
import typing
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

import httpcore
from django.conf import settings

MAX_SECONDS = 10.0
MAX_BYTES = 2_000_000
MAX_REDIRECTS = 5
MOST_SENT = 1_000_000  # bytes of one POST
MOST_AROUND = 200_000  # bytes beside the body: headers, frames of chunks, answers before the answer
SLICE = 8_192  # bytes that are sent at a time, so that the deadline is looked at in between
_USER_AGENT = "badgeplatform-verifier/1"
# The system's resolver cannot be interrupted: whoever waits for it is in a thread of its own, so many at most.
_RESOLVING = threading.BoundedSemaphore(32)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_ISATAP = (0x00005EFE, 0x02005EFE)  # what stands before an IPv4 address in an IPv6 one (RFC 5214, 6.1)
# Nobody's site, and not known as such to every version of Python: protocol assignments, anycast relays, documentation,
# segment routing (IANA's registries of special addresses).
_NOBODYS = tuple(
    map(ipaddress.ip_network, ("192.0.0.0/24", "192.88.99.0/24", "3fff::/20", "5f00::/16", "100:0:0:1::/64"))
)
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class FetchRefused(Exception):
    """Nothing usable came back. `code`: address, scheme, private, unreachable, timeout, too_large,
    encoding, redirects."""

    def __init__(self, code: str, url: str) -> None:
        super().__init__(f"{code}: {url}")
        self.code = code
        self.url = url


@dataclass(frozen=True)
class Answer:
    """`url` is the last one of the redirects."""

    url: str
    status: int
    content_type: str
    body: bytes


def fetch(
    url: str, *, accept: str = "*/*", max_bytes: int = MAX_BYTES, seconds: float = MAX_SECONDS
) -> Answer:
    """GET of an http(s) URL. Raises FetchRefused; any HTTP status is an answer."""
    deadline = time.monotonic() + seconds
    budget = max_bytes
    for _hop in range(MAX_REDIRECTS + 1):
        status, headers, body = _asked(
            "GET", url, {"Accept": accept}, None, deadline, partial(_whole, url=url, budget=budget), budget
        )
        budget -= len(body)
        location = headers.get("location")
        if status not in (301, 302, 303, 307, 308) or not location:
            return Answer(url, status, headers.get("content-type", ""), body)
        url = _joined(url, location)
    raise FetchRefused("redirects", url)


def post(
    url: str, *, body: bytes, headers: Mapping[str, str], max_bytes: int = 4096, seconds: float = MAX_SECONDS
) -> Answer:
    """POST to an http(s) URL. Raises FetchRefused; any HTTP status is an answer, a redirect too: none is followed.

    Of the answer no more than `max_bytes` are read; a compressed one is not opened: its body is empty.
    """
    if len(body) > MOST_SENT:
        raise FetchRefused("too_large", url)
    deadline = time.monotonic() + seconds
    reader = partial(_start, most=max_bytes)
    status, answered, read = _asked("POST", url, headers, body, deadline, reader, max_bytes)
    return Answer(url, status, answered.get("content-type", ""), read)


Reader = Callable[["_Reading"], bytes]


@dataclass(frozen=True)
class _Reading:
    """The body on its way, each part within the deadline."""

    parts: Iterable[bytes]
    headers: Mapping[str, str]

    @property
    def is_encoded(self) -> bool:
        return self.headers.get("content-encoding", "identity") != "identity"


def _asked(
    method: str,
    url: str,
    own: Mapping[str, str],
    content: bytes | None,
    deadline: float,
    reader: Reader,
    budget: int,
) -> tuple[int, dict[str, str], bytes]:
    """(status, headers by lower-case name, what `reader` made of the body, of at most `budget` bytes)."""
    url = _checked(url)
    headers: dict[bytes | str, bytes | str] = {
        "Accept-Encoding": "identity",
        "User-Agent": _USER_AGENT,
        "Connection": "close",
    }
    headers.update(own)
    timeout = dict.fromkeys(("connect", "read", "write", "pool"), _left(deadline, url))
    backend = _CheckedBackend(url, deadline, budget + MOST_AROUND)
    try:
        with (
            httpcore.ConnectionPool(network_backend=backend, ssl_context=_tls()) as pool,
            pool.stream(
                method, url, headers=headers, content=content, extensions={"timeout": timeout}
            ) as response,
        ):
            answered = {
                name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers
            }
            parts = _in_time(response.iter_stream(), url, deadline)
            return response.status, answered, reader(_Reading(parts, answered))
    except httpcore.TimeoutException as error:
        raise FetchRefused("timeout", url) from error
    except (
        httpcore.NetworkError,
        httpcore.ProtocolError,
        httpcore.UnsupportedProtocol,
        OSError,
        ValueError,
    ) as error:
        raise FetchRefused("unreachable", url) from error


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    """Reading the certificates of the authorities costs more than all the rest of a request: once per process."""
    return ssl.create_default_context()


def _in_time(parts: Iterable[bytes], url: str, deadline: float) -> Iterable[bytes]:
    for part in parts:
        yield part
        _left(deadline, url)


def _whole(reading: _Reading, *, url: str, budget: int) -> bytes:
    if reading.is_encoded:
        raise FetchRefused("encoding", url)
    body = bytearray()
    for part in reading.parts:
        body += part
        if len(body) > budget:
            raise FetchRefused("too_large", url)
    return bytes(body)


def _start(reading: _Reading, *, most: int) -> bytes:
    if reading.is_encoded:
        return b""
    body = bytearray()
    for part in reading.parts:
        body += part
        if len(body) >= most:
            break
    return bytes(body[:most])


def _left(deadline: float, url: str) -> float:
    if (left := deadline - time.monotonic()) <= 0:
        raise FetchRefused("timeout", url)
    return left


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError as error:
        raise FetchRefused("address", url) from error


def _checked(url: str) -> str:
    """The address in ASCII: names by IDNA, the rest by percents (RFC 3987, 3.1)."""
    try:
        parts = urlsplit(url if url.isascii() else _in_ascii(url))
        host, _port = parts.hostname, parts.port
    except ValueError as error:
        raise FetchRefused("address", url) from error
    if parts.scheme not in ("http", "https"):
        raise FetchRefused("scheme", url)
    if not host or parts.username is not None or parts.password is not None or len(url) > 4096:
        raise FetchRefused("address", url)
    return parts.geturl()


def _in_ascii(url: str) -> str:
    """Raises ValueError for a name that no computer can have."""
    parts = urlsplit(url)
    host, port = (parts.hostname or "").encode("idna").decode("ascii"), parts.port
    place = f"[{host}]" if ":" in host else host
    place = f"{parts.username or ''}@{place}" if "@" in parts.netloc else place
    kept = "%/:=&?~+!$,;'@()*"
    rest = (quote(part, safe=kept, errors="replace") for part in (parts.path, parts.query))
    return urlunsplit((parts.scheme, f"{place}:{port}" if port is not None else place, *rest, ""))


class _CheckedBackend(httpcore.NetworkBackend):
    """Connects to a checked address of the name, and keeps every read within the deadline and the budget in bytes."""

    def __init__(self, url: str, deadline: float, budget: int) -> None:
        self._url = url
        self._deadline = deadline
        self._budget = budget
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None,
        socket_options: typing.Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:  # fmt: skip
        address = checked_address(host, port, url=self._url, deadline=self._deadline)
        stream = self._plain.connect_tcp(
            address, port, _left(self._deadline, self._url), local_address, socket_options
        )
        return _TimedStream(stream, self._url, self._deadline, self._budget)

    def connect_unix_socket(
        self, path: str, timeout: float | None = None,
        socket_options: typing.Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:  # fmt: skip
        raise FetchRefused("scheme", self._url)


class _TimedStream(httpcore.NetworkStream):
    """A slow server may neither drip bytes nor take ours past the deadline, nor send more of them than the budget,
    whatever they are: headers, answers before the answer, frames of chunks, the body."""

    def __init__(self, stream: httpcore.NetworkStream, url: str, deadline: float, budget: int) -> None:
        self._stream, self._url, self._deadline, self._budget = stream, url, deadline, budget

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        part = self._stream.read(max_bytes, _left(self._deadline, self._url))
        self._budget -= len(part)
        if self._budget < 0:
            raise FetchRefused("too_large", self._url)
        return part

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), SLICE):
            self._stream.write(buffer[start : start + SLICE], _left(self._deadline, self._url))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = _left(self._deadline, self._url)
        secured = self._stream.start_tls(ssl_context, server_hostname, left)
        return _TimedStream(secured, self._url, self._deadline, self._budget)

    def get_extra_info(self, info: str) -> typing.Any:
        return self._stream.get_extra_info(info)


def checked_address(host: str, port: int, *, url: str, deadline: float) -> str:
    """One address of `host`, once every address it has is known to be public."""
    found = _resolved(host, port, url, deadline)
    addresses = [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    if f"{host}:{port}" not in settings.OUTBOUND_EXCEPTIONS and not all(map(is_public, addresses)):
        raise FetchRefused("private", url)
    return str(addresses[0])


def _resolved(host: str, port: int, url: str, deadline: float) -> list[typing.Any]:
    """What the system's resolver says of the name, if it says it before the deadline."""
    if not _RESOLVING.acquire(timeout=_left(deadline, url)):
        raise FetchRefused("timeout", url)
    said: queue.SimpleQueue[list[typing.Any] | Exception] = queue.SimpleQueue()

    def ask() -> None:
        try:
            said.put(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            said.put(error)
        finally:
            _RESOLVING.release()

    threading.Thread(target=ask, name="resolver", daemon=True).start()
    try:
        found = said.get(timeout=max(0.0, deadline - time.monotonic()))
    except queue.Empty as error:
        raise FetchRefused("timeout", url) from error
    if isinstance(found, Exception):
        raise FetchRefused("unreachable", url) from found
    return found


def is_public(address: Address) -> bool:
    """Globally routable, also behind the disguises of IPv4 inside IPv6."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if address in _NAT64 or (int(address) >> 32 & 0xFFFFFFFF) in _ISATAP:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if address.is_site_local:
            return False
    if any(address in network for network in _NOBODYS):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved
