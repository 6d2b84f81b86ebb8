"""/api/v1/badges/{id}/awards/, /api/v1/awards/{id}/ and revoking, as programs use them."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from assertions.models import Award, Claim
from assertions.services.claiming import claim_for
from badges.models import Badge
from issuers.models import IdempotentCall, Issuer
from issuers.permissions import TOKEN_SCOPES
from issuers.services import make_token
from journal.models import Message
from openbadges import jws
from tests.factories import make_award, make_badge

INES = {"recipient": {"email": "Ines@Example.org", "name": "Inès Marchand"}}
Call = Callable[..., HttpResponse]


@pytest.fixture(autouse=True)
def _fresh_rates() -> None:
    cache.clear()


@pytest.fixture
def secret(issuer: Issuer, owner: User) -> str:
    return token_for(issuer, owner, *TOKEN_SCOPES)


def token_for(issuer: Issuer, owner: User, *scopes: str) -> str:
    return make_token(issuer=issuer, name="T", scopes=list(scopes), by=owner.actor, at=timezone.now())[1]


@pytest.fixture
def call(client: Client, secret: str) -> Call:
    def made(path: str, body: Any = None, *, token: str = secret, **headers: str) -> HttpResponse:
        headers = {"Authorization": f"Bearer {token}", **headers}
        if body is None:
            return client.get(f"/api/v1/{path}", headers=headers)
        return client.post(f"/api/v1/{path}", json.dumps(body), "application/json", headers=headers)

    return made


def test_awarding(call: Call, badge: Badge) -> None:
    body = INES | {
        "narrative": "She **listened**.",
        "evidence": [{"url": "https://example.org/film", "name": "Film"}, {"narrative": "Seen by two of us."}],
        "issued_on": "2026-03-03T12:00:00+01:00", "expires_on": "2028-03-03", "language": "fr",
    }  # fmt: skip
    answer = call(f"badges/{badge.pk}/awards/", body)
    assert answer.status_code == 201
    row = Award.objects.get()
    page = f"https://badges.example.org/assertions/{row.pk}"
    shown = answer.json()
    assert shown["urls"] == {
        "page": page, "json": page, "jws": f"{page}.jws", "png": f"{page}.png", "svg": f"{page}.svg",
        "credential": f"https://badges.example.org/credentials/{row.pk}",
        "credential_jwt": f"https://badges.example.org/credentials/{row.pk}.jwt",
    }  # fmt: skip
    assert shown["recipient"] == {"email": "ines@example.org", "name": "Inès Marchand"}
    assert (shown["issued_on"], shown["expires_on"]) == ("2026-03-03T11:00:00Z", "2028-03-03T23:59:59Z")
    assert (shown["state"], shown["language"], shown["version"]) == ("waiting", "fr", 1)
    assert row.awarded_by_label == "T"
    assert json.loads(jws.decode_unverified(row.signed).payload)["expires"] == "2028-03-03T23:59:59Z"
    assert Message.objects.get().language == "fr"
    assert call(f"awards/{row.pk}/").json() == shown


def test_saying_how_criteria_were_assessed(call: Call, badge: Badge) -> None:
    given = [
        {"criterion": 1, "level": "ok", "assessor": "Karim", "assessed_on": "2026-03-03", "note": "Twice."},
        {"criterion": 2, "level": "4 of 5"},
    ]  # fmt: skip
    shown = call(f"badges/{badge.pk}/awards/", INES | {"assessments": given}).json()
    empty = {"assessor": "", "assessed_on": None, "note": ""}
    assert shown["assessments"] == [given[0], empty | given[1]]
    assert call(f"awards/{shown['id']}/").json() == shown


def test_without_a_mail_the_claim_link_is_handed_over_once(call: Call, badge: Badge) -> None:
    body = INES | {"notify": False}
    first = call(f"badges/{badge.pk}/awards/", body, **{"Idempotency-Key": "a"}).json()
    assert not Message.objects.exists()
    link = first["urls"]["claim"]
    token = link.rpartition("/")[2]
    assert claim_for(token, at=timezone.now()).award_id == Award.objects.get().pk
    assert token not in json.dumps(IdempotentCall.objects.get().body)
    again = call(f"badges/{badge.pk}/awards/", body, **{"Idempotency-Key": "a"})
    assert again["Idempotency-Replayed"] == "true"
    assert again.json() == first
    assert "claim" not in call(f"awards/{first['id']}/").json()["urls"]


def test_dry_run_writes_nothing(call: Call, badge: Badge) -> None:
    answer = call(f"badges/{badge.pk}/awards/?dry_run=true", INES)
    assert answer.status_code == 201
    assert not Award.objects.exists()
    assert not Claim.objects.exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"recipient": {"email": "ines"}}, "recipient.email"),
        ({"recipient": {}}, "recipient.email"),
        ({"evidence": [{"name": "Film"}]}, "evidence[0]"),
        ({"evidence": [{"url": "film"}]}, "evidence[0].url"),
        ({"assessments": [{"level": "confirmed"}]}, "assessments[0].criterion"),
        ({"assessments": [{"criterion": 1}]}, "assessments[0]"),
        ({"assessments": [{"criterion": 3, "level": "confirmed"}]}, "assessments[0].criterion"),
        (
            {"assessments": [{"criterion": 1, "level": "a"}, {"criterion": 1, "level": "b"}]},
            "assessments[1].criterion",
        ),
        ({"assessments": [{"criterion": 1, "assessed_on": "2999-03-03"}]}, "assessments[0].assessed_on"),
        ({"assessments": [{"criterion": 1, "assessed_on": "soon"}]}, "assessments[0].assessed_on"),
        ({"issued_on": "yesterday"}, "issued_on"),
        ({"issued_on": "2026-03-03T12:00:00"}, "issued_on"),
        ({"issued_on": "2999-03-03"}, "issued_on"),
        ({"issued_on": "2026-02-30"}, "issued_on"),
        ({"issued_on": "2026-W01-1"}, "issued_on"),
        ({"issued_on": "0001-01-01T00:00:00+14:00"}, "issued_on"),
        ({"issued_on": "1899-12-31"}, "issued_on"),
        ({"expires_on": "9999-12-31T23:59:59-14:00"}, "expires_on"),
        ({"expires_on": "9999-12-31"}, "expires_on"),
        ({"issued_on": "2026-03-03", "expires_on": "2026-03-02"}, "expires_on"),
        ({"language": "xx"}, "language"),
        ({"narrative": "x" * 4001}, "narrative"),
    ],
)
def test_what_is_wrong_is_named(call: Call, badge: Badge, change: dict[str, Any], field: str) -> None:
    answer = call(f"badges/{badge.pk}/awards/", INES | change)
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert field in {error["field"] for error in answer.json()["errors"]}
    assert not Award.objects.exists()


def test_already_held(call: Call, badge: Badge) -> None:
    make_award(badge, address="ines@example.org")
    answer = call(f"badges/{badge.pk}/awards/", INES)
    assert (answer.status_code, answer.json()["code"]) == (409, "already_held")
    assert answer.json()["errors"][0]["field"] == "recipient.email"


def test_a_draft_is_not_awarded(call: Call, issuer: Issuer) -> None:
    answer = call(f"badges/{make_badge(issuer, published=False).pk}/awards/", INES)
    assert (answer.status_code, answer.json()["code"]) == (409, "badge_is_draft")


def test_scopes(call: Call, badge: Badge, issuer: Issuer, owner: User) -> None:
    row = make_award(badge)
    looks = token_for(issuer, owner, "view")
    assert call(f"awards/{row.pk}/", token=looks).status_code == 200
    assert call(f"badges/{badge.pk}/awards/", token=looks).status_code == 200
    assert call(f"badges/{badge.pk}/awards/", INES, token=looks).status_code == 403
    for act in ("revoke", "suspend", "reinstate"):
        assert call(f"awards/{row.pk}/{act}/", {"reason": "x"}, token=looks).status_code == 403


def test_other_organisations_awards_are_not_there(
    call: Call, badge: Badge, stranger: User, other_issuer: Issuer
) -> None:
    row = make_award(badge)
    theirs = token_for(other_issuer, stranger, *TOKEN_SCOPES)
    assert call(f"awards/{row.pk}/", token=theirs).status_code == 404
    assert call(f"badges/{badge.pk}/awards/", token=theirs).status_code == 404
    assert call(f"badges/{badge.pk}/awards/", INES, token=theirs).status_code == 404
    for act in ("revoke", "suspend", "reinstate"):
        assert call(f"awards/{row.pk}/{act}/", {"reason": "x"}, token=theirs).status_code == 404


def test_lists_page_and_narrow(call: Call, badge: Badge) -> None:
    rows = [make_award(badge) for _ in range(3)]
    Award.objects.filter(pk=rows[0].pk).update(response=Award.Response.ACCEPTED)
    first = call(f"badges/{badge.pk}/awards/?limit=2").json()
    assert len(first["results"]) == 2
    rest = call(first["next"].partition("/api/v1/")[2]).json()
    assert {one["id"] for one in first["results"] + rest["results"]} == {str(row.pk) for row in rows}
    accepted = call(f"badges/{badge.pk}/awards/?state=accepted").json()["results"]
    assert [one["id"] for one in accepted] == [str(rows[0].pk)]
    address = rows[1].recipient.address.upper()
    assert [one["id"] for one in call(f"badges/{badge.pk}/awards/?email={address}").json()["results"]] == [
        str(rows[1].pk)
    ]
    assert call(f"badges/{badge.pk}/awards/?state=lost").status_code == 400


def test_a_list_costs_the_same_with_1_and_3_rows(call: Call, badge: Badge) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert call(f"badges/{badge.pk}/awards/").status_code == 200
        return len(queries)

    make_award(badge)
    cost()  # notes the day of use of the token
    one = cost()
    make_award(badge)
    make_award(badge)
    assert cost() == one


def test_revoking(call: Call, badge: Badge) -> None:
    row = make_award(badge)
    assert call(f"awards/{row.pk}/revoke/", {}).status_code == 400
    answer = call(f"awards/{row.pk}/revoke/", {"reason": "Awarded by mistake.", "note": "Ticket 12."})
    assert answer.status_code == 200
    assert (answer.json()["state"], answer.json()["revocation_reason"]) == ("revoked", "Awarded by mistake.")
    assert "Ticket" not in answer.content.decode()
    again = call(f"awards/{row.pk}/revoke/", {"reason": "Once more."})
    assert (again.status_code, again.json()["code"]) == (409, "already_revoked")


def test_suspending_and_reinstating(call: Call, badge: Badge) -> None:
    row = make_award(badge)
    assert call(f"awards/{row.pk}/suspend/", {}).status_code == 400
    answer = call(f"awards/{row.pk}/suspend/", {"reason": "We look into it."})
    assert answer.status_code == 200
    shown = answer.json()
    assert (shown["state"], shown["suspension_reason"]) == ("suspended", "We look into it.")
    assert shown["suspended_on"]
    again = call(f"awards/{row.pk}/suspend/", {"reason": "Once more."})
    assert (again.status_code, again.json()["code"]) == (409, "already_suspended")
    listed = call(f"badges/{badge.pk}/awards/?state=suspended").json()["results"]
    assert [one["id"] for one in listed] == [str(row.pk)]
    lifted = call(f"awards/{row.pk}/reinstate/", {})
    assert lifted.status_code == 200
    assert (lifted.json()["state"], lifted.json()["suspended_on"]) == ("waiting", None)
    assert call(f"awards/{row.pk}/reinstate/", {}).json()["code"] == "not_suspended"
