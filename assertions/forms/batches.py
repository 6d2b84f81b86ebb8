"""What is asked when people come from a file: the list, how it is read, the words for all, and when it starts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assertions.forms.award import DetailsForm
from assertions.models import Batch, BatchRow
from assertions.services.batches import HOLD, Options
from badges.models import Badge
from common.receiving import NoRoom
from common.spreadsheets import Field, may_be_mistaken, month_comes_first

LONGEST_HEADER = 80


class UploadForm(forms.Form):
    """A file or pasted lines: one of the two is needed."""

    file = forms.FileField(
        label=gettext_lazy("List of people"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(
            attrs={
                "accept": ".csv,.tsv,.txt,.xlsx,text/csv,text/plain,"
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
            }
        ),
    )
    people = forms.CharField(
        label=gettext_lazy("Or paste the list"),
        help_text=gettext_lazy("Copy the cells in your spreadsheet, headers too, and paste them here."),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "autocomplete": "off"}),
    )
    name = forms.CharField(
        label=gettext_lazy("Name of this batch"),
        help_text=gettext_lazy("By which you find it again: “Spring cohort”. Empty: the name of the file."),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    again = forms.BooleanField(label=gettext_lazy("Use the same list once more all the same"), required=False)

    lacked_room = False
    """The file came, and there was no room for it."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.lacked_room:
            self.add_error("file", NoRoom().message)
        elif not self.errors and not cleaned.get("file") and not cleaned.get("people", "").strip():
            self.add_error("file", _("Choose a file, or paste the list below."))
        elif cleaned.get("file") and cleaned.get("people", "").strip():
            self.add_error(
                "people", _("You chose a file and pasted lines too. Empty this field, or choose no file.")
            )
        return cleaned


class WordsForm(DetailsForm):
    """What holds for every row that says nothing itself."""

    def __init__(self, badge: Badge, *, at: datetime, data: Mapping[str, str]) -> None:
        super().__init__(badge, at=at, data={"issued_on": "", "expires_on": "", **data})
        self.fields["narrative"].help_text = _("Where a row of the list brings no words of its own.")
        self.fields["issued_on"].help_text = _("Empty: the day on which it is awarded.")
        self.at = at
        self.sent = dict(self.data)

    @classmethod
    def of_batch(cls, batch: Batch, *, at: datetime) -> "WordsForm":
        return cls(
            batch.badge,
            at=at,
            data={
                "narrative": batch.narrative,
                "issued_on": _day(batch.issued_on),
                "expires_on": _day(batch.expires_at),
                **({"language": batch.language} if batch.language else {}),
            },
        )

    def options(self, batch: Batch | None = None) -> Options:
        """Of a form that is valid. What it does not ask for, and days that are left as they were shown, stay as they
        are in the batch: a day is not the same moment for each who saves it."""
        issued = self.issued_at(at=self.at)
        asked = Options(
            language=self.cleaned_data["language"],
            narrative=self.cleaned_data["narrative"],
            issued_on=None if issued == self.at else issued,
            expires_at=self.expires_at(),
        )
        if batch is None:
            return asked
        stay: dict[str, Any] = {"notify": batch.notify, "start_after": batch.start_after}
        if self.sent["issued_on"] == _day(batch.issued_on):
            stay["issued_on"] = batch.issued_on
        if self.sent["expires_on"] == _day(batch.expires_at):
            stay["expires_at"] = batch.expires_at
        return replace(asked, **stay)


