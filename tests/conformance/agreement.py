"""Badges that the judges' own signing code made, put before them and before us: the verdicts agree, or the difference
is on the list below with its reason. Each side is told the same pages; nothing else can be reached."""

import base64
import json
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from openbadges import Fetched, FetchFailed, Report, Verdict, verify
from tests.conformance import judges, judges_ob3
from tests.conformance.judges import HERE, Judge

# Not the product's own: nothing of these badges is known to it.
SITE = "https://samples.example.org"
PNG = b"\x89PNG"
DIFFERENCES = {
    "hosted, two types": "the validator stops at a type that it does not know; the specification allows several",
    "hosted, two places": "the validator takes one startsWith; the specification allows several",
    "hosted, two keys": "the validator takes one publicKey; the specification allows several",
    "signed, no key named": "the profile lists one key, so it can be no other; its signature is checked",
    "signed, an id of version 7": "the validator knows no UUID after version 5",
    "proof, https issuer": "openbadgeslib reads keys from DIDs only",
    "proof, P-256": "openbadgeslib knows no ecdsa-rdfc-2019",
    "proof, P-384": "openbadgeslib knows no ecdsa-rdfc-2019",
    "content, for nobody": "Digital Bazaar's verifier asks not whose it is; openbadgeslib and the standard do",
    "content, a result of something else": "neither judge follows results to what describes them",
    "status, list too short": "neither judge measures it; the standard asks for 131,072 entries",
    "token, key beside the profile": "where many share a host each could sign for all; the issuer names no such key",
    "token, another nbf": "neither judge compares it with validFrom; the standard says that they are the same",
}


@dataclass
class Samples:
    """`brought`: JSON text, a token, an address or a picture's bytes, by name. `pages`: type and body by address."""

    brought: dict[str, str | bytes] = field(default_factory=dict)
    pages: dict[str, tuple[str, bytes]] = field(default_factory=dict)

    def take(self, line: str) -> None:
        said = json.loads(line)
        picture = base64.b64decode(said.get("picture", ""))
        if "name" in said:
            self.brought[said["name"]] = picture or said["document"]
        elif picture:
            self.pages[said["url"]] = ("image/png", picture)
        else:
            self.pages[said["url"]] = ("application/ld+json", json.dumps(said["page"]).encode())


def compare(folder: Path, versions: set[str]) -> tuple[int, int]:
    """A line for each sample; gives how many verdicts agree or differ as listed, and how many do not."""
    counts = [0, 0]
    for name, theirs, ours in _verdicts(folder, versions):
        objection = objection_to(name, theirs, ours)
        counts[bool(objection)] += 1
        words = " | ".join("valid" if one else "invalid" for one in (*theirs, ours))
        print(
            f"  {'FAILED' if objection else 'ok':6}  {name:44}  {words}  {DIFFERENCES.get(name, '')}",
            flush=True,
        )
        if objection:
            print(f"          {objection}")
    return counts[0], counts[1]


def objection_to(name: str, theirs: list[bool], ours: bool) -> str:
    """Where ours is not the first judge's verdict, or another judge refuses what we accept; empty if all is well."""
    differs = ours != theirs[0] or (ours and not all(theirs))
    if differs and name not in DIFFERENCES:
        return "the verdicts differ, and nothing says why"
    if not differs and name in DIFFERENCES:
        return "listed as a difference, and there is none"
    return ""


def _verdicts(folder: Path, versions: set[str]) -> Iterator[tuple[str, list[bool], bool]]:
    if "2" in versions:
        print("\nTheirs, of 2.0: 1EdTech's validator | ours")
        samples = _made([str(judges.PYTHON), "-I", str(HERE / "samples.py"), SITE])
        with _served(samples) as port, judges.Judges(port, SITE) as judge:
            yield from _each(samples, [judge], folder)
    if "3" in versions:
        print("\nTheirs, of 3.0: Digital Bazaar | openbadgeslib | ours")
        script = str(judges_ob3.NODE_FOLDER / "samples.mjs")
        samples = _made([judges_ob3.node(), script, SITE, str(judges_ob3.CONTEXTS)])
        with (
            _served(samples) as port,
            judges_ob3.digital_bazaar(port, SITE) as first,
            judges_ob3.openbadgeslib(port, SITE) as second,
        ):
            _bake(samples, second)
            yield from _each(samples, [first, second], folder)


def _made(command: list[str]) -> Samples:
    samples = Samples()
    made = subprocess.run(command, cwd=judges.HOME, check=True, stdout=subprocess.PIPE, text=True)
    for line in made.stdout.splitlines():
        samples.take(line)
    return samples


def _bake(samples: Samples, judge: Judge) -> None:
    """A proof and a token in pictures, put there by openbadgeslib."""
    for name in ("proof, did:web", "proof, name changed", "token, RS256", "token, changed"):
        for kind in ("png", "svg"):
            samples.brought[f"{kind}, {name}"] = judge.baked(str(samples.brought[name]), kind)


def _each(samples: Samples, bench: list[Judge], folder: Path) -> Iterator[tuple[str, list[bool], bool]]:
    for name, brought in samples.brought.items():
        theirs = [_their_verdict(judge, bench[-1], brought, folder) for judge in bench]
        yield name, theirs, our_report(brought, samples).verdict != Verdict.NOT_VALID


def _their_verdict(judge: Judge, reader: Judge, brought: str | bytes, folder: Path) -> bool:
    """Pictures are taken apart by `reader`, who can."""
    if isinstance(brought, bytes):
        file = folder / ("sample.png" if brought.startswith(PNG) else "sample.svg")
        file.write_bytes(brought)
        brought = reader.extracted(file)
    # What we emit must please both published schemas and be RS256; others may use what the standard allows.
    more = {} if isinstance(judge, judges.Judges) else {"foreign": "yes"}
    return bool(brought and judge.verdict(brought, **more)["valid"])


def our_report(brought: str | bytes, samples: Samples) -> Report:
    """What /verify, the API and the command line ask, over the same pages."""

    def fetch(url: str) -> Fetched:
        if not url.startswith(SITE + "/"):
            raise FetchFailed("unreachable")
        media_type, body = samples.pages.get(url, ("", b""))
        return Fetched(200 if body else 404, media_type, body)

    return verify(brought, fetch=fetch, at=datetime.now(UTC))


@contextmanager
def _served(samples: Samples) -> Iterator[int]:
    """The pages on a loopback port."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            media_type, body = samples.pages.get(SITE + urlsplit(self.path).path, ("text/plain", b""))
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *words: object) -> None:
            """The judges' questions are no news."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
