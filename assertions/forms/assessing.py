"""How each criterion was assessed, as it is typed on the award page: the same for everyone of the round."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assertions.services import AssessmentInput
from badges.models import Badge, Criterion
from common.languages import current_language

LEVEL = "level-"


class AssessmentForm(forms.Form):
    """A level for each criterion, then once for all who assessed and when. Nothing must be filled in.

    Levels are named by the criterion's key: what was typed of one version never lands on the next one's criteria.
    """

    assessor = forms.CharField(label=gettext_lazy("Assessed by"), max_length=200, required=False)
    assessed_on = forms.DateField(
        label=gettext_lazy("Assessed on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        required=False,
    )

    def __init__(self, badge: Badge, *, at: datetime, data: Mapping[str, str]) -> None:
        super().__init__(data=data)
        assert badge.current is not None  # noqa: S101  the view shows nothing else
        self.today = timezone.localdate(at)
        self.criteria: list[Criterion] = list(badge.current.criteria.prefetch_related("texts"))
        for criterion in self.criteria:
            self.fields[_level(criterion)] = forms.CharField(
                label=criterion.text(current_language()).name,
                help_text=criterion.get_method_display(),
                max_length=100,
                required=False,
            )
        self.order_fields([_level(criterion) for criterion in self.criteria])

    def clean_assessed_on(self) -> date | None:
        day: date | None = self.cleaned_data["assessed_on"]
        if day and day > self.today:
            raise ValidationError(_("The date of assessment is in the future."))
        return day

    def clean(self) -> None:
        typed = {name for name, value in self.data.items() if name.startswith(LEVEL) and value.strip()}
        if typed - set(self.fields):
            raise ValidationError(
                _("The badge has a new version since you opened this page: look at its criteria again.")
            )

    @property
    def levels(self) -> Iterator[forms.BoundField]:
        return (self[_level(criterion)] for criterion in self.criteria)

    @property
    def is_filled(self) -> bool:
        return bool(self.errors) or any(str(self.data.get(name) or "").strip() for name in self.fields)

    def assessments(self) -> list[AssessmentInput]:
        """Of the criteria with a level; where none has one, who assessed and when holds for each of them."""
        assessor = self.cleaned_data.get("assessor", "")
        assessed_on = self.cleaned_data.get("assessed_on")
        levels = {one.position: self.cleaned_data.get(_level(one), "") for one in self.criteria}
        if not any(levels.values()) and not assessor and not assessed_on:
            return []
        return [
            AssessmentInput(position, level, assessor, assessed_on)
            for position, level in levels.items()
            if level or not any(levels.values())
        ]


def _level(criterion: Criterion) -> str:
    return f"{LEVEL}{criterion.pk}"
