"""What a caller sends to award and to revoke, checked field by field."""

import re
from datetime import UTC, date, datetime, time
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from assertions.services import AssessmentInput, EvidenceInput, Nomination
from assertions.services.correcting import tidy_name
from common.addresses import normalise, problem_with

MOST_EVIDENCE = 20
MOST_ASSESSMENTS = 50
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_TIME = re.compile(
    rf"{_DAY.pattern}[T ]\d\d:\d\d(:\d\d([.]\d{{1,9}})?)?(Z|[+-]\d\d:?\d\d)", re.ASCII | re.IGNORECASE
)


@extend_schema_field(OpenApiTypes.DATETIME)
class MomentField(serializers.Field[datetime, Any, Any, Any]):
    """An RFC 3339 time with its zone. A date alone is its noon in UTC, or its end where `ends` is set."""

    def __init__(self, *, ends: bool = False, **options: Any) -> None:
        self.ends = ends
        super().__init__(**options)

    def to_internal_value(self, data: Any) -> datetime:
        try:
            if isinstance(data, str) and _DAY.fullmatch(data):
                return self._of_day(date.fromisoformat(data))
            if isinstance(data, str) and _TIME.fullmatch(data):
                return datetime.fromisoformat(data.upper()).astimezone(UTC)
        except (ValueError, OverflowError):  # the 31st of February; the first and last hours of the calendar
            pass
        raise serializers.ValidationError(_("Give a time such as 2026-03-03T12:00:00Z, or a date."))

    def to_representation(self, value: datetime) -> str:
        return value.isoformat()

    def _of_day(self, day: date) -> datetime:
        return datetime.combine(day, time(23, 59, 59) if self.ends else time(12), UTC)


class RecipientSent(serializers.Serializer[Any]):
    email = serializers.CharField(max_length=254)
    name = serializers.CharField(
        max_length=200, required=False, allow_blank=True, help_text="empty: made from the address"
    )

    def validate_name(self, value: str) -> str:
        return tidy_name(value)

    def validate_email(self, value: str) -> str:
        address = normalise(value)
        if problem := problem_with(address):
            raise serializers.ValidationError(problem)
        return address


class EvidenceSent(serializers.Serializer[Any]):
    url = serializers.URLField(max_length=500, required=False, allow_blank=True)
    name = serializers.CharField(max_length=200, required=False, allow_blank=True)
    narrative = serializers.CharField(max_length=2000, required=False, allow_blank=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs.get("url") and not attrs.get("narrative"):
            raise serializers.ValidationError(_("Evidence needs a url or a narrative."))
        return attrs


class AssessmentSent(serializers.Serializer[Any]):
    criterion = serializers.IntegerField(min_value=1, help_text="its position in the badge, from 1")
    level = serializers.CharField(
        max_length=100, required=False, allow_blank=True, help_text="reached, in your words"
    )
    assessor = serializers.CharField(
        max_length=200, required=False, allow_blank=True, help_text="who assessed"
    )
    assessed_on = serializers.DateField(required=False, allow_null=True)
    note = serializers.CharField(max_length=500, required=False, allow_blank=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not any(attrs.get(name) for name in ("level", "assessor", "assessed_on", "note")):
            raise serializers.ValidationError(
                _("An assessment needs a level, an assessor, a date or a note.")
            )
        return attrs


class NewAward(serializers.Serializer[Any]):
    recipient = RecipientSent()
    narrative = serializers.CharField(
        max_length=4000, required=False, allow_blank=True, help_text="Markdown: why they earned it"
    )
    evidence = serializers.ListField(child=EvidenceSent(), max_length=MOST_EVIDENCE, required=False)
    assessments = serializers.ListField(
        child=AssessmentSent(),
        max_length=MOST_ASSESSMENTS,
        required=False,
        help_text="how criteria were assessed, each at most once",
    )
    issued_on = MomentField(required=False, allow_null=True, help_text="now, unless you say")
    expires_on = MomentField(
        ends=True, required=False, allow_null=True, help_text="after the badge’s validity, unless you say"
    )
    language = serializers.ChoiceField(
        choices=settings.LANGUAGES, required=False, help_text="of the mail; the badge’s own, unless you say"
    )
    notify = serializers.BooleanField(
        default=True, help_text="false: no mail; the answer holds the claim link, once, for you to hand over"
    )

    def nomination(self) -> Nomination:
        sent = self.validated_data
        return Nomination(
            address=sent["recipient"]["email"], name=sent["recipient"].get("name", ""),
            narrative=sent.get("narrative", ""), issued_on=sent.get("issued_on"), expires_at=sent.get("expires_on"),
            language=sent.get("language", ""), evidence=[EvidenceInput(**one) for one in sent.get("evidence", [])],
            assessments=[AssessmentInput(**one) for one in sent.get("assessments", [])],
        )  # fmt: skip


class RevocationSent(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=300, help_text="shown to whoever checks the badge")
    note = serializers.CharField(
        max_length=1000, required=False, allow_blank=True, help_text="for members of the organisation only"
    )


class SuspensionSent(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=300, help_text="shown to whoever checks the badge")
