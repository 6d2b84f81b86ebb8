"""/api/v1/badges/{id}/batches/ and /api/v1/batches/{id}/, as programs use them."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from accounts.models import User
from assertions.models import Award, Batch
from badges.models import Badge
from issuers.models import Issuer
from issuers.permissions import TOKEN_SCOPES, Permission
from issuers.services import make_token
from journal.models import Message
from tests.assertions.batching import people_csv, work

Call = Callable[..., HttpResponse]
ROWS = [
    {"email": "Ines@Example.org", "name": "Inès Marchand", "evidence": ["https://example.org/1", "https://example.org/2"]},
    {"email": "jean@example.org", "narrative": "Bravo.", "language": "fr", "issued_on": "2026-03-03"},
    {"email": "nobody"},
    {"email": "ines@example.org"},
]  # fmt: skip


@pytest.fixture(autouse=True)
def _fresh_rates() -> None:
    cache.clear()


@pytest.fixture
def call(client: Client, issuer: Issuer, owner: User) -> Call:
    def token(*scopes: str) -> str:
        return make_token(issuer=issuer, name="HR", scopes=list(scopes), by=owner.actor, at=timezone.now())[1]

    usual = token(*TOKEN_SCOPES)

    def made(
        path: str, body: Any = None, *, file: bytes = b"", scopes: Any = (), **headers: str
    ) -> HttpResponse:
        headers = {"Authorization": f"Bearer {token(*scopes) if scopes else usual}", **headers}
        if file:
            sent = {"file": SimpleUploadedFile("people.csv", file), **(body or {})}
            return client.post(f"/api/v1/{path}", sent, headers=headers)
        if body is None:
            return client.get(f"/api/v1/{path}", headers=headers)
        return client.post(f"/api/v1/{path}", json.dumps(body), "application/json", headers=headers)

    return made


def test_rows_are_awarded_at_once_and_wrong_ones_reported(call: Call, badge: Badge) -> None:
    answer = call(f"badges/{badge.pk}/batches/", {"rows": ROWS, "name": "March"})
    assert answer.status_code == 202, answer.content
    told = answer.json()
    assert told["url"] == answer["Location"] == f"https://badges.example.org/api/v1/batches/{told['id']}/"
    work(Batch.objects.get(pk=told["id"]))
    shown = call(f"batches/{told['id']}/").json()
    assert (shown["state"], shown["name"], shown["rows_read"], shown["progress"]) == ("done", "March", 4, 1.0)
    assert shown["counts"] == {
        "ready": 0, "wrong": 1, "duplicate": 1, "awarded": 2, "refused": 0, "cancelled": 0,
    }  # fmt: skip
    failed = shown["rows"]["results"]
    assert [(row["number"], row["code"]) for row in failed] == [(4, "invalid"), (5, "double")]
    assert "no @" in failed[0]["problems"]["email"]
    done = call(f"batches/{told['id']}/?rows=awarded").json()["rows"]["results"]
    assert {row["award"].rpartition("/")[2] for row in done} == {
        str(pk) for pk in Award.objects.values_list("pk", flat=True)
    }
    assert Award.objects.get(recipient__address="ines@example.org").evidence.count() == 2
    assert Award.objects.get(recipient__address="jean@example.org").language == "fr"
    assert {row.awarded_by_label for row in Award.objects.all()} == {"HR"}


def test_a_file_is_awarded_when_it_is_confirmed(call: Call, badge: Badge) -> None:
    sent = call(
        f"badges/{badge.pk}/batches/", {"confirm": "false", "notify": "false"}, file=people_csv(3).encode()
    )
    batch = Batch.objects.get(pk=sent.json()["id"])
    assert (work(batch).state, batch.ready, batch.file_name) == ("rehearsed", 3, "people.csv")
    shown = call(f"batches/{batch.pk}/confirm/", {"hold_minutes": 10}).json()
    assert (shown["state"], shown["starts_on"] is not None) == ("held", True)
    assert call(f"batches/{batch.pk}/confirm/", {}).status_code == 409
    assert call(f"batches/{batch.pk}/cancel/", {}).json()["state"] == "cancelled"
    assert (work(batch).cancelled, Award.objects.count()) == (3, 0)


def test_what_was_never_confirmed_is_discarded(call: Call, badge: Badge) -> None:
    sent = call(f"badges/{badge.pk}/batches/", {"rows": ROWS, "confirm": False}).json()
    assert call(f"batches/{sent['id']}/cancel/", {}).json()["state"] == "discarded"


def test_the_same_key_sends_the_list_once(call: Call, badge: Badge) -> None:
    key = {"Idempotency-Key": "march"}
    first, second = (
        call(f"badges/{badge.pk}/batches/", file=people_csv(3).encode(), **key) for _ in range(2)
    )
    assert (first.status_code, second.status_code) == (202, 202)
    assert first.json() == second.json()
    assert second["Idempotency-Replayed"] == "true"
    assert Batch.objects.count() == 1
    other = call(f"badges/{badge.pk}/batches/", file=people_csv(4).encode(), **key)
    assert other.status_code == 422


def test_the_same_list_without_a_key_is_refused_unless_meant(call: Call, badge: Badge) -> None:
    path = f"badges/{badge.pk}/batches/"
    assert call(path, {"rows": ROWS}).status_code == 202
    refused = call(path, {"rows": ROWS})
    assert (refused.status_code, refused.json()["code"]) == (409, "uploaded_before")
    assert call(path, {"rows": ROWS, "again": True}).status_code == 202


def test_a_dry_run_leaves_nothing(call: Call, badge: Badge) -> None:
    call(f"badges/{badge.pk}/batches/", file=people_csv(2).encode())  # the folder is there
    before = default_storage.listdir("batches")
    answer = call(f"badges/{badge.pk}/batches/?dry_run=true", file=people_csv(3).encode())
    assert (answer.status_code, answer["Dry-Run"]) == (202, "true")
    assert Batch.objects.count() == 1
    assert default_storage.listdir("batches") == before


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "file"),
        ({"rows": []}, "rows"),
        ({"rows": [{}]}, "rows[0].email"),
        ({"rows": ROWS, "hold_minutes": -1}, "hold_minutes"),
        ({"rows": ROWS, "language": "klingon"}, "language"),
        ({"rows": ["a@example.org"]}, "rows[0]"),
    ],
)
def test_what_cannot_be_a_list_is_named_field_by_field(
    call: Call, badge: Badge, body: Any, field: str
) -> None:
    answer = call(f"badges/{badge.pk}/batches/", body)
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_a_file_that_is_no_list_is_refused_in_words(call: Call, badge: Badge) -> None:
    answer = call(f"badges/{badge.pk}/batches/", file=b"\x00\x01\x02 nothing")
    assert answer.status_code == 400
    assert "not a table" in answer.json()["detail"]


def test_rows_that_there_are_not(call: Call, badge: Badge) -> None:
    url = call(f"badges/{badge.pk}/batches/", {"rows": [{"email": "a@example.org"}]}).json()["url"]
    answer = call(url.partition("/api/v1/")[2] + "?rows=lost")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "rows")


def test_lists_page_by_cursor(call: Call, badge: Badge) -> None:
    for number in range(3):
        call(f"badges/{badge.pk}/batches/", {"rows": ROWS, "name": str(number), "again": True})
    first = call(f"badges/{badge.pk}/batches/?limit=2").json()
    assert [one["name"] for one in first["results"]] == ["2", "1"]
    rest = call(first["next"].removeprefix("https://badges.example.org/api/v1/")).json()
    assert [one["name"] for one in rest["results"]] == ["0"]


def test_who_may_not_award_may_not_send_a_list(call: Call, badge: Badge, other_issuer: Issuer) -> None:
    path = f"badges/{badge.pk}/batches/"
    assert call(path, {"rows": ROWS}, scopes=[Permission.EDIT_BADGES]).status_code == 403
    batch = call(path, {"rows": ROWS}).json()["id"]
    Badge.objects.filter(pk=badge.pk).update(issuer=other_issuer)
    Batch.objects.update(issuer=other_issuer)
    assert call(path, {"rows": ROWS}).status_code == 404
    for call_path, body in (
        (f"batches/{batch}/", None),
        (f"batches/{batch}/confirm/", {}),
        (f"batches/{batch}/cancel/", {}),
    ):
        assert call(call_path, body).status_code == 404
    assert not Message.objects.exists()


def test_a_batch_is_started_paused_resumed_revoked_and_brought_back(call: Call, badge: Badge) -> None:
    sent = {"rows": [{"email": f"p{n}@example.org"} for n in range(3)], "hold_minutes": 60}
    path = f"batches/{call(f'badges/{badge.pk}/batches/', sent).json()['id']}/"
    batch = work(Batch.objects.get())
    assert batch.state == "held"
    assert call(f"{path}pause/", {}).json()["code"] == "batch_state"
    assert call(f"{path}start/", {}).json()["state"] == "issuing"
    assert call(f"{path}pause/", {}).json()["state"] == "paused"
    assert call(f"{path}resume/", {}).json()["state"] == "issuing"
    assert work(batch).awarded == 3
    assert call(f"{path}revoke/", {}).json()["errors"][0]["field"] == "reason"
    assert call(f"{path}revoke/", {"reason": "x"}, scopes=["awards.create"]).status_code == 403
    revoking = call(f"{path}revoke/", {"reason": "The wrong list.", "note": "Ours."})
    assert (revoking.status_code, revoking.json()["state"]) == (200, "revoking")
    assert work(batch).revoked == 3
    assert call(f"{path}restore/", {}).json()["state"] == "restoring"
    work(batch)
    shown = call(path).json()
    assert (shown["state"], shown["revoked"]) == ("done", 0)


def test_rows_say_what_is_wrong_in_the_language_of_the_caller(call: Call, badge: Badge) -> None:
    path = f"batches/{call(f'badges/{badge.pk}/batches/', {'rows': ROWS}).json()['id']}/"
    work(Batch.objects.get())
    said = [
        call(path, **{"Accept-Language": language}).json()["rows"]["results"][1]["problems"][""]
        for language in ("en", "fr")
    ]
    assert said[0] == "This address is in the list twice."
    assert said[1] != said[0]
