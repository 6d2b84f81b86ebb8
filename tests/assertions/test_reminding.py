"""Reminders to those who have not answered, and notices of expiry to holders."""

from collections.abc import Callable
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assertions.models import Award, Claim
from assertions.services import revoke
from assertions.services.claiming import accept, claim_for
from assertions.services.reminding import notice_expiries, notice_some, remind_due, remind_some
from badges.models import Badge
from common.actors import SYSTEM
from issuers.models import Issuer
from journal.emails import write
from journal.models import Action, Entry, Message
from journal.services import unsubscribe
from journal.services.delivery import unsealed
from tests.factories import NOON, make_accepted, make_award

DAY = timedelta(days=1)


def after(days: float) -> Callable[[], datetime]:
    return lambda: NOON + days * DAY


def mailed(badge: Badge, **fields: Any) -> Award:
    row = make_award(badge, notify=True, **fields)
    Message.objects.about(row.mail_subject).update(state=Message.State.SENT)
    return row


def mails(kind: str = "reminder") -> list[int]:
    return list(Message.objects.filter(kind=kind).order_by("occurrence").values_list("occurrence", flat=True))


def token_of(message: Message) -> str:
    return unsealed(message)["action_url"].rpartition("/")[2]


def test_twice_after_7_and_21_days_and_never_again(badge: Badge) -> None:
    mailed(badge)
    assert [remind_due(now=after(day)) for day in (6.9, 7, 7.1, 20, 21, 22, 400)] == [0, 1, 0, 0, 1, 0, 0]
    assert mails() == [1, 2]
    assert Award.objects.get().remind_at is None


def test_a_worker_that_was_away_reminds_once(badge: Badge) -> None:
    mailed(badge)
    assert [remind_due(now=after(day)) for day in (30, 31)] == [1, 0]
    assert mails() == [2]


def test_the_link_in_it_claims_the_badge(badge: Badge) -> None:
    row = mailed(badge)
    remind_due(now=after(21))
    message = Message.objects.get(kind="reminder")
    at = NOON + 45 * DAY  # the first link is long dead
    assert claim_for(token_of(message), at=at).award == row
    assert accept(token=token_of(message), at=at).response == Award.Response.ACCEPTED


@pytest.mark.parametrize("language", ["en", "fr"])
def test_how_it_reads(badge: Badge, language: str) -> None:
    mailed(badge, name="Zoé <b>", language=language)
    remind_due(now=after(7))
    message = Message.objects.get(kind="reminder")
    mail = write(message, secrets=unsealed(message))
    html = str(mail.alternatives[0][0])
    assert badge.shown.text(language).name in mail.subject
    assert "Zoé <b>" in mail.body
    assert "Zoé &lt;b&gt;" in html
    assert unsealed(message)["action_url"] in mail.body
    assert "List-Unsubscribe" in mail.extra_headers


@pytest.mark.parametrize(
    "change",
    [
        {"response": Award.Response.ACCEPTED},
        {"response": Award.Response.DECLINED},
        {"response": Award.Response.NOT_ME},
        {"revoked_at": NOON},
        {"expires_at": NOON + 6 * DAY},
    ],
)
def test_never_for_what_is_answered_revoked_or_expired(badge: Badge, change: dict[str, object]) -> None:
    row = mailed(badge)
    Award.objects.filter(pk=row.pk).update(**change)
    assert remind_due(now=after(7)) == remind_due(now=after(21)) == 0
    assert Claim.objects.count() == 1


def test_not_where_the_organisation_or_the_person_does_not_want_it(badge: Badge, issuer: Issuer) -> None:
    mailed(badge, address="quiet@example.org")
    unsubscribe("quiet@example.org", at=NOON)
    assert remind_due(now=after(7)) == 0
    Issuer.objects.update(sends_reminders=False)
    mailed(badge)
    assert remind_due(now=after(7)) == 0
    Issuer.objects.update(sends_reminders=True)
    assert remind_due(now=after(21)) == 1


@pytest.mark.parametrize("state", [Message.State.DUE, Message.State.FAILED])
def test_not_before_the_award_was_heard_of(badge: Badge, state: str) -> None:
    mailed(badge)
    Message.objects.update(state=state)
    assert remind_due(now=after(7)) == 0


def test_whoever_gave_the_link_themselves_reminds_themselves(badge: Badge) -> None:
    assert make_award(badge, notify=False).remind_at is None


