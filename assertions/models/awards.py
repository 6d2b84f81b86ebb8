"""Assertions: what was awarded and signed."""

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from assertions.models.recipients import Recipient
from badges.models import Badge, BadgeVersion
from common.searching import folded
from issuers.models import Issuer, SigningKey

if TYPE_CHECKING:
    from assertions.models.credentials import Suspension


class AwardQuerySet(models.QuerySet["Award"]):
    def of_issuer(self, issuer: Issuer) -> Self:
        return self.filter(issuer=issuer)

    def revoked(self) -> Self:
        return self.exclude(revoked_at=None)

    def withdrawn_by_recipient(self) -> Self:
        return self.filter(response__in=Award.TURNED_DOWN)

    def gone(self) -> Self:
        """Revoked by the organisation or turned down by the recipient: no longer public, listed as revoked."""
        return self.exclude(revoked_at=None, response__in=[Award.Response.WAITING, Award.Response.ACCEPTED])

    def suspended(self) -> Self:
        """Not to be relied on for the time being."""
        return self.filter(suspension__suspended_at__isnull=False, suspension__lifted_at=None)

    def erased(self) -> Self:
        """Tombstones: whom they were for is not known any more (services.erasing)."""
        return self.filter(response=Award.Response.ERASED)

    def waiting(self) -> Self:
        return self.filter(revoked_at=None, response=Award.Response.WAITING)

    def accepted(self) -> Self:
        return self.filter(revoked_at=None, response=Award.Response.ACCEPTED)

    def to_remind(self, *, at: datetime) -> Self:
        """Whose reminder is due, if they have not answered by now. By the index, the oldest first."""
        return self.filter(remind_at__lte=at).order_by("remind_at")

    def to_notice(self, *, at: datetime) -> Self:
        """Whose notice of expiry is due, if they hold it. By the index, the oldest first."""
        return self.filter(expiry_notice_at__lte=at).order_by("expiry_notice_at")

    def expired(self, *, at: datetime) -> Self:
        return self.filter(expires_at__lte=at)

    def about_people(self, words: str) -> Self:
        """Whose name or address holds every one of the words, in any order."""
        rows = self
        for word in folded(words).split():
            rows = rows.filter(search__contains=word)
        return rows

    def for_pages(self) -> Self:
        """With all that a public page of an award shows."""
        return self.select_related(
            "issuer__domain_check", "badge__current", "version__picture", "recipient", "suspension"
        ).prefetch_related(
            "evidence", "assessments", "version__texts", "version__criteria__texts", "version__alignments"
        )


