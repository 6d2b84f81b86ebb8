"""What can be earned: a badge, its immutable versions, their texts in each language, criteria and alignments.

Awards point at a version. Editing never touches a published version: it makes the next draft.
"""

import uuid
from typing import TYPE_CHECKING, Self, TypeVar

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.languages import CODES
from issuers.models import Issuer

if TYPE_CHECKING:
    from collections.abc import Iterable

Text = TypeVar("Text", "BadgeText", "CriterionText")


class Picture(models.Model):
    """A badge's picture, content-addressed. The PNG is always there; the SVG where it was drawn as one."""

    sha256 = models.CharField(
        max_length=64, primary_key=True, help_text="of the SVG where there is one, else of the PNG"
    )
    png = models.CharField(max_length=200, help_text="storage name")
    svg = models.CharField(max_length=200, blank=True, help_text="storage name")
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    design = models.JSONField(null=True, help_text="badges.designer.Design, empty for an upload")
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.sha256[:12]

    @property
    def png_path(self) -> str:
        """The address of the PNG, without the site: what documents name."""
        return reverse("picture", kwargs={"sha256": self.sha256, "kind": "png"})

    @property
    def path(self) -> str:
        """What pages show: the drawing itself where we drew it, else the PNG."""
        return reverse("picture", kwargs={"sha256": self.sha256, "kind": "svg" if self.design else "png"})


class BadgeQuerySet(models.QuerySet["Badge"]):
    def public(self) -> Self:
        return self.filter(state__in=[Badge.State.PUBLISHED, Badge.State.ARCHIVED])

    def awardable(self) -> Self:
        return self.filter(state=Badge.State.PUBLISHED)

    def with_current(self) -> Self:
        """With the newest published version, its picture and the issuer, for lists."""
        return self.select_related("current__picture", "issuer").prefetch_related("current__texts")


class Badge(models.Model):
    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        ARCHIVED = "archived", _("Archived")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="badges")
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    current = models.ForeignKey(
        "BadgeVersion",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="the newest published version",
    )
    may_be_repeated = models.BooleanField(default=False, help_text="one person may earn it more than once")
    stamp = models.PositiveIntegerField(default=1, help_text="grows when a public page of it changes")
    created_at = models.DateTimeField()

    objects = BadgeQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["issuer", "-created_at", "-id"], name="badge_of_issuer")]

    # Whether webhooks may want to hear of it: set where that spares a query (assertions.services.awarding).
    is_listened_to: bool = True

    def __str__(self) -> str:
        return str(self.shown)

    def get_absolute_url(self) -> str:
        """Its public page, once it is published."""
        return reverse("badge_public", kwargs={"badge_id": self.pk})

    @property
    def draft(self) -> "BadgeVersion | None":
        return next((v for v in self.versions.all() if v.published_at is None), None)

    @property
    def shown(self) -> "BadgeVersion":
        """What lists show: the published version, or the draft while there is none."""
        return self.current or self.draft  # type: ignore[return-value]  # a badge has one or the other


class BadgeVersionQuerySet(models.QuerySet["BadgeVersion"]):
    def published(self) -> Self:
        return self.exclude(published_at=None)

    def with_content(self) -> Self:
        """With all that a page or a document of it says."""
        return self.select_related("badge__issuer", "picture").prefetch_related(
            "texts", "criteria__texts", "alignments"
        )