def test_an_answer_takes_a_waiting_reminder_back(badge: Badge) -> None:
    mailed(badge)
    remind_due(now=after(7))
    accept(token=token_of(Message.objects.get(kind="reminder")), at=NOON + 7 * DAY)
    assert mails() == []


def test_a_revocation_takes_it_back_too(badge: Badge) -> None:
    row = mailed(badge)
    remind_due(now=after(7))
    revoke(awards=[row], reason="Mistake", by=SYSTEM, at=NOON + 8 * DAY)
    assert mails() == []


def test_the_journal_has_one_line_for_each_organisation(badge: Badge) -> None:
    ids = {str(mailed(badge).pk) for _ in range(3)}
    remind_due(now=after(7))
    entry = Entry.objects.get(action=Action.AWARDS_REMINDED)
    assert (set(entry.data["awards"]), entry.actor_id) == (ids, "system")


def test_the_cost_does_not_grow_with_the_people(badge: Badge) -> None:
    def cost(people: int) -> int:
        for _ in range(people):
            mailed(badge)
        with CaptureQueriesContext(connection) as queries:
            assert remind_some(NOON + 7 * DAY) == (people, people)
        return len(queries)

    assert cost(1) == cost(5)


@pytest.mark.parametrize(
    ("sweep", "index"), [("to_remind", "award_to_remind"), ("to_notice", "award_to_notice")]
)
def test_it_reads_the_index_and_not_the_table(badge: Badge, sweep: str, index: str) -> None:
    make_award(badge)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        plan = getattr(Award.objects, sweep)(at=NOON)[:500].explain()
    assert index in plan


def test_holders_hear_30_and_7_days_before_the_end(badge: Badge) -> None:
    make_accepted(badge, expires_at=NOON + 100 * DAY)
    days = (69, 70, 71, 92, 93, 99, 101)
    assert [notice_expiries(now=after(day)) for day in days] == [0, 1, 0, 0, 1, 0, 0]
    assert mails("expiry") == [1, 2]
    assert Award.objects.get().expiry_notice_at is None


def test_a_short_validity_has_one_notice_and_a_shorter_one_none(badge: Badge) -> None:
    assert make_award(badge, expires_at=NOON + 20 * DAY).expiry_notice_at == NOON + 13 * DAY
    assert make_award(badge, expires_at=NOON + 5 * DAY).expiry_notice_at is None
    assert make_award(badge).expiry_notice_at is None


@pytest.mark.parametrize(
    "change", [{"response": "waiting"}, {"response": "declined"}, {"revoked_at": NOON}, {"expires_at": NOON}]
)
def test_no_notice_to_those_who_do_not_hold_it(badge: Badge, change: dict[str, object]) -> None:
    make_accepted(badge, expires_at=NOON + 100 * DAY)
    Award.objects.update(**change)
    assert notice_some(NOON + 70 * DAY) == (1, 0)


def test_no_notice_where_the_organisation_wants_none(badge: Badge) -> None:
    make_accepted(badge, expires_at=NOON + 100 * DAY)
    Issuer.objects.update(sends_expiry_notices=False)
    assert notice_expiries(now=after(70)) == 0


@pytest.mark.parametrize(("language", "day"), [("en", "11 June 2026"), ("fr", "11 juin 2026")])
def test_how_a_notice_reads(badge: Badge, language: str, day: str) -> None:
    make_accepted(badge, expires_at=NOON + 100 * DAY, language=language)
    notice_expiries(now=after(70))
    message = Message.objects.get(kind="expiry")
    mail = write(message, secrets=unsealed(message))
    assert day in mail.subject
    assert day in mail.body


def test_badges_awarded_before_get_their_dates(badge: Badge) -> None:
    now = timezone.now()
    rows = [make_award(badge, at=now - days * DAY, expires_at=now + 60 * DAY) for days in (1, 10, 40)]
    Award.objects.update(remind_at=None, expiry_notice_at=None)
    import_module("assertions.migrations.0008_reminders").give_dates(apps, None)
    for row in rows:
        row.refresh_from_db()
    dates = [row.remind_at and row.remind_at - row.created_at for row in rows]
    assert dates == [7 * DAY, 21 * DAY, None]
    assert {row.expiry_notice_at for row in rows} == {rows[0].expires_at - 30 * DAY}
