"""Open Badges 3.0: the signed credentials of awards, and the lists that say which of them are revoked or suspended."""

from base64 import urlsafe_b64encode
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from assertions.models.awards import Award
from issuers.models import Issuer, SigningKey


class Suspension(models.Model):
    """Whether an award is to be relied on for the time being. One row per award: the last time it was suspended."""

    award = models.OneToOneField(Award, primary_key=True, on_delete=models.CASCADE, related_name="suspension")
    reason = models.CharField(max_length=300, help_text="public")
    suspended_at = models.DateTimeField()
    suspended_by_label = models.CharField(max_length=200, blank=True)
    lifted_at = models.DateTimeField(null=True)
    lifted_by_label = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["award"], name="suspension_in_force", condition=models.Q(lifted_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.award_id}: {self.reason}"

    @property
    def is_in_force(self) -> bool:
        return self.lifted_at is None


class StatusList(models.Model):
    """Places for the credentials of one organisation, each with a bit in a list of every purpose."""

    class Purpose(models.TextChoices):
        REVOCATION = "revocation", _("Revocation")
        SUSPENSION = "suspension", _("Suspension")

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="status_lists")
    number = models.PositiveIntegerField(help_text="1, 2, 3 ... within the issuer: part of the public id")
    seed = models.BinaryField(help_text="secret: orders the places, so that none tells when it was taken")
    assigned = models.PositiveIntegerField(default=0, help_text="places that are taken")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issuer", "number"], name="status_list_number_once_per_issuer")
        ]

    def __str__(self) -> str:
        return f"{self.issuer} status list {self.number}"


class SignedStatusList(models.Model):
    """What a list said when it was last signed. Made from the awards, and signed anew when they say other things."""

    status_list = models.ForeignKey(StatusList, on_delete=models.CASCADE, related_name="signed")
    purpose = models.CharField(max_length=10, choices=StatusList.Purpose.choices)
    said_sha256 = models.CharField(max_length=64, help_text="of the places that are set, and of the keys")
    document = models.TextField(help_text="JSON with a Data Integrity proof")
    token = models.TextField(help_text="the same as a VC-JWT")
    signed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["status_list", "purpose"], name="one_signed_list_per_purpose")
        ]

    def __str__(self) -> str:
        return f"{self.status_list} ({self.purpose})"


class CredentialQuerySet(models.QuerySet["Credential"]):
    def current(self) -> Self:
        return self.filter(replaced_at=None)


class Credential(models.Model):
    """One edition of an award as an Open Badges 3.0 credential, signed twice and kept byte for byte.

    `body` is the credential without its proof and without its last brace. With `proof` it is the document, with
    `claims` the payload of the token: what both have in common is kept once.
    """

    award = models.ForeignKey(Award, on_delete=models.CASCADE, related_name="credentials")
    status_list = models.ForeignKey(StatusList, on_delete=models.PROTECT, related_name="credentials")
    status_index = models.PositiveIntegerField()
    salt = models.CharField(max_length=32, help_text="of the award when it was made: says for which address")
    lacks_results = models.BooleanField(
        default=False, help_text="made before its recipient accepted, without how they were assessed"
    )
    valid_from = models.DateTimeField()
    body = models.TextField()
    proof = models.TextField()
    header = models.CharField(max_length=500)
    claims = models.TextField()
    signature = models.CharField(max_length=1400, help_text="base64url")
    proof_key = models.ForeignKey(SigningKey, on_delete=models.PROTECT, related_name="+")
    token_key = models.ForeignKey(SigningKey, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True, help_text="when a newer edition was made")

    objects = CredentialQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["award"], condition=models.Q(replaced_at=None), name="one_credential_per_award"
            ),
            models.UniqueConstraint(
                fields=["status_list", "status_index"],
                condition=models.Q(replaced_at=None),
                name="one_credential_per_place",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.award_id} made {self.made_at}"

    @property
    def document(self) -> bytes:
        """The credential as JSON with its Data Integrity proof."""
        return f'{self.body},"proof":{self.proof}}}'.encode()

    @property
    def payload(self) -> bytes:
        """What the token signs: the credential without a proof, with the registered claims."""
        return f"{self.body},{self.claims}}}".encode()

    @property
    def token(self) -> str:
        """The credential as a VC-JWT."""
        parts = (
            urlsafe_b64encode(part).rstrip(b"=").decode() for part in (self.header.encode(), self.payload)
        )
        return ".".join([*parts, self.signature])
