"""Webhooks: listed, made with a secret that is shown once, changed, paused, deleted."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from common.actors import SYSTEM
from common.sealing import key_provider
from issuers.models import Issuer
from journal.models import Action, Entry, Webhook
from journal.services import make_webhook

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
FORM = {"url": "https://example.org/in", "events": ["award.created", "award.revoked"]}


@pytest.fixture
def base(issuer: Issuer) -> str:
    return f"/manage/{issuer.slug}/webhooks"


def made(issuer: Issuer, url: str = "https://example.org/in") -> Webhook:
    return make_webhook(scope=issuer.scope, url=url, events=["award.created"], by=SYSTEM, at=timezone.now())[
        0
    ]


def test_access(base: str, issuer: Issuer, climb: Callable[..., None]) -> None:
    hook = made(issuer)
    for path in (
        base,
        f"{base}/new",
        *(f"{base}/{hook.pk}{page}" for page in ("/edit", "/secret", "/delete")),
    ):
        climb(path, 200, 403, 403, 403)


def test_an_empty_list_teaches(base: str, owner: User, signed_in: SignIn) -> None:
    page = signed_in(owner).get(base).content.decode()
    assert "No webhook yet" in page
    assert f"{base}/new" in page


def test_the_secret_is_shown_once_and_kept_sealed(
    base: str, owner: User, issuer: Issuer, signed_in: SignIn
) -> None:
    client = signed_in(owner)
    answer = client.post(f"{base}/new", FORM)
    secret = re.search(r"whsec_[\w+/]{43}=", answer.content.decode())
    assert secret
    assert "no-store" in answer["Cache-Control"]
    hook = Webhook.objects.get()
    assert (hook.scope, hook.events, hook.tells_personal_data) == (issuer.scope, FORM["events"], False)
    assert key_provider().unseal(hook.sealed_secret).decode() == secret[0]
    assert secret[0] not in client.get(base).content.decode()
    assert secret[0] not in client.get(f"{base}/{hook.pk}").content.decode()
    line = Entry.objects.get(action=Action.WEBHOOK_CREATED)
    assert line.target_label == "example.org"


@pytest.mark.parametrize(
    "url",
    [
        "", "example.org", "ftp://example.org/", "http://example.org/", "https://user:pw@example.org/",
        "https://127.0.0.1/", "https://10.0.0.7:8443/x", "https://[::1]/", "https://localhost/", "https://a:99999/",
        "https://", f"https://example.org/{'x' * 500}",
    ],
)  # fmt: skip
def test_addresses_that_cannot_be_told_are_refused_at_the_field(
    base: str, owner: User, signed_in: SignIn, url: str
) -> None:
    page = signed_in(owner).post(f"{base}/new", FORM | {"url": url})
    assert page.context["form"].errors["url"]
    assert not Webhook.objects.exists()


def test_local_development_speaks_http_to_what_the_operator_allows(
    base: str, owner: User, signed_in: SignIn, settings
) -> None:
    settings.OUTBOUND_EXCEPTIONS = ["127.0.0.1:9000"]
    signed_in(owner).post(f"{base}/new", FORM | {"url": "http://127.0.0.1:9000/in"})
    assert Webhook.objects.get().host == "127.0.0.1:9000"


def test_without_an_event_it_is_not_made(base: str, owner: User, signed_in: SignIn) -> None:
    for events in ([], ["award.created", "nonsense"]):
        page = signed_in(owner).post(f"{base}/new", FORM | {"events": events})
        assert page.context["form"].errors["events"]
    assert not Webhook.objects.exists()


def test_ten_at_most(base: str, owner: User, issuer: Issuer, signed_in: SignIn) -> None:
    for _ in range(10):
        made(issuer)
    page = signed_in(owner).post(f"{base}/new", FORM)
    assert "at most 10" in page.content.decode()
    assert Webhook.objects.count() == 10


def test_it_is_changed_and_the_journal_says_what(
    base: str, owner: User, issuer: Issuer, signed_in: SignIn
) -> None:
    hook, client = made(issuer), signed_in(owner)
    answer = client.post(f"{base}/{hook.pk}/edit", FORM | {"tells_personal_data": "on"})
    assert answer["Location"] == f"{base}/{hook.pk}"
    hook.refresh_from_db()
    assert (hook.events, hook.tells_personal_data) == (FORM["events"], True)
    assert Entry.objects.last().data == {"changed": ["events", "personal_data"]}
    assert "Changed: events, personal data" in client.get(f"/manage/{issuer.slug}/journal").content.decode()
    wrong = client.post(f"{base}/{hook.pk}/edit", FORM | {"url": "https://10.1.1.1/"})
    assert wrong.context["form"].errors["url"]


def test_a_new_secret_is_shown_once_and_the_old_one_stays_a_day(
    base: str, owner: User, issuer: Issuer, signed_in: SignIn
) -> None:
    hook, client = made(issuer), signed_in(owner)
    old = key_provider().unseal(hook.sealed_secret)
    answer = client.post(f"{base}/{hook.pk}/secret")
    secret = re.search(r"whsec_[\w+/]{43}=", answer.content.decode())
    assert secret
    assert "no-store" in answer["Cache-Control"]
    hook.refresh_from_db()
    assert key_provider().unseal(hook.sealed_secret).decode() == secret[0]
    assert key_provider().unseal(hook.sealed_previous) == old
    left = hook.previous_until - timezone.now()
    assert timedelta(hours=23, minutes=59) < left <= timedelta(hours=24)


def test_paused_resumed_deleted(base: str, owner: User, issuer: Issuer, signed_in: SignIn) -> None:
    hook, client = made(issuer), signed_in(owner)
    client.post(f"{base}/{hook.pk}/pause")
    assert "This webhook is paused" in client.get(f"{base}/{hook.pk}").content.decode()
    again = client.post(f"{base}/{hook.pk}/pause", follow=True)
    assert "This webhook is not active" in again.content.decode()
    client.post(f"{base}/{hook.pk}/resume")
    hook.refresh_from_db()
    assert hook.state == Webhook.State.ACTIVE
    assert client.post(f"{base}/{hook.pk}/delete")["Location"] == base
    assert client.get(f"{base}/{hook.pk}").status_code == 404
    assert "No webhook yet" in client.get(base).content.decode()
    actions = list(Entry.objects.order_by("number").values_list("action", flat=True))
    assert actions[-3:] == [Action.WEBHOOK_PAUSED, Action.WEBHOOK_RESUMED, Action.WEBHOOK_DELETED]


def test_another_organisations_is_not_there(
    base: str, owner: User, other_issuer: Issuer, signed_in: SignIn
) -> None:
    theirs = made(other_issuer)
    for page in ("", "/edit", "/secret", "/delete"):
        assert signed_in(owner).get(f"{base}/{theirs.pk}{page}").status_code == 404
    for act in ("/pause", "/resume", "/secret", "/delete", "/test", "/again"):
        assert signed_in(owner).post(f"{base}/{theirs.pk}{act}").status_code == 404


@pytest.mark.parametrize("language", ["en", "fr"])
def test_it_costs_the_same_with_1_and_3(
    base: str, owner: User, issuer: Issuer, signed_in: SignIn, language: str
) -> None:
    client = signed_in(owner)
    client.cookies["django_language"] = language

    def cost() -> int:
        client.get(base)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(base).status_code == 200
        return len(queries)

    made(issuer)
    one = cost()
    made(issuer, "https://example.net/")
    made(issuer, "https://example.com/")
    assert cost() == one
