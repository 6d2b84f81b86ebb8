"""What the site signs its receipts with."""

from django.db import models


class ReceiptKey(models.Model):
    """An Ed25519 key pair of the site itself, used for receipts alone. The one with the highest number signs; none is
    ever deleted: what an earlier one signed stays genuine. The private half is sealed (common.sealing)."""

    number = models.PositiveIntegerField(unique=True)
    public_pem = models.TextField()
    sealed_private = models.BinaryField()
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"receipt key {self.number}"
