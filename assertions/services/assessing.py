"""How criteria were assessed: what is said of each, checked against the badge, kept beside the award."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from assertions.models import Assessment, Award
from badges.models import BadgeVersion
from common.errors import Invalid


@dataclass(frozen=True)
class AssessmentInput:
    """What is said of one criterion, which is named by its position in the badge. Everything else may be empty."""

    criterion: int
    level: str = ""
    assessor: str = ""
    assessed_on: date | None = None
    note: str = ""


Criteria = Mapping[int, int]
"""The keys of a version's criteria by position."""


def criteria_of(version: BadgeVersion, assessed: Iterable[Sequence[AssessmentInput]]) -> Criteria:
    """Read only where something is said of them."""
    return dict(version.criteria.values_list("position", "pk")) if any(assessed) else {}


def assessment_problem(given: Sequence[AssessmentInput], criteria: Criteria, at: datetime) -> Invalid | None:
    seen: set[int] = set()
    for place, one in enumerate(given):
        name, problem = "criterion", ""
        if one.criterion not in criteria:
            problem = _("This badge has no criterion %(number)s.") % {"number": one.criterion}
        elif one.criterion in seen:
            problem = _("Criterion %(number)s is assessed twice.") % {"number": one.criterion}
        elif one.assessed_on and one.assessed_on > (at + timedelta(days=1)).date():
            name, problem = "assessed_on", _("The date of assessment is in the future.")
        if problem:
            return Invalid(problem, code="assessment", fields={f"assessments[{place}].{name}": problem})
        seen.add(one.criterion)
    return None


def assessment_rows(award: Award, given: Sequence[AssessmentInput], criteria: Criteria) -> list[Assessment]:
    return [
        Assessment(
            award=award,
            criterion_id=criteria[one.criterion],
            level=one.level.strip(),
            assessor=one.assessor.strip(),
            assessed_on=one.assessed_on,
            note=one.note.strip(),
        )
        for one in given
    ]
