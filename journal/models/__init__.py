"""What happened (Entry, append-only and hash-chained) and who is told (Message, the mail outbox; Webhook)."""

from journal.models.entries import Action, Chain, Entry, EntryQuerySet
from journal.models.heartbeats import Heartbeat
from journal.models.mails import LinkKey, Message, MessageQuerySet, Pace, Suppression, SuppressionQuerySet
from journal.models.webhooks import Delivery, DeliveryQuerySet, EventType, Webhook, WebhookQuerySet

__all__ = [
    "Action",
    "Chain",
    "Delivery",
    "DeliveryQuerySet",
    "Entry",
    "EntryQuerySet",
    "EventType",
    "Heartbeat",
    "LinkKey",
    "Message",
    "MessageQuerySet",
    "Pace",
    "Suppression",
    "SuppressionQuerySet",
    "Webhook",
    "WebhookQuerySet",
]
