"""What Prometheus is told, and who may ask."""

import os
import subprocess
import sys
from datetime import timedelta

import pytest
from django.test import Client, RequestFactory
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from assertions.models import LinkRequest
from badgeplatform import metrics, probes
from badges.models import Badge
from journal.models import Heartbeat, Message
from journal.tasks import deliver_due_messages
from tests.factories import make_award

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def samples(client: Client) -> Samples:
    response = client.get("/metrics")
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    families = text_string_to_metric_families(response.content.decode())
    return {
        (one.name, frozenset(one.labels.items())): one.value for family in families for one in family.samples
    }


def value(found: Samples, name: str, **labels: str) -> float:
    return found[name, frozenset(labels.items())]


@pytest.mark.django_db
def test_queues_sweeps_and_what_can_be_reached(client: Client, badge: Badge) -> None:
    now = timezone.now()
    for state in ("due", "due", "leased", "failed", "sent"):
        row = make_award(badge, notify=True)
        Message.objects.about(row.mail_subject).update(state=state, due_at=now - timedelta(seconds=100))
    LinkRequest.objects.create(address="ines@example.org", created_at=now - timedelta(seconds=50))
    Heartbeat.objects.create(name="sweep", at=now - timedelta(seconds=70))
    found = samples(client)
    rows = {
        state: value(found, "badges_queue_rows", queue="mail", state=state) for state in ("due", "leased")
    }
    assert rows == {"due": 2, "leased": 1}
    assert value(found, "badges_queue_rows", queue="mail", state="failed") == 1
    assert value(found, "badges_queue_rows", queue="mail", state="unknown") == 0
    assert value(found, "badges_queue_rows", queue="links", state="due") == 1
    assert 100 <= value(found, "badges_queue_oldest_due_seconds", queue="mail") < 130
    assert 50 <= value(found, "badges_queue_oldest_due_seconds", queue="links") < 80
    assert 70 <= value(found, "badges_sweep_lag_seconds", sweep="sweep") < 100
    assert {value(found, "badges_up", part=part) for part in probes.CHECKS} == {1}


@pytest.mark.django_db
def test_what_is_not_due_yet_has_no_age(client: Client, badge: Badge) -> None:
    make_award(badge, notify=True)
    Message.objects.update(due_at=timezone.now() + timedelta(hours=1))
    assert value(samples(client), "badges_queue_oldest_due_seconds", queue="mail") == 0


@pytest.mark.django_db
def test_every_sweep_leaves_word(badge: Badge, settings) -> None:
    from assertions.tasks import answer_link_requests  # beside the other

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    deliver_due_messages()
    answer_link_requests()
    assert set(Heartbeat.objects.values_list("name", flat=True)) == {"sweep", "links"}


def test_a_database_that_is_away_is_told(client: Client) -> None:
    """pytest-django forbids the database here."""
    found = samples(client)
    assert value(found, "badges_up", part="database") == 0
    assert value(found, "badges_up", part="cache") == 1
    assert not [name for name, _labels in found if name.startswith("badges_queue")]


@pytest.mark.django_db
def test_requests_are_counted_by_part_method_and_status(client: Client, badge: Badge) -> None:
    def count(part: str, method: str, status: str) -> float:
        key = {"part": part, "method": method, "status": status}
        return samples(client).get(("badges_request_seconds_count", frozenset(key.items())), 0)

    before = count("public", "GET", "200"), count("manage", "POST", "302"), count("other", "other", "405")
    client.get(f"/badges/{badge.pk}")
    client.get(f"/badges/{badge.pk}", headers={"Accept": "application/json"})
    client.post("/manage/nobody/")
    client.put("/about")
    after = count("public", "GET", "200"), count("manage", "POST", "302"), count("other", "other", "405")
    assert after[0] == before[0] + 2
    assert after[1] + after[2] == before[1] + before[2] + 2


@pytest.mark.parametrize(
    ("remote", "headers", "may"),
    [
        ("127.0.0.1", {}, True),
        ("10.1.2.3", {}, True),
        ("203.0.113.9", {}, False),
        ("127.0.0.1", {"X-Forwarded-For": "203.0.113.9"}, False),
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, False),
        ("10.1.2.3", {"X-Real-IP": "203.0.113.9"}, False),
        ("203.0.113.9", {"Authorization": "Bearer secret"}, True),
        ("127.0.0.1", {"X-Forwarded-For": "203.0.113.9", "Authorization": "Bearer secret"}, True),
        ("203.0.113.9", {"Authorization": "Bearer wrong"}, False),
        ("203.0.113.9", {"Authorization": "Bearer "}, False),
        ("203.0.113.9", {"Authorization": "Bearer sécret"}, False),
    ],
)
@pytest.mark.parametrize("token", ["secret", ""])
def test_who_may_ask(settings, remote: str, headers: dict[str, str], may: bool, token: str) -> None:
    settings.TRUSTED_PROXIES, settings.METRICS_TOKEN = ["10.1.0.0/16"], token
    may = may and not ("Authorization" in headers and not token)
    request = RequestFactory().get("/metrics", REMOTE_ADDR=remote, headers=headers)
    assert metrics.may_read(request) is may
    assert (metrics.metrics(request).status_code == 200) is may


COUNT = """
import os, django
django.setup()
from badgeplatform import metrics
metrics.REQUESTS.labels("public", "GET", "200").observe(0.01)
if os.environ.get("SHOW"):
    print(metrics.generate_latest(metrics._registry()).decode())
"""


def test_several_web_processes_are_one(tmp_path) -> None:
    environment = os.environ | {
        "PROMETHEUS_MULTIPROC_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "badgeplatform.settings"
    }  # fmt: skip
    for show in ("", "yes"):
        done = subprocess.run(
            [sys.executable, "-c", COUNT],
            env=environment | {"SHOW": show},
            capture_output=True,
            text=True,
            check=True,
        )
    assert 'badges_request_seconds_count{method="GET",part="public",status="200"} 2.0' in done.stdout
