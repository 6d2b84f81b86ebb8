"""What happened (Entry, append-only and hash-chained) and who is told (Message, the mail outbox; Webhook)."""

import uuid
from datetime import datetime
from typing import Self
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Action(models.TextChoices):
    """What can be written in a journal: room.noun.verb."""

    ISSUER_CREATED = "issuers.issuer.created", _("Organisation created")
    ISSUER_CHANGED = "issuers.issuer.changed", _("Organisation details changed")
    MEMBER_INVITED = "issuers.member.invited", _("Member invited")
    INVITATION_WITHDRAWN = "issuers.invitation.withdrawn", _("Invitation withdrawn")
    MEMBER_JOINED = "issuers.member.joined", _("Member joined")
    MEMBER_ROLE_CHANGED = "issuers.member.role_changed", _("Member’s role changed")
    MEMBER_REMOVED = "issuers.member.removed", _("Member removed")
    MEMBER_LEFT = "issuers.member.left", _("Member left")
    OWNERSHIP_TRANSFERRED = "issuers.ownership.transferred", _("Ownership transferred")
    KEY_CREATED = "issuers.key.created", _("Signing key created")
    TOKEN_CREATED = "issuers.token.created", _("API token created")
    TOKEN_REVOKED = "issuers.token.revoked", _("API token revoked")
    WEBHOOK_CREATED = "issuers.webhook.created", _("Webhook created")
    WEBHOOK_CHANGED = "issuers.webhook.changed", _("Webhook changed")
    WEBHOOK_SECRET_ROTATED = "issuers.webhook.secret_rotated", _("Webhook’s secret replaced")
    WEBHOOK_PAUSED = "issuers.webhook.paused", _("Webhook paused")
    WEBHOOK_DISABLED = "issuers.webhook.disabled", _("Webhook switched off by its receiver")
    WEBHOOK_RESUMED = "issuers.webhook.resumed", _("Webhook resumed")
    WEBHOOK_REPLAYED = "issuers.webhook.replayed", _("Webhook deliveries sent again")
    WEBHOOK_DELETED = "issuers.webhook.deleted", _("Webhook deleted")
    BADGE_CREATED = "badges.badge.created", _("Badge created")
    BADGE_CHANGED = "badges.badge.changed", _("Badge draft changed")
    BADGE_PUBLISHED = "badges.badge.published", _("Badge version published")
    BADGE_DRAFT_DISCARDED = "badges.draft.discarded", _("Badge draft discarded")
    BADGE_DELETED = "badges.badge.deleted", _("Badge draft deleted")
    BADGE_ARCHIVED = "badges.badge.archived", _("Badge archived")
    BADGE_RESTORED = "badges.badge.restored", _("Badge restored")
    AWARDS_CREATED = "assertions.awards.created", _("Badge awarded")
    AWARD_ACCEPTED = "assertions.award.accepted", _("Badge accepted")
    AWARD_DECLINED = "assertions.award.declined", _("Badge declined")
    AWARD_DISOWNED = "assertions.award.disowned", _("“This is not me” answered")
    AWARD_REVOKED = "assertions.award.revoked", _("Award revoked")
    AWARD_REVOCATION_UNDONE = "assertions.award.revocation_undone", _("Revocation undone")
    AWARD_SENT_AGAIN = "assertions.award.sent_again", _("Mail sent again")
    BATCH_UPLOADED = "assertions.batch.uploaded", _("List of people uploaded")
    BATCH_CHANGED = "assertions.batch.changed", _("List of people changed")
    BATCH_CONFIRMED = "assertions.batch.confirmed", _("Batch confirmed")
    BATCH_UNDONE = "assertions.batch.undone", _("Batch taken back before it started")
    BATCH_PAUSED = "assertions.batch.paused", _("Batch paused")
    BATCH_RESUMED = "assertions.batch.resumed", _("Batch resumed")
    BATCH_CANCELLED = "assertions.batch.cancelled", _("Rest of the batch cancelled")
    BATCH_DISCARDED = "assertions.batch.discarded", _("Batch discarded")
    BATCH_FINISHED = "assertions.batch.finished", _("Batch finished")
    BATCH_REVOKED = "assertions.batch.revoked", _("Batch revoked")
    AWARDS_REMINDED = "assertions.awards.reminded", _("Reminder sent")
    EXPIRY_NOTICED = "assertions.awards.expiry_noticed", _("Notice of expiry sent")
    MAIL_BOUNCED = "journal.mail.bounced", _("Mail came back")
    ADDRESS_WORKS = "journal.mail.address_works", _("Address works again")
    MAIL_TEXT_CHANGED = "assertions.mail_text.changed", _("Text of a mail changed")
    MAIL_TESTED = "assertions.mail_text.tested", _("Test mail sent")
    MAIL_TEXT_RESET = "assertions.mail_text.reset", _("Text of a mail set back")
    NAME_CORRECTED = "assertions.name.corrected", _("Recipient’s name corrected")
    NAME_REQUESTED = "assertions.name.requested", _("Name change asked for")
    NAME_DECIDED = "assertions.name.decided", _("Name change decided")
    ADDRESS_CHANGE_ASKED = "assertions.address.asked", _("Move to another address asked for")
    AWARD_REKEYED = "assertions.award.rekeyed", _("Award moved to another address")
    ACCOUNT_DELETED = "accounts.account.deleted", _("Account deleted")
    JOURNAL_EXPORTED = "journal.journal.exported", _("Journal exported")


