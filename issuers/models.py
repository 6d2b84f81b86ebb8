"""Organisations that issue, the people in them, their keys and their API tokens."""

import base64
import hashlib
from datetime import datetime
from typing import NamedTuple, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from common.actors import Actor
from common.languages import CODES


def site_languages() -> list[str]:
    return list(CODES)


class Description(NamedTuple):
    text: str
    language: str


class IssuerQuerySet(models.QuerySet["Issuer"]):
    def of(self, user: User) -> Self:
        return self.filter(memberships__user=user)


class Issuer(models.Model):
    """An organisation. Its slug is part of public ids: it never changes and is never used again.

    `description` is in its usual `language`."""

    LONGEST_DESCRIPTION = 2000

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    url = models.URLField(max_length=300)
    email = models.EmailField(help_text="public contact address")
    description = models.TextField(blank=True, max_length=LONGEST_DESCRIPTION)
    language = models.CharField(max_length=10, choices=settings.LANGUAGES, default=CODES[0])
    languages = models.JSONField(
        default=site_languages, help_text="codes of those it publishes in, the usual one among them"
    )
    translations = models.JSONField(
        default=dict, blank=True, help_text="the description in its other languages, by their codes"
    )
    logo = models.CharField(max_length=200, blank=True, help_text="storage name of a PNG")
    logo_hash = models.CharField(max_length=64, blank=True)
    is_demonstration = models.BooleanField(default=False)
    sends_reminders = models.BooleanField(
        default=True, help_text="to those who have not answered, after 7 and 21 days"
    )
    sends_expiry_notices = models.BooleanField(default=True, help_text="to holders, 30 and 7 days before")
    stamp = models.PositiveIntegerField(default=1, help_text="grows when a public page of it changes")
    created_at = models.DateTimeField()

    objects = IssuerQuerySet.as_manager()

    # What the reader may do here: set by issuers.permissions.issuer_for, asked by templates.
    granted: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return self.name

    @property
    def scope(self) -> str:
        """The name of its journal and outbox."""
        return f"issuer:{self.pk}"

    @property
    def logo_path(self) -> str:
        """Where the logo is served: the same address whatever the picture is, as its Profile names it."""
        return f"/issuers/{self.slug}/logo.png" if self.logo else ""

    @property
    def logo_src(self) -> str:
        """The same for pages: changes with the picture, so that browsers may keep it."""
        return f"{self.logo_path}?v={self.logo_hash[:12]}" if self.logo else ""

    @property
    def publishes_in(self) -> list[str]:
        """The codes of its languages, the usual one first."""
        return [self.language, *(code for code in self.languages if code != self.language)]

    @property
    def descriptions(self) -> list[Description]:
        """What it says of itself, in each language in which it does; the usual one first."""
        texts = {self.language: self.description} | self.translations
        return [Description(texts[code], code) for code in self.publishes_in if texts.get(code)]

    def description_in(self, language: str) -> Description:
        """In that language where it is written, else in the usual one."""
        usual = Description(self.description, self.language)
        return next((one for one in self.descriptions if one.language == language), usual)

    def get_absolute_url(self) -> str:
        return f"/issuers/{self.slug}"


class Membership(models.Model):
    class Role(models.TextChoices):
        OWNER = "owner", _("Owner")
        EDITOR = "editor", _("Editor")
        AWARDER = "awarder", _("Awarder")
        VIEWER = "viewer", _("Viewer")

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role.choices)
    joined_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["issuer", "user"], name="one_membership_per_person")]

    def __str__(self) -> str:
        return f"{self.user} in {self.issuer}: {self.role}"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self, *, at: datetime) -> Self:
        return self.filter(accepted_at=None, withdrawn_at=None, expires_at__gt=at)


class Invitation(models.Model):
    """To an address, with or without an account; accepted by who holds the link and proves the address."""

    issuer = models.ForeignKey(Issuer, on_delete=models.CASCADE, related_name="invitations")
    address = models.EmailField()
    role = models.CharField(max_length=10, choices=Membership.Role.choices)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "address"],
                condition=models.Q(accepted_at=None, withdrawn_at=None),
                name="one_open_invitation_per_address",
            )
        ]

    def __str__(self) -> str:
        return f"{self.address} to {self.issuer}"


