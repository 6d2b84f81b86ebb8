"""Reading badges: what a version says, what changed between two, lists for members and for the public."""

from badges.queries.changes import Change, changes_between
from badges.queries.content import (
    AlignmentContent,
    Content,
    CriterionContent,
    CriterionWords,
    Words,
    altered_versions,
    content_of,
    fingerprint,
)
from badges.queries.lists import BadgeFilter, badges_for_members, badges_for_public, tags_of

__all__ = [
    "AlignmentContent",
    "BadgeFilter",
    "Change",
    "Content",
    "CriterionContent",
    "CriterionWords",
    "Words",
    "altered_versions",
    "badges_for_members",
    "badges_for_public",
    "changes_between",
    "content_of",
    "fingerprint",
    "tags_of",
]