class EntryQuerySet(models.QuerySet["Entry"]):
    def of_issuer(self, issuer_id: int | str) -> Self:
        return self.filter(scope=f"issuer:{issuer_id}")


class Entry(models.Model):
    """One act. Ids and labels are text, so that the line outlives what it speaks of."""

    scope = models.CharField(max_length=60, help_text="whose journal: issuer:<id>, user:<id> or site")
    number = models.PositiveBigIntegerField(help_text="1, 2, 3 ... within the scope")
    at = models.DateTimeField()
    action = models.CharField(max_length=60, help_text="one of Action")
    actor_id = models.CharField(max_length=60, blank=True)
    actor_label = models.CharField(max_length=254, blank=True)
    target_kind = models.CharField(max_length=40, blank=True)
    target_id = models.CharField(max_length=64, blank=True)
    target_label = models.CharField(max_length=254, blank=True)
    data = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scope", "number"], name="entry_number_once_per_scope")
        ]
        indexes = [models.Index(fields=["scope", "target_kind", "target_id"])]

    def __str__(self) -> str:
        return f"{self.scope} #{self.number} {self.action}"


class Chain(models.Model):
    """The head of each scope's chain: locked while a line is added, so that numbers have no gap."""

    scope = models.CharField(max_length=60, primary_key=True)
    number = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="0" * 64)

    def __str__(self) -> str:
        return f"{self.scope} @{self.number}"


class MessageQuerySet(models.QuerySet["Message"]):
    def due(self, *, at: datetime) -> Self:
        """To be sent now, what a person waits for first."""
        due = self.filter(state=Message.State.DUE, due_at__lte=at, digest=None)
        return due.order_by("-asked_for", "due_at")

    def abandoned(self, *, at: datetime) -> Self:
        """Leased by a worker that was not heard of again."""
        leased = self.filter(state=Message.State.LEASED, lease_until__lt=at, digest=None)
        return leased.order_by("due_at")

    def of_scope(self, scope: str) -> Self:
        return self.filter(scope=scope)

    def about(self, subject: str) -> Self:
        return self.filter(subject=subject)