class SigningKey(models.Model):
    """A key pair. The public half is never deleted; the private half is sealed (common.sealing), and erased once
    the key signs no more."""

    FIRST = 1  # the number of the key that the organisation's own Profile lists, for ever

    class Algorithm(models.TextChoices):
        RS256 = "RS256", "RS256 (RSA 2048)"
        ED25519 = "EdDSA", "EdDSA (Ed25519)"

    class State(models.TextChoices):
        ACTIVE = "active", _("Signs new badges")
        RETIRED = "retired", _("Signs no more; what it signed stays valid")
        COMPROMISED = "compromised", _("Compromised")

    LONGEST_NOTE = 300

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="keys")
    number = models.PositiveIntegerField(help_text="1, 2, 3 ... within the issuer: part of the public id")
    algorithm = models.CharField(max_length=10, choices=Algorithm.choices)
    state = models.CharField(max_length=12, choices=State.choices, default=State.ACTIVE)
    public_pem = models.TextField()
    sealed_private = models.BinaryField(help_text="empty once the key signs no more")
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, help_text="since when it signs no more")
    compromised_from = models.DateTimeField(
        null=True, help_text="from when on somebody else may have signed with it"
    )
    compromise_note = models.CharField(max_length=LONGEST_NOTE, blank=True, help_text="what happened")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="compromised", compromised_from__isnull=False)
                | (~models.Q(state="compromised") & models.Q(compromised_from__isnull=True)),
                name="key_compromised_from_a_date",
            ),
            models.UniqueConstraint(fields=["issuer", "number"], name="key_number_once_per_issuer"),
            models.UniqueConstraint(
                fields=["issuer", "algorithm"],
                condition=models.Q(state="active"),
                name="one_active_key_per_algorithm",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.issuer} key {self.number} ({self.algorithm})"

    @property
    def is_active(self) -> bool:
        return self.state == self.State.ACTIVE

    @property
    def is_compromised(self) -> bool:
        return self.state == self.State.COMPROMISED

    @property
    def edition(self) -> str:
        """What follows the address of the Profile, and of a badge's version, in the edition that lists this key:
        nothing for the first key, `/profiles/3` for a later one."""
        return "" if self.number == self.FIRST else f"/profiles/{self.number}"

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the public key (DER), in groups of four hex digits."""
        body = "".join(line for line in self.public_pem.splitlines() if "-----" not in line)
        digits = hashlib.sha256(base64.b64decode(body)).hexdigest()
        return " ".join(digits[place : place + 4] for place in range(0, len(digits), 4))


class DomainCheck(models.Model):
    """Whether the website that an organisation names as its own names the organisation in turn: nothing more."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Not confirmed yet")
        CONFIRMED = "confirmed", _("Confirmed")
        LOST = "lost", _("No longer confirmed")

    class Method(models.TextChoices):
        DNS = "dns", _("by a DNS record")
        FILE = "file", _("by a file on the site")

    class Problem(models.TextChoices):
        NOTHING = "nothing", _("Neither the record nor the file was found.")
        OTHER = "other", _("What was found there names another organisation.")
        UNREACHABLE = "unreachable", _("Neither the name servers nor the site answered.")

    issuer = models.OneToOneField(Issuer, on_delete=models.PROTECT, related_name="domain_check")
    host = models.CharField(
        max_length=253, help_text="of the website that was looked at, with a port if it has one"
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    method = models.CharField(max_length=4, choices=Method.choices, blank=True)
    problem = models.CharField(max_length=12, choices=Problem.choices, blank=True)
    failures = models.PositiveSmallIntegerField(default=0, help_text="of the daily look, one after the other")
    checked_at = models.DateTimeField(help_text="when it was looked at last")
    confirmed_at = models.DateTimeField(null=True, help_text="when it was confirmed last")
    next_check_at = models.DateTimeField(null=True, db_index=True)

    def __str__(self) -> str:
        return f"{self.host}: {self.state}"


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def usable(self, *, at: datetime) -> Self:
        return self.filter(revoked_at=None).filter(models.Q(expires_at=None) | models.Q(expires_at__gt=at))


class ApiToken(models.Model):
    """Shown once, kept as a hash. Scopes are values of issuers.permissions.Permission."""

    PREFIX = "badge_pat_"

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="tokens")
    name = models.CharField(max_length=100)
    token_hash = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=24, help_text="its first characters, to tell tokens apart")
    scopes = models.JSONField(default=list)
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    last_used_on = models.DateField(null=True)

    objects = ApiTokenQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.name} ({self.issuer})"

    @property
    def actor(self) -> Actor:
        return Actor(id=f"token:{self.pk}", label=self.name)

    def is_usable(self, *, at: datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > at)

    @property
    def is_authenticated(self) -> bool:
        """A token that was found is who it says it is: the API asks this of `request.user`."""
        return True


