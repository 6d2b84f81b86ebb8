"""Badges as the API shows them."""

from typing import Any

from rest_framework import serializers

from badges.models import Badge, BadgeVersion
from common.links import absolute


class CriterionShown(serializers.Serializer[Any]):
    name = serializers.CharField()
    description = serializers.CharField()
    method = serializers.CharField()
    is_required = serializers.BooleanField()


class AlignmentShown(serializers.Serializer[Any]):
    target_name = serializers.CharField()
    target_url = serializers.URLField()
    target_description = serializers.CharField()
    target_framework = serializers.CharField()
    target_code = serializers.CharField()


class BadgeShown(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    issuer = serializers.CharField(help_text="slug")
    state = serializers.ChoiceField(choices=Badge.State.choices)
    version = serializers.IntegerField(allow_null=True, help_text="number of the newest published version")
    draft = serializers.IntegerField(allow_null=True, help_text="number of the version being written")
    name = serializers.CharField()
    description = serializers.CharField()
    criteria = CriterionShown(many=True)
    criteria_narrative = serializers.CharField()
    image_alt = serializers.CharField()
    language = serializers.CharField()
    languages = serializers.ListField(
        child=serializers.CharField(), help_text="its own, then whole translations"
    )
    tags = serializers.ListField(child=serializers.CharField())
    alignments = AlignmentShown(many=True)
    valid_months = serializers.IntegerField(allow_null=True)
    may_be_repeated = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    published_at = serializers.DateTimeField(allow_null=True)
    urls = serializers.DictField(child=serializers.URLField(allow_null=True), help_text="public, picture")


def badge_json(badge: Badge) -> dict[str, Any]:
    """The newest published version, or the draft while there is none."""
    version = badge.shown
    text = version.text()
    draft = badge.draft
    return {
        "id": badge.pk, "issuer": badge.issuer.slug, "state": badge.state,
        "version": badge.current.number if badge.current else None, "draft": draft.number if draft else None,
        "name": text.name, "description": text.description, "criteria": _criteria(version),
        "criteria_narrative": text.criteria_narrative, "image_alt": text.image_alt,
        "language": version.language, "languages": version.languages, "tags": version.tags,
        "alignments": [AlignmentShown(row).data for row in version.alignments.all()],
        "valid_months": version.valid_months, "may_be_repeated": version.may_be_repeated,
        "created_at": badge.created_at, "published_at": version.published_at,
        "urls": {
            "public": absolute(badge.get_absolute_url()) if badge.current else None,
            "picture": absolute(version.picture.png_path),
        },
    }  # fmt: skip


def _criteria(version: BadgeVersion) -> list[dict[str, Any]]:
    rows = [(row, row.text(version.language)) for row in version.criteria.all()]
    return [
        {
            "name": text.name,
            "description": text.description,
            "method": row.method,
            "is_required": row.is_required,
        }
        for row, text in rows
    ]
