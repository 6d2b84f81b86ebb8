"""Serves the folder `site` of this kit with the right media types, without anything but Python 3.9 or later.

    python3 serve.py                 on http://127.0.0.1:8080
    python3 serve.py --port 9000 --host 0.0.0.0

For a public site, put a web server with https in front of it (see README.txt).
"""

import argparse
import os
import re
import sys
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

SITE = Path(__file__).resolve().parent / "site"
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".jsonld": "application/ld+json",
    ".gone": "application/ld+json",
    ".jws": "text/plain; charset=utf-8",
    ".jwt": "text/plain; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
AWARD = re.compile(r"/(assertions|credentials)/([0-9a-f-]{36})(\.jws|\.jwt|\.png|\.svg)?")
CREDENTIAL_TYPES = ("application/vc+ld+json", "application/ld+json", "application/json")
DRAWN_BY_OTHERS = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"


def wants_page(accept):
    """Whether text/html comes before JSON in an Accept header."""
    best = {"html": 0.0, "json": 0.0}
    for part in accept.split(","):
        name, _, rest = part.strip().partition(";")
        quality = re.search(r"q\s*=\s*([0-9.]+)", rest)
        try:
            worth = float(quality[1]) if quality else 1.0
        except ValueError:
            worth = 0.0
        kind = {"text/html": "html", "application/ld+json": "json", "application/json": "json"}.get(
            name.strip()
        )
        if kind:
            best[kind] = max(best[kind], worth)
    return best["html"] > best["json"]


def inside(path):
    """The file of a public path, if it is one below the folder."""
    found = (SITE / path.lstrip("/")).resolve()
    return found if SITE in (found, *found.parents) else None


def find(path, accept):
    """(status, file) for a path: the page for people, the document for programs, 410 for what was taken back."""
    award = AWARD.fullmatch(path)
    gone = award and inside(f"/assertions/{award[2]}.gone")
    if gone and gone.is_file() and not (award[1] == "credentials" and inside(path).is_file()):
        page = inside(f"/assertions/{award[2]}.html")
        return HTTPStatus.GONE, page if wants_page(accept) and page.is_file() else gone
    if award and award[1] == "credentials" and not award[3] and wants_page(accept):
        path = f"/assertions/{award[2]}"
    wanted = (".html", "/page.html") if wants_page(accept) else ()
    for ending in (*wanted, "", "/document.jsonld", "/index.html"):
        found = inside(path + ending) if not (ending and path.endswith("/")) else inside(path + ending[1:])
        if found and found.is_file():
            return HTTPStatus.OK, found
    return HTTPStatus.NOT_FOUND, None


class Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.answer(with_body=True)

    def do_HEAD(self):
        self.answer(with_body=False)

    def do_OPTIONS(self):
        self.send_response(HTTPStatus.NO_CONTENT)
        self.send_header("Access-Control-Allow-Methods", "GET, HEAD, OPTIONS")
        self.send_header("Access-Control-Allow-Headers", "Accept")
        self.common()
        self.end_headers()

    def answer(self, with_body):
        try:
            path = unquote(urlsplit(self.path).path, errors="strict")
            status, file = find(path, self.headers.get("Accept", "*/*"))
        except (ValueError, OSError):  # not UTF-8, a NUL, or far too long
            status, file = HTTPStatus.NOT_FOUND, None
        if file is None:
            return self.nothing(with_body)
        with file.open("rb") as body:
            self.send_response(status)
            for name, value in self.about(file, path):
                self.send_header(name, value)
            self.send_header("Content-Length", str(os.fstat(body.fileno()).st_size))
            self.common()
            self.end_headers()
            while with_body and (chunk := body.read(1 << 16)):
                self.wfile.write(chunk)
        return None

    def about(self, file, path):
        kind = TYPES.get(file.suffix, "application/ld+json")
        if "/evidence/" in path:
            return [
                ("Content-Type", "application/octet-stream"),
                ("Content-Disposition", "attachment"),
                ("Content-Security-Policy", DRAWN_BY_OTHERS),
            ]
        if path.endswith("/revocations.json"):
            kind = "application/ld+json"
        elif kind == "application/ld+json" and re.search("^/credentials/|^/issuers/[^/]+/status/", path):
            accept = self.headers.get("Accept", "")
            kind = next((one for one in CREDENTIAL_TYPES if one in accept), CREDENTIAL_TYPES[0])
        more = [("Content-Security-Policy", DRAWN_BY_OTHERS)] if file.suffix == ".svg" else []
        return [("Content-Type", kind), *more]

    def nothing(self, with_body):
        body = b'{"status": 404, "title": "Not found"}'
        self.send_response(HTTPStatus.NOT_FOUND)
        self.send_header("Content-Type", "application/problem+json")
        self.send_header("Content-Length", str(len(body)))
        self.common()
        self.end_headers()
        if with_body:
            self.wfile.write(body)

    def common(self):
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Cross-Origin-Resource-Policy", "cross-origin")
        self.send_header("Vary", "Accept")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cache-Control", "public, max-age=3600")

    def log_message(self, *words):
        """Nothing is written down about who verifies which badge."""


def main():
    asked = argparse.ArgumentParser(description="Serve the badges of this kit.")
    asked.add_argument("--host", default="127.0.0.1")
    asked.add_argument("--port", type=int, default=8080)
    told = asked.parse_args()
    server = ThreadingHTTPServer((told.host, told.port), Answers)
    sys.stdout.write(f"Serving {SITE} on http://{told.host}:{server.server_port}\n")
    sys.stdout.flush()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()


if __name__ == "__main__":
    main()
