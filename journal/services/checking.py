"""What must be true of the journal and of the outbox."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import F, Q

from common.checking import Check, Finding, in_steps
from common.sealing import SealBroken, key_provider
from journal.models import Chain, Delivery, Entry, Message, MessageQuerySet, Webhook
from journal.services.changing import WAITING
from journal.services.gathering import DIGESTS
from journal.services.recording import broken_links

# A lease that ran out is taken over by the next sweep, half a minute later; a worker that is away for longer is seen.
LEASE_LONG_OVER = timedelta(minutes=10)
# A great batch takes its time, and what a person waits for goes first: after half a day nobody is sending at all.
UNTRIED_FOR = timedelta(hours=12)
FINAL = (Message.State.SENT, Message.State.FAILED, Message.State.UNKNOWN, Message.State.BOUNCED)


def chains(at: datetime) -> Iterator[Finding]:
    scopes = set(Chain.objects.values_list("scope", flat=True))
    scopes |= set(Entry.objects.order_by().values_list("scope", flat=True).distinct())
    for scope in sorted(scopes):
        for problem in broken_links(scope):
            yield Finding("journal.chain", problem, f"journal of {scope}")


def forgotten_leases(at: datetime) -> Iterator[Finding]:
    long_over = Q(lease_until__lt=at - LEASE_LONG_OVER) | Q(lease_until=None)
    for row in _mails().filter(long_over, state=Message.State.LEASED).iterator():
        yield Finding(
            "message.lease_forgotten", "is being sent by a worker that has long been gone", _at(row)
        )


def untried(at: datetime) -> Iterator[Finding]:
    """Each attempt that fails sets the time of the next: what is due that long was not tried again either."""
    rows = _mails().filter(state=Message.State.DUE, due_at__lt=at - UNTRIED_FOR)
    for row in rows.iterator():
        code = "message.not_tried_again" if row.attempts else "message.never_tried"
        yield Finding(code, f"was due on {row.due_at:%Y-%m-%d %H:%M} and nobody tried", _at(row))


def endings(at: datetime) -> Iterator[Finding]:
    """A mail that has ended says when or why, and keeps no secret. What came back had gone before, mostly, but a
    provider may tell so before our own note that it went."""
    rows = Message.objects.filter(state__in=FINAL)
    for row in rows.filter(state=Message.State.SENT, sent_at=None).iterator():
        yield Finding("message.sent_without_time", "is marked as sent, but not when", _at(row))
    for row in rows.exclude(state=Message.State.SENT).filter(reason="").iterator():
        yield Finding("message.ended_without_reason", f"ended as “{row.state}” without a reason", _at(row))
    for row in rows.exclude(sealed=None).iterator():
        yield Finding("message.secret_kept", "has ended and still keeps its claim link", _at(row))


def digests(at: datetime) -> Iterator[Finding]:
    """What went together with others has its mail, and became what became of that one."""
    rows = Message.objects.exclude(digest=None).annotate(of_digest=F("digest__state"))
    apart = ~Q(state=F("digest__state")) & ~Q(state=Message.State.BOUNCED)
    waiting = Q(state__in=WAITING, digest__state__in=WAITING)
    for row in rows.filter(apart).exclude(waiting).iterator():
        what = f"is “{row.state}”, but the mail in which it went is “{row.of_digest}”"
        yield Finding("message.digest_apart", what, _at(row))
    empty = Message.objects.filter(kind__in=DIGESTS.values(), members=None, state=Message.State.LEASED)
    for digest in empty.filter(lease_until__lt=at - LEASE_LONG_OVER).iterator():
        yield Finding("message.digest_empty", "is to hold several, and holds none", _at(digest))


def seals(at: datetime) -> Iterator[Finding]:
    """What waits to be sent can be opened with the keys at hand."""
    for page in in_steps(Message.objects.exclude(sealed=None).only("pk", "kind", "sealed", "scope")):
        for row in page:
            try:
                key_provider().unseal(bytes(row.sealed or b""))
            except SealBroken as broken:
                yield Finding("message.seal", f"its claim link cannot be opened: {broken}", _at(row))


def deliveries(at: datetime) -> Iterator[Finding]:
    """Events on their way to webhooks: tried while somebody listens, and at their end with an answer or a trouble."""
    rows = Delivery.objects.select_related("webhook").defer("payload", "answer")
    long_over = Q(lease_until__lt=at - LEASE_LONG_OVER) | Q(lease_until=None)
    for row in rows.filter(long_over, state=Delivery.State.LEASED).iterator():
        what = "is being sent by a worker that has long been gone"
        yield Finding("delivery.lease_forgotten", what, _to(row))
    listening = Q(webhook__rest_until=None) | Q(webhook__rest_until__lt=at)
    due = Q(state=Delivery.State.DUE, due_at__lt=at - UNTRIED_FOR, webhook__state=Webhook.State.ACTIVE)
    for row in rows.filter(due, listening).iterator():
        what = f"was due on {row.due_at:%Y-%m-%d %H:%M} and nobody tried"
        yield Finding("delivery.never_tried", what, _to(row))
    answered = Q(state=Delivery.State.DELIVERED, tried_at__isnull=False, status__range=(200, 299))
    given_up = Q(state=Delivery.State.FAILED) & ~Q(trouble="")
    ended = rows.filter(state__in=[Delivery.State.DELIVERED, Delivery.State.FAILED])
    for row in ended.exclude(answered).exclude(given_up).iterator():
        what = f"ended as “{row.state}” without what says so"
        yield Finding("delivery.ended_without_reason", what, _to(row))


def _to(row: Delivery) -> str:
    return f"event {row.event_id} ({row.kind}) for webhook {row.webhook_id} of {row.webhook.scope}"


def _mails() -> MessageQuerySet:
    """But those that go in the mail for several: it is that one that is leased and tried."""
    return Message.objects.filter(digest=None)


def _at(row: Message) -> str:
    return f"mail {row.pk} ({row.kind}, {row.scope})"


CHECKS = (
    Check(
        "journals are whole",
        chains,
        "Somebody changed or deleted lines of the journal in the database. Compare it with a backup.",
    ),
    Check(
        "mails are not left half sent",
        forgotten_leases,
        "See that a worker runs (last_sweep_seconds in /readyz). It takes such a mail over; one without an end of "
        "its lease is to be set back to “due” by hand.",
    ),
    Check(
        "mails that are due are tried",
        untried,
        "See that a worker takes the queue `mail`, and that EMAIL_URL is right.",
    ),
    Check(
        "mails that ended say how",
        endings,
        "These rows were changed outside of the product. Set what is missing, or send the mails again.",
    ),
    Check(
        "mails that go together end together",
        digests,
        "Set the state of these mails to that of the mail named in `digest`, or send them again.",
    ),
    Check(
        "events for webhooks come to their end",
        deliveries,
        "See that a worker takes the queue `webhooks`. Send again from the webhook’s page what ended without a reason.",
    ),
    Check(
        "mails can be opened with the keys at hand",
        seals,
        "Put the former key back into KEY_ENCRYPTION_KEYS and run `manage.py rewrap`; or send these mails again.",
    ),
)
