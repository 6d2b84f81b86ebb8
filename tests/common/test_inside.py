"""The matrix: however an address is written, wherever it leads, however slow or large the answer is, nothing inside is
reached, and what is outside takes no more than its time and its bytes."""

import json
import re
import socket
import ssl
import threading
import time
from contextlib import closing, suppress
from typing import Any
from urllib.parse import quote

import pytest

from common import http
from common.http import MAX_BYTES, MAX_SECONDS, MOST_AROUND, FetchRefused, fetch, post
from tests.common.network import ALSO_PUBLIC, PUBLIC, Internet, endless, moved, plain, silent

SOON = 0.6  # seconds, in place of the ten
FORMS = (
    # IPv4 as people, programs and attackers write it
    "127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "017700000001",
    "0x7f.1", "127.0.0.1.", "00000177.0.0.1", "127.000.000.001", "0", "0.0.0.0", "0x0",
    "10.0.0.1", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1", "192.0.0.8", "198.18.0.1",
    "192.88.99.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
    # IPv6, and IPv4 inside it: mapped, compatible, translated, 6to4, Teredo, NAT64, ISATAP
    "[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]",
    "[::ffff:0:127.0.0.1]", "[2002:7f00:1::]", "[2001:0:7f00:1:0:0:80ff:fffe]", "[64:ff9b::7f00:1]",
    "[64:ff9b:1::7f00:1]", "[fe80::1]", "[fe80::5efe:7f00:1]", "[2001:4860::5efe:7f00:1]", "[fc00::1]",
    "[fd00::1]", "[fec0::1]", "[ff02::1]", "[2001:db8::1]", "[3fff::1]", "[5f00::1]", "[100::1]",
    # zones
    "[fe80::1%25lo]", "[fe80::1%lo]", "[::1%25lo]", "[::1%lo]",
    # names
    "localhost", "LOCALHOST", "localhost.", "localhost.localdomain", "ip6-localhost", "inside.example",
    "inside.example.", "both.example", "xn--nxasmq6b.example", "ｌｏｃａｌｈｏｓｔ", "①②⑦.⓪.⓪.①", "127。0。0。1",
    # what is in front of the host, and what is no host at all
    "user@127.0.0.1", "outside.example@127.0.0.1", "127.0.0.1\\@outside.example", "outside.example\\@127.0.0.1",
    "outside.example#@127.0.0.1", "127.0.0.1%00.outside.example", "127.0.0.1%2eoutside.example", "", ".", "[", "[]",
)  # fmt: skip
DOORS = ("fetch", "post")


@pytest.fixture
def net(internet: Internet) -> Internet:
    internet.names |= {
        "inside.example": [["127.0.0.1"]],
        "both.example": [[PUBLIC, "127.0.0.1"]],
        "xn--nxasmq6b.example": [["::1"]],
        "ip6-localhost": [["::1"]],
    }
    return internet


def ask(door: str, url: str, **options: Any) -> Any:
    if door == "post":
        return post(url, body=b"{}", headers={}, **options)
    return fetch(url, **options)


def came_of(door: str, url: str, **options: Any) -> str:
    """The code of the refusal, or `answered`."""
    try:
        ask(door, url, **options)
    except FetchRefused as refused:
        return refused.code
    return "answered"


