"""Badges through the API: define, read, publish."""

import json
from base64 import b64encode, encodebytes
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from badges.models import Badge
from badges.queries import content_of
from issuers.models import Issuer
from issuers.permissions import Permission
from issuers.services import make_token
from tests.badges.contents import WHOLE
from tests.badges.test_pictures import SVG, png
from tests.factories import make_badge

Send = Callable[..., Any]
LEAST = {
    "name": "Weld steel",
    "description": "Welds steel frames.",
    "criteria": [{"name": "Weld three frames"}],
}


@pytest.fixture
def path(issuer: Issuer) -> str:
    return f"/api/v1/issuers/{issuer.slug}/badges/"


def post(client: Client, path: str, body: Any = None, **headers: str) -> Any:
    return client.post(path, json.dumps(body or {}), content_type="application/json", headers=headers)


def test_the_least_that_makes_a_badge(api: Client, path: str, issuer: Issuer) -> None:
    answer = post(api, path, LEAST)
    assert answer.status_code == 201
    badge = issuer.badges.get()
    shown = answer.json()
    assert (shown["id"], shown["state"], shown["version"], shown["draft"]) == (
        str(badge.pk),
        "draft",
        None,
        1,
    )
    assert shown["urls"]["public"] is None
    assert badge.shown.picture.design["icon"] == "hammer"
    assert "hammer" in shown["image_alt"]


def test_everything_at_once(api: Client, path: str, issuer: Issuer) -> None:
    body = {
        "language": "fr", "name": "Animer un atelier", "description": "Prépare et conduit un atelier.",
        "criteria_narrative": "**Trois** niveaux.", "image_alt": "Badge rond",
        "criteria": [
            {"name": "Préparer", "description": "Un déroulé", "method": "portfolio"},
            {"name": "Conduire", "method": "observation", "is_required": False},
        ],
        "translations": {"en": {
            "name": "Run a workshop", "description": "Prepares and runs a workshop.", "image_alt": "Round badge",
            "criteria_narrative": "**Three** levels.",
            "criteria": [{"name": "Prepare", "description": "A plan"}, {"name": "Run"}],
        }},
        "alignments": [{
            "target_name": "Facilitate", "target_url": "https://esco.example/1", "target_description": "Helps groups",
            "target_framework": "ESCO", "target_code": "S1.2",
        }],
        "tags": ["animation", "groupe"], "valid_months": 24, "may_be_repeated": True,
        "design": {"shape": "shield", "colour": "#0a6b75", "ring_text": "ANIMER"},
    }  # fmt: skip
    answer = post(api, path, body)
    assert answer.status_code == 201, answer.json()
    version = issuer.badges.get().shown
    assert content_of(version) == WHOLE
    assert version.picture.design["shape"] == "shield"
    assert answer.json()["languages"] == ["fr", "en"]


@pytest.mark.parametrize(("media_type", "data"), [("image/png", png(120, 120)), ("image/svg+xml", SVG)])
def test_a_picture_in_json(api: Client, path: str, issuer: Issuer, media_type: str, data: bytes) -> None:
    image = f"data:{media_type};base64,{b64encode(data).decode()}"
    answer = post(api, path, LEAST | {"image": image, "image_alt": "A square"})
    assert answer.status_code == 201
    assert issuer.badges.get().shown.picture.design is None
    assert (
        api.get(answer.json()["urls"]["picture"].removeprefix("https://badges.example.org")).status_code
        == 200
    )


@pytest.mark.parametrize(
    "image",
    [
        "data:image/svg+xml," + quote(SVG.decode()),
        "data:image/svg+xml;utf8," + SVG.decode(),
        "DATA:image/SVG+xml;charset=utf-8;BASE64," + quote(b64encode(SVG).decode()),
        "data:image/png;base64,\n" + encodebytes(png(120, 120)).decode(),
    ],
)
def test_a_picture_in_every_spelling_of_a_data_address(
    api: Client, path: str, issuer: Issuer, image: str
) -> None:
    answer = post(api, path, LEAST | {"image": image, "image_alt": "A square"})
    assert answer.status_code == 201, answer.json()
    assert issuer.badges.get().shown.picture.design is None


