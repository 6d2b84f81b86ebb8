"""Writing badges: drafts, pictures, publishing, the archive. And judging what a draft says (linting)."""

from badges.services.drafting import (
    EditedMeanwhile,
    create_badge,
    delete_badge,
    discard_draft,
    revision,
    save_draft,
    start_next_version,
)
from badges.services.linting import Finding, lint, what_is_missing
from badges.services.pictures import forget_unused_pictures, keep_drawing, keep_upload
from badges.services.publishing import (
    NotReady,
    archive,
    create_published_badge,
    publish,
    restore,
    save_and_publish,
)

__all__ = [
    "EditedMeanwhile",
    "Finding",
    "NotReady",
    "archive",
    "create_badge",
    "create_published_badge",
    "delete_badge",
    "discard_draft",
    "forget_unused_pictures",
    "keep_drawing",
    "keep_upload",
    "lint",
    "publish",
    "restore",
    "revision",
    "save_and_publish",
    "save_draft",
    "start_next_version",
    "what_is_missing",
]
