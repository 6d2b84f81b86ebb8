"""The list of batches, a new one, and the lists to fill in."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from assertions.models import Batch
from badges.models import Badge
from badges.services import archive
from common.actors import SYSTEM
from common.spreadsheets import Field, Kind, open_table
from issuers.models import Issuer
from tests.assertions.batching import awarded, people_csv, rehearsed, work
from tests.assertions.views.support import SignIn, cost, statuses
from tests.common.files_of_people import PEOPLE, workbook
from tests.factories import NOON


@pytest.fixture
def url(issuer: Issuer) -> str:
    return f"/manage/{issuer.slug}/batches"


@pytest.fixture
def new(issuer: Issuer, badge: Badge) -> str:
    return f"/manage/{issuer.slug}/badges/{badge.pk}/batches/new"


@pytest.fixture
def karim(awarder: User, signed_in: SignIn) -> Client:
    return signed_in(awarder)


def csv_file(content: str | bytes, name: str = "people.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)


def test_who_may(
    signed_in: SignIn, stranger: User, viewer: User, awarder: User, url: str, new: str, client: Client
) -> None:
    people = [stranger, viewer, awarder]
    assert statuses(signed_in, people, url) == [404, 200, 200]
    assert statuses(signed_in, people, new) == [404, 403, 200]
    assert client.get(url).status_code == 302


def test_empty_it_teaches_the_next_step(karim: Client, url: str, badge: Badge) -> None:
    page = karim.get(url).content.decode()
    assert "No list yet" in page
    assert "/awards/new?how=file" in page
    choose = karim.get(f"/manage/{badge.issuer.slug}/awards/new?how=file").content.decode()
    assert f"/badges/{badge.pk}/batches/new" in choose


def test_batches_are_found_and_narrowed(karim: Client, url: str, badge: Badge) -> None:
    done = awarded(badge, name="Spring cohort")
    looked_at = rehearsed(badge, people_csv(2, prefix="other"), name="Autumn cohort")
    thrown = rehearsed(badge, people_csv(2, prefix="third"), name="Mistake")
    Batch.objects.filter(pk=thrown.pk).update(state=Batch.State.DISCARDED)

    def names(query: str) -> list[str]:
        return [row.name for row in karim.get(url + query).context["page"]]

    assert names("") == [looked_at.name, done.name]
    assert names("?q=SPRING") == [done.name]
    assert names("?state=rehearsed") == [looked_at.name]
    assert "No batch fits" in karim.get(f"{url}?q=zzz").content.decode()
    page = karim.get(url).content.decode()
    assert "3 of 3 awarded" in page
    assert "2 ready" in page


def test_the_oldest_or_the_newest_comes_first(karim: Client, url: str, badge: Badge) -> None:
    for number in range(3):
        rehearsed(badge, people_csv(1, prefix=f"p{number}-"), name=f"Cohort {number}")
    for sort, names in (("created", "012"), ("-created", "210"), ("x", "210")):
        rows = karim.get(url, {"sort": sort}).context["page"].rows
        assert [row.name for row in rows] == [f"Cohort {number}" for number in names]


def test_the_list_costs_the_same_however_long(karim: Client, url: str, badge: Badge) -> None:
    rehearsed(badge, people_csv(1, prefix="a"))
    one = cost(karim, url)
    rehearsed(badge, people_csv(1, prefix="b"))
    rehearsed(badge, people_csv(1, prefix="c"))
    assert cost(karim, url) == one


def test_another_organisations_batches_are_not_there(
    signed_in: SignIn, stranger: User, other_issuer: Issuer, badge: Badge
) -> None:
    batch = rehearsed(badge, name="Ours")
    theirs = signed_in(stranger)
    assert "Ours" not in theirs.get(f"/manage/{other_issuer.slug}/batches").content.decode()
    assert theirs.get(f"/manage/{other_issuer.slug}/batches/{batch.pk}").status_code == 404


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_file_becomes_a_batch(karim: Client, new: str, kind: str) -> None:
    content = people_csv(2).encode() if kind == "csv" else workbook(PEOPLE).getvalue()
    answer = karim.post(new, {"file": csv_file(content, "spring.bin"), "name": "", "narrative": "Well done."})
    batch = Batch.objects.get()
    assert answer.status_code == 302
    assert answer["Location"].endswith(f"/batches/{batch.pk}")
    work(batch)
    assert (batch.state, batch.ready) == (Batch.State.REHEARSED, 2)
    assert (batch.name, batch.narrative) == ("spring.bin", "Well done.")
    assert batch.made_by_label == "Karim Benali"


def test_pasted_people_become_a_batch(karim: Client, new: str) -> None:
    karim.post(new, {"people": "Inès <ines@example.org>\nLéo <leo@exemple>", "name": "Pasted"})
    batch = work(Batch.objects.get())
    assert (batch.name, batch.ready, batch.wrong) == ("Pasted", 1, 1)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty"),
        (b"Name;E-mail\n", "nobody below it"),
        (b"\x00\x01\x02\x03" * 99, "This is not a table"),
        (b"Name;Town\nLeo;Nantes\n", "No column with e-mail addresses"),
        (b"E-mail" + b";x" * 300 + b"\nl@example.org\n", "more than 200 columns"),
    ],
)
def test_a_wrong_file_is_refused_on_the_page(karim: Client, new: str, content: bytes, words: str) -> None:
    page = karim.post(new, {"file": csv_file(content), "name": "Kept"}).content.decode()
    assert words in page
    assert 'value="Kept"' in page
    assert not Batch.objects.exists()


def test_neither_file_nor_lines_is_said(karim: Client, new: str) -> None:
    assert "Choose a file, or paste the list below." in karim.post(new).content.decode()


def test_words_that_cannot_be_are_said_and_nothing_is_read(karim: Client, new: str) -> None:
    sent = {"people": people_csv(1), "issued_on": "2199-01-01"}
    assert "in the future" in karim.post(new, sent).content.decode()
    assert not Batch.objects.exists()


def test_the_same_list_twice_is_asked_about(karim: Client, new: str) -> None:
    karim.post(new, {"file": csv_file(people_csv(2))})
    again = karim.post(new, {"file": csv_file(people_csv(2))})
    first = Batch.objects.get()
    assert f"/batches/{first.pk}" in again.content.decode()
    assert 'name="again"' in again.content.decode()
    assert karim.post(new, {"file": csv_file(people_csv(2)), "again": "on"}).status_code == 302
    assert Batch.objects.count() == 2


def test_a_badge_that_cannot_be_awarded_takes_no_list(karim: Client, new: str, badge: Badge) -> None:
    archive(badge=badge, by=SYSTEM, at=NOON)
    assert karim.post(new, {"people": people_csv(1)}).status_code == 200
    assert not Batch.objects.exists()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_list_to_fill_in_is_understood(karim: Client, url: str, kind: str, language: str) -> None:
    karim.cookies["django_language"] = language
    answer = karim.get(f"{url}/template.{kind}")
    table = open_table(io.BytesIO(answer.content))
    assert table.kind == Kind(kind)
    assert table.mapping[0] == Field.ADDRESS
    assert f".{kind}" in answer["Content-Disposition"]
