"""The base of the API: who calls, what is refused and how, pages, and what every write understands."""

import json
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import Http404
from django.test import Client
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory

from accounts.models import User
from common.errors import Invalid, Refused
from issuers.api.endpoints import Endpoint
from issuers.api.writing import write
from issuers.models import ApiToken, IdempotentCall, Issuer, Membership
from issuers.permissions import Permission
from issuers.services import forget_calls, make_token, remove_member, revoke_token
from issuers.services.calls import CallStillRuns, reserve_call
from journal.models import Entry
from tests.factories import NOON, make_issuer, make_member

pytestmark = pytest.mark.django_db


class Person(serializers.Serializer[Any]):
    email = serializers.EmailField()


class Thing(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=5)
    person = Person()
    rows = Person(many=True, required=False)


class Things(Endpoint):
    """An endpoint like any other: its rows are API tokens."""

    def get(self, request: Request) -> Response:
        issuer = self.issuer(may=Permission.VIEW)
        return self.page(issuer.tokens.all(), order=["-id"], shown=lambda row: {"id": row.pk})

    @write
    def post(self, request: Request) -> Response:
        issuer = self.issuer(may=Permission.EDIT_BADGES)
        if request.data.get("refuse"):
            ApiToken.objects.filter(issuer=issuer).update(name="written")
            raise Refused("No.", code="no", fields={"name": "Not this one."})
        form = Thing(data=request.data)
        form.is_valid(raise_exception=True)
        row, _secret = make_token(
            issuer=issuer, name=form.validated_data["name"], scopes=[], by=self.token.actor, at=timezone.now()
        )
        return Response({"id": row.pk, "at": row.created_at}, status=201)


class Raising(Endpoint):
    error: Exception = Http404()

    def get(self, request: Request) -> Response:
        raise self.error


GOOD = {"name": "a", "person": {"email": "a@b.example"}}


@pytest.fixture(autouse=True)
def _fresh_rates() -> None:
    cache.clear()


@pytest.fixture
def token(issuer: Issuer, owner: User) -> str:
    return make_token(issuer=issuer, name="T", scopes=["badges.edit"], by=owner.actor, at=timezone.now())[1]


def post(token: str, data: Any = GOOD, *, query: str = "", kind: str = "json", **headers: str) -> Response:
    named = {"HTTP_" + name.upper(): value for name, value in headers.items()}
    named["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    request = APIRequestFactory().post(f"/things/{query}", data, format=kind, **named)
    return Things.as_view()(request).render()


def get(token: str, query: str = "", view: type[Endpoint] = Things, **view_fields: Any) -> Response:
    request = APIRequestFactory().get(f"/things/{query}", HTTP_AUTHORIZATION=f"Bearer {token}")
    return view.as_view(**view_fields)(request).render()


# Who calls ------------------------------------------------------------------------------------------------


def test_issuers_of_a_token(token: str, issuer: Issuer, client: Client):
    response = client.get("/api/v1/issuers/", headers={"Authorization": f"Bearer {token}"})
    assert response.status_code == 200
    body = response.json()
    assert body["results"][0]["slug"] == issuer.slug
    assert (body["results"][0]["language"], body["results"][0]["languages"]) == ("en", ["en", "fr"])
    assert body["results"][0]["urls"] == {"public": f"https://badges.example.org/issuers/{issuer.slug}"}
    assert (body["next"], body["previous"], len(body["results"])) == (None, None, 1)


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer badge_pat_x", "Basic eDp5", "Bearer \xe9", "Token x"]
)
def test_without_a_good_token(db: None, client: Client, header: str):
    response = client.get("/api/v1/issuers/", headers={"Authorization": header} if header else {})
    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Bearer")
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["status"] == 401


def test_revoked_and_expired_tokens_open_nothing(token: str, issuer: Issuer, owner: User):
    now = timezone.now()
    short = make_token(
        issuer=issuer,
        name="S",
        scopes=[],
        by=owner.actor,
        at=now - timedelta(days=2),
        expires_at=now - timedelta(1),
    )[1]
    assert get(short).status_code == 401
    revoke_token(token=ApiToken.objects.get(name="T"), by=owner.actor, at=now)
    assert get(token).status_code == 401