class Message(models.Model):
    """One mail to one address. Rendered when it is sent, from `emails/<kind>/` and the stored context.

    What must not lie about in the clear (claim links) is in `sealed`, erased once the mail has gone.
    """

    class State(models.TextChoices):
        DUE = "due", _("Waiting to be sent")
        LEASED = "leased", _("Being sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Could not be delivered")
        UNKNOWN = "unknown", _("Perhaps sent")
        BOUNCED = "bounced", _("Came back")

    class Reason(models.TextChoices):
        """What is not a mail server's answer, but our own."""

        UNSUBSCRIBED = "unsubscribed", _("This address asked not to be written to.")
        COMPLAINED = "complained", _("Whoever reads this address reported an earlier mail as unwanted.")
        RETURNED = "returned", _("Mails to this address come back. Ask the person for another address.")
        BY_HAND = "by_hand", _("A member of the organisation says that it came back.")
        UNREACHABLE = "unreachable", _("The mail server could not be reached, or hung up.")
        UNWRITABLE = (
            "unwritable",
            _("The mail could not be written. The operator finds the reason in the log."),
        )
        UNANSWERED = (
            "unanswered",
            _("The connection ended before the mail server said whether it took the mail."),
        )
        ABANDONED = "abandoned", _("The worker stopped while it was sending this mail.")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    scope = models.CharField(max_length=60, help_text="whose outbox: issuer:<id> or site")
    kind = models.CharField(max_length=40, help_text="folder below templates/emails")
    subject = models.CharField(max_length=100, help_text="the row it speaks of, e.g. award:<uuid>")
    occurrence = models.PositiveIntegerField(
        default=1, help_text="2 for the first repeat that a person asked for"
    )
    recipient = models.EmailField()
    recipient_name = models.CharField(max_length=200, blank=True)
    reply_to = models.EmailField(blank=True)
    language = models.CharField(max_length=10)
    asked_for = models.BooleanField(
        default=False, help_text="a person waits for it: goes first, and to anyone"
    )
    context = models.JSONField(default=dict)
    sealed = models.BinaryField(null=True)
    picture = models.CharField(max_length=200, blank=True, help_text="storage name of the PNG shown inline")
    state = models.CharField(max_length=10, choices=State.choices, default=State.DUE)
    attempts = models.PositiveSmallIntegerField(default=0)
    doubts = models.PositiveSmallIntegerField(default=0, help_text="attempts after which it may have arrived")
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    is_paced = models.BooleanField(
        default=False, help_text="`due_at` is the time that its domain's pace gave it"
    )
    lease_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    reason = models.CharField(
        max_length=500, blank=True, help_text="the server's last answer, or one of Reason"
    )

    digest = models.ForeignKey(
        "self",
        null=True,
        on_delete=models.SET_NULL,
        related_name="members",
        help_text="the mail in which it goes together with others: its state follows that one's",
    )

    objects = MessageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "kind", "recipient", "occurrence"],
                name="message_once_per_subject_kind_recipient",
            )
        ]
        indexes = [
            models.Index(fields=["state", "-asked_for", "due_at"], name="message_due"),
            models.Index(fields=["scope", "-created_at", "-id"], name="message_of_scope"),
            models.Index(
                fields=["recipient", "state"],
                name="message_to",
                opclasses=[
                    "varchar_pattern_ops",
                    "varchar_pattern_ops",
                ],  # also for the beginning of an address
            ),
            models.Index(fields=["scope", "state", "-created_at", "-id"], name="message_in_state"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.recipient}: {self.state}"

    @property
    def explanation(self) -> str:
        """Why it is not sent yet, or never: for people."""
        return str(self.Reason(self.reason).label) if self.reason in self.Reason.values else self.reason

    @property
    def needs_a_hand(self) -> bool:
        """It did not arrive, or perhaps not: somebody has to mend the address, or send it again."""
        return self.state in (self.State.FAILED, self.State.UNKNOWN, self.State.BOUNCED)

    @property
    def message_id(self) -> str:
        """The same for every attempt, so that a repeated mail is recognised as one (RFC 5322, 3.6.4)."""
        return f"<{self.id.hex}.{self.kind}@{urlsplit(settings.SITE_URL).hostname}>"


class SuppressionQuerySet(models.QuerySet["Suppression"]):
    def by_reader(self) -> Self:
        """What only the reader of the address takes back."""
        return self.filter(cause__in=[Suppression.Cause.UNSUBSCRIBED, Suppression.Cause.COMPLAINED])

    def by_return(self) -> Self:
        """What holds until somebody says that the address works."""
        return self.filter(cause=Suppression.Cause.RETURNED)


class Suppression(models.Model):
    """An address that is not written to about what its reader did not ask for: they do not want it (List-Unsubscribe,
    a complaint), or mails come back."""

    class Cause(models.TextChoices):
        """As Message.Reason calls it."""

        UNSUBSCRIBED = "unsubscribed"
        COMPLAINED = "complained"
        RETURNED = "returned"

    address = models.EmailField()
    scope = models.CharField(max_length=60, blank=True, help_text="whose mails; empty: nobody’s go there")
    cause = models.CharField(max_length=12, choices=Cause.choices, default=Cause.UNSUBSCRIBED)
    at = models.DateTimeField()

    objects = SuppressionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["address", "scope"], name="one_suppression_per_address_and_scope")
        ]

    def __str__(self) -> str:
        return self.address


