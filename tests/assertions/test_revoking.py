"""Revoking, what the recipient hears of it, and undoing it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assertions.models import Award, Claim
from assertions.services import UNDO_WINDOW, revoke, undo_revocation
from badges.models import Badge
from common.actors import Actor
from common.errors import Invalid, Refused
from journal.models import Action, Entry, Message
from tests.factories import NOON, make_accepted, make_award

KARIM = Actor("user:7", "Karim Benali")
LATER = NOON + timedelta(hours=1)


def mailed(badge: Badge, **fields: object) -> Award:
    """Awarded, and the mail has left."""
    row = make_award(badge, notify=True, **fields)
    Message.objects.about(row.mail_subject).update(state=Message.State.SENT, sent_at=NOON)
    return row


def taken_back(row: Award, **fields: object) -> Award:
    return revoke(awards=[row], reason="Awarded by mistake.", by=KARIM, at=LATER, **fields)[0]


def undone(row: Award) -> Award:
    return undo_revocation(award=row, by=KARIM, at=LATER + timedelta(minutes=5))


def test_it_says_why_who_and_when(accepted_award: Award) -> None:
    row = taken_back(accepted_award, note="Wrong list.")
    before = row.stamp
    row.refresh_from_db()
    assert row.stamp == before + 1
    assert (row.revoked_at, row.revocation_reason) == (LATER, "Awarded by mistake.")
    assert (row.revocation_note, row.revoked_by_label) == ("Wrong list.", "Karim Benali")
    entry = Entry.objects.get(action=Action.AWARD_REVOKED)
    assert (entry.target_kind, entry.target_id) == ("award", str(row.pk))


@pytest.mark.parametrize(
    "words", [{"reason": "  "}, {"reason": "x" * 301}, {"reason": "x", "note": "x" * 1001}]
)
def test_a_reason_in_bounds_is_needed(accepted_award: Award, words: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        revoke(awards=[accepted_award], by=KARIM, at=LATER, **words)
    assert not Award.objects.revoked().exists()


def test_several_at_once_cost_no_more_queries_than_one(badge: Badge) -> None:
    def cost(rows: list[Award]) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert len(revoke(awards=rows, reason="Mistake.", by=KARIM, at=LATER)) == len(rows)
        return len(queries)

    one, five = [mailed(badge)], [mailed(badge) for _ in range(5)]
    assert cost(one) == cost(five)
    assert Entry.objects.filter(action=Action.AWARD_REVOKED).count() == 2
    assert Message.objects.filter(kind="revoked").count() == 6


def test_what_is_revoked_already_stays_as_it_is(accepted_award: Award) -> None:
    taken_back(accepted_award)
    assert revoke(awards=[accepted_award], reason="Other words.", by=KARIM, at=LATER) == []
    accepted_award.refresh_from_db()
    assert accepted_award.revocation_reason == "Awarded by mistake."


def test_the_recipient_is_told_once_undoing_is_over(badge: Badge) -> None:
    row = mailed(badge)
    taken_back(row)
    mail = Message.objects.get(kind="revoked")
    assert mail.due_at == LATER + UNDO_WINDOW
    assert mail.context["reason"] == "Awarded by mistake."


def test_a_mail_that_has_not_left_is_taken_back_with_its_link(badge: Badge) -> None:
    row = make_award(badge, notify=True)
    taken_back(row)
    assert not Message.objects.exists()
    assert not Claim.objects.exists()
    undone(row)
    mail = Message.objects.get()
    assert (mail.kind, mail.state) == ("award", Message.State.DUE)
    assert Claim.objects.count() == 1


@pytest.mark.parametrize("response", [Award.Response.DECLINED, Award.Response.NOT_ME])
def test_who_turned_it_down_hears_no_more(badge: Badge, response: str) -> None:
    row = mailed(badge)
    Award.objects.filter(pk=row.pk).update(response=response)
    taken_back(row)
    assert not Message.objects.filter(kind="revoked").exists()


def test_undone_within_minutes_it_is_as_before(badge: Badge) -> None:
    row = mailed(badge)
    taken_back(row, note="Private.")
    assert undone(row).revoked_at is None
    row.refresh_from_db()
    assert (row.revoked_at, row.revocation_reason, row.revocation_note, row.revoked_by_label) == (
        None,
        "",
        "",
        "",
    )
    assert not Message.objects.filter(kind="revoked").exists()
    assert Claim.objects.count() == 1  # the link that was mailed works on
    taken_back(row)
    assert Message.objects.filter(kind="revoked").count() == 1


def test_too_late_to_undo(accepted_award: Award) -> None:
    taken_back(accepted_award)
    with pytest.raises(Refused) as refused:
        undo_revocation(award=accepted_award, by=KARIM, at=LATER + UNDO_WINDOW)
    assert refused.value.code == "too_late"


def test_nothing_to_undo(accepted_award: Award) -> None:
    with pytest.raises(Refused) as refused:
        undone(accepted_award)
    assert refused.value.code == "not_revoked"


def test_awarded_again_meanwhile(badge: Badge) -> None:
    first = make_accepted(badge, address="ines@example.org")
    taken_back(first)
    make_award(badge, address="ines@example.org", at=LATER)
    with pytest.raises(Refused) as refused:
        undone(first)
    assert refused.value.code == "awarded_again"
    assert Award.objects.revoked().count() == 1