class Award(models.Model):
    """One assertion. `signed` is what was signed, byte for byte; nothing of it is ever rewritten in place
    without the former bytes going to FormerSignature."""

    class Response(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        NOT_ME = "not_me", _("Not the right person")
        WITHDRAWN = "withdrawn", _("Withdrawn by its holder")
        ERASED = "erased", _("Erased")

    TURNED_DOWN = (Response.DECLINED, Response.NOT_ME, Response.WITHDRAWN, Response.ERASED)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # Those of several columns below begin with them, and each index costs every award.
    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="awards", db_index=False)
    badge = models.ForeignKey(Badge, on_delete=models.PROTECT, related_name="awards", db_index=False)
    version = models.ForeignKey(BadgeVersion, on_delete=models.PROTECT, related_name="awards")
    recipient = models.ForeignKey(Recipient, on_delete=models.PROTECT, related_name="awards")
    recipient_name = models.CharField(max_length=200, help_text="as it is shown to people")
    corrected_from = models.CharField(
        max_length=200, blank=True, help_text="as the organisation wrote it, where the person corrected it"
    )
    search = models.CharField(max_length=460, blank=True, help_text="name and address, folded")
    language = models.CharField(
        max_length=10, choices=settings.LANGUAGES, help_text="of the mails and the claim page"
    )
    salt = models.CharField(max_length=32)
    issued_on = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    narrative = models.TextField(max_length=4000, blank=True, help_text="Markdown: why this person earned it")
    is_repeat = models.BooleanField(
        default=False, help_text="awarded again although held, where the badge allows it"
    )
    round = models.UUIDField(null=True, help_text="awards of one form: sent twice, it awards once")
    signing_key = models.ForeignKey(SigningKey, on_delete=models.PROTECT, related_name="+")
    signed = models.TextField(help_text="compact JWS of the Open Badges 2.0 assertion")
    awarded_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    awarded_by_label = models.CharField(max_length=200, blank=True)
    response = models.CharField(max_length=10, choices=Response.choices, default=Response.WAITING)
    responded_at = models.DateTimeField(null=True)
    response_note = models.CharField(max_length=500, blank=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by_label = models.CharField(max_length=200, blank=True)
    revocation_reason = models.CharField(max_length=300, blank=True)
    revocation_note = models.CharField(max_length=1000, blank=True, help_text="private")
    stamp = models.PositiveIntegerField(default=1, help_text="grows when a public page of it changes")
    created_at = models.DateTimeField()
    remind_at = models.DateTimeField(null=True, help_text="when to look whether it is still unanswered")
    expiry_notice_at = models.DateTimeField(null=True, help_text="when its holder is to hear that it expires")

    objects = AwardQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["badge", "recipient"],
                condition=models.Q(is_repeat=False, revoked_at=None),
                name="one_award_per_badge_and_recipient",
            ),
            models.UniqueConstraint(
                fields=["round", "recipient"],
                condition=models.Q(round__isnull=False),
                name="one_award_per_round_and_recipient",
            ),
        ]
        indexes = [
            models.Index(fields=["issuer", "-issued_on", "-id"], name="award_of_issuer"),
            models.Index(fields=["badge", "-issued_on", "-id"], name="award_of_badge"),
            models.Index(fields=["issuer", "response", "-issued_on", "-id"], name="award_by_response"),
            models.Index(fields=["issuer", "recipient"], name="award_of_person"),
            models.Index(fields=["issuer", "recipient_name", "id"], name="award_by_name"),
            models.Index(
                fields=["issuer", "expires_at"],
                name="award_expiring",
                condition=models.Q(expires_at__isnull=False),
            ),
            models.Index(
                fields=["issuer", "-revoked_at", "-id"],
                name="award_newly_revoked",
                condition=models.Q(revoked_at__isnull=False),
            ),
            models.Index(
                fields=["round", "response"],
                name="award_of_round",
                condition=models.Q(round__isnull=False, revoked_at=None),
            ),
            models.Index(
                fields=["remind_at"], name="award_to_remind", condition=models.Q(remind_at__isnull=False)
            ),
            models.Index(
                fields=["expiry_notice_at"],
                name="award_to_notice",
                condition=models.Q(expiry_notice_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    def call(self, name: str) -> list[str]:
        """Names its recipient in every column that holds the name; gives those columns, for `update_fields`.

        To be called again when the recipient changes: they are found by name and address.
        """
        self.recipient_name = name
        self.search = folded(f"{name} {self.recipient.address}")[:460]
        return ["recipient_name", "search"]

    @property
    def mail_subject(self) -> str:
        """What mails about it name as their subject row."""
        return f"award:{self.pk}"

    @property
    def awarder_name(self) -> str:
        """Who signs its narrative for everybody to read: a person with a name. No address, no program."""
        return self.awarded_by_label if self.awarded_by_id and "@" not in self.awarded_by_label else ""

    @property
    def is_public(self) -> bool:
        """Declined, disowned and withdrawn awards are shown to nobody but the organisation; erased ones say nothing."""
        return self.response in (self.Response.WAITING, self.Response.ACCEPTED)

    @property
    def is_readable(self) -> bool:
        """Whether everybody may read what was written about the person: narrative, evidence, the credential."""
        return self.may_be_read(self.response, self.revoked_at)

    @classmethod
    def may_be_read(cls, response: str, revoked_at: object) -> bool:
        """What was accepted stays readable when it is revoked, so that all see what was revoked. What was revoked
        before that (sent to a wrong address, say) nobody ever chose to show."""
        return response == cls.Response.ACCEPTED or (response == cls.Response.WAITING and revoked_at is None)

    @property
    def suspended(self) -> "Suspension | None":
        """The suspension that is in force (select `suspension` with the row)."""
        last = getattr(self, "suspension", None)
        return last if last is not None and last.is_in_force else None

    @property
    def rests(self) -> bool:
        """Put aside by its issuer for a time, and not revoked since."""
        return self.revoked_at is None and self.suspended is not None

    def has_expired(self, *, at: datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= at


class FormerSignature(models.Model):
    """What was signed before an award was re-keyed to another address: old files still resolve by it."""

    award = models.ForeignKey(Award, on_delete=models.CASCADE, related_name="former_signatures")
    recipient = models.ForeignKey(Recipient, on_delete=models.PROTECT, related_name="+")
    salt = models.CharField(max_length=32)
    signed = models.TextField()
    signing_key = models.ForeignKey(SigningKey, on_delete=models.PROTECT, related_name="+")
    replaced_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.award_id} until {self.replaced_at}"
