"""Events for webhooks: left with the act that they tell of, in its transaction; the worker sends them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from common.actors import Actor
from common.errors import Refused
from journal.models import Action, Delivery, DeliveryQuerySet, EventType, Webhook
from journal.services.recording import record
from journal.webhooks import body_of, new_event_id

State = Delivery.State
CHUNK = 500


@dataclass(frozen=True)
class Event:
    """What happened to one thing, in plain JSON.

    `personal` goes only to webhooks that are to be told personal data, and is laid over `data` there, part by part:
    names and addresses belong into it.
    """

    data: Mapping[str, Any]
    personal: Mapping[str, Any] = field(default_factory=dict)

    def told(self, *, personally: bool) -> Mapping[str, Any]:
        return {**self.data, **self.personal} if personally else self.data


@transaction.atomic(savepoint=False)  # always part of an act: it stands or falls with it
def queue_events(events: Iterable[Event], *, scope: str, kind: EventType, at: datetime) -> int:
    """Leaves one due row per event and webhook of `scope` that wants this kind; how many.

    Where nobody listens, `events` is not looked at: give a generator. To be called before `record`.
    """
    hooks = [hook for hook in Webhook.objects.listening(scope=scope).order_by("pk") if kind in hook.events]
    if not hooks:
        return 0
    rows = [row for event in events for row in _rows(event, hooks, kind, at)]
    Delivery.objects.bulk_create(rows, batch_size=CHUNK)
    return len(rows)


def _rows(event: Event, hooks: list[Webhook], kind: EventType, at: datetime) -> list[Delivery]:
    event_id = new_event_id()
    wanted = {hook.tells_personal_data for hook in hooks}
    bodies = {personally: body_of(kind, event.told(personally=personally), at=at) for personally in wanted}
    return [_row(hook, event_id, kind, bodies[hook.tells_personal_data], at) for hook in hooks]


def _row(hook: Webhook, event_id: str, kind: str, payload: str, at: datetime) -> Delivery:
    return Delivery(webhook=hook, event_id=event_id, kind=kind, payload=payload, created_at=at, due_at=at)


@transaction.atomic
def send_test_event(*, webhook: Webhook, at: datetime) -> Delivery:
    """An event that tells of nothing, to see whether the webhook is heard."""
    hook = _active(webhook)
    data = {"message": "This is a test. Nothing happened."}
    row = _row(hook, new_event_id(), Webhook.TEST, body_of(Webhook.TEST, data, at=at), at)
    row.save(force_insert=True)
    return row


@transaction.atomic
def send_event_again(*, delivery: Delivery, by: Actor, at: datetime) -> None:
    """The same event with the same id, whatever became of it; one that waits goes at once."""
    hook = _active(delivery.webhook)
    rows = Delivery.objects.filter(pk=delivery.pk).exclude(state=State.LEASED)
    if not _replay(hook, rows, by=by, at=at):
        raise Refused(_("This event is being sent right now."), code="on_its_way")


@transaction.atomic
def send_failed_events_again(*, webhook: Webhook, since: datetime, by: Actor, at: datetime) -> int:
    """Every event since then whose delivery failed, with their ids; how many."""
    hook = _active(webhook)
    rows = hook.deliveries.filter(state=State.FAILED, created_at__gte=since)
    return _replay(hook, rows, by=by, at=at)


def _replay(hook: Webhook, rows: DeliveryQuerySet, *, by: Actor, at: datetime) -> int:
    count: int = rows.update(state=State.DUE, attempts=0, due_at=at, lease_until=None, trouble="")
    if count:
        Webhook.objects.filter(pk=hook.pk).update(rest_until=None)
        record(
            scope=hook.scope, action=Action.WEBHOOK_REPLAYED, by=by, at=at,
            target=("webhook", hook.pk, hook.host), data={"events": count},
        )  # fmt: skip
    return count


def _active(webhook: Webhook) -> Webhook:
    hook = get_object_or_404(Webhook.objects.select_for_update(no_key=True), pk=webhook.pk)
    if hook.state != Webhook.State.ACTIVE:
        raise Refused(_("This webhook is not active. Resume it first."), code="not_active")
    return hook