def test_a_token_goes_with_who_made_it(issuer: Issuer, owner: User):
    second = make_member(issuer, Membership.Role.OWNER)
    token = make_token(issuer=issuer, name="T", scopes=[], by=second.actor, at=timezone.now())[1]
    assert get(token).status_code == 200
    remove_member(membership=issuer.memberships.get(user=second), by=owner.actor, at=timezone.now())
    assert get(token).status_code == 401


def test_use_is_noted_once_a_day(token: str, django_assert_num_queries: Callable[..., Any]):
    get(token)
    assert ApiToken.objects.get().last_used_on == timezone.now().date()
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        get(token)
    assert not [query for query in queries if query["sql"].startswith("UPDATE")]


def test_a_session_opens_no_api(owner: User, signed_in: Callable[[User], Client]):
    assert signed_in(owner).get("/api/v1/issuers/").status_code == 401


def test_scopes_and_foreign_objects(issuer: Issuer, owner: User):
    small = make_token(issuer=issuer, name="S", scopes=[], by=owner.actor, at=timezone.now())[1]
    response = post(small)
    assert response.status_code == 403
    assert "badges.edit" in response.data["detail"]
    other = make_issuer("Other")

    class Named(Endpoint):
        def get(self, request: Request) -> Response:
            return Response(
                {"slug": self.issuer(may=Permission.EDIT_BADGES, slug=request.query_params["slug"]).slug}
            )

    assert get(small, f"?slug={other.slug}", Named).status_code == 404
    assert get(small, f"?slug={issuer.slug}", Named).status_code == 403


def test_rows_are_found_in_the_tokens_organisation_only(token: str, issuer: Issuer):
    class Found(Endpoint):
        def get(self, request: Request) -> Response:
            row = self.found(ApiToken.objects.all(), may=Permission.REVOKE, pk=request.query_params["pk"])
            return Response({"id": row.pk})

    foreign = make_token(
        issuer=make_issuer(), name="F", scopes=[], by=issuer.memberships.get().user.actor, at=NOON
    )[0]
    own = ApiToken.objects.get(issuer=issuer)
    assert get(token, f"?pk={foreign.pk}", Found).status_code == 404
    assert get(token, f"?pk={own.pk}", Found).status_code == 403


def test_calls_without_end_are_slowed(token: str, monkeypatch: pytest.MonkeyPatch):
    from issuers.api.throttling import TokenThrottle

    monkeypatch.setattr(TokenThrottle, "THROTTLE_RATES", {"token": "2/min"})
    answers = [get(token) for _time in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 1 <= int(answers[2]["Retry-After"]) <= 61
    assert answers[2].data["code"] == "throttled"


def test_guessing_tokens_is_slowed(db: None, client: Client, settings: Any):
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"unknown_token": "2/m"}
    answers = [client.get("/api/v1/issuers/", headers={"Authorization": "Bearer x"}) for _time in range(3)]
    assert [answer.status_code for answer in answers] == [401, 401, 429]
    assert answers[2]["Retry-After"]


# Problems -------------------------------------------------------------------------------------------------


def test_fields_are_named_one_by_one(token: str):
    response = post(
        token, {"name": "toolong", "person": {"email": "x"}, "rows": [{"email": "a@b.example"}, {}]}
    )
    body = json.loads(response.content)
    assert response["Content-Type"] == "application/problem+json"
    assert body["status"] == 400
    assert [(line["field"], line["code"]) for line in body["errors"]] == [
        ("name", "max_length"),
        ("person.email", "invalid"),
        ("rows[1].email", "required"),
    ]
    assert all(line["message"] for line in body["errors"])


def test_refusals_say_why(token: str):
    response = post(token, {"refuse": True})
    assert response.status_code == 409
    assert response.data["errors"] == [{"field": "name", "message": "Not this one.", "code": "no"}]
    assert not ApiToken.objects.filter(name="written").exists()


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[1",
        b'{"a": NaN}',
        b"\xff",
        b"[" * 100_000,
        b"9" * 5000,
        b'"\\ud800"',
        b"null",
        b"[]",
        b"3",
        b'{"a": ["\\u0000"]}',
    ],
)
def test_whatever_is_sent_is_answered(token: str, body: bytes):
    request = APIRequestFactory().post(
        "/things/", body, content_type="application/json", HTTP_AUTHORIZATION=f"Bearer {token}"
    )
    response = Things.as_view()(request).render()
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"