def test_a_picture_in_multipart(api: Client, path: str, issuer: Issuer) -> None:
    body = LEAST | {
        "criteria": json.dumps(LEAST["criteria"]),
        "tags": ["one", "two"],
        "image": SimpleUploadedFile("b.png", png(200, 120), "image/png"),
        "image_fit": "crop",
    }
    answer = api.post(path, body)
    assert answer.status_code == 201, answer.json()
    version = issuer.badges.get().shown
    assert version.picture.width == 120
    assert version.tags == ["one", "two"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"description": None}, "description"),
        ({"criteria": [{"description": "?"}]}, "criteria[0].name"),
        ({"criteria": [{"name": "a", "method": "magic"}]}, "criteria[0].method"),
        ({"criteria": "text"}, "criteria"),
        ({"language": "de"}, "language"),
        ({"translations": {"de": {}}}, "translations"),
        ({"translations": {"fr": {"criteria": [{}, {}]}}}, "translations.fr.criteria"),
        ({"tags": ["a,b"]}, "tags[0]"),
        (
            {"alignments": [{"target_name": "x", "target_url": "javascript:alert(1)"}]},
            "alignments[0].target_url",
        ),
        ({"valid_months": 0}, "valid_months"),
        ({"image": "data:image/png;base64,!!!"}, "image"),
        ({"image": "https://example.org/a.png"}, "image"),
        ({"image": "data:image/png;base64,aGVsbG8="}, "image"),
        ({"design": {"colour": "red"}}, "design.colour"),
    ],
)
def test_what_is_wrong_is_named(
    api: Client, path: str, issuer: Issuer, change: dict[str, Any], field: str
) -> None:
    answer = post(api, path, LEAST | change)
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert field in [error["field"] for error in answer.json()["errors"]]
    assert not issuer.badges.exists()


def test_publish(api: Client, path: str) -> None:
    made = post(api, path, LEAST).json()
    answer = post(api, f"/api/v1/badges/{made['id']}/publish/", {"change_note": "First"})
    assert answer.status_code == 200
    shown = answer.json()
    assert (shown["state"], shown["version"], shown["draft"]) == ("published", 1, None)
    assert shown["urls"]["public"] == f"https://badges.example.org/badges/{made['id']}"
    again = post(api, f"/api/v1/badges/{made['id']}/publish/")
    assert (again.status_code, again.json()["code"]) == (409, "unchanged")


def test_what_is_not_ready_is_said_field_by_field(api: Client, path: str) -> None:
    image = f"data:image/png;base64,{b64encode(png(120, 120)).decode()}"
    made = post(api, path, LEAST | {"criteria": [], "image": image}).json()
    answer = post(api, f"/api/v1/badges/{made['id']}/publish/")
    assert (answer.status_code, answer.json()["code"]) == (400, "not_ready")
    assert {error["field"] for error in answer.json()["errors"]} == {"criteria", "image_alt"}


def test_asked_twice_done_once(api: Client, path: str, issuer: Issuer) -> None:
    first, second = (post(api, path, LEAST, **{"Idempotency-Key": "one"}) for _time in range(2))
    assert first.json() == second.json()
    assert issuer.badges.count() == 1


def test_a_state_that_there_is_not(api: Client, path: str) -> None:
    answer = api.get(f"{path}?state=lost")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "state")


def test_a_dry_run_writes_nothing(api: Client, path: str, issuer: Issuer) -> None:
    assert post(api, f"{path}?dry_run=true", LEAST).status_code == 201
    assert not issuer.badges.exists()


def test_the_list_pages_and_narrows(
    api: Client,
    path: str,
    issuer: Issuer,
    draft: Badge,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    make_badge(issuer)
    first = api.get(path, {"limit": "1"}).json()
    assert len(first["results"]) == 1
    assert first["next"].startswith("https://badges.example.org/api/v1/")
    assert [row["id"] for row in api.get(path, {"state": "draft"}).json()["results"]] == [str(draft.pk)]
    with django_assert_max_num_queries(20) as few:
        api.get(path)
    make_badge(issuer)
    with django_assert_max_num_queries(len(few)):
        api.get(path)


def test_one_badge(api: Client, published: Badge) -> None:
    shown = api.get(f"/api/v1/badges/{published.pk}/").json()
    assert (shown["name"], shown["version"]) == ("Animer un atelier", 1)
    assert shown["criteria"][0] == {
        "name": "Préparer",
        "description": "Un déroulé",
        "method": "portfolio",
        "is_required": True,
    }


def test_what_belongs_to_others_is_not_there(api: Client, other_issuer: Issuer) -> None:
    foreign = make_badge(other_issuer)
    for path in (f"/api/v1/badges/{foreign.pk}/", f"/api/v1/issuers/{other_issuer.slug}/badges/"):
        assert api.get(path).status_code == 404
    assert post(api, f"/api/v1/badges/{foreign.pk}/publish/").status_code == 404
    assert post(api, f"/api/v1/issuers/{other_issuer.slug}/badges/", LEAST).status_code == 404


def test_scopes(path: str, issuer: Issuer, owner: User, draft: Badge) -> None:
    _row, secret = make_token(
        issuer=issuer, name="Awards only", scopes=[Permission.AWARD], by=owner.actor, at=timezone.now()
    )
    client = Client(headers={"Authorization": f"Bearer {secret}"})
    assert client.get(path).status_code == 200
    assert post(client, path, LEAST).status_code == 403
    assert post(client, f"/api/v1/badges/{draft.pk}/publish/").status_code == 403
    assert post(Client(), path, LEAST).status_code == 401
