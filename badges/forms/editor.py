"""The editor of a badge: one page, one form, usable without JavaScript, losing nothing of what was typed."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, TypeVar
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from badges.designer import Design, DesignError
from badges.forms.fields import (
    DESIGN_FIELDS,
    LONGEST_LIST,
    OWN,
    AlignmentForm,
    BadgeForm,
    CriterionForm,
    design_from,
)
from badges.forms.following import blank, follow, stored
from badges.forms.typed import Row, Typed
from badges.models import BadgeVersion, Picture
from badges.queries import AlignmentContent, Content, CriterionContent, CriterionWords, Words
from badges.services import Finding, lint
from badges.services.linting import untranslated
from common.languages import CODES, language_name, other_languages
from issuers.models import Issuer


def _formset(form: type[forms.Form]) -> Any:
    return forms.formset_factory(
        form, extra=0, can_delete=True, can_order=True, max_num=LONGEST_LIST, validate_max=True
    )


BOTH = "both"
_SHA256 = re.compile(r"[0-9a-f]{64}\Z")
Required = TypeVar("Required", BadgeForm, CriterionForm)
CriterionFormSet, AlignmentFormSet = _formset(CriterionForm), _formset(AlignmentForm)


@dataclass(frozen=True)
class Mended:
    """One input with errors, as the summary above the form shows it."""

    label: str
    id_for_label: str
    auto_id: str
    errors: list[str]


class Editor:
    """`form`, `criteria` and `alignments` are Django forms over the same typed inputs."""

    def __init__(self, typed: Typed, *, is_bound: bool = False, is_whole: bool = False) -> None:
        """`is_bound`: show what is wrong; `is_whole`: ask for all that publishing needs."""
        self.typed, self.is_bound, self.is_whole = typed, is_bound, is_whole
        self.refusals: list[str] = []
        self.added = ""

    @classmethod
    def blank(cls, issuer: Issuer, *, seed: object) -> "Editor":
        return cls(blank(issuer, seed=seed))

    @classmethod
    def of(cls, version: BadgeVersion) -> "Editor":
        return cls(stored(version))

    @classmethod
    def sent(cls, data: QueryDict, *, is_whole: bool, uploaded: Sequence[Picture] = ()) -> "Editor":
        """What came back from the page; `uploaded` pictures (one, or two ways to make it square) take over."""
        typed = Typed.from_post(data)
        if uploaded:
            names = [picture.pk for picture in uploaded]
            typed = typed.with_values(picture_from=OWN, picture=names[0], pictures=" ".join(names))
        typed = follow(typed)
        return cls(typed.without_blank_rows() if is_whole else typed, is_bound=True, is_whole=is_whole)

    def as_typed(self, *, add: str = "") -> "Editor":
        """The same inputs without judging them, with one more row in the list `add`."""
        editor = Editor(self.typed.with_row(add) if add else self.typed)
        editor.added = add
        return editor

    def over(self, seen: str) -> "Editor":
        """The same inputs, to be saved over another revision."""
        return Editor(self.typed.with_values(seen=seen), is_bound=True, is_whole=self.is_whole)

    # The forms -----------------------------------------------------------------------------------------

    @cached_property
    def form(self) -> BadgeForm:
        form = BadgeForm(**self._bound(self.typed.values), own_language=self.own_language, auto_id="%s")
        return self._requiring(form)

    @cached_property
    def criteria(self) -> Any:
        formset = self._rows(CriterionFormSet, "criteria", {"own_language": self.own_language})
        for form in formset:
            form.empty_permitted = False
            self._requiring(form)
        if self.added == "criteria" and len(formset):
            formset[-1][f"name_{self.own_language}"].field.widget.attrs["autofocus"] = True
        return formset

    @property
    def blank_criterion(self) -> CriterionForm:
        """What the page adds for another criterion: it asks for the same as those that are there."""
        form: CriterionForm = self.criteria.empty_form
        form.require()
        return form

    @cached_property
    def alignments(self) -> Any:
        formset = self._rows(AlignmentFormSet, "alignments", {})
        if self.added == "alignments" and len(formset):
            formset[-1]["target_name"].field.widget.attrs["autofocus"] = True
        return formset

    def _requiring(self, form: Required) -> Required:
        """What publishing needs is shown as required in any case, and demanded where `is_whole` says so."""
        if self.is_bound and not self.is_whole:
            form.errors  # noqa: B018  judged before anything is required
        form.require()
        return form

    def _bound(self, initial: Any) -> dict[str, Any]:
        return {"data": self.typed.as_data()} if self.is_bound else {"initial": initial}

    def _rows(self, kind: Any, prefix: str, options: dict[str, Any]) -> Any:
        initial = [{"is_required": ""} | row for row in getattr(self.typed, prefix)]
        return kind(**self._bound(initial), prefix=prefix, form_kwargs=options, auto_id="%s")

    @property
    def own_language(self) -> str:
        language = self.typed.values.get("language", "")
        return language if language in CODES else CODES[0]

    # What is wrong -------------------------------------------------------------------------------------

    def is_valid(self) -> bool:
        return (
            all([self.form.is_valid(), self.criteria.is_valid(), self.alignments.is_valid()])
            and not self.refusals
        )

    def refuse(self, message: str, *, field: str = "") -> None:
        """What a service said, shown above the form and at its field."""
        self.form.errors  # noqa: B018  judged now: a later judgement would forget this one
        if field in self.form.fields:
            self.form.add_error(field, message)
        else:
            self.refusals.append(message)

    def refuse_upload(self, message: str) -> None:
        """The file that was chosen cannot be used: that alone is said, not that a picture is missing as well."""
        self.form.errors.pop("upload", None)
        self.refuse(message, field="upload")

    @property
    def errors(self) -> list[object]:
        return [*self.non_field_errors, *self] if self.is_bound else []

    @property
    def non_field_errors(self) -> list[str]:
        of_forms = (
            self.form.non_field_errors(),
            *(s.non_form_errors() for s in (self.criteria, self.alignments)),
        )
        return (
            [*self.refusals, *(str(error) for errors in of_forms for error in errors)]
            if self.is_bound
            else []
        )

    def __iter__(self) -> Iterator[Mended]:
        """The inputs that are to mend, in the order of the page."""
        for place, form in self._placed_forms() if self.is_bound else ():
            for field in form:
                if field.errors:
                    label = f"{place}, {field.label}" if place else field.label
                    yield Mended(label, field.id_for_label, field.auto_id, list(field.errors))

    def _placed_forms(self) -> Iterator[tuple[str, Any]]:
        yield "", self.form
        for number, form in enumerate(self.criteria, start=1):
            yield _("Criterion %(number)d") % {"number": number}, form
        for number, form in enumerate(self.alignments, start=1):
            yield _("Skill %(number)d") % {"number": number}, form

    # What it says --------------------------------------------------------------------------------------

    @property
    def seen(self) -> str:
        return self.typed.values.get("seen", "")

    def content(self) -> Content:
        """What was typed, as a badge says it; what makes no sense is left out."""
        values = self.typed.values
        return Content(
            language=self.own_language,
            words={code: _words(values, code) for code in CODES},
            criteria=tuple(map(_criterion, self.typed.criteria)),
            alignments=tuple(map(_alignment, self._alignment_rows())),
            tags=tuple(values.get("tags", "").split(",")),
            valid_months=_months(values.get("valid_months", "")),
            may_be_repeated=bool(values.get("may_be_repeated")),
        )

    def _alignment_rows(self) -> list[Row]:
        """As cleaned where that went well: addresses get their https."""
        if not (self.is_bound and self.alignments.is_valid()):
            return self.typed.alignments
        return [form.cleaned_data for form in self.alignments]

    @property
    def design(self) -> Design | None:
        """The design, where the picture is drawn and can be."""
        if self.typed.values.get("picture_from") == OWN:
            return None
        try:
            return design_from(self.typed.values)
        except DesignError:
            return None

    @property
    def design_query(self) -> str:
        """The design as the preview is asked for it, or nothing where it cannot be drawn."""
        if self.design is None:
            return ""
        return urlencode({field: self.typed.values.get(field, "") for field in DESIGN_FIELDS})

    @property
    def following(self) -> str:
        """JSON of the inputs that follow what is typed, for the page's script."""
        values = self.typed.values
        return json.dumps(
            {name.removeprefix("auto_"): text for name, text in values.items() if name.startswith("auto_")}
        )

    @property
    def shown(self) -> str:
        """Which language is in front: a code, or both."""
        chosen = self.typed.values.get("shown", "")
        if any(f"_{code}" in error.auto_id for error in self for code in CODES if code != chosen):
            return BOTH
        return chosen if chosen in (*CODES, BOTH) else self.own_language

    @property
    def language_tabs(self) -> list[tuple[str, str, int]]:
        """(code, name, how many texts are not translated), the badge's own first. Drawings describe themselves."""
        content = self.content()
        tabs = [(self.own_language, language_name(self.own_language), 0)]
        for code in other_languages(self.own_language):
            missing = [
                name for name in untranslated(content, code) if not (self.design and "image_alt" in name)
            ]
            tabs.append((code, language_name(code), len(missing)))
        return tabs

    @property
    def picture(self) -> Design | Picture:
        """What was chosen. Ask once is_valid() said yes."""
        chosen: Design | Picture = (
            self.form.cleaned_data.get("design") or self.form.cleaned_data["own_picture"]
        )
        return chosen

    @cached_property
    def own_pictures(self) -> list[Picture]:
        """The uploaded pictures to choose from: one, or two ways to make it square."""
        names = self.typed.values.get("pictures", "").split()[:2] or [self.typed.values.get("picture", "")]
        found = Picture.objects.in_bulk([name for name in names if _SHA256.match(name)])
        return [found[name] for name in names if name in found]

    @property
    def own_picture(self) -> Picture | None:
        chosen = self.typed.values.get("picture", "")
        return next((picture for picture in self.own_pictures if picture.pk == chosen), None)

    @property
    def has_narrative(self) -> bool:
        return any(words.criteria_narrative for words in self.content().words.values())

    @property
    def has_settings(self) -> bool:
        """Whether the folded part holds something, or something to mend."""
        names = ("valid_months", "tags", "may_be_repeated")
        return any(self.typed.values.get(name) or self.form[name].errors for name in names)

    def findings(self, issuer: Issuer) -> list[Finding]:
        return lint(self.content(), self.design, issuer.languages)


def _words(values: Row, code: str) -> Words:
    return Words(**{known.name: values.get(f"{known.name}_{code}", "") for known in fields(Words)})


def _criterion(row: Row) -> CriterionContent:
    said = {
        code: CriterionWords(row.get(f"name_{code}", ""), row.get(f"description_{code}", ""))
        for code in CODES
    }
    return CriterionContent(said, row.get("method", ""), bool(row.get("is_required")))


def _alignment(row: Row) -> AlignmentContent:
    names = ("target_name", "target_url", "target_description", "target_framework", "target_code")
    return AlignmentContent(*(row.get(name, "") for name in names))


def _months(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else None
