"""An organisation's badge manager: from sign-up to the first badge awarded."""

import re
from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from django.utils.crypto import get_random_string
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import User
from assertions.models import Award
from badges.models import Badge
from issuers.models import Issuer
from tests.journeys.counting import Person
from tests.journeys.inbox import Inbox

MANAGER, EARNER = "mona@workshop.example", "ines@example.org"


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_from_sign_up_to_the_first_award(
    visitor: Callable[..., BrowserContext], inbox: Inbox, script: bool
) -> None:
    person = Person(visitor(java_script_enabled=script).new_page())
    person.page.goto("/")

    sign_up(person, inbox)
    write_badge(person)
    award(person)

    row = Award.objects.get()
    assert (row.recipient.address, row.response) == (EARNER, Award.Response.WAITING)
    assert "/claim/" in inbox.button_for(EARNER)
    assert person.screens == ["organisation", "badge", "award"]
    assert person.fields <= 10, f"{person.fields} fields"
    assert person.clicks <= 12, f"{person.clicks} clicks"


def sign_up(person: Person, inbox: Inbox) -> None:
    person.clicks_on(person.page.get_by_role("main").get_by_role("link", name="Start issuing").first)
    person.arrives_at("organisation")
    person.types("Your e-mail address", MANAGER)
    person.types("Name of the organisation", "The Workshop")
    person.clicks_on(person.button("Send me a code"))
    person.types("Code", inbox.code_for(MANAGER))
    person.clicks_on(person.button("Continue"))


def write_badge(person: Person) -> None:
    expect(person.page.get_by_role("heading", level=1)).to_have_text("New badge")
    person.arrives_at("badge")
    person.types("Badge name", "Run a workshop")
    person.types(
        "What the person can do", "Prepares, runs and evaluates a workshop for ten to thirty people."
    )
    person.types("What is shown", "Prepare a plan and its material")
    person.chooses("Assessed by", "Portfolio")
    person.clicks_on(person.button("Publish and award"))


def award(person: Person) -> None:
    expect(person.page.get_by_role("heading", level=1)).to_have_text("Award a badge")
    person.arrives_at("award")
    person.types("People", f"Inès Marchand <{EARNER}>")
    person.clicks_on(person.button("Check the list"))
    person.clicks_on(person.button("Award 1 badge"))
    expect(person.page.get_by_role("heading", level=1)).to_have_text(re.compile("1 badge awarded"))


def signed_in(context: BrowserContext, site: str, client: Client, user: User) -> Page:
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": site}])
    return context.new_page()


def test_a_form_survives_a_sign_in_in_another_tab(
    visitor: Callable[..., BrowserContext], site: str, client: Client, owner: User, issuer: Issuer
) -> None:
    """Signing in replaces the token that the form was given."""
    context = visitor()
    page = signed_in(context, site, client, owner)
    page.goto(f"/manage/{issuer.slug}/badges/new")
    page.get_by_label("Badge name", exact=True).fill("Run a workshop")
    context.add_cookies([{"name": settings.CSRF_COOKIE_NAME, "value": get_random_string(32), "url": site}])

    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Run a workshop")


def test_a_long_press_on_check_does_not_award(
    visitor: Callable[..., BrowserContext], site: str, client: Client, awarder: User, badge: Badge
) -> None:
    """The rows arrive while the button is held down; letting it go must not send what nobody looked at."""
    page = signed_in(visitor(), site, client, awarder)
    page.goto(f"/manage/{badge.issuer.slug}/badges/{badge.pk}/award")
    page.get_by_label("People", exact=True).fill(f"Inès Marchand <{EARNER}>")
    page.get_by_role("button", name="Check the list").hover()
    page.mouse.down()
    button = page.locator("#award-button")
    expect(button).to_have_text("Award 1 badge")
    page.mouse.up()
    expect(page.get_by_role("heading", level=1)).to_have_text("Award a badge")
    assert not Award.objects.exists()

    button.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("1 badge awarded"))