class BadgeVersion(models.Model):
    """Immutable once `published_at` is set (the database refuses); `sha256` addresses its canonical content."""

    badge = models.ForeignKey(Badge, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64, blank=True)
    language = models.CharField(max_length=10, choices=settings.LANGUAGES, default=CODES[0])
    picture = models.ForeignKey(Picture, on_delete=models.PROTECT, related_name="versions")
    tags = models.JSONField(default=list, help_text="list of words")
    valid_months = models.PositiveSmallIntegerField(null=True, blank=True, help_text="empty: no end")
    may_be_repeated = models.BooleanField(default=False, help_text="becomes the badge's rule when published")
    search_text = models.TextField(blank=True, help_text="what lists search: lower case, without accents")
    change_note = models.CharField(max_length=300, blank=True)
    published_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    updated_by_label = models.CharField(max_length=200, blank=True)

    objects = BadgeVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["badge", "number"], name="version_number_once_per_badge"),
            models.UniqueConstraint(
                fields=["badge"], condition=models.Q(published_at=None), name="one_draft_per_badge"
            ),
        ]

    def __str__(self) -> str:
        return self.text().name

    def text(self, language: str | None = None) -> "BadgeText":
        """The text in `language`, or in the version's own language where it is not wholly translated."""
        return _in(self.texts.all(), language, self.language)

    def path_in(self, language: str) -> str:
        """The address of this version, in its own language or in another, without the site."""
        place: dict[str, object] = {"badge_id": self.badge_id, "number": self.number}
        if language == self.language:
            return reverse("badge_version", kwargs=place)
        return reverse("badge_version_in", kwargs=place | {"language": language})

    @property
    def languages(self) -> list[str]:
        """Its own language first, then those into which everything it says is translated."""
        others = sorted(text.language for text in self.texts.all() if text.language != self.language)
        return [self.language, *(code for code in others if self._is_translated_into(code))]

    def _is_translated_into(self, language: str) -> bool:
        criteria = (row.text(language).language == language for row in self.criteria.all())
        return self.text(language).language == language and all(criteria)


class BadgeText(models.Model):
    version = models.ForeignKey(BadgeVersion, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(max_length=10, choices=settings.LANGUAGES)
    name = models.CharField(max_length=120, blank=True)
    description = models.TextField(max_length=1000, blank=True)
    criteria_narrative = models.TextField(max_length=10_000, blank=True, help_text="Markdown")
    image_alt = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "language"], name="one_text_per_language")]

    def __str__(self) -> str:
        return self.name

    def says_all_of(self, own: "BadgeText") -> bool:
        fields = ("name", "description", "criteria_narrative", "image_alt")
        return all(getattr(self, field) or not getattr(own, field) for field in fields)


class Criterion(models.Model):
    class Method(models.TextChoices):
        OBSERVATION = "observation", _("Observation")
        PORTFOLIO = "portfolio", _("Portfolio")
        TEST = "test", _("Test")
        INTERVIEW = "interview", _("Interview")
        PEER = "peer", _("Peer review")
        PROJECT = "project", _("Project")
        OTHER = "other", _("Other")

    version = models.ForeignKey(BadgeVersion, on_delete=models.CASCADE, related_name="criteria")
    position = models.PositiveSmallIntegerField()
    method = models.CharField(max_length=12, choices=Method.choices, blank=True)
    is_required = models.BooleanField(default=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "position"], name="one_criterion_per_position")
        ]

    def __str__(self) -> str:
        return self.text().name

    def text(self, language: str | None = None) -> "CriterionText":
        return _in(self.texts.all(), language, self.version.language)


class CriterionText(models.Model):
    criterion = models.ForeignKey(Criterion, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(max_length=10, choices=settings.LANGUAGES)
    name = models.CharField(max_length=300, blank=True, help_text="what is shown")
    description = models.TextField(max_length=1000, blank=True, help_text="how it is assessed, in detail")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["criterion", "language"], name="one_criterion_text_per_language")
        ]

    def __str__(self) -> str:
        return self.name

    def says_all_of(self, own: "CriterionText") -> bool:
        return all(getattr(self, field) or not getattr(own, field) for field in ("name", "description"))


class Alignment(models.Model):
    version = models.ForeignKey(BadgeVersion, on_delete=models.CASCADE, related_name="alignments")
    position = models.PositiveSmallIntegerField()
    target_name = models.CharField(max_length=200)
    target_url = models.URLField(max_length=500)
    target_description = models.TextField(max_length=1000, blank=True)
    target_framework = models.CharField(max_length=200, blank=True)
    target_code = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "position"], name="one_alignment_per_position")
        ]

    def __str__(self) -> str:
        return self.target_name


def _in(texts: "Iterable[Text]", language: str | None, default: str) -> Text:
    by_language = {text.language: text for text in texts}
    own = by_language[default]
    wanted = by_language.get(language or default, own)
    return wanted if wanted.says_all_of(own) else own
