"""What can be achieved, and what somebody achieved (Open Badges 3.0, section B.1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from openbadges.v3.node import Link, Nested, Node
from openbadges.v3.parts import Alignment, Criteria, IdentifierEntry, IdentityObject, Image, Related, Type
from openbadges.v3.profiles import Profile
from openbadges.v3.words import ACHIEVEMENT_TYPE, RESULT_STATUS, RESULT_TYPE
from openbadges.vocabulary import REQUIRED, Many, Problem, join
from openbadges.vocabulary.kinds import DATE_TIME, IRI, LANGUAGE, NUMBER, TEXT, TYPES

if TYPE_CHECKING:
    from openbadges.v3.credentials import EndorsementCredential


@dataclass(frozen=True, kw_only=True, slots=True)
class RubricCriterionLevel(Node):
    """One level of a rubric ("RubricCriterionLevel"). `level` and `points` are texts."""

    TYPE: ClassVar[str | None] = "RubricCriterionLevel"

    id: Annotated[str, IRI, REQUIRED]
    type: Annotated[Type, TYPES, REQUIRED] = ("RubricCriterionLevel",)
    name: Annotated[str, TEXT, REQUIRED]
    alignment: Annotated[tuple[Alignment, ...], Many(Nested("Alignment"))] = ()
    description: Annotated[str | None, TEXT] = None
    level: Annotated[str | None, TEXT] = None
    points: Annotated[str | None, TEXT] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ResultDescription(Node):
    """A kind of result that an achievement can have ("ResultDescription").

    `allowed_value`: from low to high; `required_level`: id of one of `rubric_criterion_level`.
    """

    TYPE: ClassVar[str | None] = "ResultDescription"

    id: Annotated[str, IRI, REQUIRED]
    type: Annotated[Type, TYPES, REQUIRED] = ("ResultDescription",)
    name: Annotated[str, TEXT, REQUIRED]
    result_type: Annotated[str, RESULT_TYPE, REQUIRED]
    alignment: Annotated[tuple[Alignment, ...], Many(Nested("Alignment"))] = ()
    allowed_value: Annotated[tuple[str, ...], Many(TEXT)] = ()
    required_level: Annotated[str | None, IRI] = None
    required_value: Annotated[str | None, TEXT] = None
    rubric_criterion_level: Annotated[
        tuple[RubricCriterionLevel, ...], Many(Nested("RubricCriterionLevel"))
    ] = ()
    value_min: Annotated[str | None, TEXT] = None
    value_max: Annotated[str | None, TEXT] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Result(Node):
    """A result that somebody had ("Result"). `result_description`: id of one in the same achievement."""

    TYPE: ClassVar[str | None] = "Result"

    type: Annotated[Type, TYPES, REQUIRED] = ("Result",)
    achieved_level: Annotated[str | None, IRI] = None
    alignment: Annotated[tuple[Alignment, ...], Many(Nested("Alignment"))] = ()
    result_description: Annotated[str | None, IRI] = None
    status: Annotated[str | None, RESULT_STATUS] = None
    value: Annotated[str | None, TEXT] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Achievement(Node):
    """What can be earned ("Achievement"). One per language: `in_language`, with the others as `related`."""

    TYPE: ClassVar[str | None] = "Achievement"

    id: Annotated[str, IRI, REQUIRED]
    type: Annotated[Type, TYPES, REQUIRED] = ("Achievement",)
    name: Annotated[str, TEXT, REQUIRED]
    description: Annotated[str, TEXT, REQUIRED]
    criteria: Annotated[Criteria, Nested("Criteria"), REQUIRED]
    achievement_type: Annotated[str | None, ACHIEVEMENT_TYPE] = None
    image: Annotated[Image | None, Nested("Image", link=True)] = None
    creator: Annotated[str | Profile | None, Link("Profile", IRI)] = None
    in_language: Annotated[str | None, LANGUAGE] = None
    version: Annotated[str | None, TEXT] = None
    tag: Annotated[tuple[str, ...], Many(TEXT)] = ()
    alignment: Annotated[tuple[Alignment, ...], Many(Nested("Alignment"))] = ()
    related: Annotated[tuple[Related, ...], Many(Nested("Related"))] = ()
    result_description: Annotated[tuple[ResultDescription, ...], Many(Nested("ResultDescription"))] = ()
    credits_available: Annotated[float | None, NUMBER] = None
    endorsement: Annotated[tuple[EndorsementCredential, ...], Many(Nested("EndorsementCredential"))] = ()
    endorsement_jwt: Annotated[tuple[str, ...], Many(TEXT)] = ()
    field_of_study: Annotated[str | None, TEXT] = None
    human_code: Annotated[str | None, TEXT] = None
    other_identifier: Annotated[tuple[IdentifierEntry, ...], Many(Nested("IdentifierEntry"))] = ()
    specialization: Annotated[str | None, TEXT] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class AchievementSubject(Node):
    """Who achieved what ("AchievementSubject"): known by `id` or by `identifier`."""

    TYPE: ClassVar[str | None] = "AchievementSubject"

    id: Annotated[str | None, IRI] = None
    type: Annotated[Type, TYPES, REQUIRED] = ("AchievementSubject",)
    identifier: Annotated[tuple[IdentityObject, ...], Many(Nested("IdentityObject"))] = ()
    achievement: Annotated[Achievement, Nested("Achievement"), REQUIRED]
    narrative: Annotated[str | None, TEXT] = None
    result: Annotated[tuple[Result, ...], Many(Nested("Result"))] = ()
    activity_start_date: Annotated[str | None, DATE_TIME] = None
    activity_end_date: Annotated[str | None, DATE_TIME] = None
    credits_earned: Annotated[float | None, NUMBER] = None
    image: Annotated[Image | None, Nested("Image", link=True)] = None
    license_number: Annotated[str | None, TEXT] = None
    role: Annotated[str | None, TEXT] = None
    source: Annotated[Profile | None, Nested("Profile")] = None
    term: Annotated[str | None, TEXT] = None

    @classmethod
    def own_problems(cls, document: Mapping[str, Any], path: str) -> Iterator[Problem]:
        """Somebody is meant, and each result speaks of a description that the achievement has."""
        if document.get("id") is None and not document.get("identifier"):
            yield Problem(join(path, "identifier"), "missing")
        achievement = document.get("achievement")
        described = _members_of(
            achievement.get("resultDescription") if isinstance(achievement, Mapping) else None
        )
        known = {entry.get("id"): entry for entry in described if isinstance(entry.get("id"), str)}
        for index, result in enumerate(_members_of(document.get("result"))):
            named = result.get("resultDescription")
            where = join(path, f"result[{index}]")
            if isinstance(named, str) and named not in known:
                yield Problem(join(where, "resultDescription"), "not_in_achievement")
            elif (
                isinstance(named, str)
                and known[named].get("resultType") == "Status"
                and "status" not in result
            ):
                yield Problem(join(where, "status"), "missing")


@dataclass(frozen=True, kw_only=True, slots=True)
class EndorsementSubject(Node):
    """What is endorsed, and the endorser's words in Markdown ("EndorsementSubject")."""

    TYPE: ClassVar[str | None] = "EndorsementSubject"

    id: Annotated[str, IRI, REQUIRED]
    type: Annotated[Type, TYPES, REQUIRED] = ("EndorsementSubject",)
    endorsement_comment: Annotated[str | None, TEXT] = None


def _members_of(value: Any) -> list[Mapping[str, Any]]:
    entries = value if isinstance(value, list) else [value]
    return [entry for entry in entries if isinstance(entry, Mapping)]
