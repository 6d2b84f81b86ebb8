"""What people bring, and what happens on the way: a clear sentence, nothing half kept, nothing issued unasked."""

import io
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.utils import timezone

from accounts.models import User
from assertions.models import Award, Batch
from assertions.services import batches
from assertions.services.batches import AlreadyUploaded
from badges.models import Badge
from common.actors import SYSTEM
from common.errors import Refused
from common.receiving import NoRoom
from issuers.permissions import TOKEN_SCOPES
from issuers.services import make_token
from tests.assertions.batching import (
    awarded,
    counts_fit,
    make_batch,
    people_csv,
    rehearsed,
    row_of,
    states,
    work,
)
from tests.assertions.test_batch_workers import at_once
from tests.assertions.views.support import SignIn
from tests.factories import make_badge, make_issuer

LARGE = people_csv(120_000).encode()


@pytest.fixture(autouse=True)
def folder(settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "spool"
    for path in (settings.MEDIA_ROOT, settings.FILE_UPLOAD_TEMP_DIR):
        path.mkdir()
    return tmp_path


@pytest.fixture
def karim(awarder: User, signed_in: SignIn) -> Client:
    return signed_in(awarder)


@pytest.fixture
def new(badge: Badge) -> str:
    return f"/manage/{badge.issuer.slug}/badges/{badge.pk}/batches/new"


@contextmanager
def files_up_to(size: int) -> Iterator[None]:
    """As on a full disk: the system itself refuses to write more (Python ignores the signal that goes with it)."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def files_in(folder: Path) -> list[Path]:
    """But the pictures of badges."""
    return [path for path in folder.rglob("*") if path.is_file() and "pictures" not in path.parts]


def large() -> SimpleUploadedFile:
    return SimpleUploadedFile("people.csv", LARGE)


def test_no_room_while_the_file_comes_in(karim: Client, new: str, folder: Path) -> None:
    with files_up_to(1024 * 1024):
        answer = karim.post(new, {"name": "Spring", "file": large()})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "the server has no room at the moment" in page
    assert 'value="Spring"' in page
    assert "Choose a file, or paste" not in page
    assert files_in(folder) == []
    assert not Batch.objects.exists()


def test_no_room_where_files_are_kept(badge: Badge, folder: Path) -> None:
    with files_up_to(1024 * 1024), pytest.raises(NoRoom):
        batches.upload(
            badge=badge, file=io.BytesIO(LARGE), file_name="people.csv", by=SYSTEM, at=timezone.now()
        )
    assert files_in(folder) == []
    assert not Batch.objects.exists()


@pytest.mark.parametrize("text", [True, False])
def test_a_program_is_told_that_there_is_no_room(
    client: Client, badge: Badge, owner: User, folder: Path, text: bool
) -> None:
    token = make_token(
        issuer=badge.issuer, name="HR", scopes=[*TOKEN_SCOPES], by=owner.actor, at=timezone.now()
    )[1]
    path, headers = f"/api/v1/badges/{badge.pk}/batches/", {"Authorization": f"Bearer {token}"}
    rows = [{"email": f"person{n}@example.org", "narrative": "x" * 400} for n in range(4000)]
    with files_up_to(1024 * 1024):
        if text:
            answer = client.post(path, {"rows": rows}, "application/json", headers=headers)
        else:
            answer = client.post(path, {"file": large()}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (507, "no_room"), answer.content
    assert files_in(folder) == []
    assert not Batch.objects.exists()


@pytest.mark.parametrize("size", [3_000, 3_000_000])
@pytest.mark.parametrize("share", [0.2, 0.99])
def test_an_upload_cut_off_is_no_list(karim: Client, new: str, folder: Path, size: int, share: float) -> None:
    content = encode_multipart(BOUNDARY, {"file": SimpleUploadedFile("people.csv", LARGE[:size])})
    cut = io.BytesIO(content[: int(len(content) * share)])
    answer = karim.generic(
        "POST", new, b"", CONTENT_TYPE=MULTIPART_CONTENT, CONTENT_LENGTH=str(len(content)), **{"wsgi.input": cut}
    )  # fmt: skip
    assert answer.status_code == 400
    assert not Batch.objects.exists()
    assert files_in(folder) == []


def test_forty_megabytes_on_one_line(karim: Client, new: str, folder: Path) -> None:
    content = b"email\n" + b"x" * (40 * 1024 * 1024)
    karim.post(new, {"file": SimpleUploadedFile("people.csv", content)})
    batch = Batch.objects.get()
    work(batch)
    assert batch.state == Batch.State.UNREADABLE
    assert "longer than a million characters" in batch.problem
    assert (
        "longer than a million characters"
        in karim.get(f"/manage/{batch.issuer.slug}/batches/{batch.pk}").content.decode()
    )


def test_the_same_address_in_other_letters_is_one_person_and_dots_make_another(badge: Badge) -> None:
    batch = rehearsed(badge, "email\nZoe@Example.org\n zoe@EXAMPLE.ORG \nz.oe@example.org\n")
    assert states(batch) == ["ready", "duplicate", "ready"]
    work(batches.confirm(batch=batch, hold=batches.HOLD * 0, by=SYSTEM, at=timezone.now()))
    addresses = Award.objects.values_list("recipient__address", flat=True)
    assert set(addresses) == {"zoe@example.org", "z.oe@example.org"}


def test_an_address_in_unicode(badge: Badge) -> None:
    """No mail goes to accents before the @; what nobody sees, and how it is composed, makes no other person."""
    batch = rehearsed(
        badge,
        "email\nzoé@exemple.org\nzoe@exämple.org\nzoe@exa\u0308mple.org\nleo\u200b@example.org\u202c\nleo@example.org\n",
    )
    assert states(batch) == ["wrong", "ready", "duplicate", "ready", "duplicate"]
    assert "accents or letters of another alphabet before the @" in row_of(batch, 2).reason
    assert row_of(batch, 5).address == "leo@example.org"
    assert counts_fit(batch)


def test_a_thousand_errors_of_a_thousand(karim: Client, badge: Badge) -> None:
    batch = rehearsed(badge, "email\n" + "".join(f"nobody {n}\n" for n in range(1000)))
    assert (batch.wrong, batch.ready) == (1000, 0)
    page = karim.get(f"/manage/{badge.issuer.slug}/batches/{batch.pk}").content.decode()
    assert "Nobody is ready yet." in page
    assert page.count('class="wrong"') == 25
    with pytest.raises(Refused, match="No row is ready"):
        batches.confirm(batch=batch, by=SYSTEM, at=timezone.now())


def test_a_formula_is_text_and_comes_back_as_it_was(karim: Client, badge: Badge) -> None:
    batch = rehearsed(badge, 'email,name,reason\nnobody,"=HYPERLINK(""http://x"")",- led it\n')
    failed = b"".join(karim.get(f"/manage/{badge.issuer.slug}/batches/{batch.pk}/failed").streaming_content)
    assert b"'=HYPERLINK" in failed
    again = rehearsed(badge, failed.decode("utf-8-sig").replace("nobody", "leo@example.org"))
    assert row_of(again, 2).cells[:3] == ["leo@example.org", '=HYPERLINK("http://x")', "- led it"]
    assert row_of(again, 2).data == {"narrative": "- led it"}


def test_a_file_and_pasted_lines_are_not_both_taken(karim: Client, new: str) -> None:
    sent = {"file": SimpleUploadedFile("a.csv", b"email\na@example.org\n"), "people": "b@example.org"}
    page = karim.post(new, sent).content.decode()
    assert "You chose a file and pasted lines too." in page
    assert "b@example.org" in page
    assert not Batch.objects.exists()


def test_more_than_a_form_takes_is_said(karim: Client, new: str) -> None:
    answer = karim.post(new, {"people": "a@example.org\n" * 1_000_000}, headers={"accept": "text/html"})
    assert answer.status_code == 413
    assert "bring them as a file" in answer.content.decode()
    assert not Batch.objects.exists()


def test_of_two_who_act_at_once_the_second_is_told(
    karim: Client, badge: Badge, owner: User, signed_in: SignIn
) -> None:
    batch = rehearsed(badge, "email\na@example.org\nnobody\n")
    url, olga = f"/manage/{badge.issuer.slug}/batches/{batch.pk}", signed_in(owner)
    karim.post(f"{url}/confirm", {"start": "held"})
    for path, sent, words in (
        ("confirm", {"start": "now"}, "has been confirmed already"),
        ("mend", {f"{row_of(batch, 3).pk}-cell-0": "b@example.org"}, "not being checked any more"),
        ("columns", {"columns-0": "address"}, "not being checked any more"),
    ):
        page = olga.post(f"{url}/{path}", sent, follow=True).content.decode()
        assert words in page, path
    work(batch)
    assert (batch.state, batch.ready) == (Batch.State.HELD, 1)
    assert not Award.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_bring_the_same_file_at_the_same_moment_one_is_told() -> None:
    """The badge may be earned again: nothing later would keep these people from getting it twice."""
    badge = make_badge(make_issuer(), may_be_repeated=True)

    def bring() -> None:
        file = io.BytesIO(people_csv(3).encode())
        batches.upload(badge=badge, file=file, file_name="people.csv", by=SYSTEM, at=timezone.now())

    problems = at_once(4, bring)
    assert [type(problem) for problem in problems] == [AlreadyUploaded] * 3
    assert Batch.objects.count() == 1


def test_the_same_file_twice_awards_nobody_twice(badge: Badge) -> None:
    awarded(badge, people_csv(3))
    again = make_batch(badge, people_csv(3))
    work(again)
    assert states(again) == ["duplicate"] * 3
    assert Award.objects.count() == 3
