"""What the demonstration is told in: organisations, people, badges and what became of them.

Days count back from today."""

from dataclasses import dataclass, field
from urllib.parse import quote

from badges.designer import Design
from badges.queries import AlignmentContent, Content, CriterionContent, CriterionWords
from issuers.models import Membership

Role = Membership.Role
DIGCOMP = (
    "https://joint-research-centre.ec.europa.eu/projects-and-activities/education-and-training/"
    "digital-transformation-education/digital-competence-framework-citizens-digcomp_en"
)


@dataclass(frozen=True)
class Person:
    """Somebody with an account."""

    name: str
    address: str
    language: str = "fr"


@dataclass(frozen=True)
class Link:
    url: str
    name: str
    narrative: str = ""


@dataclass(frozen=True)
class Paper:
    """A PDF of one page."""

    name: str
    lines: tuple[str, ...]
    narrative: str = ""


@dataclass(frozen=True)
class Earner:
    """Somebody who was awarded a badge, and what they and the organisation did then.

    `answer` is accepted, withdrawn, declined, not_me or empty; `hours` is how long they took. `lasts` (days) overrides the badge's
    validity. `levels` says how each criterion was assessed, in their order. `bounced` is what their mail server said, for good.
    """

    name: str
    address: str
    answer: str = "accepted"
    hours: int = 5
    narrative: str = ""
    evidence: tuple[Link | Paper, ...] = ()
    levels: tuple[str, ...] = ()
    language: str = ""
    lasts: int = 0
    revoked: str = ""
    revoked_days: float = 0
    suspended: str = ""
    suspended_days: float = 0
    wants_name: str = ""
    note: str = ""
    bounced: str = ""


@dataclass(frozen=True)
class Round:
    """A badge awarded to several people at once, `days` ago, by the member with that address."""

    badge: str
    days: float
    by: str
    earners: tuple[Earner, ...]
    narrative: str = ""


@dataclass(frozen=True)
class PlannedBadge:
    """`revised` is what the second version says; `archived` counts days; `days` is when it was first published."""

    key: str
    design: Design
    content: Content
    days: float
    is_draft: bool = False
    revised: Content | None = None
    revised_days: float = 0
    change_note: str = ""
    archived: float = 0


@dataclass(frozen=True)
class Organisation:
    slug: str
    name: str
    url: str
    email: str
    language: str
    description: str
    logo: bytes
    owner: Person
    days: float
    members: tuple[tuple[Person, Role], ...] = ()
    invited: tuple[tuple[str, Role, float], ...] = ()
    translations: dict[str, str] = field(default_factory=dict)
    badges: tuple[PlannedBadge, ...] = ()
    rounds: tuple[Round, ...] = field(default_factory=tuple)


def criterion(
    method: str, fr: tuple[str, str], en: tuple[str, str], *, required: bool = True
) -> CriterionContent:
    words = {"fr": CriterionWords(*fr), "en": CriterionWords(*en)}
    return CriterionContent(words=words, method=method, is_required=required)


def esco(code: str, name: str) -> AlignmentContent:
    """A group of the skills pillar of ESCO."""
    page = "https://esco.ec.europa.eu/en/classification/skills?uri="
    uri = f"http://data.europa.eu/esco/skill/{code}"
    return AlignmentContent(name, page + quote(uri, safe=""), target_framework="ESCO", target_code=code)


def rome(code: str, name: str) -> AlignmentContent:
    """A job of the French directory of occupations."""
    url = f"https://candidat.francetravail.fr/metierscope/fiche-metier/{code}"
    return AlignmentContent(name, url, target_framework="ROME 4.0 (France Travail)", target_code=code)


def digcomp(code: str, name: str) -> AlignmentContent:
    return AlignmentContent(name, DIGCOMP, target_framework="DigComp 2.2", target_code=code)
