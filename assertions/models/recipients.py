"""People as organisations reach them."""

from typing import Self

from django.db import models

from accounts.models import User
from badges.models import Badge


class RecipientQuerySet(models.QuerySet["Recipient"]):
    def holding(self, badge: Badge) -> Self:
        return self.filter(awards__badge=badge, awards__revoked_at=None).distinct()


class Recipient(models.Model):
    """A person as organisations reach them. The address is normalised; people change it."""

    address = models.EmailField(unique=True)
    user = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="recipients")
    created_at = models.DateTimeField()

    objects = RecipientQuerySet.as_manager()

    def __str__(self) -> str:
        return self.address

    @property
    def actor_id(self) -> str:
        return f"recipient:{self.pk}"
