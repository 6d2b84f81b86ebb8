"""Leaving: what an owner asks for, follows, fetches and removes."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from issuers.models import Archive, Issuer
from journal.models import Action, Entry

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
PASSPHRASE = "correct horse battery staple"


@pytest.fixture
def base(issuer: Issuer) -> str:
    return f"/manage/{issuer.slug}/settings/archives"


def ready(issuer: Issuer, kind: str = "kit") -> Archive:
    now = timezone.now()
    return Archive.objects.create(
        issuer=issuer, kind=kind, state="ready", size=3, asked_at=now, made_at=now, expires_at=now + timedelta(days=7),
        file=default_storage.save(f"archives/{kind}.zip", ContentFile(b"PK!")),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("place", "post", "answer"),
    [
        ("", None, 200), ("", {}, 302), ("/export", {"keys": "with"}, 200), ("/{}", None, 200), ("/{}/remove", {}, 302),
    ],
)  # fmt: skip
def test_access(
    base: str, issuer: Issuer, owner: User, editor: User, awarder: User, viewer: User, stranger: User,
    signed_in: SignIn, place: str, post: dict[str, str] | None, answer: int,
) -> None:  # fmt: skip
    path = base + place.format(ready(issuer).pk)

    def ask(client: Client) -> int:
        got = client.get(path) if post is None else client.post(path, post)
        if got.streaming:
            list(got)  # to its end, where the file behind it is closed
        return int(got.status_code)

    assert ask(Client()) == 302
    assert [ask(signed_in(who)) for who in (stranger, viewer, awarder, editor)] == [404, 403, 403, 403]
    assert ask(signed_in(owner)) == answer


def test_an_empty_list_teaches(base: str, owner: User, signed_in: SignIn) -> None:
    page = signed_in(owner).get(base).content.decode()
    assert "Nothing made yet" in page
    assert "Make an exit kit" in page
    assert "Export everything" in page


def test_a_kit_is_asked_for_once(base: str, owner: User, issuer: Issuer, signed_in: SignIn) -> None:
    client = signed_in(owner)
    assert "is being made" in client.post(base, follow=True).content.decode()
    page = client.post(base, follow=True).content.decode()
    assert "It is being made already." in page
    assert "data-running" in page
    assert issuer.archives.get().asked_by == owner


@pytest.mark.parametrize(
    ("said", "field", "words"),
    [
        ({"keys": "with"}, "passphrase", "Type a passphrase"),
        ({"keys": "with", "passphrase": "short", "repeated": "short"}, "passphrase", "at least 12"),
        ({"keys": "with", "passphrase": PASSPHRASE, "repeated": "another"}, "repeated", "not the same"),
        ({"keys": "with", "passphrase": "x" * 201, "repeated": "x" * 201}, "passphrase", "at most 200"),
        ({"keys": "perhaps"}, "keys", "valid choice"),
        ({}, "keys", "required"),
    ],
)
def test_what_is_wrong_is_said_at_the_field(
    base: str, owner: User, signed_in: SignIn, said: dict[str, str], field: str, words: str
) -> None:
    answer = signed_in(owner).post(f"{base}/export", said)
    assert answer.status_code == 200
    assert words in str(answer.context["form"].errors[field])
    assert not Archive.objects.exists()
    assert PASSPHRASE not in answer.content.decode()


@pytest.mark.parametrize(
    "said", [{"keys": "with", "passphrase": PASSPHRASE, "repeated": PASSPHRASE}, {"keys": "without"}]
)
def test_an_export_is_asked_for(
    base: str, owner: User, issuer: Issuer, signed_in: SignIn, said: dict[str, str]
) -> None:
    page = signed_in(owner).post(f"{base}/export", said, follow=True).content.decode()
    assert "The export is being made" in page
    archive = issuer.archives.get()
    assert (archive.kind, archive.sealed_secrets is not None) == ("export", "passphrase" in said)
    line = Entry.objects.get(action=Action.ISSUER_EXPORTED)
    assert (line.actor_label, line.data) == ("Olga Owner", {"with_keys": "passphrase" in said})


def test_a_file_is_fetched(base: str, owner: User, issuer: Issuer, signed_in: SignIn) -> None:
    archive = ready(issuer)
    answer = signed_in(owner).get(f"{base}/{archive.pk}")
    assert b"".join(answer) == b"PK!"
    assert answer["Content-Type"] == "application/zip"
    assert f"{issuer.slug}-kit-" in answer["Content-Disposition"]
    assert "no-store" in answer["Cache-Control"]


def test_what_is_gone_or_anothers_is_not_found(
    base: str, owner: User, issuer: Issuer, other_issuer: Issuer, signed_in: SignIn
) -> None:
    client, archive, theirs = signed_in(owner), ready(issuer), ready(other_issuer)
    assert client.get(f"{base}/{theirs.pk}").status_code == 404
    assert client.post(f"{base}/{theirs.pk}/remove").status_code == 404
    default_storage.delete(archive.file)
    assert client.get(f"{base}/{archive.pk}").status_code == 404
    client.post(f"{base}/{archive.pk}/remove")
    assert client.get(f"{base}/{archive.pk}").status_code == 404


def test_states_are_told(base: str, owner: User, issuer: Issuer, signed_in: SignIn) -> None:
    now = timezone.now()
    Archive.objects.create(issuer=issuer, kind="kit", state="making", done=1200, total=5000, asked_at=now)
    Archive.objects.create(issuer=issuer, kind="export", state="failed", trouble="no_room", asked_at=now)
    ready(issuer)
    page = signed_in(owner).get(base).content.decode()
    assert "1,200 of 5,000 awards" in page
    assert "There is no room left on this site’s disk." in page
    assert "kept until" in page


def test_a_long_list_takes_no_more_queries(base: str, owner: User, issuer: Issuer, signed_in: SignIn) -> None:
    client = signed_in(owner)

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get(base)
        return len(asked)

    ready(issuer)
    queries()
    one = queries()
    ready(issuer, "export")
    ready(issuer)
    assert queries() == one


def test_both_languages(base: str, owner: User, signed_in: SignIn) -> None:
    client = signed_in(owner)
    client.cookies["django_language"] = "fr"
    assert 'lang="fr"' in client.get(base).content.decode()
