"""What must be true of badges: published versions say what they said, and their pictures are there."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import F, Q

from badges.models import Badge, BadgeVersion, Picture
from badges.queries import fingerprint
from common.checking import Check, Finding, file_problem, in_steps


def contents(at: datetime) -> Iterator[Finding]:
    for page in in_steps(BadgeVersion.objects.published().with_content(), size=200):
        for version in page:
            if version.sha256 != fingerprint(version):
                yield Finding("version.altered", "does not say what was published", _at(version))


def current_versions(at: datetime) -> Iterator[Finding]:
    """A badge that is public shows a published version of its own; a draft shows none."""
    shown = ~Q(state=Badge.State.DRAFT)
    astray = Q(current__published_at=None) | ~Q(current__badge=F("pk"))
    for badge in Badge.objects.filter(shown & astray).iterator():
        yield Finding(
            "badge.current", "is public without a published version of its own", f"badge {badge.pk}"
        )
    for badge in Badge.objects.filter(~shown, ~Q(current=None)).iterator():
        yield Finding("badge.state", "is a draft although a version of it is published", f"badge {badge.pk}")


def pictures(at: datetime) -> Iterator[Finding]:
    """Known by their content: the drawing where there is one, else the PNG. A drawing’s PNG is only to be there."""
    for page in in_steps(Picture.objects.all(), size=200):
        for picture in page:
            name = picture.svg or picture.png
            if what := file_problem(name, sha256=picture.pk):
                yield Finding("picture.file", what, f"picture {name}")
            if picture.svg and (what := _png_problem(picture.png)):
                yield Finding("picture.png", what, f"picture {picture.png}")


def _png_problem(name: str) -> str:
    what = file_problem(name, sha256="")
    return "" if what == "the file is not what was stored" else what


def _at(version: BadgeVersion) -> str:
    return f"badge {version.badge_id}, version {version.number}"


CHECKS = (
    Check(
        "published versions say what was published",
        contents,
        "Somebody changed texts, criteria or alignments in the database. Restore these rows from a backup: people "
        "hold badges that were awarded for what stood there.",
    ),
    Check(
        "public badges have a published version",
        current_versions,
        "Restore the badge's row from a backup.",
    ),
    Check(
        "pictures are stored",
        pictures,
        "Restore the files from a backup of DATA_DIR/media or of the bucket. The picture of a badge is part of what "
        "was awarded: do not upload another in its place.",
    ),
)