def test_other_media_and_large_bodies(token: str, settings: Any):
    headers = {"HTTP_AUTHORIZATION": f"Bearer {token}"}
    request = APIRequestFactory().post("/things/", b"<a/>", content_type="text/xml", **headers)
    assert Things.as_view()(request).render().data["code"] == "unsupported_media_type"
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    assert post(token).status_code == 413


def test_other_methods_and_representations(token: str):
    headers = {"HTTP_AUTHORIZATION": f"Bearer {token}"}
    response = Things.as_view()(APIRequestFactory().delete("/things/", **headers)).render()
    assert (response.status_code, response["Allow"]) == (405, "GET, POST, HEAD, OPTIONS")
    request = APIRequestFactory().get("/things/", HTTP_ACCEPT="text/html", **headers)
    response = Things.as_view()(request).render()
    assert response.status_code == 406


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (Http404(), 404, "not_found"),
        (Invalid("Bad.", fields={"a": "b"}), 400, "invalid"),
        (Refused("Gone.", code="gone"), 409, "gone"),
        (serializers.ValidationError({"non_field_errors": ["x"], "a": {"b": ["c"]}}), 400, "invalid"),
        (serializers.ValidationError("plain"), 400, "invalid"),
    ],
)
def test_errors_become_problems(token: str, error: Exception, status: int, code: str):
    response = get(token, "", Raising, error=error)
    assert (response.status_code, response.data["code"]) == (status, code)
    assert response.data["detail"]


def test_our_own_faults_are_not_dressed_up(token: str):
    with pytest.raises(ZeroDivisionError):
        get(token, "", Raising, error=ZeroDivisionError())


@pytest.mark.parametrize(
    ("body", "kind", "status", "said"),
    [
        (b'{"a":\n nothing}', "application/json", 400, "ligne 2, colonne 2"),
        (b'{"a": "\xe9"}', "application/json", 400, "octet 8"),
        (b'{"a":' * 50_000, "application/json", 400, "imbriqu"),
        (b"abc", "multipart/form-data", 400, "multipart/form-data"),
        (b"<a/>", "text/xml", 415, "Content-Type"),
        (b"{}", "", 415, "Content-Type"),
    ],
)
def test_what_cannot_be_read_is_said_in_french(
    client: Client, token: str, issuer: Issuer, body: bytes, kind: str, status: int, said: str
):
    headers = {"Authorization": f"Bearer {token}", "Accept-Language": "fr"}
    path = f"/api/v1/issuers/{issuer.slug}/badges/"
    response = client.generic("POST", path, body, content_type=kind, headers=headers)
    assert response.status_code == status
    assert said in response.json()["detail"]


def test_problems_speak_the_callers_language(token: str, client: Client):
    response = client.get("/api/v1/issuers/", headers={"Accept-Language": "fr"})
    assert response["Content-Language"] == "fr"


# Pages ----------------------------------------------------------------------------------------------------


def test_lists_page_by_cursor(token: str, issuer: Issuer, owner: User):
    for number in range(4):
        make_token(issuer=issuer, name=f"T{number}", scopes=[], by=owner.actor, at=NOON)
    first = get(token, "?limit=2&kind=x")
    assert first.data["previous"] is None
    assert first.data["next"].startswith("https://badges.example.org/things/?limit=2&kind=x&cursor=")
    second = get(token, "?" + first.data["next"].partition("?")[2])
    last = get(token, "?" + second.data["next"].partition("?")[2])
    ids = [row["id"] for page in (first, second, last) for row in page.data["results"]]
    assert ids == sorted(ids, reverse=True)
    assert len(ids) == 5
    assert last.data["next"] is None
    back = get(token, "?" + second.data["previous"].partition("?")[2])
    assert back.data["results"] == first.data["results"]


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "limit=x", "limit=-1", "limit=²", "limit=" + "9" * 5000]
)
def test_bad_limits(token: str, query: str):
    assert get(token, f"?{query}").status_code == 400


