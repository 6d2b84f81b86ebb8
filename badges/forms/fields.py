"""The forms that the editor is made of: the badge, one criterion, one alignment."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from badges.designer import COLOURS, ICON_GROUPS, SECOND_COLOURS, SHAPES, Design, DesignError
from badges.models import Alignment, BadgeText, Criterion, CriterionText, Picture
from common.languages import CODES, language_name

DRAWN, OWN = "drawn", "own"
LONGEST_LIST = 40
DESIGN_FIELDS = {
    "shape": "shape",
    "colour": "colour",
    "second_colour": "second_colour",
    "icon": "icon",
    "ring_text": "ring_text",
    "lower_text": "lower_text",
    "letters": "initial",
}
"""Inputs and what they are called in a Design."""
Makers = Mapping[str, Callable[[], forms.CharField]]
NEEDED_OF_BADGE = {
    "name": gettext_lazy("Give the badge a name."),
    "description": gettext_lazy("Say what the person can do."),
    "image_alt": gettext_lazy("Describe the picture for those who do not see it."),
}
"""What cannot be published without, and what to do about it."""


def design_from(values: Mapping[str, Any]) -> Design:
    """The design that the inputs describe. Raises DesignError."""
    said = {name: values[field] for field, name in DESIGN_FIELDS.items() if field in values}
    return Design.from_dict(said)


def _words(model: type[Model], name: str, *, rows: int = 0, **options: Any) -> forms.CharField:
    """A text input as long as its column. Not required by itself: drafts may be incomplete."""
    longest = model._meta.get_field(name).max_length  # type: ignore[union-attr]  # a column of text
    widget = forms.Textarea({"rows": rows}) if rows else forms.TextInput()
    field = forms.CharField(required=False, max_length=longest, widget=widget, **options)
    if rows:  # a browser would cut off what is pasted, without a word
        field.widget.attrs.pop("maxlength")
    return field


def _ask_for(field: forms.Field, sentence: Any) -> None:
    """It must be filled in; where it is not, `sentence` says what to do."""
    field.required, field.error_messages["required"] = True, sentence


class LanguagesForm(forms.Form):
    """A form that asks for the same texts in every language: `name_en`, `name_fr` ..."""

    asked_first: tuple[str, ...] = ()
    """As on the page: the summary of what is to mend follows it."""

    def __init__(self, *args: Any, own_language: str = CODES[0], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.own_language = own_language
        for name, make in self.texts().items():
            for code in CODES:
                self.fields[f"{name}_{code}"] = self._in_language(make(), code)
        self.order_fields(
            [one for name in self.asked_first for one in (name, *(f"{name}_{c}" for c in CODES))]
        )

    def texts(self) -> Makers:
        raise NotImplementedError

    def _in_language(self, field: forms.CharField, code: str) -> forms.CharField:
        field.widget.attrs["lang"] = code
        if code != self.own_language:
            named = {"text": field.label, "language": language_name(code)}
            field.label, field.help_text = _("%(text)s (%(language)s)") % named, ""
        return field

    def in_languages(self, name: str) -> list[tuple[str, forms.BoundField]]:
        """The input of this text in each language, the badge's own first."""
        codes = sorted(CODES, key=lambda code: code != self.own_language)
        return [(code, self[f"{name}_{code}"]) for code in codes]

    @property
    def names(self) -> list[tuple[str, forms.BoundField]]:
        return self.in_languages("name")

    @property
    def descriptions(self) -> list[tuple[str, forms.BoundField]]:
        return self.in_languages("description")


