"""An award that went to a wrong address."""

from datetime import timedelta

import pytest

from assertions.models import Award, Claim
from assertions.services import AssessmentInput, EvidenceInput, Nomination, award_instead, award_many
from badges.models import Badge
from common.actors import SYSTEM, Actor
from common.errors import Refused
from journal.models import Message
from tests.factories import NOON, make_award

KARIM = Actor("user:7", "Karim Benali")
LATER = NOON + timedelta(hours=1)


def test_taken_back_there_and_made_anew_here(badge: Badge) -> None:
    link = EvidenceInput(url="https://example.org/film", name="Film")
    wrong = make_award(
        badge, address="inse@example.org", narrative="Well done.", evidence=[link], language="fr", notify=True,
        assessments=[AssessmentInput(2, "confirmed", "Karim Benali")],
    )  # fmt: skip
    Message.objects.update(state="sent")
    right = award_instead(award=wrong, address=" Ines@example.org", by=KARIM, at=LATER)
    wrong.refresh_from_db()
    assert wrong.revoked_at == LATER
    assert right.recipient.address == "ines@example.org"
    assert (right.recipient_name, right.narrative, right.language) == ("Inès Marchand", "Well done.", "fr")
    assert right.issued_on == NOON
    assert right.evidence.get().name == "Film"
    assert (right.assessments.get().level, right.assessments.get().criterion.position) == ("confirmed", 2)
    mail = Message.objects.get(state="due")
    assert (mail.kind, mail.recipient) == ("award", "ines@example.org")  # and no word to the wrong address
    assert not Claim.objects.open(at=LATER).filter(award=wrong).exists()


def test_it_stays_in_its_round(badge: Badge) -> None:
    round_id = badge.pk
    row = award_many(
        badge=badge, nominations=[Nomination("inse@example.org")], by=SYSTEM, at=NOON, round_id=round_id
    ).awards[0]
    assert award_instead(award=row, address="ines@example.org", by=KARIM, at=LATER).round == round_id


@pytest.mark.parametrize(
    ("change", "address"),
    [
        ({"response": "accepted"}, "ines@example.org"),
        ({"revoked_at": NOON}, "ines@example.org"),
        ({}, "ines@"),
        ({}, "held@example.org"),
    ],
)
def test_refused_it_leaves_all_as_it_was(badge: Badge, change: dict[str, object], address: str) -> None:
    make_award(badge, address="held@example.org")
    row = make_award(badge, address="inse@example.org")
    Award.objects.filter(pk=row.pk).update(**change)
    with pytest.raises(Refused):
        award_instead(award=row, address=address, by=KARIM, at=LATER)
    assert Award.objects.count() == 2
    assert Award.objects.get(pk=row.pk).revoked_at == change.get("revoked_at")