# Addresses --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("host", FORMS)
def test_no_form_of_an_address_leads_inside(net: Internet, host: str, door: str) -> None:
    began = time.monotonic()
    came = came_of(door, net.url(host), seconds=SOON)
    assert came in ("private", "address", "scheme", "unreachable", "timeout", "answered")
    assert net.inside.came == []
    assert set(net.connected) <= {PUBLIC}
    assert time.monotonic() - began < SOON + 2


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "gopher://127.0.0.1:70/x", "ftp://127.0.0.1/", "dict://127.0.0.1:11211/", "ldap://x/",
        "javascript:alert(1)", "data:text/plain,x", "unix:///var/run/docker.sock", "//127.0.0.1/", "/etc/passwd",
        "http:127.0.0.1/", "http:///127.0.0.1/", "https://", "http://[::1", "HTTP://\t127.0.0.1/", "jar:http://x!/",
        "http://127.0.0.1:0x50/", "http://127.0.0.1:-1/", "http://127.0.0.1:99999/", "http://" + "a" * 5000,
    ],
)  # fmt: skip
def test_what_is_no_web_address_is_asked_nothing(net: Internet, url: str, door: str) -> None:
    with pytest.raises(FetchRefused):
        ask(door, url, seconds=SOON)
    assert (net.inside.came, net.connected) == ([], [])


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("http://outside.example/caf\u00e9?q=\u00e9 \u00e8", "/caf%C3%A9?q=%C3%A9%20%C3%A8"),
        ("http://outside.example/\ud800", "/"),
        ("http://\u1d0f\u1d1c\u1d1bside.example/", ""),
        ("http://\u2460.example/", ""),
        ("http://" + "\u00e9" * 80 + ".example/", ""),
    ],
)
def test_addresses_with_accents_are_asked_as_the_net_writes_them(net: Internet, url: str, path: str) -> None:
    """Never an error of our own; and a name that only looks like another is another."""
    came = came_of("fetch", url, seconds=SOON)
    assert net.outside.came == ([path] if path else [])
    assert came == ("answered" if path else came)
    assert came in ("answered", "address", "unreachable")


def test_a_redirect_with_accents(net: Internet) -> None:
    net.outside.answers["/a"] = plain(b"", "302 Found", "Location: /caf\u00e9")
    assert fetch("http://outside.example/a", seconds=SOON).status == 200


# Redirects --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["301 x", "302 x", "303 x", "307 x", "308 x"])
@pytest.mark.parametrize(
    "to",
    [
        "http://127.0.0.1:{port}/in", "http://localhost:{port}/in", "//127.0.0.1:{port}/in", "http://[::1]:{port}/in",
        "http://2130706433:{port}/in", "https://127.0.0.1:{port}/in", "file:///etc/passwd", "gopher://127.0.0.1:{port}/",
        "http://user@127.0.0.1:{port}/", "http://inside.example:{port}/in", "http://[::ffff:7f00:1]:{port}/", "http://[",
        "\\\\127.0.0.1:{port}\\in", "http:\\\\127.0.0.1:{port}/in", " http://127.0.0.1:{port}/in",
    ],
)  # fmt: skip
def test_no_redirect_leads_inside(net: Internet, status: str, to: str) -> None:
    net.outside.answers["/a"] = moved(to.format(port=net.inside.port), status)
    net.outside.answers["*"] = plain(b"nothing here", "404 Not Found")
    came = came_of("fetch", "http://outside.example/a", seconds=5)
    assert came in ("private", "scheme", "address", "unreachable", "timeout", "answered")
    assert net.inside.came == []
    assert set(net.connected) == {PUBLIC}


def test_a_post_follows_no_redirect_at_all(net: Internet) -> None:
    net.outside.answers["/a"] = moved(net.url("127.0.0.1"), "307 x")
    assert ask("post", "http://outside.example/a", seconds=SOON).status == 307
    assert (net.inside.came, net.connected) == ([], [PUBLIC])


@pytest.mark.parametrize("to", ["/a", "http://outside.example/b", "?x", "#x", ""])
def test_redirects_in_a_circle_end(net: Internet, to: str) -> None:
    net.outside.answers["*"] = moved(to)
    if to:
        with pytest.raises(FetchRefused, match="redirects"):
            fetch("http://outside.example/a", seconds=5)
    assert len(net.outside.came) <= 6


def test_all_redirects_share_one_time_and_one_budget(net: Internet) -> None:
    def slow(connection: socket.socket) -> None:
        time.sleep(0.25)
        plain(b"x" * 900, "302 Found", "Location: /a")(connection)

    net.outside.answers["*"] = slow
    began = time.monotonic()
    with pytest.raises(FetchRefused, match="timeout"):
        fetch("http://outside.example/a", seconds=SOON)
    assert time.monotonic() - began < SOON + 1
    net.outside.answers["*"] = plain(b"x" * 900, "302 Found", "Location: /a")
    with pytest.raises(FetchRefused, match="too_large"):
        fetch("http://outside.example/a", seconds=5, max_bytes=2_000)


