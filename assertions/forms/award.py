"""All that is typed on the award page, kept from one step to the next: in the page, never on the server."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import zip_longest
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assertions.forms.assessing import LEVEL, AssessmentForm
from assertions.forms.people import read_people
from assertions.services import EvidenceInput, Nomination, keep_waiting, read_evidence_token, refusals
from assertions.services.correcting import tidy_name
from assertions.services.files import evidence_token
from assertions.services.making import EARLIEST
from badges.models import Badge
from common.calendar import months_after

MOST_PEOPLE = 200
MOST_LINKS = 10
MOST_FILES = 5
LONGEST_WORDS = 1000
LEFT_OUT = frozenset({"already_held", "double"})


class DetailsForm(forms.Form):
    """What is the same for everyone. Nothing in it must be filled in."""

    narrative = forms.CharField(
        label=gettext_lazy("Why they earned it"),
        help_text=gettext_lazy(
            "In the mail and on the badge’s page. Say what you saw them do. **bold**, lists and links work."
        ),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2800,
        required=False,
    )
    narrative.widget.attrs.pop("maxlength")  # a browser would cut off what is pasted, without a word
    issued_on = forms.DateField(
        label=gettext_lazy("Date of award"),
        help_text=gettext_lazy("Empty: today."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        required=False,
    )
    expires_on = forms.DateField(
        label=gettext_lazy("Valid until"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        required=False,
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the mail and the claim page"), choices=settings.LANGUAGES
    )

    def __init__(self, badge: Badge, *, at: datetime, data: Mapping[str, str]) -> None:
        """`data` needs not hold every field: the others stand as they are prefilled."""
        assert badge.current is not None  # noqa: S101  the view shows nothing else
        self.months = badge.current.valid_months
        self.today = timezone.localdate(at)
        initial = {
            "issued_on": self.today,
            "expires_on": _after(self.today, self.months),
            "language": badge.current.language,
        }
        super().__init__(data={**_as_text(initial), **data})
        if self.months:
            self.fields["expires_on"].help_text = _("The badge says %(months)s months.") % {
                "months": self.months
            }
        else:
            self.fields["expires_on"].help_text = _("Empty: it does not expire.")

    def clean_issued_on(self) -> date:
        day: date = self.cleaned_data["issued_on"] or self.today
        if day > self.today:
            raise ValidationError(_("The date of award is in the future."))
        if day < EARLIEST.date():
            raise ValidationError(_("The date of award is before the year 1900."))
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        issued, expires = cleaned.get("issued_on"), cleaned.get("expires_on")
        if (
            issued
            and self.months
            and expires in (_after(self.today, self.months), _after(issued, self.months), None)
        ):
            # As it was prefilled: it follows the date of award.
            cleaned["expires_on"] = None
            self.data = {**self.data, "expires_on": str(_after(issued, self.months))}
        elif issued and expires and expires <= issued:
            self.add_error("expires_on", _("The badge would expire before it is awarded."))
        return cleaned

    def issued_at(self, *, at: datetime) -> datetime:
        """Today is now; an earlier day is its noon, so that the day is the same in nearly all of the world."""
        day = self.cleaned_data.get("issued_on") or self.today
        return at if day == self.today else _local(day, time(12))

    def expires_at(self) -> datetime | None:
        """The end of the last day; None for what the badge says."""
        day = self.cleaned_data.get("expires_on")
        return _local(day, time(23, 59, 59)) if day else None


@dataclass
class PersonRow:
    """One line of the table. `problem` says why this person would not get the badge as things stand."""

    name: str = ""
    address: str = ""
    words: str = ""
    problem: str = ""
    code: str = ""

    @property
    def is_left_out(self) -> bool:
        """Nothing to mend: the person has the badge, or stands in the list already."""
        return self.code in LEFT_OUT

    @property
    def is_wrong(self) -> bool:
        return bool(self.code) and not self.is_left_out


@dataclass
class LinkRow:
    url: str = ""
    name: str = ""
    problem: str = ""


@dataclass
class Draft:
    """The page between two requests."""

    badge: Badge
    details: DetailsForm
    assessed: AssessmentForm
    round_id: uuid.UUID
    rows: list[PersonRow] = field(default_factory=list)
    people: str = ""
    people_problem: str = ""
    links: list[LinkRow] = field(default_factory=list)
    files: list[EvidenceInput] = field(default_factory=list)
    file_problems: list[str] = field(default_factory=list)
    added: int = 0

    @classmethod
    def begin(cls, badge: Badge, rows: list[PersonRow], *, at: datetime) -> "Draft":
        details, assessed = DetailsForm(badge, at=at, data={}), AssessmentForm(badge, at=at, data={})
        draft = cls(badge, details, assessed, uuid.uuid4(), rows)
        draft.judge(at=at)
        return draft

    @classmethod
    def read(cls, posted: QueryDict, badge: Badge, *, at: datetime) -> "Draft":
        """What was sent, with the new people in the table and every row judged."""
        details = DetailsForm(badge, at=at, data=_given(posted, DetailsForm.base_fields))
        assessed = AssessmentForm(badge, at=at, data=_given(posted, _names_of_assessment(posted)))
        draft = cls(badge, details, assessed, _uuid(posted.get("round", "")))
        draft.rows = _rows(posted)
        draft._take_people(posted.get("people", ""))
        draft.links = _links(posted)
        tokens = [read_evidence_token(token) for token in posted.getlist("stored")[:MOST_FILES]]
        draft._take_stored([evidence for evidence in tokens if evidence], at=at)
        draft._drop(posted)
        draft.judge(at=at)
        return draft

    def _take_people(self, text: str) -> None:
        found = read_people(text)
        room = MOST_PEOPLE - len(self.rows)
        self.rows += [PersonRow(name, address) for name, address in found[:room]]
        self.added = len(found[:room])
        if found[room:]:
            self.people = "\n".join(f"{name} <{address}>" for name, address in found[room:])
            self.people_problem = _(
                "%(most)s people at most at a time. The others are still here: award them next."
            ) % {"most": MOST_PEOPLE}

    def _take_stored(self, chosen: list[EvidenceInput], *, at: datetime) -> None:
        self.files = keep_waiting(chosen, at=at) if chosen else []
        self.file_problems += [
            _("“%(name)s” was not kept any longer: choose it again.") % {"name": one.name}
            for one in chosen
            if one not in self.files
        ]

    def _drop(self, posted: QueryDict) -> None:
        """A button beside a row takes it out."""
        for name, items in (("remove", self.rows), ("drop_link", self.links), ("drop_file", self.files)):
            number = posted.get(name, "")
            if number.isascii() and number.isdigit() and int(number) < len(items):
                del items[int(number)]

    def judge(self, *, at: datetime) -> None:
        """Says of every row whether the badge can be awarded."""
        self.details.full_clean()
        self.assessed.full_clean()
        found = refusals(
            badge=self.badge, nominations=[self.nomination(row, at=at) for row in self.rows], at=at
        )
        for index, row in enumerate(self.rows):
            refused = found.get(index)
            row.problem, row.code = (refused.message, refused.code) if refused else ("", "")
            if not refused and len(row.words) > LONGEST_WORDS:
                row.problem, row.code = _("At most 1,000 characters for one person."), "words"

    def nomination(self, row: PersonRow, *, at: datetime) -> Nomination:
        common = self.details.cleaned_data.get("narrative", "")
        return Nomination(
            address=row.address, name=row.name, evidence=self.evidence,
            narrative="\n\n".join(part.strip() for part in (row.words, common) if part.strip()),
            issued_on=self.details.issued_at(at=at), expires_at=self.details.expires_at(),
            language=self.details.cleaned_data.get("language", ""), assessments=self.assessed.assessments(),
        )  # fmt: skip

    @property
    def evidence(self) -> list[EvidenceInput]:
        links = [EvidenceInput(url=link.url, name=link.name) for link in self.links if not link.problem]
        return [*links, *self.files]

    @property
    def to_award(self) -> list[PersonRow]:
        return [row for row in self.rows if not row.code]

    @property
    def left_out(self) -> list[PersonRow]:
        return [row for row in self.rows if row.code]

    @property
    def shown_links(self) -> list[LinkRow]:
        """With an empty one to type in."""
        return [*self.links, LinkRow()] if len(self.links) < MOST_LINKS else self.links

    @property
    def stored(self) -> list[tuple[str, EvidenceInput]]:
        return [(evidence_token(one), one) for one in self.files]

    @property
    def is_complete(self) -> bool:
        """Nothing but people is to be mended, and of them some can be awarded."""
        has_problem = bool(
            self.file_problems or self.people_problem or any(link.problem for link in self.links)
        )
        are_valid = self.details.is_valid() and self.assessed.is_valid()
        return are_valid and not has_problem and bool(self.to_award)

    def carried(self) -> dict[str, list[str]]:
        """What the page would send besides the people, to be laid into another form."""
        forms_of_all = (self.details, self.assessed)
        details = {name: [str(one.data.get(name) or "")] for one in forms_of_all for name in one.fields}
        return details | {
            "link": [link.url for link in self.links],
            "link_name": [link.name for link in self.links],
            "stored": [token for token, _evidence in self.stored],
        }


def _rows(posted: QueryDict) -> list[PersonRow]:
    columns = (posted.getlist("name"), posted.getlist("address"), posted.getlist("words"))
    rows = [PersonRow(*cells) for cells in zip_longest(*columns, fillvalue="")]
    for row in rows:
        row.name, row.address = tidy_name(row.name)[:200], row.address.replace("\0", "").strip()
        row.words = row.words.replace("\0", "")
    return [row for row in rows if row.name or row.address or row.words.strip()][:MOST_PEOPLE]


def _links(posted: QueryDict) -> list[LinkRow]:
    pairs = zip_longest(posted.getlist("link"), posted.getlist("link_name"), fillvalue="")
    rows = [LinkRow(url.strip(), tidy_name(name)[:200]) for url, name in pairs if url.strip()]
    check = forms.URLField(assume_scheme="https", max_length=500)
    for row in rows:
        try:
            row.url = check.clean(row.url)
        except ValidationError:
            row.problem = _("This is not a link. A link looks like https://example.org/work.")
    return rows[:MOST_LINKS]


def _names_of_assessment(posted: QueryDict) -> list[str]:
    levels = [name for name in posted if name.startswith(LEVEL)]
    return [*levels, *AssessmentForm.base_fields]


def _given(posted: QueryDict, names: Iterable[str]) -> dict[str, str]:
    return {name: str(posted[name]) for name in names if name in posted}


def _as_text(initial: Mapping[str, Any]) -> dict[str, str]:
    return {name: "" if value is None else str(value) for name, value in initial.items()}


def _uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.uuid4()


def _after(day: date, months: int | None) -> date | None:
    return months_after(_local(day, time(12)), months).date() if months else None


def _local(day: date, at: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, at))
