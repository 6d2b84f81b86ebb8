"""`python -m tests.screenshots [--only PATTERN] [--out FOLDER]`: pictures of every main page, in every combination."""

import argparse
import fnmatch
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.screenshots.camera import Combination
    from tests.screenshots.scene import Scene
    from tests.screenshots.tour import Stop

ROOT = Path(__file__).resolve().parents[2]
SETTLED = """async () => {
    await document.fonts.ready;
    await Promise.all([...document.images].map(image => image.decode().catch(() => {})));
}"""


def main() -> int:
    options = _options()
    with tempfile.TemporaryDirectory(prefix="badges-screenshots-") as folder:
        port = _free_port()
        os.environ |= {
            "DATA_DIR": folder,
            "PORT": str(port),
            "DJANGO_SETTINGS_MODULE": "badgeplatform.settings",
        }
        for name in ("SITE_URL", "DATABASE_URL", "REDIS_URL", "EMAIL_URL"):
            os.environ.pop(name, None)
        scene = _scene()
        began = time.monotonic()
        with _serving(port):
            count, problems = _photograph(scene, f"http://127.0.0.1:{port}", options)
    for problem in problems:
        print("  " + problem)
    print(f"{count} pictures in {options.out} ({time.monotonic() - began:.0f} s), {len(problems)} problems")
    return 1 if problems else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make screenshots", description=__doc__)
    parser.add_argument("--only", default="*", help="names of pages, e.g. 'claim*' or '*phone-dark*'")
    parser.add_argument("--out", type=Path, default=ROOT / "var" / "screenshots")
    parser.add_argument("--browsers", type=int, default=max(2, os.cpu_count() or 2), help="at the same time")
    return parser.parse_args()


def _scene() -> "Scene":
    import django  # after the environment is set
    from django.core.management import call_command

    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    from common.links import absolute_url
    from tests.screenshots.scene import set_the_scene

    scene = set_the_scene()
    scene.places["award_url"] = absolute_url("assertion", award_id=scene.demonstration.award.pk)
    return scene


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _serving(port: int) -> Iterator[None]:
    command = [sys.executable, "manage.py", "serve", "--port", str(port)]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        _wait_for(f"http://127.0.0.1:{port}/healthz", server)
        yield
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    for _attempt in range(1800):
        if server.poll() is not None:
            raise SystemExit("the server ended before it answered")
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise SystemExit("the server does not answer")


def _photograph(scene: "Scene", site: str, options: argparse.Namespace) -> tuple[int, list[str]]:
    from tests.screenshots.camera import COMBINATIONS
    from tests.screenshots.tour import TOUR

    options.out.mkdir(parents=True, exist_ok=True)
    work = [
        (how, stops)
        for how in COMBINATIONS
        if (stops := [stop for stop in TOUR if _is_wanted(f"{stop.name}-{how}", stop.name, options.only)])
    ]
    with ThreadPoolExecutor(options.browsers) as pool:
        found = pool.map(lambda one: _one_walk(scene, site, one[1], one[0], options.out), work)
        problems = [problem for some in found for problem in some]
    return sum(len(stops) for _how, stops in work), problems


def _is_wanted(name: str, page: str, pattern: str) -> bool:
    return fnmatch.fnmatch(name, pattern) or fnmatch.fnmatch(page, pattern)


def _one_walk(scene: "Scene", site: str, stops: Sequence["Stop"], how: "Combination", out: Path) -> list[str]:
    """In a browser of its own: Playwright's are bound to the thread that started them."""
    from playwright.sync_api import sync_playwright

    from tests.machine import BROWSER_ARGUMENTS, find_chromium
    from tests.screenshots.camera import sideways, unfold, walk

    def look(page: "Page", stop: "Stop", how: "Combination") -> Iterator[str]:
        unfold(page)
        page.evaluate(SETTLED)
        page.screenshot(path=out / f"{stop.name}-{how}.png", full_page=True, animations="disabled")
        if too_wide := sideways(page):
            yield f"scrolls sideways by {too_wide} px"

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=BROWSER_ARGUMENTS)
        try:
            return list(walk(browser, scene, site, stops, how, look))
        finally:
            browser.close()


if __name__ == "__main__":
    sys.exit(main())
