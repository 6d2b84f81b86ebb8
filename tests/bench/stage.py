"""What is measured upon: one organisation, one badge with all that a badge can say, awards through the services."""

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from assertions.models import Award
from assertions.services import EvidenceInput, Nomination, award_many
from badges.designer import Design
from badges.models import Badge
from badges.queries import AlignmentContent, Content, CriterionContent, CriterionWords, Words
from badges.services import create_published_badge
from common.actors import SYSTEM, Actor
from issuers.models import Issuer
from issuers.services.organisations import create_issuer

NOW = timezone.now()
CRITERIA = ("Prepare a plan", "Involve everyone", "Evaluate what was learnt")


def make_badge(owner: str = "owner@example.org") -> Badge:
    """Of an organisation of its own."""
    by = User.objects.create_user(owner, name="Olga Owner").actor
    return _published(
        create_issuer(name="Atelier Nord", email="badges@example.org", by=by, at=NOW), "Run a workshop", by
    )


def another_badge(badge: Badge) -> Badge:
    """Of the same organisation."""
    return _published(badge.issuer, "Plan a workshop", SYSTEM)


def _published(issuer: Issuer, name: str, by: Actor) -> Badge:
    words = Words(name, "Prepares, runs and evaluates a workshop.", "Shown **in practice**.", "Violet seal")
    said = [CriterionWords(criterion, f"{criterion}, seen by two trainers.") for criterion in CRITERIA]
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


DAYS = 365
# Every column of an award but those that must differ: a million signatures would take an hour and show nothing here.
COPIED = (
    "issuer_id", "badge_id", "version_id", "recipient_name", "corrected_from", "language", "salt", "expires_at",
    "narrative", "signing_key_id", "signed", "awarded_by_id", "awarded_by_label", "responded_at", "response_note",
    "revoked_by_label", "revocation_reason", "revocation_note", "stamp", "created_at",
)  # fmt: skip
_NUMBERS = {
    "postgresql": "generate_series(1, %s) AS numbers(n)",
    "sqlite": "(WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < %s) SELECT n FROM s)",
}
_NEW_ID = {"postgresql": "gen_random_uuid()", "sqlite": "lower(hex(randomblob(16)))"}
_DAY = {
    "postgresql": "CAST(%s AS timestamptz) - (numbers.n %% %s) * interval '1 day'",
    "sqlite": "datetime(%s, '-' || (numbers.n %% %s) || ' days')",
}


@transaction.atomic
def copy_award(award: Award, count: int) -> None:
    """So many more awards like this one, over a year of days, half of them accepted, some declined, some revoked."""
    vendor = connection.vendor
    numbers = _NUMBERS[vendor] + ("" if vendor == "postgresql" else " AS numbers")
    columns = ", ".join(COPIED)
    statement = f"""
        INSERT INTO assertions_award
            ({columns}, id, recipient_id, search, is_repeat, round, issued_on, response, revoked_at)
        SELECT {", ".join(f"a.{name}" for name in COPIED)}, {_NEW_ID[vendor]}, a.recipient_id, '', %s, NULL,
            {_DAY[vendor]},
            CASE WHEN numbers.n %% 2 = 0 THEN 'accepted' WHEN numbers.n %% 7 = 0 THEN 'declined' ELSE 'waiting' END,
            CASE WHEN numbers.n %% 50 = 0 THEN a.created_at END
        FROM assertions_award a, {numbers} WHERE a.id = %s
    """
    with connection.cursor() as cursor:
        at = NOW if vendor == "postgresql" else NOW.strftime("%Y-%m-%d %H:%M:%S")
        key = award.pk if vendor == "postgresql" else award.pk.hex
        # In the order in which the marks stand: repeat, day, how many days, how many awards, which award.
        cursor.execute(statement, [True, at, DAYS, count, key])
        cursor.execute("ANALYZE assertions_award")