class Pace(models.Model):
    """When a domain may be written to again, where a rate is set; the domain "" stands for all."""

    domain = models.CharField(max_length=254, primary_key=True)
    free_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.domain or 'all'} from {self.free_at}"


class Heartbeat(models.Model):
    """When the worker last swept: health checks and the waiting pages read it."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} at {self.at}"


class EventType(models.TextChoices):
    """What an organisation's software can be told: noun.verb. Part of the API: a name never changes."""

    AWARD_CREATED = "award.created", _("A badge is awarded")
    AWARD_ACCEPTED = "award.accepted", _("A badge is accepted")
    AWARD_DECLINED = "award.declined", _("A badge is declined, withdrawn, or reached the wrong person")
    AWARD_REVOKED = "award.revoked", _("A badge is revoked")
    AWARD_REINSTATED = "award.reinstated", _("A revocation is undone")
    BATCH_FINISHED = "batch.finished", _("A batch is finished")


class WebhookQuerySet(models.QuerySet["Webhook"]):
    def of_scope(self, scope: str) -> Self:
        return self.filter(scope=scope).exclude(state=Webhook.State.DELETED)

    def listening(self, *, scope: str) -> Self:
        """Those for whom events are kept: also while they are paused."""
        return self.filter(scope=scope, state__in=[Webhook.State.ACTIVE, Webhook.State.PAUSED])

    def with_work(self, *, at: datetime) -> Self:
        """Active ones that do not rest and have something due; who had a turn longest ago comes first."""
        due = Delivery.objects.due(at=at).filter(webhook=models.OuterRef("pk"))
        rested = models.Q(rest_until=None) | models.Q(rest_until__lte=at)
        active = self.filter(rested, models.Exists(due), state=Webhook.State.ACTIVE)
        return active.order_by(models.F("turn_at").asc(nulls_first=True), "pk")


