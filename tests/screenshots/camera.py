"""A browser that walks the tour in one combination of size, scheme and language, and tells what it stumbled over."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request
from playwright.sync_api import Error as BrowserError

from tests.screenshots.scene import Scene
from tests.screenshots.tour import Stop

SIZES = {"desktop": (1280, 800), "phone": (390, 844)}
Look = Callable[[Page, Stop, "Combination"], Iterator[str]]
# The page says what its status is about; the browser adds a line of its own to the console.
EXPECTED_NOISE = "Failed to load resource"


@dataclass(frozen=True)
class Combination:
    size: str
    scheme: str
    language: str

    def __str__(self) -> str:
        return f"{self.size}-{self.scheme}-{self.language}"


COMBINATIONS = tuple(Combination(*one) for one in product(SIZES, ("light", "dark"), ("fr", "en")))


def walk(
    browser: Browser, scene: Scene, site: str, stops: Sequence[Stop], how: Combination, look: Look
) -> Iterator[str]:
    """What is wrong, a line each: unexpected answers, scripts that fail, and whatever `look` finds."""
    contexts = {who: _context(browser, scene, site, how, who) for who in sorted({stop.who for stop in stops})}
    # One page a visitor, as people do it: to open a new one costs as much as to load it.
    pages = {who: context.new_page() for who, context in contexts.items()}
    try:
        for stop in stops:
            for problem in _visit(pages[stop.who], scene, site, stop, how, look):
                yield f"{stop.name} ({how}): {problem}"
    finally:
        for context in contexts.values():
            context.close()


def _context(browser: Browser, scene: Scene, site: str, how: Combination, who: str) -> BrowserContext:
    context = browser.new_context(
        base_url=site,
        reduced_motion="reduce",
        locale={"fr": "fr-FR", "en": "en-GB"}[how.language],
        has_touch=how.size == "phone",
    )
    context.set_default_timeout(60_000)
    cookies = {"django_language": how.language}
    if who:
        cookies["sessionid"] = scene.sessions[who]
    context.add_cookies([{"name": name, "value": value, "url": site} for name, value in cookies.items()])
    return context


def _visit(page: Page, scene: Scene, site: str, stop: Stop, how: Combination, look: Look) -> Iterator[str]:
    see_as(page, how.size, how.scheme)
    try:
        with _listening(page) as heard:
            path = stop.path(scene.places)
            answer = page.goto(site + path, wait_until="load")
            if answer is None or answer.status != stop.status:
                yield f"answers {answer and answer.status} where {stop.status} is expected"
            if urlsplit(page.url).path != urlsplit(path).path:
                yield f"leads on to {urlsplit(page.url).path}"
            if stop.do:
                stop.do(page)
            yield from look(page, stop, how)
        yield from heard
    except (BrowserError, LookupError) as error:
        yield f"{type(error).__name__}: {str(error).splitlines()[0]}"


def see_as(page: Page, size: str, scheme: str) -> None:
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme)


@contextmanager
def _listening(page: Page) -> Iterator[list[str]]:
    heard: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and EXPECTED_NOISE not in message.text:
            heard.append(f"console: {message.text}")

    listeners: dict[str, Callable[[Any], None]] = {
        "console": note,
        "pageerror": lambda error: heard.append(f"script: {error}"),
        "requestfailed": lambda request: heard.extend(_failure(request)),
    }
    for event, listener in listeners.items():
        page.on(event, listener)
    try:
        yield heard
    finally:
        for event, listener in listeners.items():
            page.remove_listener(event, listener)


def _failure(request: Request) -> Iterator[str]:
    if request.failure != "net::ERR_ABORTED":  # the page was left while it still asked for something
        yield f"failed to load: {request.url}"


def unfold(page: Page) -> None:
    """Makes the window as tall as the page, so that what sticks to its edges does not hide the middle."""
    size = page.viewport_size or {"width": 0}
    tall = int(page.evaluate("document.documentElement.scrollHeight"))
    page.set_viewport_size({"width": size["width"], "height": max(tall, 600)})


def sideways(page: Page) -> int:
    """By how many pixels the page is wider than the window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
