"""The reader of an exit kit, opened from a disk: no server, no network, and a verdict on what somebody brings."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from assertions.models import Award
from assertions.services.kit import write_kit
from badges.models import Badge
from common.archives import place_at
from issuers.models import Issuer
from tests.assertions.kits import furnish
from tests.factories import make_accepted, make_badge, make_issuer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.needs_chromium]
Reading = Callable[..., list[str]]


@pytest.fixture
def awards(badge: Badge) -> dict[str, Award]:
    return furnish(badge)


@pytest.fixture
def kit(awards: dict[str, Award], issuer: Issuer, tmp_path: Path) -> Path:
    from django.utils import timezone

    with place_at(tmp_path / "kit", at=timezone.now()) as place:
        write_kit(issuer=issuer, place=place, at=timezone.now())
    return tmp_path / "kit"


@pytest.fixture
def page(browser: Browser, kit: Path) -> Page:
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((kit / "site/verify/en.html").as_uri())
    assert all(url.startswith("file://") for url in asked)
    return page


def read(page: Page, *files: Path) -> list[str]:
    """The verdicts, in the order of the files."""
    page.evaluate("document.getElementById('reader-status').removeAttribute('data-done')")
    page.set_input_files("#reader-files", [str(file) for file in files])
    expect(page.locator("#reader-status[data-done]")).to_be_attached()
    return [str(row.get_attribute("data-verdict")) for row in page.locator("#readings > li").all()]


def test_every_form_of_a_badge(page: Page, kit: Path, awards: dict[str, Award]) -> None:
    base = kit / "site/assertions" / str(awards["waiting"].pk)
    files = [Path(f"{base}.{kind}") for kind in ("png", "svg", "jws")]
    assert read(page, *files) == ["valid"] * 3
    token = kit / "originals/credentials" / f"{awards['waiting'].pk}.jwt"
    assert read(page, token) == ["valid"]
    assert read(page, kit / "site/assertions" / f"{awards['expired'].pk}.png") == ["expired"]


def test_what_was_taken_back(page: Page, kit: Path, awards: dict[str, Award], tmp_path: Path) -> None:
    """Somebody kept a copy from before."""
    kept = tmp_path / "kept.jws"
    kept.write_text(awards["revoked"].signed)
    assert read(page, kept) == ["revoked"]
    expect(page.locator("#readings")).to_contain_text("Awarded by mistake.")


def test_what_was_changed(page: Page, awards: dict[str, Award], tmp_path: Path) -> None:
    header, payload, signature = awards["accepted"].signed.split(".")
    other = awards["expired"].signed.split(".")
    forged, alg = tmp_path / "forged.jws", tmp_path / "none.jws"
    forged.write_text(f"{header}.{other[1]}.{signature}")
    alg.write_text(f"eyJhbGciOiJub25lIn0.{payload}.{signature}")
    assert read(page, forged, alg) == ["invalid", "invalid"]


def test_somebody_elses_and_no_badge_at_all(page: Page, tmp_path: Path) -> None:
    theirs = make_accepted(make_badge(make_issuer("Elsewhere")))
    stranger, text, hostile = tmp_path / "a.jws", tmp_path / "b.txt", tmp_path / "c.svg"
    stranger.write_text(theirs.signed)
    text.write_text("hello")
    hostile.write_text('<!DOCTYPE svg [<!ENTITY x "y">]><svg xmlns="http://www.w3.org/2000/svg">&x;</svg>')
    assert read(page, stranger, text, hostile)[0] == "stranger"
    assert read(page, text) == ["unreadable"]
    assert read(page, hostile) == ["unreadable"]


def test_a_hosted_badge_needs_what_was_signed(
    page: Page, kit: Path, awards: dict[str, Award], tmp_path: Path
) -> None:
    name = str(awards["waiting"].pk)
    hosted = tmp_path / "hosted.json"
    hosted.write_bytes((kit / "site/assertions" / name).read_bytes())
    assert read(page, hosted) == ["unsigned"]
    original = kit / "originals/assertions" / f"{name}.jws"
    assert read(page, hosted, original) == ["valid", "valid"]
    altered = tmp_path / "altered.json"
    altered.write_bytes(hosted.read_bytes().replace(b"2026-03-03", b"2020-03-03"))
    assert read(page, altered, original) == ["invalid", "valid"]


def test_nothing_of_it_leaves_the_browser(page: Page, kit: Path, awards: dict[str, Award]) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    read(page, kit / "site/assertions" / f"{awards['waiting'].pk}.png")
    assert asked == []
    blocked = page.evaluate("fetch('https://example.org/').then(() => 'sent', () => 'refused')")
    assert blocked == "refused"


def test_in_french(browser: Browser, kit: Path, awards: dict[str, Award]) -> None:
    page = browser.new_page()
    page.goto((kit / "site/verify/fr.html").as_uri())
    assert page.get_attribute("html", "lang") == "fr"
    assert read(page, kit / "site/assertions" / f"{awards['waiting'].pk}.png") == ["valid"]
