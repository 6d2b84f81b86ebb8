"""A real HTTP server that does with each event what a test tells it to do."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HANG, HANG_UP = -1, -2


@dataclass(frozen=True)
class Heard:
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]


class Receiver:
    """`plan` says what happens to the next events: a status, or one of the accidents; then all get `usual`."""

    def __init__(self) -> None:
        self.plan: list[int] = []
        self.usual = 204
        self.answer = b""
        self.extra: dict[str, str] = {}
        self.heard: list[Heard] = []
        self.released = threading.Event()
        self.lock = threading.Lock()
        self.port = 0

    @property
    def ids(self) -> list[str]:
        return [one.id for one in self.heard]

    def url(self, path: str = "/hook") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def take(self, request: BaseHTTPRequestHandler) -> int:
        body = request.rfile.read(int(request.headers["Content-Length"]))
        with self.lock:
            headers = {name.lower(): value for name, value in request.headers.items()}
            self.heard.append(Heard(request.path, headers, body))
            return self.plan.pop(0) if self.plan else self.usual


@contextmanager
def running(receiver: Receiver) -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            status = receiver.take(self)
            if status == HANG:
                receiver.released.wait(20)
            if status in (HANG, HANG_UP):
                self.close_connection = True
                return
            self.send_response(status)
            for name, value in receiver.extra.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(receiver.answer) if status != 204 else 0))
            self.end_headers()
            if status != 204:
                self.wfile.write(receiver.answer)

        def log_message(self, *args: object) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 64

        def handle_error(self, *args: object) -> None:
            """Who was waiting has gone: that is what these tests are about."""

    server = Quiet(("127.0.0.1", 0), Handler)
    receiver.port = server.server_port
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield receiver
    finally:
        receiver.released.set()
        server.shutdown()
        server.server_close()
