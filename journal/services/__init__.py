from journal.services.beating import beat
from journal.services.clearing import forget_mails_to, forget_old
from journal.services.delivery import deliver_due
from journal.services.outbox import Mail, mail_again, queue_mails, subscribe_again, unsubscribe
from journal.services.recording import broken_links, record

__all__ = [
    "Mail",
    "beat",
    "broken_links",
    "deliver_due",
    "forget_mails_to",
    "forget_old",
    "mail_again",
    "queue_mails",
    "record",
    "subscribe_again",
    "unsubscribe",
]
