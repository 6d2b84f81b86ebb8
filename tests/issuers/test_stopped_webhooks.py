"""Owners are told once when a webhook of theirs stopped by itself; doors wake the worker where somebody listens."""

import pytest
from django.utils import timezone

from accounts.models import User
from badgeplatform.celery import app
from common.actors import SYSTEM
from issuers.models import Issuer, Membership
from issuers.services import mail_owners_of_stopped_webhooks
from issuers.tasks import deliver_webhooks, tell_webhooks_soon
from journal.emails import write
from journal.models import Delivery, Heartbeat, Message, Webhook
from journal.services import make_webhook, resume_webhook, send_test_event
from journal.services.posting import SILENCE, Outcome, settle, take_turn
from tests.factories import NOON, make_member, make_user

pytestmark = pytest.mark.django_db
REFUSED = Delivery.Trouble.REFUSED


@pytest.fixture
def hook(issuer: Issuer) -> Webhook:
    return make_webhook(
        scope=issuer.scope,
        url="https://hooks.example.org/in?key=never-to-be-seen",
        events=["award.created"],
        by=SYSTEM,
        at=NOON,
    )[0]


def stop(hook: Webhook, *, status: int) -> None:
    Webhook.objects.filter(pk=hook.pk).update(failing_since=NOON - SILENCE)
    send_test_event(webhook=hook, at=NOON)
    settle(take_turn(at=NOON), [Outcome(NOON, 10, status, trouble=REFUSED)], at=NOON)


@pytest.mark.parametrize(
    ("status", "said"), [(500, "For three days"), (410, "does not want to hear any more")]
)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_each_owner_gets_one_mail(
    issuer: Issuer, owner: User, editor: User, hook: Webhook, status: int, said: str, language: str
) -> None:
    second = make_member(issuer, Membership.Role.OWNER, make_user("Second Owner", language=language))
    stop(hook, status=status)
    assert mail_owners_of_stopped_webhooks(at=NOON) == 2
    assert mail_owners_of_stopped_webhooks(at=NOON) == 0
    mails = Message.objects.filter(kind="webhook_paused")
    assert {mail.recipient for mail in mails} == {owner.email, second.email}
    mail = write(mails.get(recipient=second.email), secrets={})
    assert f"/manage/{issuer.slug}/webhooks/{hook.pk}" in mail.body
    assert "hooks.example.org" in mail.subject
    assert "never-to-be-seen" not in mail.body + mail.subject, "the rest of the address may be a secret"
    if language == "en":
        assert said in mail.body


def test_it_may_stop_and_be_told_again(owner: User, hook: Webhook) -> None:
    stop(hook, status=410)
    mail_owners_of_stopped_webhooks(at=NOON)
    resume_webhook(webhook=hook, by=SYSTEM, at=NOON)
    Webhook.objects.update(owners_to_tell=True, since=timezone.now())
    assert mail_owners_of_stopped_webhooks(at=NOON) == 1
    assert Message.objects.filter(kind="webhook_paused").count() == 2


def test_the_sweep_leaves_a_heartbeat(hook: Webhook) -> None:
    assert deliver_webhooks.run() == {}
    assert Heartbeat.objects.filter(name="webhooks").exists()


def test_doors_wake_the_worker_only_where_somebody_listens(
    issuer: Issuer, hook: Webhook, other_issuer: Issuer, django_capture_on_commit_callbacks, monkeypatch
) -> None:
    woken: list[str] = []
    monkeypatch.setattr(deliver_webhooks, "delay", lambda: woken.append("woken"))
    for scope in (issuer.scope, other_issuer.scope):
        with django_capture_on_commit_callbacks(execute=True):
            tell_webhooks_soon(scope)
    assert woken == ["woken"]


def test_the_sweep_has_a_queue_that_every_worker_serves() -> None:
    task = "issuers.tasks.deliver_webhooks"
    assert app.amqp.router.route({}, task)["queue"].name == "webhooks"
    keys = [queue.routing_key for queue in app.amqp.queues.consume_from.values()]
    assert "webhooks" in keys
    assert len(set(keys)) == len(keys), "on one exchange the same key would hand every message to both"
    assert task in {line["task"] for line in app.conf.beat_schedule.values()}
