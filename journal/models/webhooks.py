"""Whose software is told, and what became of it."""

from datetime import datetime
from typing import Self
from urllib.parse import urlsplit

from django.db import models
from django.utils.translation import gettext_lazy as _


class EventType(models.TextChoices):
    """What an organisation's software can be told: noun.verb. Part of the API: a name never changes."""

    AWARD_CREATED = "award.created", _("A badge is awarded")
    AWARD_ACCEPTED = "award.accepted", _("A badge is accepted")
    AWARD_DECLINED = "award.declined", _("A badge is declined, withdrawn, or reached the wrong person")
    AWARD_REVOKED = "award.revoked", _("A badge is revoked")
    AWARD_SUSPENDED = "award.suspended", _("A badge is suspended")
    AWARD_REINSTATED = "award.reinstated", _("A revocation is undone, or a suspension lifted")
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
