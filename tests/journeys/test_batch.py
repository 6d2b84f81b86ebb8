"""Somebody drops a list of five hundred people, mends what is wrong, awards, leaves, and comes back."""

import base64
import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import User
from assertions.models import Award, Batch
from assertions.services import batches
from badges.models import Badge
from common.spreadsheets import Kind, open_table
from tests.assertions.batching import people_csv, rehearsed
from tests.common.files_of_people import workbook
from tests.journeys.inbox import Inbox

WRONG = {
    40: "p40@exemple", 90: "p90(at)example.org", 140: "", 190: "p190", 240: "p240@@example.org", 290: "p290@",
    340: "@example.org",
}  # fmt: skip
DROP = """bytes => {
  const transfer = new DataTransfer();
  const content = Uint8Array.from(atob(bytes), letter => letter.charCodeAt(0));
  transfer.items.add(new File([content], "spring.xlsx"));
  return transfer;
}"""
# Where the label of each cell begins: it stands in the space that the cell leaves free.
LABELS = """cells => cells.map(cell =>
  cell.getBoundingClientRect().left + parseFloat(getComputedStyle(cell).paddingLeft)
  + parseFloat(getComputedStyle(cell, "::before").marginLeft))"""


def spring() -> bytes:
    """500 people, of whom 7 cannot be reached as they stand."""
    people = [[f"Person {n}", WRONG.get(n, f"p{n}@example.org"), "Led a workshop."] for n in range(500)]
    return workbook([["Nom complet", "Adresse e-mail", "Motif"], *people]).getvalue()


@pytest.fixture
def manager(
    visitor: Callable[..., BrowserContext], site: str, client: Client, awarder: User
) -> Callable[..., Page]:
    """A page on which the awarder is signed in."""
    client.force_login(awarder)
    name = settings.SESSION_COOKIE_NAME

    def open_page(**options: bool) -> Page:
        context = visitor(**options)
        context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": site}])
        return context.new_page()

    return open_page


def work() -> None:
    """What the worker does when it is woken."""
    for batch_id in batches.work_waiting(at=timezone.now()):
        while batches.work_on(batch_id=batch_id, now=timezone.now, seconds=5):
            continue


def test_from_the_file_to_the_last_answer(
    manager: Callable[..., Page], visitor: Callable[..., BrowserContext], inbox: Inbox, badge: Badge
) -> None:
    page = manager()
    drop_the_list(page, badge)
    mend_three(page)
    award_leave_and_come_back(page, badge)
    take_along_what_failed(page)
    accept(visitor().new_page(), inbox)

    page.reload()
    expect(page.locator("#answers")).to_contain_text(re.compile(r"accepted\s*1"))
    page.locator("#answers dd a").nth(1).click()
    expect(page.locator("table tbody tr")).to_have_count(1)


def drop_the_list(page: Page, badge: Badge) -> None:
    page.goto(f"/manage/{badge.issuer.slug}/badges/{badge.pk}")
    page.locator("main .menu summary").click()
    page.get_by_role("link", name="Award from a file").click()
    transfer = page.evaluate_handle(DROP, base64.b64encode(spring()).decode())
    page.dispatch_event("[data-drop]", "drop", {"dataTransfer": transfer})
    expect(page.locator("[data-drop] output")).to_have_text("spring.xlsx")
    page.get_by_role("button", name="Read the list").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("spring.xlsx")
    work()
    # By itself, as soon as the list has been read.
    expect(page.get_by_role("button", name="Award 493 badges")).to_be_visible()
    expect(page.locator("#rows tr.wrong")).to_have_count(7)
    assert not Award.objects.exists()


def mend_three(page: Page) -> None:
    for number, address in ((42, "p40@example.org"), (92, "p90@example.org"), (142, "p140@example.org")):
        row = page.locator("#rows tbody tr").filter(has_text=f"Row {number}")
        row.get_by_label("E-mail address").fill(address)
        row.get_by_label("E-mail address").press("Tab")
        expect(row).to_contain_text("ready now")
    expect(page.get_by_role("button", name="Award 496 badges")).to_be_visible()
    assert Batch.objects.get().wrong == 4


