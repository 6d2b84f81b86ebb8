"""What a caller sends for a new badge, checked field by field."""

import binascii
import json
from base64 import b64decode
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import RegexValidator
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from badges.designer import SHAPES, Design, DesignError
from badges.models import Criterion
from badges.queries import AlignmentContent, Content, CriterionContent, CriterionWords, Words
from common.languages import CODES

HEAVIEST = 2 * 1024 * 1024
_NO_COMMA = RegexValidator(r"^[^,]*$", gettext_lazy("A tag has no comma: send several tags."))


@extend_schema_field({
    "type": "string",
    "description": "PNG or SVG, 2 MB at most: a `data:` URI in JSON, a file in multipart/form-data. "
    "Without it, `design` is drawn.",
})  # fmt: skip
class PictureField(serializers.Field[bytes, Any, Any, Any]):
    """Gives the bytes of the picture."""

    def to_internal_value(self, data: Any) -> bytes:
        if isinstance(data, UploadedFile):
            return data.read(HEAVIEST + 1)
        if not isinstance(data, str):
            raise serializers.ValidationError(_("Send a data: URI, or a file in multipart/form-data."))
        head, comma, body = data.partition(",")
        if not (head.lower().startswith("data:image/") and comma):
            raise serializers.ValidationError(
                _("The picture is a data: URI such as data:image/png;base64,iVBORw…")
            )
        said = unquote_to_bytes(body)
        if not head.lower().endswith(";base64"):  # as SVG often comes (RFC 2397)
            return said
        try:
            return b64decode(b"".join(said.split()), validate=True)
        except (binascii.Error, ValueError):
            raise serializers.ValidationError(_("The picture’s base64 cannot be read.")) from None


def _text(longest: int, **options: Any) -> serializers.CharField:
    return serializers.CharField(max_length=longest, allow_blank=True, default="", **options)


class CriterionSent(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=300, help_text="what is shown")
    description = _text(1000, help_text="how it is assessed, in detail")
    method = serializers.ChoiceField(choices=Criterion.Method.choices, allow_blank=True, default="")
    is_required = serializers.BooleanField(default=True)


class CriterionTranslated(serializers.Serializer[Any]):
    name = _text(300)
    description = _text(1000)


class Translation(serializers.Serializer[Any]):
    name = _text(120)
    description = _text(1000)
    criteria_narrative = _text(10_000)
    image_alt = _text(300)
    criteria = CriterionTranslated(many=True, default=list, help_text="in the order of the badge’s criteria")


class AlignmentSent(serializers.Serializer[Any]):
    target_name = serializers.CharField(max_length=200)
    target_url = serializers.URLField(max_length=500)
    target_description = _text(1000)
    target_framework = _text(200)
    target_code = _text(100)


class DesignSent(serializers.Serializer[Any]):
    """How the picture is drawn; what is left out is chosen from the badge’s name."""

    shape = serializers.ChoiceField(choices=[(code, code) for code in SHAPES], required=False)
    colour = serializers.CharField(max_length=7, required=False, help_text="#rrggbb")
    second_colour = serializers.CharField(max_length=7, required=False, help_text="#rrggbb")
    icon = serializers.CharField(max_length=40, required=False, allow_blank=True)
    ring_text = serializers.CharField(max_length=60, required=False, allow_blank=True)
    lower_text = serializers.CharField(max_length=60, required=False, allow_blank=True)
    initial = serializers.CharField(max_length=3, required=False, allow_blank=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        try:
            Design.from_dict(attrs)
        except DesignError as refused:
            raise serializers.ValidationError({refused.field: [refused.message]}) from refused
        return attrs


class NewBadge(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=120)
    description = serializers.CharField(max_length=1000, help_text="what the person can do")
    criteria = CriterionSent(many=True, default=list, max_length=40)  # type: ignore[call-arg]
    criteria_narrative = _text(10_000, help_text="Markdown")
    image = PictureField(required=False)
    image_fit = serializers.ChoiceField(
        choices=["pad", "crop"], default="pad", help_text="how a picture that is not square is made so"
    )
    design = DesignSent(required=False)
    image_alt = _text(300, help_text="written from the design where the picture is drawn")
    language = serializers.ChoiceField(choices=settings.LANGUAGES, required=False)
    translations = serializers.DictField(child=Translation(), default=dict, help_text="by language code")
    tags = serializers.ListField(
        child=serializers.CharField(max_length=60, validators=[_NO_COMMA]), default=list, max_length=30
    )
    alignments = AlignmentSent(many=True, default=list, max_length=40)  # type: ignore[call-arg]
    valid_months = serializers.IntegerField(min_value=1, max_value=600, allow_null=True, default=None)
    may_be_repeated = serializers.BooleanField(default=False)

    def to_internal_value(self, data: Any) -> Any:
        return super().to_internal_value(_from_multipart(data) if isinstance(data, QueryDict) else data)

    def validate_translations(self, value: dict[str, Any]) -> dict[str, Any]:
        for code in value:
            if code not in CODES:
                raise serializers.ValidationError(
                    _("“%(code)s” is none of: %(codes)s.") % {"code": code, "codes": ", ".join(CODES)}
                )
        return value

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        for code, said in attrs["translations"].items():
            if len(said["criteria"]) not in (0, len(attrs["criteria"])):
                sentence = _("Send as many translated criteria as there are criteria: an empty one is “{}”.")
                raise serializers.ValidationError({"translations": {code: {"criteria": [sentence]}}})
        return attrs


class PublishSent(serializers.Serializer[Any]):
    change_note = _text(300, help_text="a line for the history on the public page")


def content_from(sent: Mapping[str, Any], language: str) -> Content:
    """What the badge says, from validated data."""
    own = Words(*(sent[name] for name in ("name", "description", "criteria_narrative", "image_alt")))
    translations = {code: said for code, said in sent["translations"].items() if code != language}
    return Content(
        language=language,
        words={code: _translated(said) for code, said in translations.items()} | {language: own},
        criteria=tuple(
            CriterionContent(
                {language: CriterionWords(row["name"], row["description"])}
                | {
                    code: CriterionWords(**said["criteria"][place])
                    for code, said in translations.items()
                    if said["criteria"]
                },
                row["method"],
                row["is_required"],
            )
            for place, row in enumerate(sent["criteria"])
        ),
        alignments=tuple(AlignmentContent(**row) for row in sent["alignments"]),
        tags=tuple(sent["tags"]),
        valid_months=sent["valid_months"],
        may_be_repeated=sent["may_be_repeated"],
    )


def _translated(said: Mapping[str, str]) -> Words:
    return Words(*(said[name] for name in ("name", "description", "criteria_narrative", "image_alt")))


def _from_multipart(data: QueryDict) -> dict[str, Any]:
    """Lists and objects are sent as JSON text, tags also one by one."""
    values: dict[str, Any] = dict(data.items())
    for name in ("criteria", "alignments", "translations", "design", "tags"):
        if name in values and isinstance(values[name], str):
            values[name] = _parsed(values[name], data.getlist(name) if name == "tags" else None)
    return values


def _parsed(text: str, otherwise: Any) -> Any:
    try:
        return json.loads(text) if text.lstrip()[:1] in ("[", "{") else (otherwise or text)
    except (ValueError, RecursionError):
        return otherwise or text
