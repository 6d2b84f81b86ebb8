"""Anybody: the language of the site, and the mailbox of a site that sends no mail."""

import re
from collections.abc import Callable

import pytest
from django.conf import LazySettings
from django.utils import timezone
from playwright.sync_api import BrowserContext, expect

from badges.models import Badge
from journal.services import deliver_due
from tests.factories import make_award
from tests.journeys.counting import Person


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_another_language(visitor: Callable[..., BrowserContext], badge: Badge, script: bool) -> None:
    person = Person(visitor(java_script_enabled=script).new_page())
    html = person.page.locator("html")
    for path in ("/", "/verify", badge.get_absolute_url(), "/accounts/login/"):
        person.page.goto(path)
        expect(html).to_have_attribute("lang", "en")
        person.clicks_on(person.button("Français").first)
        expect(html).to_have_attribute("lang", "fr")
        expect(person.page).to_have_url(re.compile(f"{re.escape(path)}$"))
        person.clicks_on(person.button("English").last)
        expect(html).to_have_attribute("lang", "en")


def test_a_mail_in_the_local_mailbox(
    visitor: Callable[..., BrowserContext], badge: Badge, settings: LazySettings
) -> None:
    settings.EMAIL_BACKEND = "journal.mailbox.Backend"
    make_award(badge, address="ines@example.org", notify=True, at=timezone.now(), language="en")
    deliver_due(now=timezone.now)
    page = visitor().new_page()
    page.goto("/mailbox")
    page.get_by_role("link", name="Run a workshop").click()
    page.frame_locator("iframe").get_by_role("link", name="See my badge").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("This badge is yours.")