class StartForm(forms.Form):
    """When the badges leave."""

    start = forms.ChoiceField(
        label=gettext_lazy("When"),
        choices=[
            ("held", gettext_lazy("In 10 minutes: until then you can take everything back")),
            ("now", gettext_lazy("At once")),
            ("date", gettext_lazy("On a date")),
        ],
        widget=forms.RadioSelect,
    )
    on = forms.DateTimeField(
        label=gettext_lazy("Date and time"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, at: datetime) -> None:
        super().__init__(data, initial={"start": "held"})
        self.at = at

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("start") == "date" and "on" not in self.errors:
            if not cleaned.get("on"):
                self.add_error("on", _("Say on which date and at what time."))
            elif cleaned["on"] <= self.at:
                self.add_error("on", _("This moment has passed. Choose one to come."))
        return cleaned

    def when(self) -> dict[str, Any]:
        """The arguments of `confirm`."""
        if self.cleaned_data["start"] == "date":
            return {"schedule": self.cleaned_data["on"]}
        return {"hold": HOLD if self.cleaned_data["start"] == "held" else timedelta(0)}


class ColumnsForm(forms.Form):
    """What each column of the list holds."""

    def __init__(
        self, batch: Batch, *, sample: Sequence[BatchRow], data: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(data, prefix="columns")
        width = max([len(batch.headers), *(len(row.cells) for row in sample)])
        for index in range(width):
            header = batch.headers[index] if index < len(batch.headers) else ""
            cells = [row.cells[index] for row in sample if index < len(row.cells) and row.cells[index]]
            self.fields[str(index)] = forms.ChoiceField(
                label=header[:LONGEST_HEADER] or column_letter(index),
                help_text=" · ".join(cell[:40] for cell in cells[:2]),
                choices=[("", _("Not used")), *Field.choices],
                required=False,
                initial=batch.mapping.get(str(index), ""),
            )
        self.fields["month_first"] = forms.ChoiceField(
            label=_("03/04/2026 is"),
            choices=[("", _("the 3rd of April")), ("1", _("March 4th"))],
            required=False,
            initial="1" if batch.month_first else "",
        )

        days = {
            int(key) for key, field in batch.mapping.items() if field in (Field.ISSUED_ON, Field.EXPIRES_ON)
        }
        written = [row.cells[index] for row in sample for index in days if index < len(row.cells)]
        self.has_days = bool(days)
        self.days_are_unsure = month_comes_first(written) is None and any(map(may_be_mistaken, written))

    @property
    def columns(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name != "month_first"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        chosen = [cleaned[name] for name in self.fields if name != "month_first" and cleaned.get(name)]
        if Field.ADDRESS not in chosen:
            raise ValidationError(_("Say which column holds the e-mail addresses."))
        for field in Field:
            if field not in (Field.EVIDENCE, Field.OWN) and chosen.count(field) > 1:
                raise ValidationError(
                    _("“%(field)s” is chosen for two columns. Keep one of them.") % {"field": field.label}
                )
        return cleaned

    def mapping(self) -> dict[int, str]:
        """Column → field, of a form that is valid."""
        return {int(name): value for name, value in self.cleaned_data.items() if name.isdigit() and value}

    def month_first(self) -> bool | None:
        """None where it was not asked."""
        return bool(self.cleaned_data["month_first"]) if self.has_days else None


@dataclass(frozen=True)
class Cell:
    """One input of a row that needs a hand."""

    index: int
    label: str
    value: str
    problem: str = ""

    @property
    def name(self) -> str:
        return f"cell-{self.index}"


@dataclass(frozen=True)
class MendableRow:
    """A row with what can be typed over: the name, and whatever is wrong."""

    row: BatchRow
    names: list[Cell]
    others: list[Cell]
    whole: str
    """What is wrong with the row as a whole."""


NAMES = (Field.FIRST_NAME, Field.LAST_NAME, Field.NAME)


def mendable(batch: Batch, row: BatchRow) -> MendableRow:
    columns = {int(index): Field(value) for index, value in batch.mapping.items()}
    problems = row.faults
    names, others, said = [], [], set()
    for index, field in sorted(columns.items(), key=lambda pair: (pair[1] != Field.ADDRESS, pair[0])):
        value = row.cells[index] if index < len(row.cells) else ""
        key = Field.NAME.value if field in NAMES and field.value not in problems else field.value
        problem = "" if key in said else problems.get(key, "")
        cell = Cell(index, str(field.label), value, problem)
        if field in NAMES:
            names.append(cell)
        elif field == Field.ADDRESS or field.value in problems:
            others.append(cell)
        else:
            continue
        said.add(key)
    return MendableRow(
        row, names, others, " ".join(words for key, words in problems.items() if key not in said)
    )


def mended(posted: QueryDict, row: BatchRow) -> dict[int, str]:
    """What was typed over in this row: only the cells that are not as they were."""
    prefix, changed = f"{row.pk}-cell-", {}
    for name in posted:
        index = name.removeprefix(prefix)
        if name.startswith(prefix) and index.isascii() and index.isdigit() and int(index) < 1000:
            before = row.cells[int(index)] if int(index) < len(row.cells) else ""
            now = str(posted[name]).replace("\0", "")[:4000]
            if now.strip() != before.strip():
                changed[int(index)] = now
    return changed


def column_letter(index: int) -> str:
    """“Column A”, as spreadsheets call those without a header."""
    letters, number = "", index + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return _("Column %(letters)s") % {"letters": letters}


def _day(moment: datetime | None) -> str:
    return timezone.localdate(moment).isoformat() if moment else ""
