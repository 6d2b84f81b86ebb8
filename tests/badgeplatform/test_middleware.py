"""Probes answer before anything else can refuse them; only trusted proxies speak for visitors."""

import socket
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import ConnectionHandler, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone

from badgeplatform import middleware, probes
from journal.models import Heartbeat


def test_probe_answers_plain_http_on_any_host(client: Client, settings) -> None:
    settings.ALLOWED_HOSTS = ["badges.example.org"]
    settings.SECURE_SSL_REDIRECT = True
    response = client.get("/healthz", headers={"host": "10.0.0.7:8000"})
    assert (response.status_code, response.content) == (200, b"ok\n")
    assert response["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_ready_when_everything_answers(client: Client) -> None:
    response = client.get("/readyz", headers={"host": "nobody.example"})
    assert response.status_code == 200
    assert response.json() == {
        "status": "ready",
        "database": "ok",
        "cache": "ok",
        "data_folder": "ok",
        "last_sweep_seconds": None,
        "warnings": [],
    }


@pytest.mark.django_db
def test_tells_how_long_ago_the_worker_swept(client: Client) -> None:
    Heartbeat.objects.create(name="sweep", at=timezone.now() - timedelta(seconds=90))
    assert 90 <= client.get("/readyz").json()["last_sweep_seconds"] < 100


@pytest.mark.django_db
def test_a_sweep_that_is_late_is_a_warning_and_no_more(client: Client) -> None:
    Heartbeat.objects.create(name="sweep", at=timezone.now() - timedelta(seconds=20))
    Heartbeat.objects.create(name="links", at=timezone.now() - timedelta(seconds=400))
    response = client.get("/readyz")
    assert response.status_code == 200
    (warning,) = response.json()["warnings"]
    assert warning.startswith("The sweep “links” ended 40")


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options", "trace"])
def test_probes_are_only_read(client: Client, path: str, method: str) -> None:
    response = getattr(client, method)(path)
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")


def test_head_is_answered_as_get_is(client: Client) -> None:
    assert client.head("/healthz").status_code == 200


def test_a_database_that_is_away(client: Client, monkeypatch, caplog) -> None:
    """A real connection to a port where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        away = settings_of_postgres(port=taken.getsockname()[1])
        monkeypatch.setattr(probes, "connection", ConnectionHandler({"default": away})["default"])
        response = client.get("/readyz")
    assert response.status_code == 503
    body = response.json()
    assert (body["status"], body["cache"], body["warnings"]) == ("unavailable", "ok", [])
    assert body["database"] == "The database does not answer. See DATABASE_URL."
    assert "database does not answer" in caplog.text


@pytest.mark.django_db
@pytest.mark.needs_postgres
def test_a_database_without_tables(client: Client, caplog) -> None:
    before = transaction.savepoint()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL search_path TO pg_catalog")
    response = client.get("/readyz")
    transaction.savepoint_rollback(before)
    assert (response.status_code, response.json()["cache"]) == (503, "ok")
    assert response.json()["database"] == "The database has no tables yet. Run manage.py migrate."


def settings_of_postgres(*, port: int) -> dict[str, object]:
    return {
        "ENGINE": "common.postgresql",
        "NAME": "badges",
        "USER": "badges",
        "HOST": "127.0.0.1",
        "PORT": port,
        "OPTIONS": {"connect_timeout": 5},
    }


@pytest.mark.django_db
def test_says_which_part_does_not_answer_and_nothing_of_the_inside(
    client: Client, monkeypatch, caplog
) -> None:
    def refuse() -> None:
        raise OSError("password of the database: hunter2")

    monkeypatch.setitem(probes.CHECKS, "database", refuse)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["database"] == "The database does not answer. See DATABASE_URL."
    assert response.json()["cache"] == "ok"
    assert b"hunter2" not in response.content
    assert "database does not answer" in caplog.text


def test_really_asks_the_database(client: Client) -> None:
    """pytest-django forbids the database here: the probe must notice that it cannot be asked."""
    assert client.get("/readyz").status_code == 503


@pytest.mark.django_db
def test_forgetful_cache_is_not_ready(client: Client, settings) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    cache.clear()
    assert client.get("/readyz").json()["cache"] == "The cache and broker do not answer. See REDIS_URL."
    assert connection.is_usable()


def asked(remote: str, **headers: str) -> HttpRequest:
    """The request as the product sees it once the middleware has looked at it."""
    seen: list[HttpRequest] = []

    def remember(request: HttpRequest) -> HttpResponse:
        seen.append(request)
        return HttpResponse()

    middleware.trust_proxies(remember)(RequestFactory().get("/", REMOTE_ADDR=remote, headers=headers))
    return seen[0]


@pytest.mark.parametrize(
    ("remote", "forwarded", "visitor"),
    [
        ("127.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("::1", "2001:db8::7", "2001:db8::7"),
        ("127.0.0.1", "1.2.3.4, 203.0.113.9", "203.0.113.9"),  # what is left of the last stranger is made up
        ("127.0.0.1", "1.2.3.4, 203.0.113.9, 10.1.2.3", "203.0.113.9"),
        ("10.1.2.3", "203.0.113.9", "203.0.113.9"),
        ("10.1.2.3", "203.0.113.9, 127.0.0.1", "203.0.113.9"),
        ("::ffff:10.1.2.3", "203.0.113.9", "203.0.113.9"),
        ("198.51.100.4", "203.0.113.9", "198.51.100.4"),  # a stranger does not speak for others
        ("10.1.2.3", "nonsense", "10.1.2.3"),
        ("10.1.2.3", "203.0.113.9, nonsense", "10.1.2.3"),
        ("10.1.2.3", "", "10.1.2.3"),
        ("127.0.0.1", "127.0.0.1", "127.0.0.1"),
        ("", "203.0.113.9", "203.0.113.9"),  # a local socket
    ],
)
def test_visitor(settings, remote: str, forwarded: str, visitor: str) -> None:
    settings.TRUSTED_PROXIES = ["10.1.0.0/16"]
    assert asked(remote, x_forwarded_for=forwarded).META["REMOTE_ADDR"] == visitor


def test_https_is_believed_from_trusted_proxies_only(settings) -> None:
    settings.TRUSTED_PROXIES = ["10.1.2.3"]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert asked("127.0.0.1", x_forwarded_proto="https").is_secure()
    assert asked("10.1.2.3", x_forwarded_proto="https").is_secure()
    assert not asked("10.1.2.4", x_forwarded_proto="https").is_secure()
    assert not asked("10.1.2.3", x_forwarded_proto="http").is_secure()


@pytest.mark.parametrize("remote", ["127.0.0.1", "198.51.100.4"])
def test_no_other_header_speaks_of_the_visitor(remote: str) -> None:
    request = asked(
        remote,
        x_forwarded_for="203.0.113.9",
        x_forwarded_host="evil.example",
        x_real_ip="203.0.113.8",
        forwarded="for=203.0.113.7;host=evil.example",
    )
    for name in ("X_FORWARDED_FOR", "X_FORWARDED_HOST", "X_REAL_IP", "FORWARDED"):
        assert f"HTTP_{name}" not in request.META
