"""Nothing but a keyboard: sign in, award, accept."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from accounts.models import User
from assertions.models import Award
from badges.models import Badge
from tests.journeys.inbox import Inbox

EARNER = "ines@example.org"
MOST_STEPS = 80


class Keyboard:
    """Moves the focus as Tab does, and insists that one sees where it is."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def goes_to(self, target: Locator) -> None:
        wanted = target.element_handle()
        for _step in range(MOST_STEPS):
            self.page.keyboard.press("Tab")
            if self.page.evaluate("wanted => document.activeElement === wanted", wanted):
                assert self._shows_the_focus(), f"nothing shows that {target} has the focus"
                return
        pytest.fail(f"{target} is not reached with Tab")

    def types(self, label: str, text: str) -> None:
        box = self.page.get_by_label(label, exact=True)
        if not self.page.evaluate("wanted => document.activeElement === wanted", box.element_handle()):
            self.goes_to(box)
        self.page.keyboard.type(text)

    def presses(self, name: str, key: str = "Enter", role: str = "button") -> None:
        self.goes_to(self.page.get_by_role(role, name=name, exact=True).first)
        with self.page.expect_navigation():
            self.page.keyboard.press(key)

    def _shows_the_focus(self) -> bool:
        return bool(
            self.page.evaluate(
                """() => {
                    const style = getComputedStyle(document.activeElement);
                    return parseFloat(style.outlineWidth) >= 2 && style.outlineStyle !== "none"
                        || style.boxShadow !== "none";
                }"""
            )
        )


def test_signing_in_awarding_and_accepting(
    visitor: Callable[..., BrowserContext], site: str, inbox: Inbox, awarder: User, badge: Badge
) -> None:
    member = Keyboard(visitor().new_page())
    sign_in(member, inbox, awarder.email)
    award(member)
    accept(Keyboard(visitor().new_page()), inbox)
    assert Award.objects.get().response == Award.Response.ACCEPTED


def sign_in(member: Keyboard, inbox: Inbox, address: str) -> None:
    member.page.goto("/")
    member.presses("Sign in", role="link")
    member.types("E-mail address", address)
    member.presses("Send me a code")
    member.types("Code", inbox.code_for(address))
    member.presses("Continue")
    expect(member.page.get_by_role("heading", level=1)).to_have_text("Atelier Nord")


def award(member: Keyboard) -> None:
    member.presses("Award it", role="link")
    member.types("People", f"Inès Marchand <{EARNER}>")
    member.page.keyboard.press("Tab")
    expect(member.page.get_by_role("button", name="Award 1 badge", exact=True)).to_be_enabled()
    member.presses("Award 1 badge")
    expect(member.page.get_by_role("heading", level=1)).to_have_text("1 badge awarded")


def test_a_key_on_its_way_to_check_does_not_award(
    visitor: Callable[..., BrowserContext], site: str, inbox: Inbox, awarder: User, badge: Badge
) -> None:
    """The rows arrive while the button has the focus: what it says now has to be read first."""
    member = Keyboard(visitor().new_page())
    sign_in(member, inbox, awarder.email)
    member.presses("Award it", role="link")
    member.page.get_by_label("People", exact=True).fill(EARNER)
    member.page.get_by_role("button", name="Check the list").last.focus()
    button = member.page.locator("#award-button")
    button.evaluate(
        """button => new MutationObserver(() => button.click()).observe(button, {childList: true})"""
    )
    expect(button).to_have_text("Award 1 badge")
    expect(button).to_be_focused()
    assert not Award.objects.exists()


def accept(recipient: Keyboard, inbox: Inbox) -> None:
    recipient.page.goto(inbox.button_for(EARNER))
    recipient.presses("Accept my badge", key="Space")
    expect(recipient.page.get_by_role("link", name="Add to LinkedIn")).to_be_visible()


def test_the_first_tab_leads_past_the_bars(visitor: Callable[..., BrowserContext], site: str) -> None:
    page = visitor().new_page()
    page.goto("/verify")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
