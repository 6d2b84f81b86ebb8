"""A visitor's own browser checks a badge: true ones come out right, and whatever a server changes comes out red."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Locator, Page, Route, expect

from assertions.models import Award
from assertions.queries import edition_state
from assertions.services import revoke
from assertions.services.credentials import credential_of
from assertions.services.pictures import baked
from assertions.services.registering import enter_all
from common.actors import SYSTEM
from openbadges import bake
from tests.openbadges.stage import png

EARNER = "ines@example.org"
Change = Callable[[str], str]


@pytest.fixture
def award(site: str, accepted_award: Award) -> Award:
    """Signed for this address, and entered in the register."""
    enter_all(now=timezone.now)
    return accepted_award


@pytest.fixture
def page(visitor: Callable[..., BrowserContext]) -> Page:
    page = visitor().new_page()
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    return page


def check(page: Page, award: Award, *, file: tuple[str, bytes] | None = None, address: str = "") -> Locator:
    """The lines that came of it."""
    page.goto(f"/assertions/{award.pk}")
    if file:
        chosen = {"name": file[0], "mimeType": "", "buffer": file[1]}
        page.locator("#check-file").set_input_files(chosen)
    page.locator("#check-address").fill(address)
    page.get_by_role("button", name="Check in my browser").click()
    expect(page.locator("[data-browser-verdict] .notice")).to_be_visible()
    return page.locator("[data-browser-found] .checks > li")


def said(lines: Locator, kind: str) -> list[str]:
    return lines.and_(lines.page.locator(f"[data-kind={kind}]")).all_inner_texts()


def tampered(token: str, **changes: Any) -> str:
    header, payload, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "==")) | changes
    changed = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"{header}.{changed}.{signature}"


def answer_otherwise(page: Page, path: str, change: Change) -> None:
    """As if the server told something else at this address."""

    def handle(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=change(answer.text()))

    page.route(path, handle)


def test_a_true_badge(page: Page, award: Award) -> None:
    lines = check(page, award)
    assert said(lines, "bad") == []
    good = " ".join(said(lines, "good"))
    for text in (
        "The signature fits every letter", "Key and issuer point at each other", "is about this very text",
        "It is the badge of this page", "It is not in the issuer’s list of revoked badges",
        "The imprint is the one that the server’s receipt names", "seals these entries",
    ):  # fmt: skip
        assert text in good
    assert "Checked in your browser" in good
    assert "Said by the server" in good
    expect(page.locator("[data-browser-verdict] .notice.good")).to_contain_text("everything in order")
    expect(page.locator("#announcer")).to_contain_text("0 not in order")


@pytest.mark.parametrize("kind", ["png", "svg", "jws"])
def test_with_their_own_file(page: Page, award: Award, kind: str) -> None:
    content = award.signed.encode() if kind == "jws" else baked(award, kind, hosted=False)
    lines = check(page, award, file=(f"badge.{kind}", content))
    assert said(lines, "bad") == []
    assert "Your file holds this badge, byte for byte" in " ".join(said(lines, "good"))


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_with_a_file_of_the_hosted_form(page: Page, award: Award, kind: str) -> None:
    lines = check(page, award, file=(f"badge.{kind}", baked(award, kind, hosted=True)))
    assert said(lines, "bad") == []
    assert "as it stands at its address" in " ".join(said(lines, "good"))


def test_a_picture_with_two_badges_tells_nothing(page: Page, award: Award) -> None:
    picture = baked(award, "png", hosted=False)
    start = picture.index(b"iTXt") - 4
    end = start + 12 + int.from_bytes(picture[start : start + 4], "big")
    lines = check(page, award, file=("badge.png", picture[:end] + picture[start:]))
    assert "Two badges are stored in it" in " ".join(said(lines, "bad"))


@pytest.mark.parametrize("form", ["document", "token"])
def test_with_a_file_of_the_other_edition(page: Page, award: Award, form: str) -> None:
    content = getattr(credential_of(edition_state(award.pk), at=timezone.now()), form)
    lines = check(page, award, file=("badge", content if form == "document" else content.encode()))
    assert said(lines, "bad") == []
    assert "the Open Badges 3.0 edition, which is not checked here" in " ".join(said(lines, "warn"))


def test_with_a_file_that_was_changed(page: Page, award: Award) -> None:
    forged = bake(png(), tampered(award.signed, issuedOn="2020-01-01T00:00:00Z"))
    bad = " ".join(said(check(page, award, file=("badge.png", forged)), "bad"))
    assert "The signature does not fit" in bad
    assert "The register has no entry about this text" in bad
    expect(page.locator("[data-browser-verdict] .notice.bad")).to_be_visible()


@pytest.mark.parametrize("content", [b"", b"no badge", png(), b"<svg xmlns='http://www.w3.org/2000/svg'/>"])
def test_with_a_file_that_is_no_badge(page: Page, award: Award, content: bytes) -> None:
    lines = check(page, award, file=("file", content))
    assert len(said(lines, "bad")) >= 1
    assert "The signature fits every letter" not in " ".join(said(lines, "bad"))


@pytest.mark.parametrize(("typed", "kind"), [(" INES@example.org ", "good"), ("x@example.org", "warn")])
def test_the_person_in_front_of_me(page: Page, award: Award, typed: str, kind: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url + (request.post_data or "")))
    found = " ".join(said(check(page, award, address=typed), kind))
    assert "awarded to the address that you typed" in found
    assert "example.org" not in " ".join(asked)


def _of_json(**changes: Any) -> Change:
    return lambda body: json.dumps(json.loads(body) | changes)


def _in_proof(name: str, value: Any) -> Change:
    def change(body: str) -> str:
        proof = json.loads(body)
        proof["entries"][-1][name] = value
        return json.dumps(proof)

    return change


def _note(body: str) -> str:
    proof = json.loads(body)
    proof["checkpoint"]["note"] = proof["checkpoint"]["note"].replace("\nat 2", "\nat 1")
    return json.dumps(proof)


def _redated(body: str) -> str:
    proof = json.loads(body)
    leaf = json.loads(proof["entries"][-1]["leaf"]) | {"at": "2020-01-01T00:00:00Z"}
    proof["entries"][-1]["leaf"] = json.dumps(leaf, separators=(",", ":"))
    return json.dumps(proof)


@pytest.mark.parametrize(
    ("path", "change", "what"),
    [
        ("**/*.jws", lambda body: tampered(body, issuedOn="2020-01-01T00:00:00Z"), "The signature does not fit"),
        ("**/*.jws", lambda body: body[:-8] + "AAAAAAAA", "The signature does not fit"),
        ("**/*.jws", lambda body: "x" + body, "not written as a signature has to be"),
        ("**/keys/1", _of_json(owner="https://elsewhere.example"), "The key does not belong to the issuer"),
        ("**/keys/1", _of_json(publicKeyPem="-----BEGIN PUBLIC KEY-----AAAA"), "The key cannot be used"),
        ("**/keys/2", _of_json(publicKeyPem="A" * 60), "register’s checkpoint does not fit"),
        ("**/receipt.json", _of_json(signed_sha256="0" * 64), "receipt names another imprint"),
        ("**/register.json", _in_proof("entry", 1), "of the register does not fit"),
        ("**/register.json", _in_proof("salt", base64.b64encode(bytes(32)).decode()), "no entry about this text"),
        ("**/register.json", _redated, "of the register does not fit"),
        ("**/register.json", _note, "register’s checkpoint does not fit"),
        ("**/register.json", lambda body: "no JSON", ""),
        ("**/revocations", _of_json(revokedAssertions=[]), ""),
    ],
    ids=["date", "signature", "form", "owner", "key", "register key", "receipt", "place", "salt", "entry", "note",
         "proof", "nothing"],
)  # fmt: skip
def test_what_a_server_changed_comes_out_red(
    page: Page, award: Award, path: str, change: Change, what: str
) -> None:
    answer_otherwise(page, path, change)
    lines = check(page, award)
    bad = said(lines, "bad")
    if path.endswith("revocations"):
        assert bad == []
        return
    assert what in " ".join(bad)
    assert bad
    expect(page.locator("[data-browser-verdict] .notice.bad")).to_be_visible()


def test_a_revoked_one(page: Page, award: Award) -> None:
    revoke(awards=[award], reason="Awarded by mistake.", by=SYSTEM, at=timezone.now())
    enter_all(now=timezone.now)
    lines = check(page, award)
    assert "Awarded by mistake." in " ".join(said(lines, "bad"))
    lines = check(page, award, file=("badge.jws", award.signed.encode()))
    good, bad = " ".join(said(lines, "good")), " ".join(said(lines, "bad"))
    assert "The signature fits every letter" in good
    assert "revoked" in good  # the register has an entry of it
    assert "It is in the issuer’s list of revoked badges" in bad


def test_without_script_it_says_how_else(visitor: Callable[..., BrowserContext], award: Award) -> None:
    page = visitor(java_script_enabled=False).new_page()
    page.goto(f"/assertions/{award.pk}")
    assert "This needs JavaScript." in page.locator("#browser-check").inner_text()
    expect(page.locator("[data-browser-check]")).to_be_hidden()


def test_what_its_holder_does_not_show_offers_nothing(page: Page, award: Award) -> None:
    Award.objects.filter(pk=award.pk).update(response="declined")
    page.goto(f"/assertions/{award.pk}")
    expect(page.locator("#browser-check")).to_have_count(0)
