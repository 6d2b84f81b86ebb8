"""What the outbox knows, and what became of events for webhooks."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count, Exists, F, OuterRef, QuerySet, Subquery, Sum

from common.queues import Queue
from journal.models import Delivery, Leaf, Message, Register, Suppression, Webhook


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


def mail_queue(*, at: datetime) -> Queue:
    """Straight from the index of what is due; what was sent is many and is not counted. Several badges that go in one
    mail are one mail."""
    states = [state for state in Message.State if state != Message.State.SENT]
    counted = (
        Message.objects.filter(state__in=states, digest=None)
        .order_by()
        .values_list("state")
        .annotate(Count("pk"))
    )
    rows = {str(state): 0 for state in states} | dict(counted)
    return Queue("mail", rows, _oldest_due(at))


def webhook_queue(*, at: datetime) -> Queue:
    """Events that are to be told; what was delivered is many and is not counted."""
    states = [state for state in Delivery.State if state != Delivery.State.DELIVERED]
    counted = Delivery.objects.filter(state__in=states).order_by().values_list("state").annotate(Count("pk"))
    due = Delivery.objects.filter(state=Delivery.State.DUE, due_at__lte=at)
    oldest = due.order_by("due_at").values_list("due_at", flat=True).first()
    return Queue("webhooks", {str(state): 0 for state in states} | dict(counted), oldest)


def register_queue(*, at: datetime) -> Queue:
    """Entries that no checkpoint seals yet, and when the oldest of them came: a day ago at most, or nobody signs."""
    open_ones = Register.objects.filter(size__gt=F("signed_size"))
    first = Leaf.objects.filter(register=OuterRef("pk"), index=OuterRef("signed_size")).values("logged_at")
    oldest = open_ones.annotate(oldest=Subquery(first)).order_by("oldest").values_list("oldest", flat=True)
    unsealed = open_ones.aggregate(total=Sum(F("size") - F("signed_size")))["total"] or 0
    return Queue("registers", {"unsealed": unsealed}, oldest.first())


def _oldest_due(at: datetime) -> datetime | None:
    """What people wait for and what they do not, each from its end of the index."""
    oldest = [
        Message.objects.filter(state=Message.State.DUE, asked_for=asked_for, due_at__lte=at, digest=None)
        .order_by("due_at")
        .values_list("due_at", flat=True)
        .first()
        for asked_for in (True, False)
    ]
    return min(filter(None, oldest), default=None)


def is_suppressed(address: str) -> bool:
    """Whether whoever reads the address does not want to be written to."""
    return Suppression.objects.by_reader().filter(address=address, scope="").exists()


def suppressed(addresses: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Of pairs (address, scope that writes to it): those that are not to be written to, and the cause."""
    pairs = set(addresses)
    rows = Suppression.objects.filter(address__in={address for address, _scope in pairs})
    causes = {(row.address, row.scope): row.cause for row in rows} if pairs else {}
    found = {pair: causes.get((pair[0], ""), "") or causes.get(pair, "") for pair in pairs}
    return {pair: cause for pair, cause in found.items() if cause}


def are_many_due(many: int, *, at: datetime) -> bool:
    """Whether more mails than that are due: looks no further."""
    return len(Message.objects.due(at=at).values_list("pk")[many : many + 1]) == 1
