"""What happened (Entry, append-only and hash-chained) and who is told (Message, the mail outbox)."""

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
        return self.filter(state=Message.State.DUE, due_at__lte=at).order_by("-asked_for", "due_at")

    def abandoned(self, *, at: datetime) -> Self:
        """Leased by a worker that was not heard of again."""
        return self.filter(state=Message.State.LEASED, lease_until__lt=at).order_by("due_at")

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

    class Reason(models.TextChoices):
        """What is not a mail server's answer, but our own."""

        UNSUBSCRIBED = "unsubscribed", _("This address asked not to be written to.")
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
    lease_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    reason = models.CharField(
        max_length=500, blank=True, help_text="the server's last answer, or one of Reason"
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
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.recipient}: {self.state}"

    @property
    def explanation(self) -> str:
        """Why it is not sent yet, or never: for people."""
        return str(self.Reason(self.reason).label) if self.reason in self.Reason.values else self.reason

    @property
    def message_id(self) -> str:
        """The same for every attempt, so that a repeated mail is recognised as one (RFC 5322, 3.6.4)."""
        return f"<{self.id.hex}.{self.kind}@{urlsplit(settings.SITE_URL).hostname}>"


class Suppression(models.Model):
    """An address that asked not to be written to about what it has not accepted (List-Unsubscribe)."""

    address = models.EmailField(unique=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.address


class Heartbeat(models.Model):
    """When the worker last swept: health checks and the waiting pages read it."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} at {self.at}"
