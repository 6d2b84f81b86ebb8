"""What organisations write in the mails about their badges."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from badges.models import Badge


class MailText(models.Model):
    """What an organisation writes in a badge's mails, in one language, in place of the usual words."""

    class Kind(models.TextChoices):
        AWARD = "award", _("The badge")
        REMINDER = "reminder", _("Reminder")
        EXPIRY = "expiry", _("Notice of expiry")

    badge = models.ForeignKey(Badge, on_delete=models.CASCADE, related_name="mail_texts")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    language = models.CharField(max_length=10, choices=settings.LANGUAGES)
    subject = models.CharField(max_length=150)
    body = models.TextField(max_length=4000, help_text="Markdown with placeholders")
    updated_at = models.DateTimeField()
    updated_by_label = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["badge", "kind", "language"], name="one_mail_text_per_language")
        ]

    def __str__(self) -> str:
        return self.subject
