"""POST /api/v1/verify/: what /verify says, for programs; open to everyone."""

import hashlib
import json
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from assertions.documents import award_url
from assertions.forms import uploads
from assertions.models import Award
from assertions.services import verification
from assertions.services.pictures import baked
from badges.models import Badge
from tests.assertions.elsewhere import EARNER, Elsewhere
from tests.common.paper_making import Pdf
from tests.factories import make_accepted
from tests.openbadges.stage import png

URL = "/api/v1/verify/"


@pytest.fixture(autouse=True)
def _fresh_rates() -> None:
    cache.clear()


def ask(body: Any = None, *files: tuple[str, bytes], language: str = "en", **form: str) -> Any:
    client = Client(headers={"Accept-Language": language})
    if not files:
        return client.post(
            URL, json.dumps(body if body is not None else form), content_type="application/json"
        )
    sent = {"files": [SimpleUploadedFile(name, content) for name, content in files]}
    return client.post(URL, sent | form)


def results(response: Any) -> list[dict[str, Any]]:
    assert response.status_code == 200, response.content
    return response.json()["results"]


@pytest.mark.parametrize("member", ["url", "text"])
def test_a_badge_of_ours(accepted_award: Award, member: str) -> None:
    brought = award_url(accepted_award.pk) if member == "url" else accepted_award.signed
    (result,) = results(ask({member: brought, "recipient": "Ines@example.org"}))
    assert (result["verdict"], result["public"], result["recipient_matches"]) == ("valid", True, True)
    assert result["says"]["title"] == "This badge is valid."
    assert result["address"] == award_url(accepted_award.pk)
    assert result["badge"]["name"] == "Run a workshop"
    assert result["sha256"] == hashlib.sha256(brought.encode()).hexdigest()
    assert {check["outcome"] for check in result["checks"]} <= {"passed", "not_applicable"}


def test_the_sentences_speak_the_callers_language(accepted_award: Award) -> None:
    (result,) = results(ask({"url": award_url(accepted_award.pk)}, language="fr"))
    assert result["says"]["title"] == "Ce badge est valide."


def test_files_and_a_cv(badge: Badge) -> None:
    one, two = make_accepted(badge), make_accepted(badge)
    cv = Pdf().page("Me", links=[award_url(two.pk)]).whole()
    response = ask(None, ("a.png", baked(one, "png", hosted=False)), ("cv.pdf", cv), ("b.png", png()))
    first, second, third = results(response)
    assert [first["verdict"], second["verdict"], third["verdict"]] == ["valid", "valid", "not_valid"]
    assert second["found_in"] == ["cv.pdf, page 1"]
    assert third["says"]["word"] == "no badge"
    assert response.json()["summary"] == "3 badges were looked at: valid (2), no badge (1)."


def test_a_badge_of_others(db: None, elsewhere: Elsewhere) -> None:
    (result,) = results(ask({"url": elsewhere.url("/award"), "recipient": EARNER}))
    assert (result["verdict"], result["recipient_matches"]) == ("consistent", True)
    assert result["badge"]["issuer"] == {"id": elsewhere.url("/issuer"), "name": "Riverside College"}
    assert result["badge"]["criteria"] == "**Six** hours of practice."


def test_what_its_holder_does_not_show(accepted_award: Award) -> None:
    Award.objects.update(response=Award.Response.DECLINED)
    response = ask({"text": accepted_award.signed})
    (result,) = results(response)
    assert (result["public"], result["badge"], result["checks"], result["address"]) == (False, None, [], None)
    assert "Run a workshop" not in response.content.decode()


def test_what_there_was_no_time_for(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verification, "PATIENCE", 0)
    report = ask({"text": "https://example.org/a https://example.org/b"}).json()
    assert (report["results"], report["waiting"]) == ([], ["https://example.org/a", "https://example.org/b"])


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({}, ""),
        ({"url": ""}, ""),
        ({"url": 5}, "url"),
        ({"text": {"@context": "x"}}, "text"),
        ({"url": "https://example.org", "recipient": "nonsense"}, "recipient"),
        ({"url": "https://example.org", "recipient": ["a"]}, "recipient"),
    ],
)
def test_what_does_not_make_sense(db: None, sent: dict[str, Any], field: str) -> None:
    response = ask(sent)
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert [error["field"] for error in response.json()["errors"]] == ([field] if field else [])


def test_files_that_are_too_large(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST_BYTES", 10)
    response = ask(None, ("big.png", b"x" * 11))
    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == "files"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b'{"text": "\\ud800"}'])
def test_bodies_that_cannot_be_read(db: None, body: bytes) -> None:
    response = Client().post(URL, body, content_type="application/json")
    assert response.status_code == 400


def test_no_token_is_needed_and_none_is_looked_at(accepted_award: Award) -> None:
    headers = {"Authorization": "Bearer badge_pat_wrong"}
    sent = json.dumps({"url": award_url(accepted_award.pk)})
    assert Client(headers=headers).post(URL, sent, content_type="application/json").status_code == 200
    assert Client().get(URL).status_code == 405


@pytest.mark.usefixtures("one_moment")
def test_it_is_counted_together_with_the_page(db: None, settings: Any) -> None:
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"verify": "2/m"}
    Client().post("/verify", {"text": "hello"})
    assert ask({"text": "hello"}).status_code == 200
    refused = ask({"text": "hello"})
    assert (refused.status_code, refused["Content-Type"]) == (429, "application/problem+json")
    assert int(refused["Retry-After"]) > 0


def test_the_description_says_that_it_is_open(db: None) -> None:
    schema = Client().get("/api/v1/schema/", headers={"Accept": "application/vnd.oai.openapi+json"}).json()
    described = schema["paths"]["/api/v1/verify/"]["post"]
    assert described.get("security", []) in ([], [{}])
    assert {"application/json", "multipart/form-data"} <= set(described["requestBody"]["content"])
    assert "recipient_matches" in json.dumps(schema["components"]["schemas"]["JudgedShown"])