# Rebinding --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("door", DOORS)
def test_a_name_that_changes_its_mind(net: Internet, door: str) -> None:
    """Public when it is looked at, private a moment later: the connection goes to what was looked at."""
    net.names["rebind.example"] = [[PUBLIC], ["127.0.0.1"]]
    assert ask(door, net.url("rebind.example"), seconds=SOON).status == 200
    assert (net.inside.came, net.connected) == ([], [PUBLIC])
    with pytest.raises(FetchRefused, match="private"):
        ask(door, net.url("rebind.example"), seconds=SOON)
    assert net.inside.came == []


def test_a_name_that_changes_its_mind_between_redirects(net: Internet) -> None:
    net.names["rebind.example"] = [[PUBLIC], ["::1"]]
    net.outside.answers["*"] = moved(net.url("rebind.example", "/b"))
    with pytest.raises(FetchRefused, match="private"):
        fetch(net.url("rebind.example"), seconds=SOON)
    assert (net.inside.came, net.connected) == ([], [PUBLIC])


@pytest.mark.parametrize(
    "addresses", [[PUBLIC, "10.0.0.1"], ["::1", PUBLIC], [ALSO_PUBLIC, "fe80::1"], ["0.0.0.0"]]
)
def test_one_private_address_among_public_ones_is_enough(net: Internet, addresses: list[str]) -> None:
    net.names["mixed.example"] = [addresses]
    with pytest.raises(FetchRefused, match="private"):
        fetch(net.url("mixed.example"), seconds=SOON)
    assert (net.inside.came, net.connected) == ([], [])


# Time and bytes ---------------------------------------------------------------------------------------

