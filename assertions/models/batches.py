"""Awarding to many: a file of people, its rows, and how an organisation's columns are read."""

import uuid
from datetime import datetime
from typing import Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from assertions.models.awards import Award
from assertions.models.faults import sentence_of
from badges.models import Badge
from common.actors import Actor
from issuers.models import Issuer


class BatchQuerySet(models.QuerySet["Batch"]):
    def of_issuer(self, issuer: Issuer) -> Self:
        return self.filter(issuer=issuer)

    def with_work(self, *, at: datetime) -> Self:
        """Those that the worker can go on with, and that no other worker reads, clears, revokes or restores at this
        moment."""
        free = models.Q(lease_until=None) | models.Q(lease_until__lt=at)
        thrown_away = models.Q(state=Batch.State.DISCARDED) & ~models.Q(file="")
        alone = [Batch.State.READING, Batch.State.REVOKING, Batch.State.RESTORING]
        one_worker = free & (models.Q(state__in=alone) | models.Q(rows_to_clear__gt=0) | thrown_away)
        due = models.Q(state__in=[Batch.State.HELD, Batch.State.SCHEDULED], hold_until__lte=at)
        rest = models.Q(state=Batch.State.CANCELLED, ready__gt=0)
        return self.filter(one_worker | due | rest | models.Q(state=Batch.State.ISSUING))