class IdempotentCall(models.Model):
    """What an API write answered, so that the same call asked again gets the same answer for a day."""

    token = models.ForeignKey(ApiToken, on_delete=models.CASCADE)
    key = models.CharField(max_length=200)
    request_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True, help_text="empty while the first call still runs")
    body = models.JSONField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["token", "key"], name="idempotency_key_once_per_token")
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.status}"


class ArchiveQuerySet(models.QuerySet["Archive"]):
    def waiting(self, *, at: datetime) -> Self:
        """To be made: asked for, or left by a worker that was not heard of again."""
        left = models.Q(state=Archive.State.MAKING, lease_until__lt=at)
        return self.filter(left | models.Q(state=Archive.State.DUE)).order_by("asked_at", "pk")

    def over(self, *, at: datetime) -> Self:
        """Whose file has lain there long enough."""
        return self.filter(state=Archive.State.READY, expires_at__lte=at)


class Archive(models.Model):
    """A file that the worker makes of an organisation, kept for some days: its public face, or everything."""

    class Kind(models.TextChoices):
        KIT = "kit", _("Exit kit")
        EXPORT = "export", _("Private export")

    class State(models.TextChoices):
        DUE = "due", _("Waiting")
        MAKING = "making", _("Being made")
        READY = "ready", pgettext_lazy("an archive", "Ready")
        FAILED = "failed", _("Failed")
        OVER = "over", _("Removed")

    class Trouble(models.TextChoices):
        """Why there is no file."""

        NO_ROOM = (
            "no_room",
            _("There is no room left on this site’s disk. The operator can make some; then start again."),
        )
        STORAGE = "storage", _("The file could not be stored. The operator finds the reason in the log.")
        FAULT = "fault", _("Something went wrong on our side. The operator finds the reason in the log.")
        STOPPED = "stopped", _("The worker was stopped each time before it was done.")

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="archives")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    state = models.CharField(max_length=8, choices=State.choices, default=State.DUE)
    trouble = models.CharField(max_length=8, choices=Trouble.choices, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict, help_text="files, awards or rows")
    file = models.CharField(max_length=200, blank=True, help_text="storage name")
    size = models.PositiveBigIntegerField(default=0, help_text="bytes")
    sealed_secrets = models.BinaryField(
        null=True, help_text="private keys under the asker's passphrase, until it is made"
    )
    asked_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    asked_by_label = models.CharField(max_length=200, blank=True)
    asked_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(
        default=0, help_text="fences: who comes late has an old number"
    )
    lease_until = models.DateTimeField(null=True)
    made_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    objects = ArchiveQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "kind"],
                condition=models.Q(state__in=["due", "making"]),
                name="one_archive_at_work_per_kind",
            )
        ]
        indexes = [models.Index(fields=["issuer", "-asked_at", "-id"], name="archive_of_issuer")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.issuer}: {self.state}"

    @property
    def is_at_work(self) -> bool:
        return self.state in (self.State.DUE, self.State.MAKING)

    @property
    def explanation(self) -> str:
        """Why there is no file: for people."""
        return str(self.Trouble(self.trouble).label) if self.trouble else ""