class DesignForm(forms.Form):
    """How the picture is drawn, or which one is used instead."""

    picture_from = forms.ChoiceField(
        label=gettext_lazy("Picture"),
        choices=[(DRAWN, gettext_lazy("Draw it here")), (OWN, gettext_lazy("Use my own picture"))],
        widget=forms.RadioSelect,
    )
    shape = forms.ChoiceField(
        label=gettext_lazy("Shape"), choices=list(SHAPES.items()), widget=forms.RadioSelect, required=False
    )
    colour = forms.ChoiceField(label=gettext_lazy("Main colour"), widget=forms.RadioSelect, required=False)
    second_colour = forms.ChoiceField(
        label=gettext_lazy("Second colour"), widget=forms.RadioSelect, required=False
    )
    icon = forms.ChoiceField(label=gettext_lazy("Icon"), widget=forms.RadioSelect, required=False)
    ring_text = forms.CharField(label=gettext_lazy("Words around the edge"), max_length=60, required=False)
    lower_text = forms.CharField(label=gettext_lazy("Words at the foot"), max_length=60, required=False)
    letters = forms.CharField(
        label=gettext_lazy("Letters in the middle"),
        help_text=gettext_lazy("Up to three, shown where no icon is chosen."),
        max_length=3,
        required=False,
    )
    picture = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    pictures = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)
    upload = forms.FileField(
        label=gettext_lazy("Your picture"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput({"accept": ".png,.svg,image/png,image/svg+xml"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, known in (("colour", COLOURS), ("second_colour", SECOND_COLOURS)):
            self._field(name).choices = _with_present(known, self._present(name))
        icons = [choice for _group, icons in ICON_GROUPS for choice in icons.items()]
        self._field("icon").choices = [("", _("no icon")), *icons]

    def _field(self, name: str) -> Any:
        return self.fields[name]

    def _present(self, name: str) -> str:
        return str(self.data.get(name, "") if self.is_bound else self.initial.get(name, ""))

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("picture_from") == OWN:
            self._check_own(values)
        elif not self.errors:
            self._check_drawn(values)
        return values

    def _check_own(self, values: dict[str, Any]) -> None:
        values["own_picture"] = Picture.objects.filter(pk=values.get("picture", "")).first()
        if values["own_picture"] is None and "upload" not in self.errors:
            self.add_error("upload", _("Choose a picture, or draw one here."))

    def _check_drawn(self, values: dict[str, Any]) -> None:
        try:
            values["design"] = design_from(values)
        except DesignError as refused:
            fields = {name: field for field, name in DESIGN_FIELDS.items()}
            self.add_error(fields.get(refused.field), refused.message)


def _with_present(known: Mapping[str, Any], present: str) -> list[tuple[str, Any]]:
    """A colour that the API chose stays choosable, though it is none of ours."""
    is_other = present.startswith("#") and len(present) == 7 and present not in known
    return [*known.items(), *([(present, present)] if is_other else [])]


class BadgeForm(DesignForm, LanguagesForm):
    """What a badge says but its criteria and alignments, and its picture."""

    asked_first = ("name", "description", "criteria_narrative")

    language = forms.ChoiceField(
        label=gettext_lazy("Main language"),
        choices=settings.LANGUAGES,
        help_text=gettext_lazy("The one you write in. The other is a translation, and may come later."),
    )
    tags = forms.CharField(
        label=gettext_lazy("Tags"),
        help_text=gettext_lazy("Words that people search for, separated by commas."),
        required=False,
        max_length=500,
    )
    valid_months = forms.IntegerField(
        label=gettext_lazy("Valid for (months)"),
        help_text=gettext_lazy("24 for two years. Leave it empty where the badge never expires."),
        required=False,
        min_value=1,
        max_value=600,
    )
    may_be_repeated = forms.BooleanField(
        label=gettext_lazy("One person may earn it more than once"), required=False
    )
    shown = forms.CharField(required=False, max_length=10, widget=forms.HiddenInput)
    seen = forms.CharField(required=False, max_length=80, widget=forms.HiddenInput)
    auto_icon = forms.CharField(required=False, widget=forms.HiddenInput)
    auto_ring_text = forms.CharField(required=False, widget=forms.HiddenInput)

    def texts(self) -> Makers:
        return {
            "name": lambda: _words(
                BadgeText,
                "name",
                label=_("Badge name"),
                help_text=_("What the person can do, in a few words."),
            ),
            "description": lambda: _words(
                BadgeText,
                "description",
                rows=3,
                label=_("What the person can do"),
                help_text=_("One or two sentences, read first by a recruiter."),
            ),
            "criteria_narrative": lambda: _words(
                BadgeText,
                "criteria_narrative",
                rows=5,
                label=_("More about the criteria"),
                help_text=_("Levels, context, how to prepare. Markdown: **bold**, lists, links."),
            ),
            "image_alt": lambda: _words(
                BadgeText,
                "image_alt",
                rows=2,
                label=_("Text alternative of the picture"),
                help_text=_(
                    "For people who do not see the picture. Written for you while the picture is drawn here."
                ),
            ),
            "auto_image_alt": lambda: forms.CharField(required=False, widget=forms.HiddenInput),
        }

    def require(self) -> None:
        """Publishing needs these; a draft does not."""
        for name, sentence in NEEDED_OF_BADGE.items():
            _ask_for(self.fields[f"{name}_{self.own_language}"], sentence)

    @property
    def narratives(self) -> list[tuple[str, forms.BoundField]]:
        return self.in_languages("criteria_narrative")

    @property
    def alternatives(self) -> list[tuple[str, forms.BoundField]]:
        return self.in_languages("image_alt")


class CriterionForm(LanguagesForm):
    """One criterion: what is shown, how it is assessed, whether everybody must meet it."""

    asked_first = ("name", "method", "description")

    method = forms.ChoiceField(
        label=gettext_lazy("Assessed by"),
        choices=[("", gettext_lazy("Choose…")), *Criterion.Method.choices],
        required=False,
    )
    is_required = forms.BooleanField(label=gettext_lazy("Required"), required=False, initial=True)

    def texts(self) -> Makers:
        return {
            "name": lambda: _words(CriterionText, "name", label=_("What is shown")),
            "description": lambda: _words(CriterionText, "description", rows=2, label=_("How, in detail")),
        }

    def require(self) -> None:
        _ask_for(self.fields[f"name_{self.own_language}"], _("Say what is shown."))
        _ask_for(self.fields["method"], _("Choose how it is assessed."))

    @property
    def is_detailed(self) -> bool:
        return any(field.value() or field.errors for _code, field in self.descriptions)


class AlignmentForm(forms.Form):
    """A skill of a framework, by its name and its address there."""

    target_name = _words(Alignment, "target_name", label=gettext_lazy("Skill, as the framework calls it"))
    target_url = forms.URLField(
        label=gettext_lazy("Its address on the web"),
        max_length=500,
        required=False,
        assume_scheme="https",
        error_messages={
            "invalid": gettext_lazy(
                "A web address starts with https:// and names a site, such as https://example.org."
            )
        },
    )
    target_framework = _words(Alignment, "target_framework", label=gettext_lazy("Framework"))
    target_code = _words(Alignment, "target_code", label=gettext_lazy("Code"))
    target_description = _words(
        Alignment, "target_description", rows=2, label=gettext_lazy("What it means there")
    )

    def clean(self) -> dict[str, Any]:
        """The standard wants both, or neither."""
        values = super().clean() or {}
        named, linked = bool(values.get("target_name")), bool(values.get("target_url"))
        if named and not linked and "target_url" not in self.errors:
            self.add_error("target_url", _("Add the skill’s address in the framework."))
        if linked and not named:
            self.add_error("target_name", _("Say how the framework calls this skill."))
        return values
