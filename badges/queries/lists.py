"""Lists of badges: for members with search, filters and sort, for the public by organisation."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Lower

from badges.models import Badge, BadgeText, BadgeVersion
from badges.queries.searching import tag_mark
from common.searching import folded
from issuers.models import Issuer

SORTS: dict[str, tuple[str, ...]] = {
    "-changed": ("-changed_at", "-id"),
    "changed": ("changed_at", "id"),
    "name": ("sort_name", "id"),
    "-name": ("-sort_name", "-id"),
    "-created": ("-created_at", "-id"),
    "created": ("created_at", "id"),
}
PENDING = "pending"
"""The filter for published badges with changes that are not published yet."""


@dataclass(frozen=True)
class BadgeFilter:
    """What a member looks for; empty fields do not narrow the list."""

    words: str = ""
    state: str = ""
    tag: str = ""
    language: str = ""
    sort: str = "-changed"

    @property
    def order(self) -> tuple[str, ...]:
        return SORTS.get(self.sort, SORTS["-changed"])

    @property
    def is_narrow(self) -> bool:
        return bool(self.words or self.state or self.tag or self.language)


def badges_for_members(issuer: Issuer, wanted: BadgeFilter) -> QuerySet[Badge]:
    """The issuer's badges with what lists show: `shown` version, its texts and picture, and the draft."""
    badges = _with_shown(issuer.badges.with_current()).filter(_matching(wanted))
    for word in folded(wanted.words).split():
        badges = badges.filter(_shown_version(search_text__contains=word))
    if wanted.tag:
        badges = badges.filter(_shown_version(search_text__contains=tag_mark(wanted.tag)))
    if wanted.language:
        badges = badges.filter(_shown_version(texts__language=wanted.language))
    drafts = (
        BadgeVersion.objects.filter(published_at=None).select_related("picture").prefetch_related("texts")
    )
    return badges.prefetch_related(Prefetch("versions", queryset=drafts))


def _with_shown(badges: QuerySet[Badge]) -> QuerySet[Badge]:
    """Annotated with the version that lists show, its name to sort by and when it last changed."""
    drafts = BadgeVersion.objects.filter(badge=OuterRef("pk"), published_at=None)
    shown = badges.annotate(draft_id=Subquery(drafts.values("pk")[:1]))
    shown = shown.annotate(shown_id=Coalesce("current_id", "draft_id"))
    name = BadgeText.objects.filter(version_id=OuterRef("shown_id"), language=F("version__language"))
    return shown.annotate(
        sort_name=Coalesce(Lower(Subquery(name.values("name")[:1])), Value("")),
        changed_at=Coalesce(Subquery(drafts.values("updated_at")[:1]), "current__published_at"),
    )


def _shown_version(**conditions: object) -> Exists:
    return Exists(BadgeVersion.objects.filter(pk=OuterRef("shown_id"), **conditions))


def _matching(wanted: BadgeFilter) -> Q:
    if wanted.state == PENDING:
        return Q(state=Badge.State.PUBLISHED, draft_id__isnull=False)
    return Q(state=wanted.state) if wanted.state else Q()


def tags_of(issuer: Issuer) -> list[str]:
    """The tags in use, those of most badges first."""
    versions = BadgeVersion.objects.filter(badge__issuer=issuer)
    used = versions.filter(Q(published_at=None) | Q(badge__current_id=F("pk")))
    counts = Counter(tag for tags in used.values_list("tags", flat=True) for tag in set(tags))
    return [tag for tag, _count in counts.most_common(100)]


def for_documents(badges: QuerySet[Badge]) -> QuerySet[Badge]:
    """With all that the shown version says, and the drafts, however many rows there are."""
    drafts = BadgeVersion.objects.with_content().filter(published_at=None)
    return badges.select_related("issuer", "current__picture").prefetch_related(
        "current__texts",
        "current__criteria__texts",
        "current__alignments",
        Prefetch("versions", queryset=drafts),
    )


def badges_for_public(issuer: Issuer) -> QuerySet[Badge]:
    """Published badges, without those in the archive."""
    return issuer.badges.awardable().with_current()