def test_what_was_just_typed_is_checked_before_it_is_awarded(
    manager: Callable[..., Page], badge: Badge
) -> None:
    batch = rehearsed(badge, "E-mail\nzoe@example.org\nleo@exemple\n")
    page = manager()
    page.goto(f"/manage/{badge.issuer.slug}/batches/{batch.pk}")
    page.get_by_label("At once").check()
    page.get_by_label("E-mail address, row 3").fill("leo@example.org")
    page.locator("#award").click()
    expect(page.locator("#award")).to_contain_text("Award 2 badges")
    batch.refresh_from_db()
    assert batch.state == Batch.State.REHEARSED
    page.locator("#award").click()
    expect(page.locator("#progress")).to_contain_text("0 of 2 awarded")


def award_leave_and_come_back(page: Page, badge: Badge) -> None:
    page.get_by_label("At once").check()
    page.get_by_role("button", name="Award 496 badges").click()
    expect(page.locator("#progress")).to_contain_text("0 of 496 awarded")
    page.get_by_role("link", name="Overview").click()
    work()
    page.get_by_role("link", name="Batches", exact=True).click()
    expect(page.locator("main table")).to_contain_text("496 of 496 awarded")
    page.get_by_role("link", name="spring.xlsx").click()
    expect(page.locator("main")).to_contain_text("496 badges awarded.")
    assert Award.objects.filter(badge=badge).count() == 496


def take_along_what_failed(page: Page) -> None:
    with page.expect_download() as download:
        page.get_by_role("link", name="Failed rows").click()
    table = open_table(io.BytesIO(Path(download.value.path()).read_bytes()))
    rows = list(table.rows())
    assert table.kind == Kind.XLSX
    assert [row.cells[0] for row in rows] == ["Person 190", "Person 240", "Person 290", "Person 340"]
    assert all(row.cells[3] for row in rows)


def accept(page: Page, inbox: Inbox) -> None:
    page.goto(inbox.button_for("p7@example.org"))
    page.get_by_role("button", name="Accept").first.click()
    expect(page).to_have_url(re.compile("/yours/"))
    assert Award.objects.get(recipient__address="p7@example.org").response == Award.Response.ACCEPTED


def test_what_is_held_back_is_taken_back(manager: Callable[..., Page], awarder: User, badge: Badge) -> None:
    batch = rehearsed(badge, people_csv(12), by=awarder.actor)
    page = manager()
    page.goto(f"/manage/{badge.issuer.slug}/batches/{batch.pk}")
    page.get_by_role("button", name="Award 12 badges").click()
    expect(page.locator("main")).to_contain_text("12 badges are about to be awarded.")
    work()
    assert not Award.objects.exists()
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_role("button", name="Award 12 badges")).to_be_visible()


def test_without_script_the_same_by_buttons(manager: Callable[..., Page], badge: Badge) -> None:
    page = manager(java_script_enabled=False)
    page.goto(f"/manage/{badge.issuer.slug}/badges/{badge.pk}/batches/new")
    content = b"Name;E-mail\nZo\xe9;zoe@example.org\nL\xe9o;leo@exemple\n"
    page.get_by_label("List of people").set_input_files(
        {"name": "liste.csv", "mimeType": "text/csv", "buffer": content}
    )
    page.get_by_role("button", name="Read the list").click()
    work()
    page.get_by_role("link", name="Look again").click()
    page.get_by_label("E-mail address, row 3").fill("leo@example.org")
    page.locator("#mend").click()
    expect(page.locator("main")).to_contain_text("1 row is ready now.")
    page.get_by_label("At once").check()
    page.get_by_role("button", name="Award 2 badges").click()
    work()
    page.get_by_role("link", name="Look again").click()
    expect(page.locator("main")).to_contain_text("2 badges awarded.")
    names = Award.objects.order_by("recipient_name").values_list("recipient_name", flat=True)
    assert list(names) == ["Léo", "Zoé"]


def test_on_a_phone_every_row_names_its_cells(manager: Callable[..., Page], badge: Badge) -> None:
    batch = rehearsed(badge, "E-mail\nzoe@example.org\nleo@exemple\n")
    page = manager()
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"/manage/{badge.issuer.slug}/batches/{batch.pk}/rows")
    starts = page.eval_on_selector_all("#rows td[data-label]", LABELS)
    assert len(starts) == 4
    assert min(starts) >= 0