class Batch(models.Model):
    """A file of people who are to get one badge, from the upload to the last award.

    Its awards bear its id as their `round`: the table itself refuses a second one to the same person.
    """

    class State(models.TextChoices):
        READING = "reading", _("Being read")
        REHEARSED = "rehearsed", _("Ready to check")
        HELD = "held", _("About to start")
        SCHEDULED = "scheduled", _("Scheduled")
        ISSUING = "issuing", _("Being awarded")
        PAUSED = "paused", _("Paused")
        DONE = "done", _("Done")
        CANCELLED = "cancelled", _("Cancelled")
        DISCARDED = "discarded", _("Discarded")
        UNREADABLE = "unreadable", _("Could not be read")
        REVOKING = "revoking", _("Being revoked")
        REVOKED = "revoked", _("Revoked")
        RESTORING = "restoring", _("Being brought back")

    RUNNING = (
        State.READING, State.HELD, State.SCHEDULED, State.ISSUING, State.REVOKING, State.RESTORING,
    )  # fmt: skip

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="batches")
    badge = models.ForeignKey(Badge, on_delete=models.PROTECT, related_name="batches")
    name = models.CharField(max_length=200, blank=True, help_text="empty: called as its file is")
    state = models.CharField(max_length=10, choices=State.choices, default=State.READING)
    problem = models.CharField(
        max_length=500, blank=True, help_text="why it is unreadable or paused, in words"
    )

    file = models.CharField(
        max_length=200, blank=True, help_text="storage name; empty once the file is forgotten"
    )
    file_name = models.CharField(
        max_length=200, blank=True, help_text="what people called it; empty: it was pasted"
    )
    file_forgotten_at = models.DateTimeField(null=True)
    file_sha256 = models.CharField(max_length=64)
    file_size = models.PositiveBigIntegerField(help_text="bytes")
    headers = models.JSONField(default=list, help_text="the cells of the heading row")
    mapping = models.JSONField(default=dict, help_text="column, from 0, as text -> field")
    mapping_is_guess = models.BooleanField(default=True, help_text="nobody has said how to read the columns")
    month_first = models.BooleanField(default=False, help_text="its dates are written month/day/year")

    language = models.CharField(max_length=10, blank=True, help_text="of mails, where a row says nothing")
    narrative = models.TextField(max_length=4000, blank=True, help_text="where a row says nothing")
    issued_on = models.DateTimeField(null=True, help_text="where a row says nothing")
    expires_at = models.DateTimeField(null=True, help_text="where a row says nothing")
    notify = models.BooleanField(default=True)
    start_after = models.DurationField(
        null=True, help_text="confirmed with the upload, and held back so long: programs do so"
    )

    rows_to_clear = models.PositiveIntegerField(
        default=0, help_text="of a former reading, which the worker has still to delete"
    )
    rows_read = models.PositiveIntegerField(default=0)
    last_number = models.PositiveIntegerField(default=0, help_text="of the last row that was read")
    ready = models.PositiveIntegerField(default=0)
    wrong = models.PositiveIntegerField(default=0)
    duplicate = models.PositiveIntegerField(default=0)
    awarded = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    cancelled = models.PositiveIntegerField(default=0)
    revoked = models.PositiveIntegerField(default=0, help_text="of those that were awarded")

    hold_until = models.DateTimeField(
        null=True, help_text="end of the hold-back, or the date it is scheduled for"
    )
    lease_until = models.DateTimeField(null=True)
    attempt = models.PositiveIntegerField(default=0, help_text="fences: who comes late changes nothing")
    revocation_reason = models.CharField(max_length=300, blank=True)
    revocation_note = models.CharField(max_length=1000, blank=True, help_text="private")
    revoked_by_label = models.CharField(max_length=200, blank=True)
    revoke_asked_at = models.DateTimeField(null=True, help_text="from then on it can be undone for a while")

    words_language = models.CharField(
        max_length=10, blank=True, help_text="of the mail when it is done, and of `problem`"
    )
    made_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    made_by_id_text = models.CharField(max_length=60, blank=True, help_text="as the journal names them")
    made_by_label = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    resumed_at = models.DateTimeField(
        null=True, help_text="after the last pause: its rate is counted from then"
    )
    settled_by_then = models.PositiveIntegerField(
        default=0, help_text="awarded or refused when it was resumed"
    )
    finished_at = models.DateTimeField(null=True)

    objects = BatchQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["issuer", "-created_at", "-id"], name="batch_of_issuer"),
            models.Index(fields=["badge", "file_sha256"], name="batch_by_file"),
            models.Index(
                fields=["state", "hold_until"],
                name="batch_running",
                condition=~models.Q(
                    state__in=["rehearsed", "done", "discarded", "unreadable", "revoked", "paused"]
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """What people call it; a pasted list without a name in the reader's language."""
        return self.name or self.shown_file_name

    @property
    def shown_file_name(self) -> str:
        return self.file_name or str(_("Pasted list"))

    @property
    def actor(self) -> Actor:
        """Who made it, as the worker acts for them."""
        return Actor(id=self.made_by_id_text, label=self.made_by_label, user_id=self.made_by_id)

    @property
    def zone(self) -> ZoneInfo:
        """In which the days of its list end: that of whoever brought it, of the site where a program did."""
        return ZoneInfo(self.made_by.time_zone if self.made_by else settings.TIME_ZONE)

    @property
    def counts(self) -> dict[str, int]:
        """How many rows are in which state. They add up to `rows_read`."""
        return {state: getattr(self, state) for state in BatchRow.State.values}

    @property
    def is_running(self) -> bool:
        """Something will change without anybody's doing: pages ask again."""
        return self.state in self.RUNNING or (self.state == self.State.CANCELLED and self.ready > 0)

    @property
    def to_award(self) -> int:
        """Rows that are, or are to be, awarded: the whole of the progress."""
        return self.ready + self.awarded + self.refused


class BatchRowQuerySet(models.QuerySet["BatchRow"]):
    def ready(self) -> Self:
        return self.filter(state=BatchRow.State.READY)

    def with_problems(self) -> Self:
        """What comes back to the organisation as the file of failed rows."""
        return self.filter(state__in=[BatchRow.State.WRONG, BatchRow.State.DUPLICATE, BatchRow.State.REFUSED])


class BatchRow(models.Model):
    """One row of the file. Its award, when it comes, bears the row's own id: there can be no second one."""

    class State(models.TextChoices):
        READY = "ready", _("Ready")
        WRONG = "wrong", _("To be mended")
        DUPLICATE = "duplicate", _("Twice")
        AWARDED = "awarded", _("Awarded")
        REFUSED = "refused", _("Refused")
        CANCELLED = "cancelled", _("Left out")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="rows", db_index=False)
    number = models.PositiveIntegerField(help_text="as the spreadsheet shows it, from 1")
    cells = models.JSONField(help_text="as they stand in the file, or as they were mended")
    address = models.CharField(max_length=254, blank=True, help_text="normalised; empty where it is wrong")
    name = models.CharField(max_length=200, blank=True)
    data = models.JSONField(default=dict, help_text="narrative, evidence, issued_on, expires_at, language")
    state = models.CharField(max_length=10, choices=State.choices)
    code = models.CharField(max_length=40, blank=True, help_text="why it is not ready, for machines")
    problems = models.JSONField(
        default=dict, help_text="field -> a fault (faults.py); '' -> of the whole row"
    )
    award = models.ForeignKey(
        Award, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False, db_constraint=False
    )

    objects = BatchRowQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="one_row_per_number"),
            models.CheckConstraint(
                condition=models.Q(award=None) | models.Q(award=models.F("id")), name="award_has_the_rows_id"
            ),
        ]
        indexes = [
            models.Index(
                fields=["batch", "number"], name="batch_row_ready", condition=models.Q(state="ready")
            ),
            models.Index(
                fields=["batch", "state", "number"],
                name="batch_row_unfinished",
                condition=models.Q(state__in=["wrong", "duplicate", "refused", "cancelled"]),
            ),
            models.Index(
                fields=["batch", "number"],
                name="batch_row_failed",
                condition=models.Q(state__in=["wrong", "duplicate", "refused"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} row {self.number}"

    @property
    def reason(self) -> str:
        """All that is wrong with it, in one line, in the reader's language."""
        return " ".join(self.faults.values())

    @property
    def faults(self) -> dict[str, str]:
        """What to mend by field, in the reader's language; '' stands for the whole row."""
        return {field: sentence_of(fault) for field, fault in self.problems.items()}


class ColumnMapping(models.Model):
    """How an organisation has read columns with these headings before: folded heading -> field, empty where it was not
    used."""

    issuer = models.ForeignKey(Issuer, on_delete=models.CASCADE, related_name="+")
    signature = models.CharField(max_length=64, help_text="SHA-256 of the headings, folded")
    mapping = models.JSONField()
    used_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issuer", "signature"], name="one_mapping_per_headings")
        ]

    def __str__(self) -> str:
        return self.signature[:12]
