"""What a caller sends to award to a list, checked field by field."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from rest_framework import serializers

from assertions.api.reading import MomentField
from assertions.services import batches
from common.errors import Invalid

LONGEST_HOLD = 1440


class RowSent(serializers.Serializer[Any]):
    """Checked with all others of the list: what is wrong with it is told by the batch."""

    email = serializers.CharField(max_length=320, allow_blank=True)
    name = serializers.CharField(max_length=400, required=False, allow_blank=True)
    narrative = serializers.CharField(max_length=8000, required=False, allow_blank=True)
    evidence = serializers.ListField(
        child=serializers.CharField(max_length=1000), max_length=50, required=False, help_text="links"
    )
    issued_on = serializers.CharField(max_length=40, required=False, allow_blank=True, help_text="a date")
    expires_on = serializers.CharField(max_length=40, required=False, allow_blank=True, help_text="a date")
    language = serializers.CharField(max_length=40, required=False, allow_blank=True)


class NewBatch(serializers.Serializer[Any]):
    """A `file` (CSV or XLSX, multipart) or `rows` (JSON), and what goes for every row that says nothing itself."""

    file = serializers.FileField(required=False, allow_empty_file=True, help_text="CSV or XLSX")
    rows = serializers.ListField(child=RowSent(), required=False, allow_empty=False)
    name = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    language = serializers.ChoiceField(
        choices=settings.LANGUAGES, required=False, default="", allow_blank=True
    )
    narrative = serializers.CharField(max_length=4000, required=False, allow_blank=True, default="")
    issued_on = MomentField(required=False, allow_null=True, default=None)
    expires_on = MomentField(ends=True, required=False, allow_null=True, default=None)
    notify = serializers.BooleanField(default=True, help_text="false: no mails")
    confirm = serializers.BooleanField(default=True, help_text="false: nothing is awarded until you confirm")
    hold_minutes = serializers.IntegerField(
        min_value=0, max_value=LONGEST_HOLD, default=0, help_text="in which the batch can still be cancelled"
    )
    again = serializers.BooleanField(default=False, help_text="although the same list was sent before")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if bool(attrs.get("file")) == bool(attrs.get("rows")):
            raise serializers.ValidationError({"file": [_("Send either a file or rows.")]})
        return attrs

    def options(self) -> batches.Options:
        sent = self.validated_data
        return batches.Options(
            language=sent["language"],
            narrative=sent["narrative"].strip(),
            issued_on=sent["issued_on"],
            expires_at=sent["expires_on"],
            notify=sent["notify"],
            start_after=timedelta(minutes=sent["hold_minutes"]) if sent["confirm"] else None,
        )


class ConfirmationSent(serializers.Serializer[Any]):
    hold_minutes = serializers.IntegerField(min_value=0, max_value=LONGEST_HOLD, default=0)
    schedule = MomentField(
        required=False, allow_null=True, default=None, help_text="when awarding is to begin"
    )

    def given(self) -> dict[str, Any]:
        sent = self.validated_data
        return {"hold": timedelta(minutes=sent["hold_minutes"]), "schedule": sent["schedule"]}


CONFIRMATION = ConfirmationSent


def file_and_rows(sent: Mapping[str, Any]) -> tuple[UploadedFile | None, Sequence[Mapping[str, str]]]:
    """The file, or the rows by the names of columns."""
    if sent.get("file") is not None:
        return sent["file"], ()
    return None, [_columns(row) for row in sent["rows"]]


def _columns(row: Mapping[str, Any]) -> dict[str, str]:
    named = {name: value for name, value in row.items() if name not in ("email", "evidence")}
    if any("\0" in value for value in named.values()):
        raise Invalid(_("A text holds a character that cannot be stored."))
    return {"address": row["email"], "evidence": "\n".join(row.get("evidence", ())), **named}
