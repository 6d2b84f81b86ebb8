"""A small world to verify in: one issuer, one badge class, one award, as documents by address."""

from __future__ import annotations

import json
import struct
import zlib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

from openbadges import Expectation, Fetched, FetchFailed, Report, jws, keys, v2, verify

HOME = "https://badges.example.org"
ISSUER, BADGE, KEY = f"{HOME}/issuer", f"{HOME}/badge", f"{HOME}/key"
REVOCATIONS, AWARD = f"{HOME}/revocations", f"{HOME}/awards/1"
SIGNED_ID = "urn:uuid:6f0a3d0c-4b6e-4d0e-9f5e-0f6a3b1c2d3e"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
EARNER = "alex@example.org"


@cache
def rsa_key(number: int) -> keys.PrivateKey:
    """The same RSA key for each number in one run: making one takes a while."""
    return keys.generate_rsa_key()


def issuer() -> dict[str, Any]:
    return v2.Profile(
        id=ISSUER,
        name="Riverside College",
        url=HOME,
        email="badges@example.org",
        public_key=(KEY,),
        revocation_list=REVOCATIONS,
    ).to_document()


def badge() -> dict[str, Any]:
    return v2.BadgeClass(
        id=BADGE,
        name="First aid",
        description="Can help until help comes.",
        image=v2.Image(id=f"{HOME}/badge.png", caption="A white cross"),
        criteria=v2.Criteria(id=f"{HOME}/badge/criteria", narrative="**Six** hours of practice."),
        issuer=ISSUER,
        alignment=(v2.AlignmentObject(target_name="First aid at work", target_url="https://hse.example/fa"),),
        tags=("health",),
    ).to_document()


def key() -> dict[str, Any]:
    pem = keys.public_key_pem(rsa_key(0))
    return v2.CryptographicKey(id=KEY, owner=ISSUER, public_key_pem=pem).to_document()


def revocations(*entries: v2.RevokedAssertion) -> dict[str, Any]:
    return v2.RevocationList(id=REVOCATIONS, issuer=ISSUER, revoked_assertions=entries).to_document()


def award(*, signed: bool = False, **changes: Any) -> v2.Assertion:
    verification = (
        v2.VerificationObject(type="SignedBadge", creator=KEY)
        if signed
        else v2.VerificationObject(type="HostedBadge")
    )
    given = v2.Assertion(
        id=SIGNED_ID if signed else AWARD,
        recipient=v2.IdentityObject.hashing(EARNER, "pepper"),
        badge=BADGE,
        verification=verification,
        issued_on="2026-02-01T09:00:00Z",
        expires="2028-02-01T09:00:00+01:00",
        evidence=(v2.Evidence(id=f"{HOME}/proof", narrative="Led a drill."),),
    )
    return replace(given, **changes)


def sign(document: dict[str, Any], number: int = 0) -> str:
    return jws.sign(json.dumps(document).encode(), rsa_key(number))


@dataclass
class World:
    """Addresses and what they answer: a document, an HTTP answer, or the code of a failure."""

    pages: dict[str, Any] = field(
        default_factory=lambda: {
            ISSUER: issuer(),
            BADGE: badge(),
            KEY: key(),
            REVOCATIONS: revocations(),
            AWARD: award().to_document(),
        }
    )
    asked: list[str] = field(default_factory=list)

    def fetch(self, url: str) -> Fetched:
        self.asked.append(url)
        page = self.pages.get(url, Fetched(404, "text/html", b"<h1>Nothing here</h1>"))
        if isinstance(page, str):
            raise FetchFailed(page)
        if isinstance(page, Fetched):
            return page
        return Fetched(200, "application/ld+json", json.dumps(page).encode())

    def change(self, url: str, **members: Any) -> None:
        self.pages[url] = {**self.pages[url], **members}

    def drop(self, url: str, *members: str) -> None:
        self.pages[url] = {k: v for k, v in self.pages[url].items() if k not in members}

    def verify(self, document: Any, **expect: Any) -> Report:
        known = {"trusted_issuers": {ISSUER: "Atelier"}, **expect}
        return verify(document, fetch=self.fetch, at=NOW, expect=Expectation(**known))


def outcomes(report: Report) -> dict[str, str]:
    """Check code -> outcome, as plain text."""
    return {str(check.code): str(check.outcome) for check in report.checks}


def faults(report: Report) -> dict[str, Any]:
    """The checks that make a badge not valid: code -> reason."""
    bad = ("failed", "not_checked")
    return {str(c.code): c.facts.get("reason") for c in report.checks if c.outcome in bad}


def chunk(name: bytes, body: bytes) -> bytes:
    """One PNG chunk with a right check sum."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


SIGNATURE = b"\x89PNG\r\n\x1a\n"
HEADER = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
PIXELS = chunk(b"IDAT", zlib.compress(b"\0\x10\x20\x30"))
END = chunk(b"IEND", b"")


def png(*extra: bytes) -> bytes:
    """A PNG of one pixel, with these chunks between header and pixels."""
    return SIGNATURE + HEADER + b"".join(extra) + PIXELS + END


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle r="4"/></svg>'
