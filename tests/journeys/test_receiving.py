"""A recipient: from the mail to a badge on their profile."""

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Route, expect

from assertions.models import Award
from badges.models import Badge
from issuers.models import Issuer
from tests.factories import make_award
from tests.journeys.counting import Person
from tests.journeys.inbox import Inbox
from tests.screenshots.camera import sideways

EARNER = "ines@example.org"


@pytest.fixture
def awarded(site: str, badge: Badge, inbox: Inbox) -> Award:
    return make_award(
        badge,
        address=EARNER,
        notify=True,
        at=timezone.now(),
        language="en",
        narrative="You made everybody speak.",
    )


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_from_the_mail_to_linkedin(
    visitor: Callable[..., BrowserContext], awarded: Award, inbox: Inbox, script: bool
) -> None:
    asked: list[str] = []
    context = visitor(java_script_enabled=script)
    context.route("https://www.linkedin.com/**", lambda route: _note(route, asked))
    person = Person(context.new_page())

    person.opens(inbox.button_for(EARNER))
    expect(person.page.get_by_role("heading", level=1)).to_contain_text("This badge is yours.")
    expect(person.page.get_by_text("You made everybody speak.")).to_be_visible()
    person.clicks_on(person.button("Accept my badge"))
    person.clicks_on(person.link("Add to LinkedIn"))

    assert (person.clicks, person.fields) == (3, 0)
    awarded.refresh_from_db()
    assert awarded.response == Award.Response.ACCEPTED
    facts = parse_qs(urlsplit(asked[0]).query)
    assert facts["name"] == ["Run a workshop"]
    assert facts["certUrl"][0].endswith(f"/assertions/{awarded.pk}")
    assert facts["organizationName"] == ["Atelier Nord"]


def test_a_name_without_spaces_stays_on_a_phone(
    visitor: Callable[..., BrowserContext], inbox: Inbox, badge: Badge
) -> None:
    Issuer.objects.filter(pk=badge.issuer_id).update(name="Nordwestdeutsche" * 6)
    make_award(badge, address=EARNER, name="Hauptbetriebswerk" * 6, notify=True, at=timezone.now())
    page = visitor(viewport={"width": 390, "height": 844}).new_page()
    page.goto(inbox.button_for(EARNER))
    assert sideways(page) == 0
    page.locator(".offer .button.primary").click()
    expect(page).to_have_url(re.compile("/yours/"))
    assert sideways(page) == 0
    page.goto(badge.get_absolute_url())
    assert sideways(page) == 0


def _note(route: Route, asked: list[str]) -> None:
    asked.append(route.request.url)
    route.fulfill(body="LinkedIn", content_type="text/plain")


@pytest.mark.parametrize(
    ("link", "button", "response"),
    [
        ("Decline", "Decline", Award.Response.DECLINED),
        ("This is not me", "It is not me", Award.Response.NOT_ME),
    ],
)
def test_turning_it_down(
    visitor: Callable[..., BrowserContext],
    awarded: Award,
    inbox: Inbox,
    link: str,
    button: str,
    response: str,
) -> None:
    person = Person(visitor(java_script_enabled=False).new_page())
    person.opens(inbox.button_for(EARNER))
    person.clicks_on(person.link(link))
    person.clicks_on(person.button(button))
    awarded.refresh_from_db()
    assert awarded.response == response


def test_mending_the_name_first(visitor: Callable[..., BrowserContext], awarded: Award, inbox: Inbox) -> None:
    person = Person(visitor(java_script_enabled=False).new_page())
    person.opens(inbox.button_for(EARNER))
    person.clicks_on(person.link("Mend my name"))
    person.types("Your name, as it should be shown", "Inès MARCHAND-ROY")
    person.clicks_on(person.button("Save"))
    expect(person.page.get_by_text("Your name is mended.")).to_be_visible()
    person.clicks_on(person.button("Accept my badge"))
    awarded.refresh_from_db()
    assert awarded.recipient_name == "Inès MARCHAND-ROY"


def test_moving_it_to_another_address(
    visitor: Callable[..., BrowserContext], awarded: Award, inbox: Inbox
) -> None:
    person = Person(visitor().new_page())
    person.opens(inbox.button_for(EARNER))
    person.clicks_on(person.button("Accept my badge"))
    person.clicks_on(person.link("Use another address"))
    person.types("Your other e-mail address", "ines.marchand@example.net")
    person.clicks_on(person.button("Send the mail"))
    person.opens(inbox.button_for("ines.marchand@example.net"))
    person.clicks_on(person.button("Confirm this address"))
    awarded.refresh_from_db()
    assert awarded.recipient.address == "ines.marchand@example.net"


def test_the_page_speaks_the_language_of_the_award(
    visitor: Callable[..., BrowserContext], site: str, badge: Badge, inbox: Inbox
) -> None:
    make_award(badge, address=EARNER, notify=True, at=timezone.now(), language="fr")
    page = visitor(locale="en-GB").new_page()
    page.goto(inbox.button_for(EARNER))
    assert page.locator("html").get_attribute("lang") == "fr"
