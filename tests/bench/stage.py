"""What is measured upon: one organisation, one badge with all that a badge can say, awards through the services."""

from django.utils import timezone

from accounts.models import User
from assertions.models import Award
from assertions.services import EvidenceInput, Nomination, award_many
from badges.designer import Design
from badges.models import Badge
from badges.queries import AlignmentContent, Content, CriterionContent, CriterionWords, Words
from badges.services import create_published_badge
from common.actors import SYSTEM
from issuers.services.organisations import create_issuer

NOW = timezone.now()
CRITERIA = ("Prepare a plan", "Involve everyone", "Evaluate what was learnt")


def make_badge() -> Badge:
    by = User.objects.create_user("owner@example.org", name="Olga Owner").actor
    issuer = create_issuer(name="Atelier Nord", email="badges@example.org", by=by, at=NOW)
    words = Words(
        "Run a workshop", "Prepares, runs and evaluates a workshop.", "Shown **in practice**.", "Violet seal"
    )
    said = [CriterionWords(name, f"{name}, seen by two trainers.") for name in CRITERIA]
    content = Content(
        language="en",
        words={"en": words, "fr": words},
        criteria=tuple(CriterionContent({"en": one, "fr": one}, "observation") for one in said),
        alignments=(AlignmentContent("Facilitate groups", "https://esco.example.org/S1.8"),),
        tags=("facilitation",),
        valid_months=24,
    )
    return create_published_badge(issuer=issuer, content=content, picture=Design(icon="users"), by=by, at=NOW)


def nominations(count: int, *, batch: str) -> list[Nomination]:
    evidence = (EvidenceInput(url="https://portfolio.example.org/3", name="Film", narrative="Ten minutes."),)
    return [
        Nomination(f"{batch}{number}@example.org", "Inès Marchand", "She **listened**, twice.", evidence)
        for number in range(count)
    ]


def make_awards(badge: Badge, count: int, *, batch: str) -> list[Award]:
    return award_many(badge=badge, nominations=nominations(count, batch=batch), by=SYSTEM, at=NOW).awards
