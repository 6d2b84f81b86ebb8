"""The exit kit: every public address as a file, the very bytes that the address gives, and nothing beyond them."""

import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPConnection
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assertions.models import Assessment, Award
from assertions.services import open_claims, revoke, store_evidence
from assertions.services.claiming import accept
from assertions.services.credentials import credential_of
from assertions.services.erasing import erase_person
from assertions.services.kit.parts import Kit
from assertions.services.kit.sources import awards as kit_awards
from badges.models import Badge
from common.actors import SYSTEM
from issuers.models import Issuer
from issuers.services import change_issuer, rotate_key
from issuers.services.keys import signing_key_of
from issuers.services.logos import set_logo
from journal.models import Action, Entry
from openbadges import Fetched, Report, Verdict, verify
from tests.access.table import PUBLIC
from tests.assertions.kits import AT, files_of, furnish, kit_of, publish_next
from tests.factories import NOON, make_accepted, make_award, make_badge, make_issuer
from tests.issuers.views.test_settings import png

pytestmark = pytest.mark.django_db
LD = {"Accept": "application/ld+json"}

# What a kit answers, by the names of routes; and what it does not, with the reason.
IN_THE_KIT = {
    "assertion", "assertion_jws", "assertion_png", "assertion_svg", "evidence_file", "issuer", "issuer_did",
    "issuer_key", "issuer_logo", "issuer_revocations", "badge_public", "badge_version", "badge_version_in", "picture",
    "register_checkpoint", "register_checkpoint_at", "register_tile", "site_did", "verify",
    "issuer_profile", "profile_revocations", "badge_version_for_key", "credential", "credential_jwt",
    "credential_status", "credential_status_jwt", "credential_suspensions",
    "credential_suspensions_jwt", "credential_revocations",
}  # fmt: skip
NOT_IN_THE_KIT = {
    "home": "index.html speaks of the organisation", "about": "of the site", "accessibility": "of the site",
    "security_txt": "of the site", "robots_txt": "of the site", "favicon": "of the site", "set_language": "a form",
    "assertion_qr": "printed from the live page only", "person_match": "compares with a database",
    "receipt": "says what is true at this moment", "receipt_document": "says what is true at this moment",
    "receipt_check": "a form", "receipt_print": "a form", "receipt_keys": "of the site, which signs receipts itself",
    "issuer_register": "the page explains what the files beside it are",
    "register_consistency": "is worked out from tiles",
    "register_entry": "the page’s proof lies with the originals", "register_proof": "lies with the originals",
    "browser_check_words": "the kit has a reader of its own",
    "mailbox": "of the site", "mailbox_mail": "of the site", "mailbox_html": "of the site",
    "unsubscribe": "a form", "api_schema": "of the site", "api_docs": "of the site", "api_try": "of the site",
}  # fmt: skip


@pytest.fixture
def awards(badge: Badge, issuer: Issuer) -> dict[str, Award]:
    set_logo(issuer=issuer, content=png(), by=SYSTEM, at=NOON)
    issuer.refresh_from_db()
    made = furnish(badge)
    publish_next(badge)
    rotate_key(key=signing_key_of(issuer.pk), by=SYSTEM, at=NOON)
    return made


@pytest.fixture
def kit(awards: dict[str, Award], issuer: Issuer, tmp_path: Path) -> Path:
    return kit_of(issuer, tmp_path / "kit")


def test_every_public_route_is_spoken_of() -> None:
    """A new public address belongs in the kit (assertions/services/kit/sources.py), or here with a reason."""
    assert set(PUBLIC) == IN_THE_KIT | NOT_IN_THE_KIT.keys()
    assert IN_THE_KIT & NOT_IN_THE_KIT.keys() == set()


