"""An award as the API shows it."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from rest_framework import serializers

from assertions.documents import award_url, credential_url, date_time, evidence_url
from assertions.models import Award
from assertions.queries import AwardState


class RecipientShown(serializers.Serializer[Any]):
    email = serializers.EmailField()
    name = serializers.CharField()


class EvidenceShown(serializers.Serializer[Any]):
    url = serializers.URLField(allow_null=True)
    name = serializers.CharField()
    narrative = serializers.CharField()


class AssessmentShown(serializers.Serializer[Any]):
    criterion = serializers.IntegerField(help_text="its position in the badge, from 1")
    level = serializers.CharField()
    assessor = serializers.CharField()
    assessed_on = serializers.DateField(allow_null=True)
    note = serializers.CharField()


class UrlsShown(serializers.Serializer[Any]):
    page = serializers.URLField(help_text="the public verification page")
    json = serializers.URLField(help_text="the hosted Open Badges 2.0 Assertion")
    jws = serializers.URLField(help_text="the signed Assertion, compact JWS")
    png = serializers.URLField(help_text="the baked picture")
    svg = serializers.URLField(help_text="the baked picture")
    credential = serializers.URLField(help_text="the Open Badges 3.0 credential as JSON")
    credential_jwt = serializers.URLField(help_text="the same as a VC-JWT")
    claim = serializers.URLField(
        required=False, help_text="only in the answer to an award with `notify: false`; it is kept nowhere"
    )


class AwardShown(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    badge = serializers.UUIDField()
    version = serializers.IntegerField(help_text="of the badge")
    recipient = RecipientShown()
    state = serializers.ChoiceField(choices=AwardState.choices)
    issued_on = serializers.DateTimeField()
    expires_on = serializers.DateTimeField(allow_null=True)
    responded_on = serializers.DateTimeField(allow_null=True)
    revoked_on = serializers.DateTimeField(allow_null=True)
    revocation_reason = serializers.CharField()
    suspended_on = serializers.DateTimeField(allow_null=True, help_text="while it is suspended")
    suspension_reason = serializers.CharField()
    narrative = serializers.CharField()
    evidence = EvidenceShown(many=True)
    assessments = AssessmentShown(many=True)
    language = serializers.CharField()
    urls = UrlsShown()


def award_json(row: Award) -> dict[str, Any]:
    suspension = row.suspended
    return {
        "id": str(row.pk),
        "badge": str(row.badge_id),
        "version": row.version.number,
        "recipient": {"email": row.recipient.address, "name": row.recipient_name},
        "state": _state(row),
        "issued_on": date_time(row.issued_on),
        "expires_on": _time(row.expires_at),
        "responded_on": _time(row.responded_at),
        "revoked_on": _time(row.revoked_at),
        "revocation_reason": row.revocation_reason,
        "suspended_on": _time(suspension.suspended_at if suspension else None),
        "suspension_reason": suspension.reason if suspension else "",
        "narrative": row.narrative,
        "evidence": [
            {"url": evidence_url(row.pk, one), "name": one.name, "narrative": one.narrative}
            for one in row.evidence.all()
        ],
        "assessments": _assessments(row),
        "language": row.language,
        "urls": _urls(row),
    }


def _urls(row: Award) -> dict[str, str]:
    page, credential = award_url(row.pk), credential_url(row.pk)
    files = {kind: f"{page}.{kind}" for kind in ("jws", "png", "svg")}
    return {
        "page": page,
        "json": page,
        **files,
        "credential": credential,
        "credential_jwt": f"{credential}.jwt",
    }


def _assessments(row: Award) -> list[dict[str, Any]]:
    return [
        {
            "criterion": one.criterion.position,
            "level": one.level,
            "assessor": one.assessor,
            "assessed_on": one.assessed_on.isoformat() if one.assessed_on else None,
            "note": one.note,
        }
        for one in sorted(row.assessments.all(), key=lambda one: one.criterion.position)
    ]


def _state(row: Award) -> str:
    if row.revoked_at:
        return AwardState.REVOKED.value
    if row.suspended:
        return AwardState.SUSPENDED.value
    return AwardState.EXPIRED.value if row.has_expired(at=timezone.now()) else row.response


def _time(value: datetime | None) -> str | None:
    return date_time(value) if value else None
