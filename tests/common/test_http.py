"""Requests that strangers cause never reach a private network, and end in time."""

import ipaddress
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from pytest_django.fixtures import Settings

from common.http import MOST_SENT, FetchRefused, fetch, is_public, post


class Server:
    """A real server on a loopback port; `answer` writes what it likes to the connection."""

    def __init__(self) -> None:
        self.hits: list[str] = []
        self.bodies: list[bytes] = []
        self.answers: dict[str, Callable[[BaseHTTPRequestHandler], None]] = {}
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.hits.append(self.path)
                outer.answers[self.path](self)

            def do_POST(self) -> None:
                outer.hits.append(self.path)
                outer.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
                outer.answers[self.path](self)

            def log_message(self, *args: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.port = self.http.server_port
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"


def plain(body: bytes, status: int = 200, **headers: str) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            **headers,
        }.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.http.shutdown()
    server.http.server_close()


@pytest.fixture
def allowed(server: Server, settings: Settings) -> Server:
    settings.OUTBOUND_EXCEPTIONS = [f"127.0.0.1:{server.port}"]
    return server


def test_an_allowed_origin_answers(allowed: Server) -> None:
    allowed.answers["/a"] = plain(b"{}")
    answer = fetch(allowed.url("/a"))
    assert (answer.status, answer.body, answer.content_type) == (200, b"{}", "application/json")


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "0.0.0.0",
        "2130706433",
        "0x7f.1",
        "127.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::]",
    ],
)
def test_forms_of_an_inside_address_are_refused(server: Server, host: str) -> None:
    server.answers["/a"] = plain(b"secret")
    with pytest.raises(FetchRefused) as refused:
        fetch(server.url("/a", host))
    assert refused.value.code in ("private", "unreachable", "address")
    assert server.hits == []


def test_a_redirect_inward_is_refused(allowed: Server) -> None:
    allowed.answers["/a"] = plain(b"", 302, Location=f"http://localhost:{allowed.port}/inside")
    allowed.answers["/inside"] = plain(b"secret")
    with pytest.raises(FetchRefused, match="private"):
        fetch(allowed.url("/a"))
    assert allowed.hits == ["/a"]


def test_endless_redirects_end(allowed: Server) -> None:
    allowed.answers["/a"] = plain(b"", 302, Location="/a")
    with pytest.raises(FetchRefused, match="redirects"):
        fetch(allowed.url("/a"))
    assert len(allowed.hits) == 6


def test_a_large_body_is_cut_off(allowed: Server) -> None:
    allowed.answers["/a"] = plain(b"x" * 50_000)
    with pytest.raises(FetchRefused, match="too_large"):
        fetch(allowed.url("/a"), max_bytes=10_000)


def test_a_compressed_body_is_not_opened(allowed: Server) -> None:
    allowed.answers["/a"] = plain(b"\x1f\x8b", Content_Encoding="gzip")
    with pytest.raises(FetchRefused, match="encoding"):
        fetch(allowed.url("/a"))


def test_a_server_that_drips_is_left_in_time(allowed: Server) -> None:
    stop = threading.Event()

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while not stop.wait(0.05):
            try:
                handler.wfile.write(b"x")
            except OSError:
                return

    allowed.answers["/a"] = drip
    started = time.monotonic()
    with pytest.raises(FetchRefused, match="timeout"):
        fetch(allowed.url("/a"), seconds=0.5)
    stop.set()
    assert time.monotonic() - started < 2


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/",
        "file:///etc/passwd",
        "http:///x",
        "http://u:p@example.org/",
        "http://[::1",
        "http://a:99999/",
    ],
)
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(FetchRefused) as refused:
        fetch(url)
    assert refused.value.code in ("scheme", "address")


def test_a_port_where_nobody_listens(settings: Settings) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    settings.OUTBOUND_EXCEPTIONS = [f"127.0.0.1:{port}"]
    with pytest.raises(FetchRefused, match="unreachable"):
        fetch(f"http://127.0.0.1:{port}/")


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "127.0.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "fe80::1",
        "fc00::1",
        "ff02::1",
        "fec0::1",
        "::ffff:10.0.0.1",
        "2002:7f00:1::",
        "64:ff9b::7f00:1",
        "::",
    ],
)
def test_private_addresses_in_any_disguise(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700:4700::1111", "::ffff:1.1.1.1"])
def test_public_addresses(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


def test_a_post_arrives_whole_and_its_answer_comes_back(allowed: Server) -> None:
    allowed.answers["/in"] = plain(b"thanks", 201)
    answer = post(allowed.url("/in"), body="é".encode(), headers={"webhook-id": "msg_1"})
    assert (answer.status, answer.body) == (201, b"thanks")
    assert allowed.bodies == ["é".encode()]


def test_a_post_follows_no_redirect(allowed: Server) -> None:
    allowed.answers["/in"] = plain(b"", 307, Location="/elsewhere")
    assert post(allowed.url("/in"), body=b"{}", headers={}).status == 307
    assert allowed.hits == ["/in"]


def test_of_an_answer_to_a_post_only_the_start_is_read(allowed: Server) -> None:
    allowed.answers["/in"] = plain(b"x" * 5_000_000)
    assert post(allowed.url("/in"), body=b"{}", headers={}, max_bytes=100).body == b"x" * 100
    allowed.answers["/in"] = plain(b"\x1f\x8b", Content_Encoding="gzip")
    assert post(allowed.url("/in"), body=b"{}", headers={}).body == b""


def test_a_post_goes_nowhere_inside(server: Server) -> None:
    with pytest.raises(FetchRefused, match="private"):
        post(server.url("/in"), body=b"{}", headers={})
    assert server.hits == []


def test_too_much_is_not_posted(allowed: Server) -> None:
    with pytest.raises(FetchRefused, match="too_large"):
        post(allowed.url("/in"), body=b"x" * (MOST_SENT + 1), headers={})
    assert allowed.hits == []


def test_a_name_server_that_hangs_is_left_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: released.wait(20))
    started = time.monotonic()
    with pytest.raises(FetchRefused, match="timeout"):
        fetch("https://slow.example/", seconds=0.3)
    with pytest.raises(FetchRefused, match="timeout"):
        post("https://slow.example/", body=b"{}", headers={}, seconds=0.3)
    assert time.monotonic() - started < 5
    released.set()