OK = b"HTTP/1.1 200 OK\r\n"
SLOW = {
    "says nothing": silent,
    "drips the first line": endless(b"", b"H", 0.02),
    "drips headers": endless(OK, b"X: y\r\n", 0.02),
    "drips one header": endless(OK + b"X: ", b"y", 0.02),
    "drips the body": endless(OK + b"Content-Length: 1000000\r\n\r\n", b"x", 0.02),
    "drips chunks": endless(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n", 0.02),
    "drips answers before the answer": endless(b"", b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n", 0.02),
    "promises more than it sends": plain(b"x", length=1000),
    "a body without an end": endless(OK + b"\r\n", b"x", 0.02),
}
LARGE = {
    "endless body": endless(OK + b"\r\n", b"x" * 10_000),
    "endless chunks": endless(
        OK + b"Transfer-Encoding: chunked\r\n\r\n", b"2710\r\n" + b"x" * 10_000 + b"\r\n"
    ),
    "endless small chunks": endless(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n" * 1000),
    "endless extensions of a chunk": endless(OK + b"Transfer-Encoding: chunked\r\n\r\n1;", b"x" * 10_000),
    "endless headers": endless(OK, b"X: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n" * 100),
    "one endless header": endless(OK + b"X: ", b"y" * 10_000),
    "endless answers before the answer": endless(b"", b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" * 100),
    "endless first line": endless(b"", b"H" * 10_000),
    "a length that lies low": plain(b"x" * 500_000, length=10),
    "a length that lies high": plain(b"x" * 500_000, length=10**15),
    "a length that is none": plain(b"x" * 500_000, length=-5),
    "trailers without an end": endless(OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"X: y\r\n" * 1000),
}
BOMBS = ("gzip", "deflate", "br", "zstd", "gzip, gzip", "GZIP", "identity, gzip")


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("how", SLOW)
def test_slow_answers_are_left_in_time(net: Internet, how: str, door: str) -> None:
    net.outside.answers["*"] = SLOW[how]
    began = time.monotonic()
    came = came_of(door, "http://outside.example/a", seconds=SOON)
    assert came in ("timeout", "unreachable", "answered")
    assert time.monotonic() - began < SOON + 1.5


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("how", LARGE)
def test_large_answers_are_left_at_the_limit(net: Internet, how: str, door: str) -> None:
    net.outside.answers["*"] = LARGE[how]
    most, began = 50_000, time.monotonic()
    came = came_of(door, "http://outside.example/a", seconds=5, max_bytes=most)
    assert came in ("too_large", "unreachable", "answered")
    assert net.read <= most + MOST_AROUND + 65_536
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("encoding", BOMBS)
def test_nothing_is_unpacked(net: Internet, encoding: str) -> None:
    import gzip

    bomb = gzip.compress(b"0" * 20_000_000)
    net.outside.answers["*"] = plain(bomb, "200 OK", f"Content-Encoding: {encoding}")
    with pytest.raises(FetchRefused, match="encoding"):
        fetch("http://outside.example/a", seconds=5)
    assert post("http://outside.example/a", body=b"{}", headers={}, seconds=5).body == b""


def test_who_reads_slowly_what_we_send_is_left_in_time(net: Internet) -> None:
    """A receiver of webhooks that takes our bytes one by one."""

    def sip(connection: socket.socket) -> None:
        while connection.recv(1):
            time.sleep(0.01)

    net.outside.answers["*"] = sip
    began = time.monotonic()
    with pytest.raises(FetchRefused, match=r"timeout|unreachable"):
        post("http://outside.example/a", body=b"x" * 1_000_000, headers={}, seconds=SOON)
    assert time.monotonic() - began < SOON + 1.5


def test_a_handshake_that_drips_is_left_in_time(net: Internet) -> None:
    listening = socket.create_server(("127.0.0.1", 0))

    def drip() -> None:
        connection, _address = listening.accept()
        with connection:
            for _octet in range(500):
                try:
                    connection.sendall(b"\x16")
                except OSError:
                    return
                time.sleep(0.02)

    net.outside.port = listening.getsockname()[1]
    threading.Thread(target=drip, daemon=True).start()
    began = time.monotonic()
    with pytest.raises(FetchRefused):
        fetch("https://outside.example/a", seconds=SOON)
    assert time.monotonic() - began < SOON + 1.5
    listening.close()
    assert ssl.create_default_context().verify_mode == ssl.CERT_REQUIRED


def test_the_limits_are_ten_seconds_and_two_megabytes() -> None:
    assert (MAX_SECONDS, MAX_BYTES) == (10.0, 2_000_000)
    assert http.fetch.__kwdefaults__["seconds"] == MAX_SECONDS
    assert http.fetch.__kwdefaults__["max_bytes"] == MAX_BYTES
    assert http.post.__kwdefaults__["seconds"] == MAX_SECONDS
    assert http.post.__kwdefaults__["max_bytes"] <= MAX_BYTES


# Through the product's own doors -----------------------------------------------------------------------


def test_no_address_that_is_verified_leads_inside(db: None, net: Internet, settings: Any) -> None:
    """All forms at once, by the page and by the API, as links, as a CV, and in a photo of a QR code."""
    from django.test import Client

    from tests.common.paper_making import Pdf, png_of_qr

    settings.RATE_LIMITS = settings.RATE_LIMITS | {"verify": "1000/m"}
    client = Client()
    links = [net.url(host) for host in FORMS if host.isascii() and re.fullmatch(r"[\w.:\[\]%-]+", host)]
    for first in range(0, len(links), 25):
        some = links[first : first + 25]
        assert client.post("/verify", {"text": "\n".join(some)}).status_code == 200
        sent = json.dumps({"text": " ".join(some)})
        assert client.post("/api/v1/verify/", sent, content_type="application/json").status_code == 200
    from django.core.files.uploadedfile import SimpleUploadedFile

    cv = SimpleUploadedFile("cv.pdf", Pdf().page("x", links=links[:10], qr=links[10:12]).whole())
    photo = SimpleUploadedFile("qr.png", png_of_qr(links[0]))
    assert client.post("/verify", {"uploads": [cv, photo]}).status_code == 200
    assert client.get(f"/receipts?r={quote(links[0])}").status_code == 400
    assert net.inside.came == []


@pytest.mark.parametrize("member", ["badge", "issuer", "creator", "revocationList", "publicKey", "redirect"])
def test_no_document_of_a_badge_leads_inside(db: None, net: Internet, member: str) -> None:
    """A site outside whose badge names things inside, or sends on to them."""
    from assertions.services.bringing import Brought, Pack
    from assertions.services.judging import judge
    from tests.factories import NOON

    site, inside = "http://outside.example", net.url("127.0.0.1", "/in")
    links = {
        name: f"{site}/{name}"
        for name in ("award", "badge", "issuer", "creator", "revocationList", "publicKey")
    }
    if member == "redirect":
        net.outside.answers["/badge"] = moved(inside)
    else:
        links[member] = inside
    common = {"@context": "https://w3id.org/openbadges/v2"}
    documents = {
        "/award": {
            "type": "Assertion", "id": links["award"], "badge": links["badge"], "issuedOn": "2026-02-01T09:00:00Z",
            "recipient": {"type": "email", "hashed": False, "identity": "a@example.org"},
            "verification": {"type": "HostedBadge", "creator": links["creator"]},
        },
        "/badge": {
            "type": "BadgeClass", "id": links["badge"], "name": "x", "description": "x", "image": f"{site}/i.png",
            "criteria": {"narrative": "x"}, "issuer": links["issuer"],
        },
        "/issuer": {
            "type": "Profile", "id": links["issuer"], "name": "x", "url": site, "email": "a@example.org",
            "publicKey": links["publicKey"], "revocationList": links["revocationList"],
        },
    }  # fmt: skip
    for path, document in documents.items():
        body = json.dumps(common | document).encode()
        net.outside.answers.setdefault(path, plain(body, "200 OK", "Content-Type: application/ld+json"))
    judge(Pack((Brought("x", links["award"]),)), at=NOON, seconds=5)
    assert "/award" in net.outside.came
    assert net.inside.came == []


@pytest.mark.parametrize(
    "did",
    [
        "did:web:{host}%3A{port}",
        "did:web:{host}%3A{port}:issuers:x",
        "did:web:127.0.0.1%3A{port}",
        "did:web:localhost",
    ],
)
@pytest.mark.parametrize("member", ["issuer", "credentialStatus", "verificationMethod", "image"])
def test_no_credential_leads_inside(db: None, net: Internet, member: str, did: str) -> None:
    """Open Badges 3.0: issuers, keys, status lists and pictures are named by ids that may lead anywhere."""
    from assertions.services.bringing import Brought, Pack
    from assertions.services.judging import judge
    from tests.factories import NOON

    inside = net.url("127.0.0.1", "/in")
    issuer = did.format(host="inside.example", port=net.inside.port)
    credential: dict[str, Any] = {
        "@context": [
            "https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        ],
        "id": "https://outside.example/credentials/1",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": issuer if member == "issuer" else "did:web:outside.example", "type": ["Profile"], "name": "x"},
        "validFrom": "2026-01-01T00:00:00Z", "name": "x",
        "credentialSubject": {"type": ["AchievementSubject"], "achievement": {
            "id": "https://outside.example/a", "type": ["Achievement"], "name": "x", "description": "x",
            "criteria": {"narrative": "x"},
        }},
        "credentialStatus": {
            "id": f"{inside}#1", "type": "BitstringStatusListEntry", "statusPurpose": "revocation",
            "statusListIndex": "1", "statusListCredential": inside,
        },
        "proof": {
            "type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022", "proofPurpose": "assertionMethod",
            "created": "2026-01-01T00:00:00Z", "proofValue": "z" + "1" * 86,
            "verificationMethod": f"{issuer}#key-1" if member == "verificationMethod" else "did:web:outside.example#k",
        },
    }  # fmt: skip
    document = {
        "id": "did:web:outside.example",
        "verificationMethod": [{"id": inside, "publicKeyMultibase": "z6Mk"}],
    }
    net.outside.answers["*"] = plain(
        json.dumps(document).encode(), "200 OK", "Content-Type: application/did+json"
    )
    judge(Pack((Brought("x", json.dumps(credential)),)), at=NOON, seconds=1)
    assert net.inside.came == []


@pytest.mark.parametrize("kind", ["BitstringStatusListEntry", "1EdTechRevocationList"])
def test_no_status_list_leads_inside(db: None, net: Internet, kind: str) -> None:
    """A badge that is truly signed, so that its list is asked for: anywhere outside, and nowhere inside."""
    from assertions.services.verification import Inquiry
    from openbadges import CheckCode, Outcome
    from openbadges.keys import did_key, did_key_method
    from tests.factories import NOON
    from tests.openbadges import stage3

    public = stage3.ed_key().public_key()

    def reason(url: str) -> Any:
        if kind == "BitstringStatusListEntry":
            more = {"credentialStatus": stage3.entry(9, url=url)}
        else:
            more = {"@context": stage3.WITH_EXTENSIONS, "credentialStatus": {"id": url, "type": kind}}
        document = stage3.signed(stage3.credential(did_key(public), **more), method=did_key_method(public))
        check = Inquiry(seconds=10).verify(json.dumps(document), at=NOON).check(CheckCode.REVOCATION)
        assert check is not None
        assert check.outcome in (Outcome.NOT_CHECKED, Outcome.WARNING)
        return check.facts.get("reason")

    reason("http://outside.example/list")
    assert net.outside.came == ["/list"]
    inside = ("127.0.0.1", "2130706433", "[::1]", "[::ffff:7f00:1]", "inside.example", "both.example")
    came = {host: reason(net.url(host)) for host in inside}
    assert net.inside.came == []
    assert set(net.connected) <= {PUBLIC}
    assert came == dict.fromkeys(inside, "refused")
    net.outside.answers["/list"] = moved(net.url("127.0.0.1"))
    assert reason("http://outside.example/list") == "refused"
    assert net.inside.came == []


@pytest.mark.parametrize(
    "host",
    [
        "inside.example", "both.example", "xn--nxasmq6b.example", "localhost", "LOCALHOST.", "127.0.0.1.", "127.1",
        "2130706433", "0x7f.1", "user@localhost", "outside.example@localhost",
    ],
)  # fmt: skip
def test_no_website_of_an_organisation_leads_inside(
    db: None, net: Internet, settings: Any, host: str
) -> None:
    """The file that confirms an organisation is looked for wherever its details say that its website is."""
    from common.actors import SYSTEM
    from common.errors import Refused
    from issuers.models import DomainCheck
    from issuers.services import check_website
    from tests.factories import NOON, make_issuer
    from tests.issuers.site import NameServer

    names = NameServer()
    settings.DNS_SERVERS = [names.address]
    issuer = make_issuer()
    issuer.url = net.url(host, scheme="https")
    issuer.save()
    with closing(names), suppress(Refused):  # a bare address is no website of its own
        assert check_website(issuer=issuer, by=SYSTEM, at=NOON).state == DomainCheck.State.WAITING
        assert names.asked
    assert net.inside.came == []
    assert net.connected == []


def test_a_pack_of_slow_sites_takes_no_longer_than_its_time(db: None, net: Internet) -> None:
    from assertions.services.bringing import Brought, Pack
    from assertions.services.judging import judge
    from tests.factories import NOON

    net.outside.answers["*"] = silent
    pack = Pack(tuple(Brought(str(n), f"http://outside.example/{n}") for n in range(20)))
    began = time.monotonic()
    verdicts = judge(pack, at=NOON, seconds=SOON)
    assert time.monotonic() - began < SOON + 3
    assert len(verdicts.judged) + len(verdicts.waiting) == 20


def test_no_webhook_leads_inside(db: None, net: Internet) -> None:
    """A name that was public when the webhook was made and is private when the event is sent."""
    from django.utils import timezone

    from common.actors import SYSTEM
    from journal.models import Delivery
    from journal.services import deliver_due_webhooks, make_webhook, send_test_event
    from tests.factories import make_issuer

    now = timezone.now()
    net.names["hook.example"] = [["127.0.0.1"]]
    hook, _secret = make_webhook(
        scope=make_issuer().scope, url=f"https://hook.example:{net.inside.port}/in", events=["award.created"],
        by=SYSTEM, at=now,
    )  # fmt: skip
    send_test_event(webhook=hook, at=now)
    deliver_due_webhooks(now=timezone.now, seconds=2)
    assert net.inside.came == []
    assert Delivery.objects.get().attempts == 1