def addresses(issuer: Issuer, badge: Badge, awards: dict[str, Award]) -> Iterator[str]:
    base = f"/issuers/{issuer.slug}"
    yield from (base, f"{base}/keys/1", f"{base}/keys/2", f"{base}/revocations", f"{base}/did.json")
    yield from (f"{base}/logo.png", "/.well-known/did.json", f"{base}/revocations.json")
    yield from (f"{base}/profiles/3", f"{base}/profiles/3/revocations", f"{base}/keys/3")
    lists = f"{base}/status/1"
    yield from (lists, f"{lists}.jwt", f"{lists}/suspension", f"{lists}/suspension.jwt")
    address = f"/badges/{badge.pk}"
    yield from (address, f"{address}/v/1", f"{address}/v/1/fr", f"{address}/v/2", f"{address}/v/2/profiles/3")
    picture = badge.versions.get(number=1).picture_id
    yield from (f"/pictures/{picture}.png", f"/pictures/{picture}.svg")
    for award in awards.values():
        yield f"/assertions/{award.pk}"
    for name in ("accepted", "waiting", "expired", "revoked", "suspended"):
        yield from (f"/credentials/{awards[name].pk}", f"/credentials/{awards[name].pk}.jwt")
    for name in ("accepted", "waiting", "expired"):
        yield from (f"/assertions/{awards[name].pk}.{kind}" for kind in ("jws", "png", "svg"))
    yield f"/assertions/{awards['accepted'].pk}/evidence/1"


def test_files_are_what_the_addresses_give(
    kit: Path, issuer: Issuer, badge: Badge, awards: dict[str, Award], client: Client
) -> None:
    for address in addresses(issuer, badge, awards):
        live = client.get(address, headers=LD)
        place = kit / "site" / address.lstrip("/")
        stored = (place / "index.html" if place.is_dir() else place).read_bytes()
        assert stored == _body(live), address
        if place.is_dir():
            assert (place / "document.jsonld").read_bytes() == stored


def _body(live: Any) -> bytes:
    return b"".join(live) if live.streaming else bytes(live.content)


def test_what_is_gone_says_so_and_leaves_nothing_else(kit: Path, awards: dict[str, Award]) -> None:
    for name in ("revoked", "declined", "suspended"):
        base = kit / "site" / "assertions" / str(awards[name].pk)
        said = json.loads(Path(f"{base}.gone").read_bytes())
        assert (said["id"], said["revoked"]) == (
            f"https://badges.example.org/assertions/{awards[name].pk}",
            True,
        )
        assert not any(Path(f"{base}.{kind}").exists() for kind in ("jws", "png", "svg"))
        assert not (kit / "originals" / "assertions" / f"{awards[name].pk}.jws").exists()


def test_who_is_erased_while_the_kit_is_written_is_left_out(badge: Badge) -> None:
    rows = [_accepted_with_more_to_say(badge, address) for address in ("noah@example.org", "ada@example.org")]
    parts = kit_awards(Kit(badge.issuer, AT))
    written = [next(parts)]  # both awards are read
    theirs = next(row for row in rows if str(row.pk) not in written[0].path)
    erase_person(address=theirs.recipient.address, by=SYSTEM, at=AT)
    written += parts
    files = {part.path: part.content for part in written if str(theirs.pk) in part.path}
    assert set(files) == {f"site/assertions/{theirs.pk}{kind}" for kind in ("", ".html", ".gone")}
    said = json.loads(files[f"site/assertions/{theirs.pk}.gone"])
    assert said["revocationReason"].startswith("Erased")


def _accepted_with_more_to_say(badge: Badge, address: str) -> Award:
    """Its credential was signed before it was accepted: a newer edition is due."""
    row = make_award(badge, address=address)
    Assessment.objects.create(award=row, criterion=badge.current.criteria.all()[0], level="confident")
    credential_of(row, at=NOON)
    return accept(token=open_claims([row], at=NOON)[row.pk], at=NOON)


def test_what_was_revoked_before_it_was_accepted_says_that_and_no_more(badge: Badge, tmp_path: Path) -> None:
    report = store_evidence(content=b"%PDF-1.4 hers", name="Report.pdf")
    row = make_award(badge, name="Zoé Klein", narrative="Never to be read.", evidence=(report,))
    credential_of(row, at=NOON)
    revoke(awards=[row], reason="Sent to a wrong address.", by=SYSTEM, at=NOON)
    files = files_of(kit_of(badge.issuer, tmp_path / "kit"))
    own = f"site/assertions/{row.pk}"
    assert {name for name in files if str(row.pk) in name and "/register/" not in name} == {
        own, f"{own}.gone", f"{own}.html",
    }  # fmt: skip
    assert json.loads(files[own])["revocationReason"] == "Sent to a wrong address."
    told = b"".join(files.values()).decode(errors="ignore")
    assert [word for word in ("Zoé Klein", "Never to be read.", "%PDF-1.4 hers") if word in told] == []


