"""Another issuer's site, on a loopback port: a real server with real documents and signatures."""

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from openbadges import jws, keys, v2
from openbadges.recipients import hash_identity
from tests.openbadges.stage import rsa_key

EARNER = "alex@example.org"
Page = dict[str, Any] | str | bytes | Callable[[BaseHTTPRequestHandler], None]


class Elsewhere:
    """`pages`: path → a JSON document, a web page, a file, or a function that answers as it likes."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(self.path)
                outer.answer(self)

            def log_message(self, *args: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.origin = f"http://127.0.0.1:{self.http.server_port}"
        self.pages: dict[str, Page] = {
            "/issuer": self.issuer(),
            "/badge": self.badge(),
            "/key": self.key(),
            "/revoked": self.revocations(),
            "/award": self.award(),
        }
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.http.shutdown()
        self.http.server_close()

    def url(self, path: str) -> str:
        return f"{self.origin}{path}"

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        page = self.pages.get(handler.path)
        if callable(page):
            return page(handler)
        kinds = {
            dict: "application/ld+json",
            str: "text/html; charset=utf-8",
            bytes: "application/octet-stream",
        }
        body = json.dumps(page) if isinstance(page, dict) else page or "<h1>Nothing here</h1>"
        octets = body if isinstance(body, bytes) else body.encode()
        handler.send_response(404 if page is None else 200)
        handler.send_header("Content-Type", kinds[type(page or "")])
        handler.send_header("Content-Length", str(len(octets)))
        handler.end_headers()
        handler.wfile.write(octets)
        return None

    def issuer(self, **more: Any) -> dict[str, Any]:
        return v2.Profile(
            id=self.url("/issuer"), name="Riverside College", url=self.origin, email="badges@example.org",
            public_key=(self.url("/key"),), revocation_list=self.url("/revoked"),
        ).to_document() | more  # fmt: skip

    def badge(self, **more: Any) -> dict[str, Any]:
        return v2.BadgeClass(
            id=self.url("/badge"), name="First aid", description="Can help until help comes.",
            image=v2.Image(id=self.url("/badge.png"), caption="A white cross"),
            criteria=v2.Criteria(id=self.url("/criteria"), narrative="**Six** hours of practice."),
            issuer=self.url("/issuer"),
        ).to_document() | more  # fmt: skip

    def key(self) -> dict[str, Any]:
        pem = keys.public_key_pem(rsa_key(0))
        return v2.CryptographicKey(
            id=self.url("/key"), owner=self.url("/issuer"), public_key_pem=pem
        ).to_document()

    def revocations(self) -> dict[str, Any]:
        return v2.RevocationList.listing(
            [], id=self.url("/revoked"), issuer=self.url("/issuer")
        ).to_document()

    def award(self, **more: Any) -> dict[str, Any]:
        return {
            "@context": v2.CONTEXT, "type": "Assertion", "id": self.url("/award"), "badge": self.url("/badge"),
            "recipient": {
                "type": "email", "hashed": True, "salt": "s", "identity": hash_identity(EARNER, "s")
            },
            "verification": {"type": "HostedBadge"}, "issuedOn": "2026-02-01T09:00:00Z",
        } | more  # fmt: skip

    def signed(self, **more: Any) -> str:
        """A token of this issuer."""
        document = self.award(
            id="urn:uuid:6f0a3d0c-4b6e-4d0e-9f5e-0f6a3b1c2d3e",
            verification={"type": "SignedBadge", "creator": self.url("/key")},
        )
        return jws.sign(json.dumps(document | more).encode(), rsa_key(0))
