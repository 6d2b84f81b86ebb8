"""What the outbox knows, and what became of events for webhooks."""

from django.db.models import Exists, QuerySet

from journal.models import Delivery, Suppression, Webhook


def is_suppressed(address: str) -> bool:
    """Whether the address asked not to be written to."""
    return Suppression.objects.filter(address=address).exists()


def has_webhooks(scope: str) -> bool:
    """Whether any is told what happens there."""
    return Webhook.objects.filter(scope=scope, state=Webhook.State.ACTIVE).exists()


def listening(scope: str) -> Exists:
    """For a query that is asked anyway: whether events are kept for any webhook of `scope`."""
    return Exists(Webhook.objects.listening(scope=scope))


def webhooks_of(scope: str) -> QuerySet[Webhook]:
    """In the order in which they were made."""
    return Webhook.objects.of_scope(scope).order_by("created_at", "pk")


def deliveries_of(
    webhook: Webhook, *, state: str = "", kind: str = "", event_id: str = ""
) -> QuerySet[Delivery]:
    """Those that match, without what they say; what is being sent counts as waiting."""
    rows = webhook.deliveries.defer("payload", "answer")
    if state:
        is_waiting = state == Delivery.State.DUE
        rows = rows.filter(state__in=[state, Delivery.State.LEASED] if is_waiting else [state])
    if kind:
        rows = rows.filter(kind=kind)
    return rows.filter(event_id=event_id) if event_id else rows