def test_the_public_face_and_nothing_beyond_it(kit: Path, issuer: Issuer, awards: dict[str, Award]) -> None:
    """As the pages: no address of a recipient; before they accept, and once they declined, nothing about a person
    but what the documents at their address say."""
    texts = {name: content.decode(errors="ignore") for name, content in files_of(kit).items()}
    for award in awards.values():
        assert [name for name, text in texts.items() if award.recipient.address in text] == []
    for name in ("waiting", "declined"):
        assert [place for place, text in texts.items() if awards[name].recipient_name in text] == []
    assert [name for name, text in texts.items() if "Never to be read" in text] == []
    waiting = str(awards["waiting"].pk)
    assert "Private so far" not in texts[f"site/assertions/{waiting}.html"]
    own = {f"site/assertions/{waiting}{kind}" for kind in ("", ".png", ".svg")} | {
        f"site/credentials/{waiting}"
    }
    assert {name for name, text in texts.items() if "Private so far" in text} == own
    assert "Inès Marchand" in texts[f"site/assertions/{awards['accepted'].pk}.html"]
    owner = issuer.memberships.get(role="owner").user
    assert [name for name, text in texts.items() if owner.email in text] == []


def test_pages_say_what_was_true_then(kit: Path, awards: dict[str, Award]) -> None:
    pages = {name: (kit / f"site/assertions/{row.pk}.html").read_text() for name, row in awards.items()}
    assert "This badge is valid." in pages["accepted"]
    assert "This badge was revoked." in pages["revoked"]
    assert "Awarded by mistake." in pages["revoked"]
    assert "This badge has expired." in pages["expired"]
    assert "This badge is suspended." in pages["suspended"]
    assert "Under review." in pages["suspended"]
    assert "<strong>Suspended</strong>" in pages["suspended"]
    assert "evoked" not in pages["suspended"]
    assert "This badge is not public." in pages["declined"]
    assert all("1 June 2026" in page for page in pages.values())


def test_the_organisation_says_what_it_does_in_each_of_its_languages(issuer: Issuer, tmp_path: Path) -> None:
    told = {"description": "A school.", "translations": {"fr": "Une école."}}
    kit = kit_of(change_issuer(issuer=issuer, by=SYSTEM, at=NOON, **told), tmp_path / "kit")
    for page in ("index.html", f"issuers/{issuer.slug}/page.html"):
        text = (kit / "site" / page).read_text()
        said = re.findall(r'<div class="flow lead" lang="(..)"><p>(.*?)</p>', text)
        assert said == [("en", "A school."), ("fr", "Une école.")]


def test_links_between_pages_lead_somewhere(kit: Path) -> None:
    for page in (kit / "site").rglob("*.html"):
        text = page.read_text()
        if not text.startswith("<!doctype"):
            continue  # a document that stands in a folder's index.html
        for link in re.findall(r'(?:href|src)="([^"#:]+)"', text):
            assert (page.parent / link).resolve().is_file(), f"{page}: {link}"


def test_the_list_of_hashes_is_whole(kit: Path) -> None:
    lines = (kit / "files.sha256").read_text().splitlines()
    listed = {path: digest for digest, path in (line.split("  ") for line in lines)}
    found = {name: hashlib.sha256(content).hexdigest() for name, content in files_of(kit).items()}
    del found["files.sha256"]
    assert listed == found
    assert json.loads((kit / "kit.json").read_text())["files"] == len(found) + 1


def test_a_zip_holds_the_same(kit: Path, issuer: Issuer, tmp_path: Path) -> None:
    assert files_of(kit_of(issuer, tmp_path / "kit.zip")) == files_of(kit)


