"""Every main page, with the demonstration's data: axe finds nothing, nothing scrolls sideways, no script fails.

Each page is opened once in each language and looked at in both sizes and both schemes. What a page looks like does not
hang on the database: on SQLite one look shows that every page answers.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import LazySettings
from django.db import connection
from playwright.sync_api import Browser, Page

from tests.screenshots.camera import SIZES, Combination, see_as, sideways, walk
from tests.screenshots.scene import set_the_scene
from tests.screenshots.tour import TOUR, Stop

# A mail is written for mail programs, in tables; the API's documentation is a page of Swagger's.
NOT_OUR_PAGE = {"mailbox-html", "api-docs"}
OPTIONS = {"resultTypes": ["violations"]}
# The rest of what axe looks at is the same in the dark.
COLOURS = OPTIONS | {"runOnly": ["color-contrast"]}
ONCE, EVERY_WAY = [("desktop", "light")], [(size, scheme) for size in SIZES for scheme in ("light", "dark")]


def look(page: Page, stop: Stop, how: Combination, *, ways: list[tuple[str, str]]) -> Iterator[str]:
    page.evaluate(AXE_SCRIPT)
    for size, scheme in ways:
        see_as(page, size, scheme)
        if too_wide := sideways(page):
            yield f"{size}: scrolls sideways by {too_wide} px"
        if stop.name not in NOT_OUR_PAGE:
            for violation in violations(page, OPTIONS if scheme == "light" else COLOURS):
                yield f"{size}, {scheme}: {told(violation)}"


def violations(page: Page, options: dict[str, list[str]]) -> list[dict[str, Any]]:
    """What axe, which is in the page already, finds."""
    return page.evaluate("options => axe.run(options).then(results => results.violations)", options)


def told(violation: dict[str, Any]) -> str:
    places = "; ".join(node["html"][:160] for node in violation["nodes"][:3])
    return f"axe {violation['id']} ({violation['impact']}): {violation['help']}: {places}"


def test_axe_would_find_something(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content("<title>x</title><main><h1>x</h1><img src='x.png'><p style='color:#ccc'>pale</p></main>")
    page.evaluate(AXE_SCRIPT)
    found = {violation["id"] for violation in violations(page, OPTIONS)}
    page.close()
    assert {"image-alt", "color-contrast"} <= found


def languages() -> list[str]:
    return ["fr"] if connection.vendor == "sqlite" else ["fr", "en"]


@pytest.mark.parametrize("language", languages())
def test_every_page_is_accessible(browser: Browser, site: str, settings: LazySettings, language: str) -> None:
    settings.EMAIL_BACKEND = "journal.mailbox.Backend"
    scene = set_the_scene()
    scene.places["award_url"] = f"{site}/assertions/{scene.places['award']}"
    ways = partial(look, ways=ONCE if connection.vendor == "sqlite" else EVERY_WAY)
    problems = list(walk(browser, scene, site, TOUR, Combination("desktop", "light", language), ways))
    assert not problems, "\n" + "\n".join(problems)