class Webhook(models.Model):
    """An address of an organisation's software that is told what happens. Its secret is sealed and shown once.

    A deleted one stays as an empty row for a while: an act under way may still leave a delivery for it.
    """

    TEST = "webhook.test"  # the kind of the event that a person sends to try it: no one can subscribe to it

    class State(models.TextChoices):
        ACTIVE = "active", _("Active")
        PAUSED = "paused", _("Paused")
        DISABLED = "disabled", _("Switched off")
        DELETED = "deleted", _("Deleted")

    class Reason(models.TextChoices):
        """Why it is not active, where no person paused it."""

        SILENT = "silent", _("No delivery succeeded for three days.")
        GONE = "gone", _("The receiver answered 410: it does not want to hear any more.")

    scope = models.CharField(max_length=60, help_text="whose: issuer:<id>")
    url = models.URLField(max_length=500)
    events = models.JSONField(default=list, help_text="values of EventType")
    tells_personal_data = models.BooleanField(default=False)
    sealed_secret = models.BinaryField()
    sealed_previous = models.BinaryField(null=True, help_text="the secret before, while it still signs")
    previous_until = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACTIVE)
    reason = models.CharField(max_length=10, choices=Reason.choices, blank=True)
    since = models.DateTimeField(help_text="in this state")
    owners_to_tell = models.BooleanField(
        default=False, help_text="stopped by itself, and nobody was told yet"
    )
    created_at = models.DateTimeField()
    turn_at = models.DateTimeField(null=True, help_text="when deliveries were last taken for it")
    rest_until = models.DateTimeField(null=True, help_text="did not answer: left alone until then")
    succeeded_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True, help_text="the first failure after the last success")

    objects = WebhookQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["scope", "state"], name="webhook_listening")]

    def __str__(self) -> str:
        return self.host

    @property
    def host(self) -> str:
        """Its name for people and journals: the rest of an address may be a secret."""
        return urlsplit(self.url).netloc

    @property
    def words(self) -> list[str]:
        """What it is told, for people."""
        return [str(EventType(name).label) for name in self.events if name in EventType.values]


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def due(self, *, at: datetime) -> Self:
        return self.filter(state=Delivery.State.DUE, due_at__lte=at)

    def abandoned(self, *, at: datetime) -> Self:
        """Taken by a worker that was not heard of again."""
        return self.filter(state=Delivery.State.LEASED, lease_until__lt=at)


class Delivery(models.Model):
    """One event on its way to one webhook. `payload` is what is signed and sent, the same at every attempt."""

    class State(models.TextChoices):
        DUE = "due", _("Waiting")
        LEASED = "leased", _("Being sent")
        DELIVERED = "delivered", _("Delivered")
        FAILED = "failed", _("Failed")

    class Trouble(models.TextChoices):
        """Why there is no answer, or no good one."""

        TIMEOUT = "timeout", _("No answer in time.")
        UNREACHABLE = "unreachable", _("No connection, or it ended before the answer.")
        PRIVATE = "private", _("The name leads to a private network. Nothing was sent.")
        ADDRESS = "address", _("The address cannot be used. Nothing was sent.")
        REDIRECT = "redirect", _("The answer is a redirect, and none is followed: name the final address.")
        REFUSED = "refused", _("The answer is not a success: 200 to 299 is.")
        UNWRITABLE = "unwritable", _("It could not be sent. The operator finds the reason in the log.")
        ABANDONED = "abandoned", _("The worker stopped while it was sending this.")
        STOPPED = "stopped", _("The webhook was switched off before this was sent.")

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    event_id = models.CharField(max_length=40, help_text="msg_...: the same at every attempt and replay")
    kind = models.CharField(max_length=40, help_text="one of EventType, or Webhook.TEST")
    payload = models.TextField(help_text="JSON, byte for byte as it is signed")
    state = models.CharField(max_length=10, choices=State.choices, default=State.DUE)
    attempts = models.PositiveSmallIntegerField(default=0, help_text="since it was queued or sent again")
    leases = models.PositiveIntegerField(default=0, help_text="fences: who comes late has an old number")
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)
    took_ms = models.PositiveIntegerField(null=True)
    status = models.PositiveSmallIntegerField(null=True, help_text="of the last answer")
    answer = models.TextField(blank=True, help_text="the start of the last answer's body")
    trouble = models.CharField(max_length=12, choices=Trouble.choices, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["webhook", "event_id"], name="event_once_per_webhook")]
        indexes = [
            models.Index(fields=["webhook", "state", "due_at"], name="delivery_due"),
            models.Index(fields=["webhook", "-created_at", "-id"], name="delivery_of_webhook"),
            models.Index(fields=["lease_until"], name="delivery_leased", condition=models.Q(state="leased")),
            models.Index(fields=["created_at"], name="delivery_old"),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} {self.kind}: {self.state}"