def test_many_awards_take_no_more_queries_than_one(issuer: Issuer, tmp_path: Path) -> None:
    badge = make_badge(issuer)

    def queries(name: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            kit_of(issuer, tmp_path / name)
        return len(asked) - 2 * Award.objects.count()  # each is looked for in the list of what was revoked

    make_accepted(badge)
    few = queries("few")
    for _number in range(5):
        make_accepted(badge)
    assert queries("many") <= few


def test_an_organisation_without_anything_has_a_kit(issuer: Issuer, tmp_path: Path) -> None:
    kit = kit_of(issuer, tmp_path / "kit")
    assert "has not published a badge yet" in (kit / "site/index.html").read_text()


def test_the_command(awards: dict[str, Award], issuer: Issuer, tmp_path: Path) -> None:
    said = StringIO()
    call_command("exit_kit", issuer.slug, str(tmp_path / "kit.zip"), stdout=said)
    assert "6 awards" in said.getvalue()
    line = Entry.objects.get(action=Action.KIT_MADE)
    assert (line.scope, line.data["awards"]) == (issuer.scope, 6)
    with pytest.raises(CommandError, match="There is no organisation"):
        call_command("exit_kit", "nobody", str(tmp_path / "x"))
    with pytest.raises(CommandError, match="not an empty folder"):
        call_command("exit_kit", issuer.slug, str(tmp_path))
    with pytest.raises(CommandError, match=r"No such file|Not a directory"):
        call_command("exit_kit", issuer.slug, str(tmp_path / "nowhere" / "kit.zip"))


def test_another_organisations_awards_are_not_in_it(kit: Path, issuer: Issuer, tmp_path: Path) -> None:
    other = make_issuer("Elsewhere")
    row = make_accepted(make_badge(other))
    assert not [name for name in files_of(kit_of(issuer, tmp_path / "again")) if str(row.pk) in name]


class Served:
    """The kit's own server, in a process of its own."""

    def __init__(self, kit: Path) -> None:
        command = [sys.executable, "-I", str(kit / "serve.py"), "--port", "0"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout
        self.port = int(self.process.stdout.readline().rsplit(":", 1)[1])

    def get(self, path: str, method: str = "GET", **headers: str) -> tuple[int, str, dict[str, str], bytes]:
        asked = HTTPConnection("127.0.0.1", self.port, timeout=20)
        asked.request(method, path, headers=headers)
        answer = asked.getresponse()
        body = answer.read()
        asked.close()
        return answer.status, answer.headers["Content-Type"] or "", dict(answer.headers), body

    def end(self) -> None:
        self.process.terminate()
        self.process.wait(20)
        assert self.process.stdout
        self.process.stdout.close()


@pytest.fixture
def served(kit: Path) -> Iterator[Served]:
    server = Served(kit)
    yield server
    server.end()


def test_any_file_server_keeps_every_badge_verifiable(kit: Path, awards: dict[str, Award]) -> None:
    """Python's own knows no media type of ours and no 410, and leads from folders to what lies in them."""
    options = ["--bind", "127.0.0.1", "--directory", str(kit / "site")]
    command = [sys.executable, "-u", "-m", "http.server", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        try:
            assert server.stdout
            found = re.search(r"port (\d+)", server.stdout.readline())
            assert found
            reports = {name: list(_judged(kit, row, int(found[1]))) for name, row in awards.items()}
        finally:
            server.terminate()
    assert {name: {report.verdict for report in made} for name, made in reports.items()} == {
        **dict.fromkeys(("accepted", "waiting"), frozenset({Verdict.CONSISTENT})),
        **dict.fromkeys(("expired", "revoked", "suspended", "declined"), frozenset({Verdict.NOT_VALID})),
    }
    assert [len(made) for made in reports.values()] == [6, 6, 4, 6, 4, 2]
    taken_back = [*reports["revoked"], *reports["suspended"], *reports["declined"]]
    assert all(report.revoked or report.suspended for report in taken_back)


def _judged(kit: Path, award: Award, port: int) -> Iterator[Report]:
    """Every form in which somebody may hold the badge, verified against the files alone."""
    site = "https://badges.example.org"

    def fetch(url: str) -> Fetched:
        try:
            with urlopen(url.replace(site, f"http://127.0.0.1:{port}"), timeout=20) as answer:
                return Fetched(answer.status, answer.headers["Content-Type"], answer.read())
        except HTTPError as error:
            return Fetched(error.code, "", b"")

    names = [f"assertions/{award.pk}.{kind}" for kind in ("png", "svg")]
    names += [f"credentials/{award.pk}", f"credentials/{award.pk}.jwt"]
    files = [(kit / "site" / name) for name in names]
    held: list[str | bytes] = [f"{site}/assertions/{award.pk}", award.signed]
    held += [file.read_bytes() for file in files if file.is_file()]
    for document in held:
        yield verify(document, fetch=fetch, at=AT)


BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def test_its_own_server_answers_as_the_site_did(
    served: Served, issuer: Issuer, badge: Badge, awards: dict[str, Award], client: Client
) -> None:
    for address in addresses(issuer, badge, awards):
        live = client.get(address, headers=LD)
        status, media_type, headers, body = served.get(address, Accept="application/ld+json")
        if "/evidence/" in address:
            assert _body(live) == body
            assert (status, headers["Content-Disposition"]) == (200, "attachment")
            continue
        told = (status, media_type.replace("; charset=utf-8", ""), body)
        assert told == (
            live.status_code,
            live["Content-Type"].replace("; charset=utf-8", ""),
            live.content,
        ), address
        assert headers["Access-Control-Allow-Origin"] == "*"
        assert headers["Vary"] == "Accept"


def test_its_own_server_gives_people_pages(
    served: Served, issuer: Issuer, badge: Badge, awards: dict[str, Award]
) -> None:
    for address in (
        "/", f"/issuers/{issuer.slug}", f"/badges/{badge.pk}", f"/badges/{badge.pk}/v/1/fr", "/verify",
        f"/assertions/{awards['accepted'].pk}", f"/assertions/{awards['waiting'].pk}", "/assertions/", "/badges/",
    ):  # fmt: skip
        status, media_type, _headers, body = served.get(address, Accept=BROWSER)
        assert (status, media_type) == (200, "text/html; charset=utf-8"), address
        assert body.startswith(b"<!doctype html>"), address
    gone = f"/assertions/{awards['revoked'].pk}"
    assert served.get(gone, Accept=BROWSER)[:2] == (410, "text/html; charset=utf-8")
    for ending in (".jws", ".png", ".svg"):
        assert served.get(gone + ending)[:2] == (410, "application/ld+json")


@pytest.mark.parametrize(
    "path",
    [
        "/../kit.json", "/%2e%2e/kit.json", "/..%2fkit.json", "/assertions/../../serve.py", "/nothing", "/%00", "/%ff",
        "/" + "a" * 5000,
    ],
)  # fmt: skip
def test_its_own_server_gives_nothing_else(served: Served, path: str) -> None:
    assert served.get(path)[0] == 404


def test_its_own_server_knows_head_and_options(served: Served, issuer: Issuer) -> None:
    status, _kind, headers, body = served.get(f"/issuers/{issuer.slug}", "HEAD")
    assert (status, body) == (200, b"")
    assert int(headers["Content-Length"]) > 100
    assert served.get("/", "OPTIONS")[0] == 204


def test_what_the_reader_knows(kit: Path, issuer: Issuer, awards: dict[str, Award]) -> None:
    known = json.loads((kit / "originals/known.json").read_text())
    assert [key["id"].rpartition("/")[2] for key in known["keys"]] == ["1", "2", "3"]
    assert known["revoked"] == {
        str(awards["revoked"].pk): "Awarded by mistake.",
        str(awards["declined"].pk): "Declined by the recipient.",
        str(awards["suspended"].pk): "Suspended: Under review.",
    }
    assert "PRIVATE" not in (kit / "site/verify/known.js").read_text()
    assert known["made"] == AT.isoformat(timespec="seconds")
    script = (kit / "site/verify/reader.js").read_text()
    assert not re.search(r"^(import|export) ", script, re.MULTILINE)
