"""Names that recipients ask for: granted or not, and told."""

from datetime import timedelta

import pytest

from assertions.models import Award, Claim, NameRequest
from assertions.services import decide_name
from common.actors import Actor
from common.errors import Refused
from journal.models import Action, Entry, Message
from tests.factories import NOON

KARIM = Actor("user:7", "Karim Benali")


@pytest.fixture
def asked(accepted_award: Award) -> NameRequest:
    return NameRequest.objects.create(award=accepted_award, name="Agnès Dupont", created_at=NOON)


def test_granted_the_badge_bears_the_name_and_is_found_by_it(asked: NameRequest) -> None:
    before = asked.award.stamp
    decide_name(request=asked, approve=True, by=KARIM, at=NOON + timedelta(days=1))
    award = Award.objects.get()
    assert (award.recipient_name, award.stamp) == ("Agnès Dupont", before + 1)
    assert Award.objects.about_people("dupont AGNES").exists()
    assert not Award.objects.about_people("marchand").exists()
    mail = Message.objects.get()
    assert (mail.kind, mail.context["approved"], mail.recipient_name) == (
        "name_decided",
        True,
        "Agnès Dupont",
    )
    assert Entry.objects.get(action=Action.NAME_DECIDED).data == {"approved": True}


def test_refused_the_badge_stays_and_they_are_told(asked: NameRequest) -> None:
    decide_name(request=asked, approve=False, by=KARIM, at=NOON)
    asked.refresh_from_db()
    assert asked.state == NameRequest.State.REFUSED
    assert Award.objects.get().recipient_name == "Inès Marchand"
    assert Message.objects.get().context["approved"] is False


def test_who_has_not_answered_gets_a_link_to_do_so(asked: NameRequest) -> None:
    Award.objects.update(response=Award.Response.WAITING)
    before = Claim.objects.count()
    decide_name(request=asked, approve=True, by=KARIM, at=NOON)
    assert Claim.objects.count() == before + 1
    assert Message.objects.get().sealed  # the link


def test_decided_once(asked: NameRequest) -> None:
    decide_name(request=asked, approve=True, by=KARIM, at=NOON)
    with pytest.raises(Refused) as refused:
        decide_name(request=asked, approve=False, by=KARIM, at=NOON)
    assert refused.value.code == "decided"
