"""The product as a browser meets it: a live server, a real mail server, the machine's Chromium."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.cache import cache
from playwright.sync_api import Browser, BrowserContext, expect
from pytest_django.live_server_helper import LiveServer

from tests.journeys.inbox import Inbox

# Playwright runs an event loop in the thread of the tests, and Django takes that for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
# Milliseconds: machines that run tests are busy.
PATIENCE = 60_000
expect.set_options(timeout=PATIENCE)


@pytest.fixture
def site(live_server: LiveServer, settings: LazySettings, tmp_path: Path) -> str:
    """The origin, which every link and every signed badge names as well."""
    settings.SITE_URL, settings.SITE_IS_HTTPS = live_server.url, False
    settings.MAILBOX_DIR = tmp_path
    cache.clear()  # what counts the visits of the journey before
    return str(live_server.url)


@pytest.fixture
def inbox(settings: LazySettings) -> Iterator[Inbox]:
    """Where all mails go: a real SMTP server on this machine."""
    with Inbox() as inbox:
        settings.EMAIL_BACKEND = "journal.services.smtp.Backend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = inbox.host, inbox.port, 10
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        yield inbox


@pytest.fixture
def visitor(browser: Browser, site: str) -> Iterator[Callable[..., BrowserContext]]:
    """`visitor(java_script_enabled=False)`: a browser of its own, with nothing remembered."""
    contexts: list[BrowserContext] = []

    def arrive(**options: Any) -> BrowserContext:
        context = browser.new_context(
            **{"base_url": site, "locale": "en-GB", "reduced_motion": "reduce"} | options
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        return context

    yield arrive
    for context in contexts:
        context.close()
