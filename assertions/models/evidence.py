"""What an award rests on: evidence, and how criteria were assessed."""

from django.db import models

from assertions.models.awards import Award
from badges.models import Criterion


class Evidence(models.Model):
    award = models.ForeignKey(Award, on_delete=models.CASCADE, related_name="evidence", db_index=False)
    position = models.PositiveSmallIntegerField()
    url = models.URLField(max_length=500, blank=True)
    name = models.CharField(max_length=200, blank=True)
    narrative = models.TextField(max_length=2000, blank=True)
    file = models.CharField(max_length=200, blank=True, help_text="storage name")
    media_type = models.CharField(max_length=100, blank=True)
    size = models.PositiveIntegerField(default=0, help_text="bytes")

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["award", "position"], name="one_evidence_per_position")
        ]
        indexes = [models.Index(fields=["file"], name="evidence_by_file", condition=~models.Q(file=""))]

    def __str__(self) -> str:
        return self.name or self.url


class EvidenceUpload(models.Model):
    """A file that was stored before the award it is for. The worker forgets the row, and a file that no award has."""

    file = models.CharField(max_length=200, primary_key=True, help_text="storage name")
    stored_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.file


class Assessment(models.Model):
    """How one criterion was assessed for one award."""

    award = models.ForeignKey(Award, on_delete=models.CASCADE, related_name="assessments", db_index=False)
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")
    level = models.CharField(max_length=100, blank=True)
    assessor = models.CharField(max_length=200, blank=True)
    assessed_on = models.DateField(null=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["award", "criterion"], name="one_assessment_per_criterion")
        ]

    def __str__(self) -> str:
        return f"{self.criterion}: {self.level}"
