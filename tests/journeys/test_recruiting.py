"""A recruiter: from a link, a file or a photo to a verdict."""

import base64
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.conf import LazySettings
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from assertions.models import Award
from assertions.services import revoke
from common.actors import SYSTEM
from openbadges import bake, jws, keys, v2
from tests.journeys.counting import Person
from tests.openbadges.stage import png

EARNER = "ines@example.org"


@pytest.fixture
def award(site: str, accepted_award: Award) -> Award:
    """Made after the site knows its address: the signed bytes name it."""
    return accepted_award


def verdict(page: Page) -> str:
    return page.locator(".verdict").first.inner_text()


def test_by_its_address_without_a_click(visitor: Callable[..., BrowserContext], award: Award) -> None:
    page = visitor(java_script_enabled=False).new_page()
    page.goto(f"/assertions/{award.pk}")
    words = verdict(page)
    assert "This badge is valid." in words
    assert "Atelier Nord" in words
    assert "Inès Marchand" in words
    assert "Not revoked, not expired, unchanged since it was issued." in words


def test_a_revoked_one_says_why(visitor: Callable[..., BrowserContext], award: Award) -> None:
    revoke(awards=[award], reason="Awarded by mistake.", by=SYSTEM, at=timezone.now())
    page = visitor(java_script_enabled=False).new_page()
    answer = page.goto(f"/assertions/{award.pk}")
    assert answer is not None
    assert answer.status == 410
    assert "This badge was revoked." in verdict(page)
    assert "Awarded by mistake." in verdict(page)


def test_on_paper_it_names_no_box_that_is_not_there(
    visitor: Callable[..., BrowserContext], award: Award
) -> None:
    page = visitor(java_script_enabled=False).new_page()
    page.goto(f"/assertions/{award.pk}")
    said, hint = (page.get_by_text(words) for words in ("not a face.", "Use the box below."))
    expect(hint).to_be_visible()
    page.emulate_media(media="print")
    expect(page.locator(".match")).to_be_hidden()
    expect(hint).to_be_hidden()
    expect(said).to_be_visible()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
@pytest.mark.parametrize(
    ("typed", "expected"), [(" INES@example.org ", "good"), ("somebody@example.org", "warn")]
)
def test_is_it_this_person(
    visitor: Callable[..., BrowserContext], award: Award, script: bool, typed: str, expected: str
) -> None:
    person = Person(visitor(java_script_enabled=script).new_page())
    person.page.goto(f"/assertions/{award.pk}")
    person.types(person.page.locator(".match input[type=email]"), typed)
    person.clicks_on(person.page.locator(".match button"))
    expect(person.page.locator(f".notice.{expected}").first).to_be_visible()


def test_by_the_picture_dropped_on_the_page(visitor: Callable[..., BrowserContext], award: Award) -> None:
    page = visitor().new_page()
    picture = page.request.get(f"/assertions/{award.pk}.png").body()
    _drop(page, picture)
    assert "This badge is valid." in verdict(page)
    assert "Atelier Nord" in verdict(page)


@pytest.mark.parametrize("ending", ["png", "svg"])
@pytest.mark.parametrize("proof", ["", "?proof=hosted"])
def test_by_a_file_chosen_without_script(
    visitor: Callable[..., BrowserContext], award: Award, ending: str, proof: str
) -> None:
    page = visitor(java_script_enabled=False).new_page()
    picture = page.request.get(f"/assertions/{award.pk}.{ending}{proof}").body()
    _choose(page, f"badge.{ending}", picture)
    assert "This badge is valid." in verdict(page)


def test_by_a_photo_of_its_qr_code(visitor: Callable[..., BrowserContext], award: Award) -> None:
    page = visitor().new_page()
    page.goto(f"/assertions/{award.pk}/qr.svg")
    photo = page.screenshot()
    _choose(page, "photo.png", photo)
    assert "This badge is valid." in verdict(page)


def test_a_tampered_file_is_called_so(visitor: Callable[..., BrowserContext], award: Award) -> None:
    header, payload, signature = award.signed.split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    claims["issuedOn"] = "2020-01-01T00:00:00+00:00"
    forged = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    page = visitor(java_script_enabled=False).new_page()
    _choose(page, "badge.png", bake(png(), f"{header}.{forged}.{signature}"))
    assert "not valid" in verdict(page)
    expect(page.locator(".checks .bad").first).to_be_visible()


# Somebody else's badge -------------------------------------------------------------------------------


@pytest.fixture
def college(settings: LazySettings) -> Iterator["College"]:
    with College() as college:
        settings.OUTBOUND_EXCEPTIONS = [college.host]
        yield college


