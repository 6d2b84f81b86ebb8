"""Every main page, with the demonstration's data: axe finds nothing, nothing scrolls sideways, no script fails.

Four combinations of size, scheme and language hold every pair of them; AXE=all walks all eight. What a page looks like
does not hang on the database: on SQLite one walk shows that every page answers.
"""

import os
from collections.abc import Iterator, Sequence

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import LazySettings
from django.db import connection
from playwright.sync_api import Browser, Page

from tests.screenshots.camera import COMBINATIONS, Combination, sideways, walk
from tests.screenshots.scene import set_the_scene
from tests.screenshots.tour import TOUR, Stop

PAIRS = [
    Combination("desktop", "light", "fr"),
    Combination("desktop", "dark", "en"),
    Combination("phone", "light", "en"),
    Combination("phone", "dark", "fr"),
]
# A mail is written for mail programs, in tables; the API's documentation is a page of Swagger's.
NOT_OUR_PAGE = {"mailbox-html", "api-docs"}
OPTIONS = {"resultTypes": ["violations"]}


def look(page: Page, stop: Stop, how: Combination) -> Iterator[str]:
    if too_wide := sideways(page):
        yield f"scrolls sideways by {too_wide} px"
    if stop.name in NOT_OUR_PAGE:
        return
    for violation in Axe().run(page, options=OPTIONS).response["violations"]:
        places = "; ".join(node["html"][:160] for node in violation["nodes"][:3])
        yield f"axe {violation['id']} ({violation['impact']}): {violation['help']}: {places}"


def test_axe_would_find_something(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content("<title>x</title><main><h1>x</h1><img src='x.png'><p style='color:#ccc'>pale</p></main>")
    found = {violation["id"] for violation in Axe().run(page, options=OPTIONS).response["violations"]}
    page.close()
    assert {"image-alt", "color-contrast"} <= found


def walks() -> Sequence[Combination]:
    if os.environ.get("AXE") == "all":
        return COMBINATIONS
    return PAIRS[:1] if connection.vendor == "sqlite" else PAIRS


@pytest.mark.parametrize("how", walks(), ids=str)
def test_every_page_is_accessible(
    browser: Browser, site: str, settings: LazySettings, how: Combination
) -> None:
    settings.EMAIL_BACKEND = "journal.mailbox.Backend"
    scene = set_the_scene()
    scene.places["award_url"] = f"{site}/assertions/{scene.places['award']}"
    problems = list(walk(browser, scene, site, TOUR, how, look))
    assert not problems, "\n" + "\n".join(problems)
