"""The award mail once more."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assertions.models import Award, Claim
from assertions.services import send_again, send_many_again
from badges.models import Badge
from common.actors import Actor
from common.errors import Refused
from journal.models import Action, Entry, Message
from tests.factories import NOON, make_award

KARIM = Actor("user:7", "Karim Benali")
LATER = NOON + timedelta(days=2)


def mailed(badge: Badge, state: str = Message.State.SENT) -> Award:
    row = make_award(badge, notify=True)
    Message.objects.about(row.mail_subject).update(state=state)
    return row


@pytest.mark.parametrize("state", [Message.State.SENT, Message.State.FAILED, Message.State.UNKNOWN])
def test_a_new_link_in_a_new_mail(badge: Badge, state: str) -> None:
    row = mailed(badge, state)
    send_again(award=row, by=KARIM, at=LATER)
    again = Message.objects.get(occurrence=2)
    assert (again.state, again.due_at, again.subject) == (Message.State.DUE, LATER, row.mail_subject)
    assert Claim.objects.filter(award=row).count() == 2
    assert Entry.objects.get(action=Action.AWARD_SENT_AGAIN).target_id == str(row.pk)


def test_an_award_that_was_never_mailed(badge: Badge) -> None:
    send_again(award=make_award(badge, notify=False), by=KARIM, at=LATER)
    assert Message.objects.get().occurrence == 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"response": Award.Response.ACCEPTED}, "answered"),
        ({"response": Award.Response.NOT_ME}, "answered"),
        ({"revoked_at": NOON}, "revoked"),
    ],
)
def test_refused_where_there_is_nothing_to_claim(badge: Badge, change: dict[str, object], code: str) -> None:
    row = mailed(badge)
    Award.objects.filter(pk=row.pk).update(**change)
    with pytest.raises(Refused) as refused:
        send_again(award=row, by=KARIM, at=LATER)
    assert refused.value.code == code
    assert Message.objects.count() == Claim.objects.count() == 1


@pytest.mark.parametrize("state", [Message.State.DUE, Message.State.LEASED])
def test_refused_while_the_mail_is_on_its_way(badge: Badge, state: str) -> None:
    with pytest.raises(Refused) as refused:
        send_again(award=mailed(badge, state), by=KARIM, at=LATER)
    assert refused.value.code == "mail_waiting"


def test_several_some_of_them_not(badge: Badge) -> None:
    rows = [mailed(badge) for _ in range(3)]
    Award.objects.filter(pk=rows[1].pk).update(response=Award.Response.ACCEPTED)
    sent = send_many_again(awards=rows, by=KARIM, at=LATER)
    assert {row.pk for row in sent.awards} == {rows[0].pk, rows[2].pk}
    assert sent.refused[rows[1].pk].code == "answered"


def test_the_number_of_queries_does_not_grow(badge: Badge) -> None:
    def cost(count: int) -> int:
        rows = [mailed(badge) for _ in range(count)]
        with CaptureQueriesContext(connection) as queries:
            send_many_again(awards=rows, by=KARIM, at=LATER)
        return len(queries)

    assert cost(1) == cost(6)