def test_somebody_elses_hosted_badge_by_its_address(
    visitor: Callable[..., BrowserContext], site: str, college: "College"
) -> None:
    page = visitor(java_script_enabled=False).new_page()
    page.goto("/verify")
    page.locator("textarea[name=text]").fill(college.at("award"))
    page.get_by_role("button", name="Verify", exact=True).click()
    words = page.get_by_role("main").inner_text()
    assert "First aid" in words
    assert "Riverside College" in words
    expect(page.locator(".checks .bad")).to_have_count(0)


def test_somebody_elses_signed_badge_by_its_picture(
    visitor: Callable[..., BrowserContext], site: str, college: "College"
) -> None:
    page = visitor(java_script_enabled=False).new_page()
    _choose(page, "badge.png", bake(png(), college.signed()))
    words = page.get_by_role("main").inner_text()
    assert "First aid" in words
    expect(page.locator(".checks .bad")).to_have_count(0)


def test_an_address_inside_our_own_network_is_refused(
    visitor: Callable[..., BrowserContext], site: str, college: "College", settings: LazySettings
) -> None:
    settings.OUTBOUND_EXCEPTIONS = []
    page = visitor(java_script_enabled=False).new_page()
    page.goto("/verify")
    page.locator("textarea[name=text]").fill(college.at("award"))
    page.get_by_role("button", name="Verify", exact=True).click()
    assert "private network" in verdict(page)
    assert "valid" not in verdict(page)
    assert college.asked == []


class College:
    """Another issuer, on a server of its own: an Open Badges 2.0 profile, badge class, key and award."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self._key = keys.generate_rsa_key()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.host = f"127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> "College":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def at(self, name: str) -> str:
        return f"http://{self.host}/{name}"

    def signed(self) -> str:
        verification = v2.VerificationObject(type="SignedBadge", creator=self.at("key"))
        award = self._award("urn:uuid:6f0a3d0c-4b6e-4d0e-9f5e-0f6a3b1c2d3e", verification)
        return jws.sign(json.dumps(award).encode(), self._key)

    def _award(self, award_id: str, verification: v2.VerificationObject) -> dict[str, Any]:
        return v2.Assertion(
            id=award_id,
            recipient=v2.IdentityObject.hashing(EARNER, "pepper"),
            badge=self.at("badge"),
            verification=verification,
            issued_on="2026-02-01T09:00:00Z",
        ).to_document()

    def document(self, name: str) -> dict[str, Any] | None:
        documents = {
            "issuer": lambda: v2.Profile(
                id=self.at("issuer"), name="Riverside College", url=self.at(""), email="badges@example.org",
                public_key=(self.at("key"),),
            ),
            "badge": lambda: v2.BadgeClass(
                id=self.at("badge"), name="First aid", description="Can help until help comes.",
                image=v2.Image(id=self.at("badge.png")), criteria=v2.Criteria(narrative="Six hours of practice."),
                issuer=self.at("issuer"),
            ),
            "key": lambda: v2.CryptographicKey(
                id=self.at("key"), owner=self.at("issuer"), public_key_pem=keys.public_key_pem(self._key)
            ),
        }  # fmt: skip
        if name == "award":
            return self._award(self.at("award"), v2.VerificationObject(type="HostedBadge"))
        return documents[name]().to_document() if name in documents else None

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        college = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                college.asked.append(self.path)
                document = college.document(self.path.strip("/"))
                self.send_response(200 if document else 404)
                self.send_header("Content-Type", "application/ld+json")
                self.end_headers()
                self.wfile.write(json.dumps(document or {}).encode())

            def log_message(self, *_args: object) -> None:
                """Nothing: what was asked is in `asked`."""

        return Handler


def _choose(page: Page, name: str, content: bytes) -> None:
    page.goto("/verify")
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "", "buffer": content})
    page.get_by_role("button", name="Verify", exact=True).click()


def _drop(page: Page, content: bytes) -> None:
    """As when a file is dragged from the desktop onto the field."""
    page.goto("/verify")
    carried = page.evaluate_handle(
        """data => {
            const carried = new DataTransfer();
            const bytes = Uint8Array.from(atob(data), letter => letter.charCodeAt(0));
            carried.items.add(new File([bytes], "badge.png", {type: "image/png"}));
            return carried;
        }""",
        base64.b64encode(content).decode(),
    )
    page.locator("[data-drop]").first.dispatch_event("drop", {"dataTransfer": carried})
    page.get_by_role("button", name="Verify", exact=True).click()
