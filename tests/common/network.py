"""A network of our own in place of the internet: names, addresses and servers, all on this machine.

`inside` is what must never be reached: a listener on every loopback address, which counts whoever comes. Public
addresses lead to `outside`, a server that answers as badly as one likes. Nothing of the product is replaced: only what
the system's resolver says, and where a public address is.
"""

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import httpcore
import pytest

PUBLIC, ALSO_PUBLIC = "93.184.216.34", "2606:2800:220:1::1"
Answer = Callable[[socket.socket], None]


class Listener:
    """Accepts connections on this machine and counts them; `answers` by path, each writes what it likes."""

    def __init__(self) -> None:
        self.came: list[str] = []
        self.answers: dict[str, Answer] = {}
        self.stopped = threading.Event()
        self._sockets = [_listening(socket.AF_INET, "127.0.0.1", 0)]
        self.port = self._sockets[0].getsockname()[1]
        with suppress(OSError):  # a machine without IPv6
            self._sockets.append(_listening(socket.AF_INET6, "::1", self.port))
        for one in self._sockets:
            threading.Thread(target=self._accept, args=(one,), daemon=True).start()

    def close(self) -> None:
        self.stopped.set()
        for one in self._sockets:
            one.close()

    def _accept(self, listening: socket.socket) -> None:
        while not self.stopped.is_set():
            try:
                connection, _address = listening.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError, IndexError, UnicodeDecodeError):
            head = b""
            self.came.append("?")
            place = len(self.came) - 1
            while b"\r\n\r\n" not in head and len(head) < 100_000:
                if not (part := connection.recv(4096)):
                    return
                head += part
            path = head.split(b" ")[1].decode()
            self.came[place] = path
            self.answers.get(path, self.answers.get("*", plain(b"secret")))(connection)


class Internet:
    """`names`: what the resolver says, one list of addresses for each time it is asked; the last one stays."""

    def __init__(self) -> None:
        self.inside, self.outside = Listener(), Listener()
        self.names: dict[str, list[list[str]]] = {}
        self.read = 0  # bytes that the product took from the outside
        self.connected: list[str] = []

    def close(self) -> None:
        self.inside.close()
        self.outside.close()

    def url(self, host: str, path: str = "/a", scheme: str = "http") -> str:
        """An address on the port where the inside listens: whoever is led there is seen."""
        return f"{scheme}://{host}:{self.inside.port}{path}"


def put_in_place(net: Internet, monkeypatch: pytest.MonkeyPatch) -> None:
    resolve, connect = socket.getaddrinfo, httpcore.SyncBackend.connect_tcp

    def resolved(host: str, port: int, *args: Any, **kwargs: Any) -> Any:
        name = host.rstrip(".").lower()
        said = net.names.get(name)
        if said is None and name.endswith(".example"):
            raise socket.gaierror(f"{host} is nowhere")
        if said is None:
            return resolve(host, port, *args, **kwargs)
        addresses = said.pop(0) if len(said) > 1 else said[0]
        return [entry for one in addresses for entry in resolve(one, port, type=socket.SOCK_STREAM)]

    def connected(backend: Any, host: str, port: int, *args: Any, **kwargs: Any) -> Any:
        net.connected.append(host)
        if host in (PUBLIC, ALSO_PUBLIC):
            host, port = "127.0.0.1", net.outside.port
        return _Counted(connect(backend, host, port, *args, **kwargs), net)

    monkeypatch.setattr(socket, "getaddrinfo", resolved)
    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", connected)
    net.names["outside.example"] = [[PUBLIC]]


class _Counted(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, net: Internet) -> None:
        self._stream, self._net = stream, net

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        part = self._stream.read(max_bytes, timeout)
        self._net.read += len(part)
        return part

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, timeout)

    def close(self) -> None:
        self._stream.close()

    def start_tls(self, *args: Any, **kwargs: Any) -> httpcore.NetworkStream:
        return self._stream.start_tls(*args, **kwargs)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


# Answers ----------------------------------------------------------------------------------------------


def plain(body: bytes, status: str = "200 OK", *headers: str, length: int | None = None) -> Answer:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}", *headers]
    return lambda connection: connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)


def moved(to: str, status: str = "302 Found") -> Answer:
    return plain(b"", status, f"Location: {to}")


def endless(head: bytes, part: bytes, pause: float = 0.0) -> Answer:
    """`head`, and then `part` for ever."""

    def answer(connection: socket.socket) -> None:
        connection.sendall(head)
        while True:
            connection.sendall(part)
            time.sleep(pause)

    return answer


def silent(connection: socket.socket) -> None:
    """Takes the question and says nothing."""
    while connection.recv(4096):
        pass


def _listening(family: int, host: str, port: int) -> socket.socket:
    made = socket.socket(family, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.bind((host, port))
    made.listen(64)
    return made
