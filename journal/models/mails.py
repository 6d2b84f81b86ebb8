"""Who is told by mail, and who is not to be."""

import uuid
from datetime import datetime
from typing import Self
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


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
        MOVED = "moved", _("The organisation moved here before this mail was sent. Send it again.")

    ASTRAY = (State.FAILED, State.UNKNOWN, State.BOUNCED)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    scope = models.CharField(max_length=60, help_text="whose outbox: issuer:<id> or site")
    kind = models.CharField(max_length=40, help_text="folder below templates/emails")
    subject = models.CharField(max_length=100, help_text="the row it speaks of, e.g. award:<uuid>")
    round = models.UUIDField(null=True, help_text="of one act for many: its mails are counted by it")
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
            models.Index(
                fields=["round", "kind", "state"],
                name="message_of_round",
                condition=models.Q(round__isnull=False),
            ),
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
        return self.state in self.ASTRAY

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


LINK_KEY = "journal.link_key"  # where it is kept for a minute, sealed as it is


class LinkKey(models.Model):
    """The key of the links that mails carry for years (List-Unsubscribe): made once, and itself sealed, so that those
    links outlive the encryption keys of the site."""

    sealed = models.BinaryField(help_text="a Fernet key")

    def __str__(self) -> str:
        return f"link key {self.pk}"


class Pace(models.Model):
    """When a domain may be written to again, where a rate is set; the domain "" stands for all."""

    domain = models.CharField(max_length=254, primary_key=True)
    free_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.domain or 'all'} from {self.free_at}"
