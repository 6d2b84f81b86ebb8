"""Figures by day: dashboards read these few rows instead of counting awards."""

from django.db import models

from badges.models import Badge
from issuers.models import Issuer


class Counted(models.Model):
    """Of the awards with this date of award (UTC): how many, and what became of them. The others wait for an answer."""

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="+", db_index=False)
    badge = models.ForeignKey(Badge, on_delete=models.PROTECT, related_name="+", db_index=False)
    day = models.DateField(help_text="of the award, in UTC")
    awarded = models.IntegerField(default=0)
    accepted = models.IntegerField(default=0)
    declined = models.IntegerField(default=0, help_text="or answered with “this is not me”")
    withdrawn = models.IntegerField(default=0, help_text="accepted, and taken out of the public afterwards")
    revoked = models.IntegerField(default=0)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.badge_id} on {self.day}: {self.awarded}"


class DailyFigures(Counted):
    """One row per badge and day."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issuer", "day", "badge"], name="one_row_of_figures_per_day")
        ]


class FiguresChange(Counted):
    """What one act changed: only ever inserted, so that no two acts wait for each other; the worker adds them up."""

    class Meta:
        indexes = [models.Index(fields=["issuer", "day"], name="figures_change_of_issuer")]
