"""What happened (Entry, append-only and hash-chained; Register, what is shown of it to everybody) and who is told
(Message, the mail outbox; Webhook)."""

from journal.models.entries import Action, Chain, Entry, EntryQuerySet
from journal.models.heartbeats import Heartbeat
from journal.models.mails import (
    LINK_KEY,
    LinkKey,
    Message,
    MessageQuerySet,
    Pace,
    Suppression,
    SuppressionQuerySet,
)
from journal.models.registers import Checkpoint, Leaf, LeafKind, LeafQuerySet, Register, Tile
from journal.models.webhooks import Delivery, DeliveryQuerySet, EventType, Webhook, WebhookQuerySet

__all__ = [
    "LINK_KEY",
    "Action",
    "Chain",
    "Checkpoint",
    "Delivery",
    "DeliveryQuerySet",
    "Entry",
    "EntryQuerySet",
    "EventType",
    "Heartbeat",
    "Leaf",
    "LeafKind",
    "LeafQuerySet",
    "LinkKey",
    "Message",
    "MessageQuerySet",
    "Pace",
    "Register",
    "Suppression",
    "SuppressionQuerySet",
    "Tile",
    "Webhook",
    "WebhookQuerySet",
]
