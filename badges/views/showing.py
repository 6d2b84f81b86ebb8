"""What the pages that show a version have in common: members' and public ones."""

from itertools import zip_longest
from typing import Any

from badges.models import Badge, BadgeVersion
from badges.queries import Change, changes_between
from badges.queries.changes import validity
from common.languages import language_name

LONGEST_HISTORY = 20


def said_by(version: BadgeVersion, language: str) -> dict[str, Any]:
    """What a version says, in a language, for templates."""
    text = version.text(language)
    return {
        "version": version,
        "text": text,
        "criteria": [(row, row.text(text.language)) for row in version.criteria.all()],
        "validity": validity(version.valid_months),
        "languages": [(code, language_name(code), version.path_in(code)) for code in version.languages],
    }


def history_of(badge: Badge, language: str) -> list[tuple[BadgeVersion, list[Change]]]:
    """Published versions, the newest first, each with what changed since the one before."""
    published = badge.versions.published().with_content().order_by("-number")[: LONGEST_HISTORY + 1]
    versions = list(published)
    history = [
        (version, changes_between(old, version, language) if old else [])
        for version, old in zip_longest(versions, versions[1:])
    ]
    return history[:LONGEST_HISTORY]
