from journal.services.beating import beat
from journal.services.clearing import forget_deliveries, forget_mails_to, forget_old
from journal.services.delivery import deliver_due
from journal.services.events import (
    Event,
    queue_events,
    send_event_again,
    send_failed_events_again,
    send_test_event,
)
from journal.services.outbox import Mail, mail_again, queue_mails, subscribe_again, unsubscribe
from journal.services.posting import deliver_due_webhooks
from journal.services.recording import broken_links, record
from journal.services.webhooks import (
    change_webhook,
    delete_webhook,
    make_webhook,
    pause_webhook,
    resume_webhook,
    rotate_secret,
)

__all__ = [
    "Event",
    "Mail",
    "beat",
    "broken_links",
    "change_webhook",
    "delete_webhook",
    "deliver_due",
    "deliver_due_webhooks",
    "forget_deliveries",
    "forget_mails_to",
    "forget_old",
    "mail_again",
    "make_webhook",
    "pause_webhook",
    "queue_events",
    "queue_mails",
    "record",
    "resume_webhook",
    "rotate_secret",
    "send_event_again",
    "send_failed_events_again",
    "send_test_event",
    "subscribe_again",
    "unsubscribe",
]
