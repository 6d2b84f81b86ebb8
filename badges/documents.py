"""Badges in the words of the Open Badges standard. The only bridge from our rows to its vocabulary."""

from dataclasses import replace

from django.utils.translation import gettext as _
from django.utils.translation import override

from badges.models import Alignment, BadgeVersion, Criterion
from common.links import absolute
from issuers.documents import did
from issuers.models import SigningKey
from openbadges import v2, v3


def badge_class_for_key(version: BadgeVersion, key: SigningKey) -> v2.BadgeClass:
    """What awards that are signed with a later key point at: the same BadgeClass under an id of its own, whose issuer
    is the edition of the Profile that lists that key."""
    document = badge_class(version)
    itself = v2.Related(id=document.id, language=version.language)
    return replace(
        document,
        id=document.id + key.edition,
        issuer=document.issuer + key.edition if isinstance(document.issuer, str) else document.issuer,
        related=(itself, *document.related),
    )


def badge_class(version: BadgeVersion, language: str | None = None) -> v2.BadgeClass:
    """The OB 2.0 BadgeClass of a published version, in its own language or in one it is translated into.

    Each language is an object of its own, linked to the others by `related`.
    """
    language = language or version.language
    text = version.text(language)
    return v2.BadgeClass(
        context=v2.CONTEXT,
        id=badge_class_url(version, language),
        language=language,
        name=text.name,
        description=text.description,
        image=v2.Image(id=absolute(version.picture.png_path), caption=text.image_alt or None),
        criteria=v2.Criteria(
            id=badge_class_url(version, language), narrative=criteria_narrative(version, language)
        ),
        issuer=absolute(version.badge.issuer.get_absolute_url()),
        alignment=tuple(map(_alignment, version.alignments.all())),
        tags=tuple(version.tags),
        version=str(version.number),
        related=tuple(
            v2.Related(id=badge_class_url(version, other), language=other)
            for other in version.languages
            if other != language
        ),
    )


def newest_badge_class(version: BadgeVersion) -> v2.BadgeClass:
    """What the badge's own address gives: the newest version under the badge's id, which no award points at."""
    document = badge_class(version)
    itself = v2.Related(id=document.id, language=version.language)
    return replace(
        document, id=absolute(version.badge.get_absolute_url()), related=(itself, *document.related)
    )


def achievement(version: BadgeVersion) -> v3.Achievement:
    """The Open Badges 3.0 Achievement of a published version, in its own language; its id is that of the BadgeClass."""
    language, url = version.language, badge_class_url(version)
    text = version.text(language)
    return v3.Achievement(
        id=url,
        achievement_type="Badge",
        name=text.name,
        description=text.description,
        criteria=v3.Criteria(id=url, narrative=criteria_narrative(version, language)),
        image=v3.Image(id=absolute(version.picture.png_path), caption=text.image_alt or None),
        creator=v3.Profile(id=did(version.badge.issuer.slug)),
        in_language=language,
        version=str(version.number),
        tag=tuple(version.tags),
        alignment=tuple(map(_alignment_of_achievement, version.alignments.all())),
        related=tuple(
            v3.Related(id=badge_class_url(version, other), in_language=other)
            for other in version.languages
            if other != language
        ),
        result_description=tuple(_result_description(row, url, language) for row in version.criteria.all()),
    )


def result_description_id(version_url: str, position: int) -> str:
    """Names one criterion of a version: results point at it."""
    return f"{version_url}#criterion-{position}"


def _result_description(row: Criterion, version_url: str, language: str) -> v3.ResultDescription:
    """What is said of one criterion, if anything: at which level of its rubric it was met."""
    name = row.text(language).name
    if row.method:
        with override(language):
            name = f"{name} ({row.get_method_display().lower()})"
    return v3.ResultDescription(
        id=result_description_id(version_url, row.position), name=name, result_type="RubricCriterionLevel"
    )


def _alignment_of_achievement(row: Alignment) -> v3.Alignment:
    return v3.Alignment(
        target_name=row.target_name,
        target_url=row.target_url,
        target_description=row.target_description or None,
        target_framework=row.target_framework or None,
        target_code=row.target_code or None,
    )


def badge_class_json(version: BadgeVersion, language: str | None = None) -> bytes:
    """The document as it is served: compact UTF-8 JSON."""
    return badge_class(version, language).to_bytes()


def badge_class_for_key_json(version: BadgeVersion, key: SigningKey) -> bytes:
    return badge_class_for_key(version, key).to_bytes()


def newest_badge_class_json(version: BadgeVersion) -> bytes:
    return newest_badge_class(version).to_bytes()


def badge_class_url(version: BadgeVersion, language: str | None = None) -> str:
    """The id of the BadgeClass, and the address of the page for people."""
    return absolute(version.path_in(language or version.language))


def criteria_narrative(version: BadgeVersion, language: str) -> str:
    """The criteria as Markdown: what is asked for in general, then each criterion with how it is assessed."""
    introduction = version.text(language).criteria_narrative
    with override(language):
        rows = [_criterion(row, language) for row in version.criteria.all()]
    return "\n\n".join(filter(None, [introduction, "\n".join(rows)]))


def _criterion(row: Criterion, language: str) -> str:
    text = row.text(language)
    name = text.name if row.is_required else _("%(name)s (optional)") % {"name": text.name}
    line = f"- **{_plain_line(name)}**"
    if row.method:
        line += " – " + _("assessed by: %(method)s") % {"method": row.get_method_display().lower()}
    if text.description:
        line += "".join(f"\n  {part}" for part in text.description.splitlines())
    return line


def _plain_line(text: str) -> str:
    """A line that a person typed as plain text, so that no character of it means anything in Markdown."""
    return "".join(f"\\{c}" if c in "\\*_`[]<>#" else c for c in " ".join(text.split()))


def _alignment(row: Alignment) -> v2.AlignmentObject:
    return v2.AlignmentObject(
        target_name=row.target_name,
        target_url=row.target_url,
        target_description=row.target_description or None,
        target_framework=row.target_framework or None,
        target_code=row.target_code or None,
    )
