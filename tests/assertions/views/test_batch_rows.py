"""The rows of a batch: found, mended, left out, looked at, taken along."""

import io

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from assertions.models import Award, Batch, BatchRow
from assertions.services import batches
from badges.models import Badge
from common.actors import SYSTEM
from common.spreadsheets import Kind, open_table
from journal.models import Message
from tests.assertions.batching import awarded, people_csv, rehearsed, row_of, states, work
from tests.assertions.views.support import SignIn, statuses
from tests.assertions.views.test_batch import LIST, url_of
from tests.common.files_of_people import workbook


@pytest.fixture
def karim(awarder: User, signed_in: SignIn) -> Client:
    return signed_in(awarder)


@pytest.fixture
def batch(badge: Badge) -> Batch:
    return rehearsed(badge, LIST)


def cell(row: BatchRow, index: int) -> str:
    return f"{row.pk}-cell-{index}"


def test_who_may(signed_in: SignIn, stranger: User, viewer: User, awarder: User, batch: Batch) -> None:
    row = row_of(batch, 2)
    people = [stranger, viewer, awarder]
    assert statuses(signed_in, people, url_of(batch, "rows")) == [404, 200, 200]
    assert statuses(signed_in, people, url_of(batch, f"rows/{row.pk}")) == [404, 403, 200]
    assert statuses(signed_in, people, url_of(batch, "failed")) == [404, 200, 200]


def test_rows_are_found_and_narrowed(karim: Client, batch: Batch) -> None:
    def numbers(query: str) -> list[int]:
        return [row.number for row in karim.get(url_of(batch, "rows") + query).context["page"]]

    assert numbers("") == [2, 3, 4]
    assert numbers("?state=wrong") == [3, 4]
    assert numbers("?q=zoe@") == [2]
    assert numbers("?q=okafor") == [4]
    assert numbers("?q=3") == [3]
    assert "No row fits" in karim.get(url_of(batch, "rows") + "?q=zzz").content.decode()


def test_a_thousand_rows_come_by_pages(karim: Client, badge: Badge) -> None:
    batch = rehearsed(badge, people_csv(130))
    seen: list[int] = []
    cursor = ""
    while True:
        page = karim.get(url_of(batch, "rows"), {"cursor": cursor}).context["page"]
        seen += [row.number for row in page]
        if not (cursor := page.next):
            break
    assert seen == list(range(2, 132))


def test_several_rows_are_mended_at_once_and_checked(karim: Client, batch: Batch) -> None:
    wrong, late = row_of(batch, 3), row_of(batch, 4)
    sent = {
        cell(wrong, 0): "Léo", cell(wrong, 1): "N'Guyen", cell(wrong, 2): "leo@example.org", cell(late, 3): "later",
    }  # fmt: skip
    page = karim.post(url_of(batch, "mend"), sent, follow=True).content.decode()
    batch.refresh_from_db()
    assert states(batch) == ["ready", "ready", "wrong"]
    assert (batch.ready, batch.wrong) == (2, 1)
    assert row_of(batch, 3).name == "Léo N'Guyen"
    assert "1 row is ready now." in page
    assert "1 row still needs a hand." in page
    assert "“later” is not a date" in page


def test_nothing_typed_changes_nothing(karim: Client, batch: Batch) -> None:
    row = row_of(batch, 3)
    page = karim.post(url_of(batch, "mend"), {cell(row, 2): "leo@exemple"}, follow=True).content.decode()
    assert "Nothing was changed in the table." in page


def test_a_row_mended_to_an_address_of_the_list_is_twice(karim: Client, batch: Batch) -> None:
    row = row_of(batch, 3)
    page = karim.post(url_of(batch, "mend"), {cell(row, 2): "ZOE@example.org"}, follow=True).content.decode()
    assert row_of(batch, 3).state == "duplicate"
    assert "in the list twice" in page


def test_a_row_is_left_out_and_put_back(karim: Client, batch: Batch) -> None:
    row = row_of(batch, 2)
    answer = karim.post(url_of(batch, "mend"), {"leave": str(row.pk), "from": "rows", "state": "ready"})
    assert answer["Location"] == url_of(batch, "rows") + "?state=ready#rows"
    assert row_of(batch, 2).state == "cancelled"
    karim.post(url_of(batch, "mend"), {"back": str(row.pk), "from": "rows"})
    assert row_of(batch, 2).state == "ready"


def test_rows_of_another_batch_stay_as_they_are(karim: Client, badge: Badge, batch: Batch) -> None:
    other = row_of(rehearsed(badge, "E-mail\nx@exemple\n"), 2)
    karim.post(url_of(batch, "mend"), {cell(other, 0): "x@example.org"})
    karim.post(url_of(batch, "mend"), {"leave": str(other.pk)})
    other.refresh_from_db()
    assert other.state == "wrong"
    assert karim.get(url_of(batch, f"rows/{other.pk}")).status_code == 404


def test_nonsense_is_ignored(karim: Client, batch: Batch) -> None:
    sent = {"x-cell-1": "a", f"{row_of(batch, 3).pk}-cell-99999": "a", "leave": "no id", "back": "\0"}
    assert karim.post(url_of(batch, "mend"), sent).status_code == 302
    assert states(batch) == ["ready", "wrong", "wrong"]


def test_too_late_to_mend_is_said(karim: Client, badge: Badge) -> None:
    batch = awarded(badge)
    page = karim.post(
        url_of(batch, "mend"), {"leave": str(row_of(batch, 2).pk)}, follow=True
    ).content.decode()
    assert "its rows stay as they are" in page


@pytest.mark.parametrize("show", ["mail", "page"])
def test_what_a_row_will_get_is_shown_and_nothing_remains(karim: Client, batch: Batch, show: str) -> None:
    answer = karim.get(url_of(batch, f"rows/{row_of(batch, 2).pk}?show={show}"))
    assert "Zoé Lefèvre" in answer.content.decode()
    assert "sandbox" in answer["Content-Security-Policy"]
    assert not Award.objects.exists()
    assert not Message.objects.filter(kind="award").exists()


def read(client: Client, batch: Batch) -> list[list[str]]:
    answer = client.get(url_of(batch, "failed"))
    table = open_table(io.BytesIO(b"".join(answer.streaming_content)))
    return [table.headers, *(row.cells for row in table.rows())]


def test_failed_rows_come_back_as_the_same_csv(karim: Client, batch: Batch) -> None:
    headers, *rows = read(karim, batch)
    assert headers == ["Prénom", "Nom", "Courriel", "Date", "What is wrong"]
    assert [row[2] for row in rows] == ["leo@exemple", "maya@example.org"]
    assert "is not a date" in rows[1][4]
    assert b";" in b"".join(karim.get(url_of(batch, "failed")).streaming_content).splitlines()[0]


def test_failed_rows_of_a_workbook_come_back_as_a_workbook(karim: Client, badge: Badge) -> None:
    file = workbook([["Mail", "Note"], ["leo@exemple", "1+1"], ["zoe@example.org", "x"]])
    made = batches.upload(badge=badge, file=file, file_name="x.xlsx", by=SYSTEM, at=timezone.now())
    batch = work(made)
    answer = karim.get(url_of(batch, "failed"))
    table = open_table(io.BytesIO(b"".join(answer.streaming_content)))
    assert table.kind == Kind.XLSX
    assert [row.cells[0] for row in table.rows()] == ["leo@exemple"]
    assert answer["Content-Disposition"].endswith('.xlsx"')
