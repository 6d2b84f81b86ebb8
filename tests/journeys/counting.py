"""A person at a page whose every click and every field is counted."""

from dataclasses import dataclass, field

from playwright.sync_api import Locator, Page


@dataclass
class Person:
    """Does what people do, and nothing that they cannot: no address is typed, nothing hidden is clicked."""

    page: Page
    clicks: int = 0
    fields: int = 0
    screens: list[str] = field(default_factory=list)

    def opens(self, url: str) -> None:
        """Follows a link that stands elsewhere, in a mail: a click."""
        self.clicks += 1
        self.page.goto(url)

    def arrives_at(self, screen: str) -> None:
        """A screen on which something is asked; it counts once, however many pages it has."""
        if screen not in self.screens:
            self.screens.append(screen)

    def clicks_on(self, target: Locator) -> None:
        self.clicks += 1
        target.click()
        self.page.wait_for_load_state()

    def types(self, label: str | Locator, text: str) -> None:
        """A field that had to be filled in."""
        self.fields += 1
        box = self.page.get_by_label(label, exact=True) if isinstance(label, str) else label
        box.locator("visible=true").first.fill(text)

    def chooses(self, label: str, option: str) -> None:
        """A field, and the click that opens the list."""
        self.fields += 1
        self.clicks += 1
        self.page.get_by_label(label, exact=True).locator("visible=true").first.select_option(label=option)

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name)

    def link(self, name: str) -> Locator:
        return self.page.get_by_role("link", name=name)
