"""What recipients do with an award: claim it, correct its name, move it to another address."""

from datetime import datetime
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from assertions.models.awards import Award


class ClaimQuerySet(models.QuerySet["Claim"]):
    def open(self, *, at: datetime) -> Self:
        return self.filter(spent_at=None, expires_at__gt=at, award__revoked_at=None)


class Claim(models.Model):
    """A link in a mail: 256 random bits, hashed; spent by the first POST that answers it."""

    award = models.ForeignKey(Award, on_delete=models.CASCADE, related_name="claims")
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    spent_at = models.DateTimeField(null=True)

    objects = ClaimQuerySet.as_manager()

    def __str__(self) -> str:
        return f"claim of {self.award_id}"


class NameRequest(models.Model):
    """A recipient's name as they want it, where it is more than a small correction: the awarder decides."""

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting for a decision")
        APPROVED = "approved", _("Approved")
        REFUSED = "refused", _("Refused")

    award = models.ForeignKey(Award, on_delete=models.CASCADE, related_name="name_requests")
    name = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    created_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["award"],
                condition=models.Q(state="pending"),
                name="one_pending_name_request_per_award",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def mail_subject(self) -> str:
        """What mails about it name as their subject row."""
        return f"name_request:{self.pk}"


class AddressChange(models.Model):
    """An award that is to move to another address of the same person, once that address is confirmed."""

    award = models.ForeignKey(Award, on_delete=models.CASCADE, related_name="address_changes")
    address = models.EmailField()
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)

    @property
    def mail_subject(self) -> str:
        """What mails about it name as their subject row."""
        return f"address_change:{self.pk}"

    def __str__(self) -> str:
        return f"{self.award_id} to {self.address}"


class LinkRequest(models.Model):
    """Someone typed this address to get fresh links to its badges. The worker answers, and forgets the row."""

    address = models.EmailField()
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"links for {self.address}"
