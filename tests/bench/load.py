"""The load, in a process of its own: `python load.py` reads one JSON order from standard input and carries it out.

{"port", "paths", "headers", "requests", "connections"} → {"seconds", "bytes", "status"}. Keep-alive connections on
loopback; each thread asks for the paths in turn, waits for the whole answer and asks again. Knows nothing of Django.
"""

import json
import socket
import sys
import threading
import time


def answer_on(connection: socket.socket, request: bytes) -> tuple[int, int]:
    """(status, bytes of the body) of one exchange."""
    connection.sendall(request)
    received = b""
    while b"\r\n\r\n" not in received:
        received += connection.recv(65_536)
    head, _, body = received.partition(b"\r\n\r\n")
    length = next(
        int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")
    )
    missing = length - len(body)
    while missing > 0:
        missing -= len(connection.recv(65_536))
    return int(head[9:12]), length


def ask(port: int, requests: list[bytes], times: int, seen: list[tuple[int, int]]) -> None:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        seen += [answer_on(connection, requests[number % len(requests)]) for number in range(times)]


def main() -> None:
    order = json.loads(sys.stdin.read())
    headers = "".join(f"{name}: {value}\r\n" for name, value in order["headers"].items())
    requests = [f"GET {path} HTTP/1.1\r\n{headers}\r\n".encode() for path in order["paths"]]
    seen: list[tuple[int, int]] = []
    share = order["requests"] // order["connections"]
    threads = [
        threading.Thread(target=ask, args=(order["port"], requests, share, seen))
        for _ in range(order["connections"])
    ]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.monotonic() - began
    statuses = sorted({status for status, _length in seen})
    print(
        json.dumps(
            {"seconds": seconds, "asked": len(seen), "bytes": max(n for _s, n in seen), "statuses": statuses}
        )
    )


if __name__ == "__main__":
    main()