@pytest.mark.parametrize(
    "cursor", ["x", "%FF", "WyJuIiwgWzFdXQ", "WyJuIiwgeyJ0IjogMX1d", "WyJuIiwgIngiXQ", "e30"]
)
def test_bad_cursors_are_refused(token: str, cursor: str):
    """Giving the first page again would have a program turn in circles."""
    response = get(token, f"?cursor={cursor}")
    assert response.status_code == 400
    assert response.data["errors"][0]["field"] == "cursor"


# Writes ---------------------------------------------------------------------------------------------------


def test_a_dry_run_answers_and_takes_back(token: str):
    before = (ApiToken.objects.count(), Entry.objects.count())
    response = post(token, query="?dry_run=true")
    assert (response.status_code, response["Dry-Run"]) == (201, "true")
    assert (ApiToken.objects.count(), Entry.objects.count()) == before
    assert post(token, {"name": "toolong"}, query="?dry_run=true").status_code == 400
    assert post(token, query="?dry_run=perhaps").status_code == 400
    assert post(token, query="?dry_run=false").status_code == 201


def test_the_same_call_twice_is_done_once(token: str):
    first = post(token, idempotency_key="k1")
    again = post(token, idempotency_key="k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first
    assert json.loads(first.content) == json.loads(again.content)
    assert ApiToken.objects.count() == 2


def test_the_same_key_for_another_call_is_refused(token: str):
    post(token, idempotency_key="k1")
    response = post(token, GOOD | {"name": "b"}, idempotency_key="k1")
    assert (response.status_code, response.data["code"]) == (422, "idempotency_key_reused")


def test_keys_belong_to_their_token(token: str, issuer: Issuer, owner: User):
    other = make_token(issuer=issuer, name="O", scopes=["badges.edit"], by=owner.actor, at=timezone.now())[1]
    ids = {post(holder, idempotency_key="k1").data["id"] for holder in (token, other)}
    assert len(ids) == 2


def test_a_refused_call_leaves_its_key_free(token: str):
    assert post(token, {"name": "toolong"}, idempotency_key="k1").status_code == 400
    assert post(token, {"refuse": True}, idempotency_key="k1").status_code == 409
    assert post(token, idempotency_key="k1").status_code == 201


@pytest.mark.parametrize("key", ["x" * 201, "é", "a\x00b"])
def test_malformed_keys(token: str, key: str):
    response = post(token, idempotency_key=key)
    assert response.data["code"] == "idempotency_key_malformed"


def test_multipart_is_compared_by_content(token: str):
    def upload(content: bytes) -> Response:
        data = {"name": "a", "person.email": "a@b.example", "file": SimpleUploadedFile("f.csv", content)}
        return post(token, data, kind="multipart", idempotency_key="k1")

    assert upload(b"1").status_code == 201
    assert upload(b"1")["Idempotency-Replayed"] == "true"
    assert upload(b"2").status_code == 422


def test_while_the_first_call_runs_the_second_waits(token: str):
    row = ApiToken.objects.get()
    now = timezone.now()
    reserve_call(token=row, key="k", request_hash="h", at=now)
    with pytest.raises(CallStillRuns):
        reserve_call(token=row, key="k", request_hash="h", at=now + timedelta(minutes=4))
    taken_over = reserve_call(token=row, key="k", request_hash="h", at=now + timedelta(minutes=6))
    assert taken_over.status is None


def test_keys_are_kept_for_a_day(token: str):
    post(token, idempotency_key="k1")
    IdempotentCall.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert forget_calls(at=timezone.now()) == 1
    assert "Idempotency-Replayed" not in post(token, idempotency_key="k1")


@pytest.mark.django_db(transaction=True)
def test_simultaneous_calls_are_done_once(token: str):
    start, answers = threading.Barrier(6), []

    def ask() -> None:
        start.wait()
        try:
            answers.append(post(token, idempotency_key="race").status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ApiToken.objects.count() == 2
    assert 201 in answers
    assert set(answers) <= {201, 409}


# The description ------------------------------------------------------------------------------------------


def test_the_schema_describes_problems_and_writes(client: Client):
    schema = client.get("/api/v1/schema/?format=json").json()
    get_issuers = schema["paths"]["/api/v1/issuers/"]["get"]
    assert get_issuers["security"] == [{"token": []}]
    assert "application/problem+json" in get_issuers["responses"]["401"]["content"]
    assert schema["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
