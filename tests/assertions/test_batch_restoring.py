"""Started early; a batch that was revoked is brought back, and awards that were revoked together."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from assertions.models import Award, Batch, Claim
from assertions.services import award_instead, batches, checking, revoke, undo_revocation, undo_revocations
from assertions.services.batches import taking_back
from badges.models import Badge
from common.actors import SYSTEM, Actor
from common.errors import Refused
from journal.models import Action, Entry, Message
from tests.assertions.batching import awarded, counts_fit, people_csv, rehearsed, work
from tests.factories import NOON, make_accepted, make_award
from tests.planting import codes

KARIM = Actor("user:7", "Karim Benali")
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def media(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def revoked(badge: Badge, count: int = 6) -> Batch:
    batch = awarded(badge, people_csv(count))
    Message.objects.update(state=Message.State.SENT, sent_at=timezone.now(), sealed=None)
    batches.revoke_batch(batch=batch, reason="The wrong list.", by=KARIM, at=timezone.now())
    return work(batch)


def test_what_is_held_back_starts_now(badge: Badge) -> None:
    batch = batches.confirm(batch=rehearsed(badge), hold=HOUR, by=KARIM, at=timezone.now())
    work(batch)
    assert batch.state == Batch.State.HELD
    batches.start_now(batch=batch, by=KARIM, at=timezone.now())
    work(batch)
    assert (batch.state, batch.awarded) == (Batch.State.DONE, 3)
    assert Entry.objects.get(action=Action.BATCH_STARTED).actor_label == "Karim Benali"
    with pytest.raises(Refused, match="does not wait for its start"):
        batches.start_now(batch=batch, by=KARIM, at=timezone.now())


def test_what_is_scheduled_starts_now(badge: Badge) -> None:
    now = timezone.now()
    batch = batches.confirm(batch=rehearsed(badge), schedule=now + HOUR, by=KARIM, at=now)
    work(batches.start_now(batch=batch, by=KARIM, at=now))
    assert Award.objects.count() == 3


def test_a_whole_batch_is_brought_back_and_nobody_hears_of_it(badge: Badge) -> None:
    batch = revoked(badge)
    assert Message.objects.filter(kind="revoked", state="due").count() == 6
    batches.undo_revoke(batch=batch, by=KARIM, at=timezone.now())
    work(batch)
    assert (batch.state, batch.revoked, batch.awarded) == (Batch.State.DONE, 0, 6)
    assert not Award.objects.revoked().exists()
    assert not Message.objects.filter(kind="revoked").exists()
    assert set(Award.objects.values_list("revocation_reason", "revoked_by_label")) == {("", "")}
    assert counts_fit(batch)
    assert Entry.objects.filter(action=Action.BATCH_RESTORED).count() == 1
    assert codes(checking.batches.CHECKS, at=timezone.now() + timedelta(hours=2)) == set()


def test_in_the_midst_of_it_and_with_a_rest_that_stays_left_out(badge: Badge) -> None:
    batch = batches.confirm(
        batch=rehearsed(badge, people_csv(6)), hold=timedelta(0), by=KARIM, at=timezone.now()
    )
    batches.issue_chunk(batch_id=batch.pk, at=timezone.now(), size=4)
    batches.pause(batch=batch, by=KARIM, at=timezone.now())
    batches.revoke_batch(batch=batch, reason="The wrong list.", by=KARIM, at=timezone.now())
    batches.undo_revoke(batch=batch, by=KARIM, at=timezone.now())
    work(batch)
    assert (batch.state, batch.awarded, batch.revoked, batch.cancelled) == (Batch.State.CANCELLED, 4, 0, 2)
    assert counts_fit(batch)


def test_what_was_revoked_alone_what_is_known_and_what_was_awarded_anew_stays(badge: Badge) -> None:
    batch = awarded(badge, people_csv(4))
    alone, told, anew, _back = Award.objects.filter(round=batch.pk).order_by("recipient_name")
    revoke(awards=[alone], reason="The wrong list.", by=KARIM, at=timezone.now())
    Message.objects.filter(kind="award").update(state=Message.State.SENT, sent_at=timezone.now(), sealed=None)
    batches.revoke_batch(batch=batch, reason="The wrong list.", by=KARIM, at=timezone.now())
    work(batch)
    Message.objects.filter(kind="revoked", subject=told.mail_subject).update(state="sent")
    make_award(badge, address=anew.recipient.address)
    batches.undo_revoke(batch=batch, by=KARIM, at=timezone.now())
    work(batch)
    left = Award.objects.revoked().order_by("recipient_name")
    assert list(left) == [alone, told, anew]
    assert (batch.state, batch.revoked) == (Batch.State.DONE, 3)


def test_after_ten_minutes_it_is_too_late(badge: Badge) -> None:
    batch = revoked(badge, 2)
    late = timezone.now() + batches.UNDO_REVOKE
    assert not batches.can_be_restored(batch, at=late)
    with pytest.raises(Refused, match="10 minutes only"):
        batches.undo_revoke(batch=batch, by=KARIM, at=late)
    with pytest.raises(Refused, match="not revoked"):
        batches.undo_revoke(batch=awarded(badge, people_csv(1, prefix="x")), by=KARIM, at=late)


def test_who_never_got_a_mail_gets_one_after_all(badge: Badge) -> None:
    batch = awarded(badge, people_csv(2))
    batches.revoke_batch(batch=batch, reason="The wrong list.", by=KARIM, at=timezone.now())
    work(batch)
    assert not Claim.objects.exists()
    batches.undo_revoke(batch=batch, by=KARIM, at=timezone.now())
    work(batch)
    assert (
        Message.objects.filter(kind="award", state="due", round=batch.pk).count()
        == Claim.objects.count()
        == 2
    )


def test_several_awards_at_once(badge: Badge) -> None:
    rows = [make_accepted(badge, address=f"p{n}@example.org") for n in range(3)]
    before: datetime = NOON + HOUR
    revoke(awards=rows[:1], reason="A mistake.", by=KARIM, at=before - timedelta(minutes=20))
    revoke(awards=rows[1:], reason="A mistake.", by=KARIM, at=before)
    restored = undo_revocations(awards=rows, by=SYSTEM, at=before + timedelta(minutes=5))
    assert {row.pk for row in restored} == {row.pk for row in rows[1:]}
    assert list(Award.objects.revoked()) == rows[:1]
    assert Entry.objects.filter(action=Action.AWARD_REVOCATION_UNDONE).count() == 1
    assert undo_revocations(awards=rows, by=SYSTEM, at=before + HOUR) == []


def in_the_midst(badge: Badge, monkeypatch: pytest.MonkeyPatch, *, count: int = 4) -> Batch:
    """Two awards of the batch are revoked by now, the worker has still to take the others."""
    monkeypatch.setattr(taking_back, "CHUNK", 2)
    batch = awarded(badge, people_csv(count))
    Message.objects.update(state=Message.State.SENT, sent_at=timezone.now(), sealed=None)
    batches.revoke_batch(batch=batch, reason="The wrong list.", by=KARIM, at=timezone.now())
    held = taking_back.lease(batch.pk, state=Batch.State.REVOKING, at=timezone.now())
    assert held
    assert taking_back._revoke_chunk(held, at=timezone.now()) == 2
    taking_back.release(held)
    batch.refresh_from_db()
    return batch


def test_nobody_is_brought_back_alone_while_the_batch_is_being_revoked(
    badge: Badge, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = in_the_midst(badge, monkeypatch)
    one = Award.objects.revoked().first()
    with pytest.raises(Refused, match="whole batch of this badge is being revoked"):
        undo_revocation(award=one, by=KARIM, at=timezone.now())
    assert undo_revocations(awards=[one], by=KARIM, at=timezone.now()) == []
    work(batch)
    assert (batch.state, batch.revoked) == (Batch.State.REVOKED, 4)


def test_one_that_is_brought_back_alone_afterwards_is_counted(badge: Badge) -> None:
    batch = revoked(badge, 3)
    first, second, third = Award.objects.filter(round=batch.pk)
    undo_revocation(award=first, by=KARIM, at=timezone.now())
    batch.refresh_from_db()
    assert (batch.state, batch.revoked) == (Batch.State.REVOKED, 2)
    assert codes(checking.batches.CHECKS, at=timezone.now()) == set()
    undo_revocations(awards=[second, third], by=KARIM, at=timezone.now())
    batch.refresh_from_db()
    assert (batch.state, batch.revoked) == (Batch.State.DONE, 0)
    assert batches.may(batch, "revoke")
    assert codes(checking.batches.CHECKS, at=timezone.now()) == set()


def test_brought_back_whole_after_some_came_back_alone(badge: Badge) -> None:
    batch = revoked(badge, 3)
    batches.undo_revoke(batch=batch, by=KARIM, at=timezone.now())
    undo_revocation(award=Award.objects.filter(round=batch.pk).first(), by=KARIM, at=timezone.now())
    Batch.objects.filter(pk=batch.pk).update(revoked=1)  # as a version that counted otherwise left it
    work(batch)
    assert (batch.state, batch.revoked) == (Batch.State.DONE, 0)


def test_who_was_revoked_by_somebody_else_at_that_moment_is_counted_once(
    badge: Badge, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = awarded(badge, people_csv(2))
    award_instead(
        award=Award.objects.filter(round=batch.pk).first(), address="right@example.org", by=KARIM,
        at=timezone.now(),
    )  # fmt: skip
    batches.revoke_batch(batch=batch, reason="The wrong list.", by=KARIM, at=timezone.now())
    revoke_rows = taking_back.revoke_rows

    def somebody_is_quicker(awards, **facts):
        revoke(awards=awards[:1], reason="A mistake.", by=KARIM, at=timezone.now())
        return revoke_rows(awards, **facts)

    monkeypatch.setattr(taking_back, "revoke_rows", somebody_is_quicker)
    seen: list[int] = []
    save = taking_back.save
    monkeypatch.setattr(
        taking_back, "save", lambda row, **changes: (seen.append(changes["revoked"]), save(row, **changes))[1]
    )
    work(batch)
    assert seen == [1, 2]
    assert (batch.state, batch.revoked, batch.awarded) == (Batch.State.REVOKED, 2, 2)
    assert codes(checking.batches.CHECKS, at=timezone.now()) == set()
