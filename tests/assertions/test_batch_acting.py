"""What people decide about a batch, and that two of them cannot both decide."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts.models import User
from assertions.models import Award, Batch, BatchRow
from assertions.queries import answers_of_batch, mails_of_batch, progress_of, rows_of
from assertions.services import batches
from badges.models import Badge
from common.actors import SYSTEM
from common.errors import Invalid, Refused
from journal.models import Action, Entry, Message
from tests.assertions.batching import (
    awarded,
    confirmed,
    counts_fit,
    make_batch,
    people_csv,
    rehearsed,
    row_of,
    states,
    work,
)
from tests.factories import make_award


def said(**more: Any) -> dict[str, Any]:
    return {"by": SYSTEM, "at": timezone.now(), **more}


def test_a_wrong_row_is_mended_in_the_table(badge: Badge) -> None:
    batch = rehearsed(badge, "email,name\nnobody,Inès\na@example.org,\n")
    row = batches.mend_row(row=row_of(batch, 2), cells={0: " Ines@Example.org "}, **said())
    assert (row.state, row.address, row.name, row.reason) == ("ready", "ines@example.org", "Inès", "")
    assert row_of(batch, 2).cells == ["Ines@Example.org", "Inès"]
    assert counts_fit(batch)
    again = batches.mend_row(row=row, cells={0: "A@example.org"}, **said())
    assert (again.state, again.code) == ("duplicate", "double")
    make_award(badge, address="held@example.org")
    assert batches.mend_row(row=row, cells={0: "held@example.org"}, **said()).code == "already_held"
    assert batches.mend_row(row=row, cells={0: "x@"}, **said()).state == "wrong"
    assert counts_fit(batch)


def test_where_the_first_of_two_goes_the_second_takes_its_place(badge: Badge) -> None:
    batch = rehearsed(badge, "email\na@example.org\na@example.org\na@example.org\n")
    batches.mend_row(row=row_of(batch, 2), cells={0: "b@example.org"}, **said())
    assert states(batch) == ["ready", "ready", "duplicate"]
    batches.leave_out(row=row_of(batch, 3), **said())
    assert states(batch) == ["ready", "cancelled", "ready"]
    assert batches.put_back(row=row_of(batch, 3), **said()).code == "double"
    assert counts_fit(batch)


def test_the_hold_back_can_be_undone_until_it_is_over(badge: Badge) -> None:
    batch = batches.confirm(batch=rehearsed(badge), **said())
    assert (batch.state, batch.hold_until) == (Batch.State.HELD, batch.confirmed_at + batches.HOLD)
    assert work(batch).awarded == 0
    assert batches.undo(batch=batch, **said()).state == Batch.State.REHEARSED
    batch = batches.confirm(batch=batch, **said())
    assert batches.begin(batch_id=batch.pk, at=timezone.now() + batches.HOLD)
    with pytest.raises(Refused, match="too late"):
        batches.undo(batch=batch, **said())
    assert work(batch).state == Batch.State.DONE


def test_a_batch_is_scheduled_for_a_day_to_come(badge: Badge) -> None:
    batch, day = rehearsed(badge), timezone.now() + timedelta(days=3)
    with pytest.raises(Invalid, match="passed"):
        batches.confirm(batch=batch, schedule=timezone.now() - timedelta(hours=1), **said())
    with pytest.raises(Invalid, match="a year"):
        batches.confirm(batch=batch, schedule=timezone.now() + timedelta(days=400), **said())
    batch = batches.confirm(batch=batch, schedule=day, **said())
    assert (batch.state, batch.hold_until) == (Batch.State.SCHEDULED, day)
    assert not batches.begin(batch_id=batch.pk, at=day - timedelta(seconds=1))
    assert batches.begin(batch_id=batch.pk, at=day)


def test_paused_resumed_and_the_rest_cancelled(badge: Badge) -> None:
    batch = confirmed(badge, people_csv(60))
    batches.issue_chunk(batch_id=batch.pk, at=timezone.now(), size=20)
    batches.pause(batch=batch, **said())
    assert work(batch).awarded == 20
    batches.resume(batch=batch, **said())
    batches.issue_chunk(batch_id=batch.pk, at=timezone.now(), size=20)
    batches.cancel_rest(batch=batch, **said())
    work(batch)
    assert (batch.state, batch.awarded, batch.cancelled) == (Batch.State.CANCELLED, 40, 20)
    assert counts_fit(batch)
    assert not batch.is_running
    assert Award.objects.count() == Message.objects.filter(kind="award").count() == 40


def test_what_is_discarded_leaves_no_address_behind(badge: Badge) -> None:
    batch = rehearsed(badge)
    file = batch.file
    batch = batches.discard(batch=batch, **said())
    assert rows_of(batch).count() == 0, "nobody sees what the worker has still to delete"
    work(batch)
    assert (batch.state, batch.file, batch.rows_to_clear) == (Batch.State.DISCARDED, "", 0)
    assert batch.file_forgotten_at
    assert not BatchRow.objects.exists()
    assert not default_storage.exists(file)
    assert counts_fit(batch)


def test_a_whole_batch_is_revoked_and_nobody_hears_of_what_never_left(badge: Badge) -> None:
    kept = make_award(badge, address="other@example.org")
    batch = awarded(badge, people_csv(30))
    with pytest.raises(Invalid):
        batches.revoke_batch(batch=batch, reason=" ", **said())
    batches.revoke_batch(batch=batch, reason="The wrong list.", note_="Our fault.", **said())
    work(batch)
    assert (batch.state, batch.revoked) == (Batch.State.REVOKED, 30)
    revoked = Award.objects.filter(round=batch.pk)
    assert set(revoked.values_list("revocation_reason", "revocation_note")) == {
        ("The wrong list.", "Our fault.")
    }
    assert not Message.objects.filter(kind__in=["award", "revoked"]).exists()
    assert Award.objects.get(pk=kept.pk).revoked_at is None
    line = Entry.objects.get(action=Action.BATCH_REVOKED)
    assert "awards" not in line.data


def test_revoking_a_paused_batch_awards_nothing_more(badge: Badge) -> None:
    batch = confirmed(badge, people_csv(40))
    batches.issue_chunk(batch_id=batch.pk, at=timezone.now(), size=20)
    batches.pause(batch=batch, **said())
    batches.revoke_batch(batch=batch, reason="The wrong list.", **said())
    work(batch)
    assert (batch.state, batch.revoked, batch.cancelled) == (Batch.State.REVOKED, 20, 20)
    assert counts_fit(batch)


@pytest.mark.parametrize("act", ["undo", "pause", "resume", "cancel_rest", "discard", "confirm"])
def test_what_its_state_does_not_allow_is_refused_in_words(badge: Badge, act: str) -> None:
    batch = awarded(badge)
    with pytest.raises(Refused) as refused:
        getattr(batches, act)(batch=batch, **said())
    assert refused.value.code == "batch_state"
    assert str(refused.value).endswith(".")
    batch.refresh_from_db()
    assert batch.state == Batch.State.DONE


def test_rows_stay_as_they_are_once_it_is_confirmed(badge: Badge) -> None:
    batch = confirmed(badge)
    for act in (batches.leave_out, batches.put_back):
        with pytest.raises(Refused):
            act(row=row_of(batch, 2), **said())
    with pytest.raises(Refused):
        batches.mend_row(row=row_of(batch, 2), cells={0: "new@example.org"}, **said())
    assert states(batch) == ["ready"] * 3


def test_nothing_ready_is_not_confirmed(badge: Badge) -> None:
    batch = rehearsed(badge, "email\nnobody\nx@y\n" + "no\n")
    assert not batches.may(batch, "confirm")
    with pytest.raises(Refused, match="No row is ready"):
        batches.confirm(batch=batch, **said())


def test_each_act_is_in_the_journal_with_its_actor_and_without_people(badge: Badge, owner: User) -> None:
    by = {"by": owner.actor, "at": timezone.now()}
    batch = make_batch(badge, by=owner.actor)
    work(batch)
    batches.confirm(batch=batch, **by)
    batches.undo(batch=batch, **by)
    batches.confirm(batch=batch, hold=timedelta(0), **by)
    batches.pause(batch=batch, **by)
    batches.cancel_rest(batch=batch, **by)
    lines = Entry.objects.filter(target_kind="batch", target_id=str(batch.pk)).order_by("number")
    assert [line.action for line in lines] == [
        Action.BATCH_UPLOADED, Action.BATCH_CONFIRMED, Action.BATCH_UNDONE, Action.BATCH_CONFIRMED,
        Action.BATCH_PAUSED, Action.BATCH_CANCELLED,
    ]  # fmt: skip
    assert {line.actor_label for line in lines} == {"Olga Owner"}
    assert "person" not in str([line.data for line in lines])


def test_what_members_see_of_it(badge: Badge) -> None:
    batch = awarded(badge, people_csv(4))
    Award.objects.filter(round=batch.pk, recipient__address="person1@example.org").update(response="accepted")
    Message.objects.filter(recipient="person2@example.org").update(state="failed")
    assert answers_of_batch(batch) == {
        "waiting": 3,
        "accepted": 1,
        "declined": 0,
        "not_me": 0,
        "withdrawn": 0,
        "erased": 0,
    }
    assert mails_of_batch(batch) == {
        "due": 3,
        "leased": 0,
        "sent": 0,
        "failed": 1,
        "unknown": 0,
        "bounced": 0,
    }
    batch.started_at, batch.finished_at = batch.created_at, batch.created_at + timedelta(seconds=120)
    found = progress_of(batch, at=timezone.now())
    assert (found.done, found.total, found.per_minute, found.seconds_left) == (4, 4, 2.0, None)
    batch.state, batch.ready, batch.finished_at = Batch.State.ISSUING, 8, None
    going_on = progress_of(batch, at=batch.created_at + timedelta(seconds=60))
    assert (going_on.per_minute, going_on.seconds_left) == (4.0, 120)


def test_a_pause_is_no_slow_work(badge: Badge) -> None:
    batch, noon = confirmed(badge, people_csv(12)), timezone.now()
    batches.issue_chunk(batch_id=batch.pk, at=noon, size=4)
    batches.pause(batch=batch, by=SYSTEM, at=noon)
    in_the_morning = noon + timedelta(hours=20)
    batches.resume(batch=batch, by=SYSTEM, at=in_the_morning)
    batch.refresh_from_db()
    assert progress_of(batch, at=in_the_morning + timedelta(seconds=30)).seconds_left is None
    batches.issue_chunk(batch_id=batch.pk, at=in_the_morning, size=2)
    batch.refresh_from_db()
    found = progress_of(batch, at=in_the_morning + timedelta(minutes=1))
    assert (found.done, found.per_minute, found.seconds_left) == (6, 2.0, 180)
