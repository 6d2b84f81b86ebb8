"""Each planted violation is found in batches."""

import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from assertions.models import Award, Batch, BatchRow
from assertions.services import award_instead, batches, checking
from assertions.services.registering import enter_events
from badges.models import Badge
from common.actors import SYSTEM
from issuers.models import Issuer
from journal.models import Message
from tests.assertions.batching import awarded, confirmed, people_csv, rehearsed, work
from tests.factories import make_award
from tests.planting import codes

MIXED = people_csv(3) + "person0@example.org,Again\nno address,Wrong\n"


@pytest.fixture(autouse=True)
def media(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def found(*, hours: int = 0) -> set[str]:
    """Whatever was done stands in the registers by then."""
    for issuer in Issuer.objects.all():
        enter_events(issuer=issuer, since=None, now=timezone.now)
    return codes(checking.CHECKS, at=timezone.now() + timedelta(hours=hours))


def change(batch: Batch, **fields: object) -> None:
    Batch.objects.filter(pk=batch.pk).update(**fields)


def rows(batch: Batch, state: str = "awarded") -> list[BatchRow]:
    return list(BatchRow.objects.filter(batch=batch, state=state).order_by("number"))


def test_nothing_where_all_is_well(badge: Badge) -> None:
    done = awarded(badge, MIXED)
    award_instead(
        award=Award.objects.filter(round=done.pk).first(), address="right@example.org", by=SYSTEM,
        at=timezone.now(),
    )  # fmt: skip
    issuing = confirmed(badge, people_csv(2, prefix="issuing"))
    assert found() == set()
    work(issuing)
    thrown = rehearsed(badge, "email\na@example.org\n")
    work(batches.discard(batch=thrown, by=SYSTEM, at=timezone.now()))
    cancelled = confirmed(badge, people_csv(2, prefix="rest"))
    work(batches.cancel_rest(batch=cancelled, by=SYSTEM, at=timezone.now()))
    back = awarded(badge, people_csv(2, prefix="back"))
    work(batches.revoke_batch(batch=back, reason="A mistake.", by=SYSTEM, at=timezone.now()))
    assert Batch.objects.get(pk=back.pk).state == "revoked"
    assert found(hours=2) == set()


def test_counts_that_are_not_those_of_the_rows(badge: Badge) -> None:
    batch = awarded(badge, MIXED)
    change(batch, awarded=batch.awarded + 1)
    assert found() == {"batch.counts"}
    change(batch, awarded=batch.awarded, rows_read=9)
    assert found() == {"batch.counts"}


def test_a_row_whose_award_is_lost_or_anothers(badge: Badge) -> None:
    row = rows(awarded(badge))[0]
    BatchRow.objects.filter(pk=row.pk).update(award=None)
    assert found() == {"batch.row_without_award"}
    BatchRow.objects.filter(pk=row.pk).update(award=row.pk)
    assert found() == set()
    Award.objects.filter(pk=row.pk).update(round=uuid.uuid4())
    assert found() == {"batch.row_without_award"}


def test_an_award_of_a_row_that_does_not_know_it(badge: Badge) -> None:
    batch = awarded(badge)
    BatchRow.objects.filter(pk=rows(batch)[0].pk).update(state="refused", award=None)
    change(batch, awarded=2, refused=1)
    assert found() == {"batch.award_of_other_row"}


def test_an_award_that_comes_of_no_row(badge: Badge) -> None:
    batch, other = awarded(badge), make_award(badge, notify=True)
    Award.objects.filter(pk=other.pk).update(round=batch.pk)
    assert found() == {"batch.award_without_row"}


def test_a_batch_that_ended_with_rows_left(badge: Badge) -> None:
    batch = confirmed(badge)
    change(batch, state="done", finished_at=timezone.now())
    assert found() == {"batch.row_left"}
    work(Batch.objects.get(pk=batch.pk))
    change(batch, state="issuing", finished_at=None)
    work(Batch.objects.get(pk=batch.pk))
    assert found() == set()
    change(batch, finished_at=None)
    assert found() == {"batch.ended_without_time"}


@pytest.mark.parametrize("state", ["held", "reading", "revoking", "restoring", "cancelled", "issuing"])
def test_a_batch_that_nobody_goes_on_with(badge: Badge, state: str) -> None:
    long_ago = timezone.now() - timedelta(hours=2)
    times = ("hold_until", "lease_until", "created_at", "started_at", "finished_at")
    change(rehearsed(badge), state=state, **dict.fromkeys(times, long_ago))
    assert found() == {"batch.stalled"}


def test_a_batch_that_goes_on_or_has_just_been_resumed(badge: Badge) -> None:
    batch = confirmed(badge, people_csv(4))
    change(batch, started_at=timezone.now() - timedelta(hours=2))
    assert found() == {"batch.stalled"}
    batches.issue_chunk(batch_id=batch.pk, at=timezone.now(), size=2)
    assert found() == set()
    Award.objects.update(created_at=timezone.now() - timedelta(hours=2))
    assert "batch.stalled" in found()
    batches.pause(batch=batch, by=SYSTEM, at=timezone.now())
    batches.resume(batch=batch, by=SYSTEM, at=timezone.now())
    assert "batch.stalled" not in found()


def test_a_revocation_that_nobody_takes_up(badge: Badge) -> None:
    batches.revoke_batch(batch=awarded(badge), reason="A mistake.", by=SYSTEM, at=timezone.now())
    assert found(hours=1) == set()
    assert found(hours=7) == {"batch.stalled"}


def test_more_revoked_than_awarded(badge: Badge) -> None:
    change(awarded(badge), revoked=4)
    assert found() == {"batch.counts"}


def test_a_batch_that_is_revoked_in_part(badge: Badge) -> None:
    batch = awarded(badge)
    change(batch, state="revoked")
    assert found() == {"batch.revoked_in_part"}
    change(batch, revoked=1)
    assert found() == {"batch.revoked_in_part"}, "it says that two are valid, and three are"


def test_somebody_who_is_told_nothing(badge: Badge) -> None:
    batch = awarded(badge)
    Message.objects.about(rows(batch)[0].award.mail_subject).delete()
    assert found() == {"batch.no_mail"}
    change(batch, notify=False)
    assert found() == set()


def test_a_file_that_is_gone_or_another(badge: Badge) -> None:
    batch = awarded(badge)
    Path(default_storage.path(batch.file)).write_bytes(b"another")
    assert found() == {"batch.file"}
    default_storage.delete(batch.file)
    assert found() == {"batch.file"}


def test_what_was_thrown_away_and_is_still_there(badge: Badge) -> None:
    batches.discard(batch=rehearsed(badge), by=SYSTEM, at=timezone.now())
    assert found() == set()
    assert found(hours=2) == {"batch.not_cleared"}


def test_what_could_not_be_read_and_is_still_there(badge: Badge) -> None:
    batch = rehearsed(badge)
    change(
        batch,
        state="unreadable",
        finished_at=timezone.now(),
        rows_to_clear=batch.rows_read,
        rows_read=0,
        ready=0,
    )
    assert found() == set()
    assert found(hours=2) == {"batch.not_cleared"}
    work(Batch.objects.get(pk=batch.pk))
    assert found(hours=2) == set()


def test_a_file_that_is_kept_too_long_or_that_nobody_names(badge: Badge) -> None:
    batch = awarded(badge)
    assert found(hours=24 * 31) == set()
    assert found(hours=24 * 33) == {"batch.file_kept"}
    change(batch, file="")
    assert found() == set(), "a file that is on its way in is not looked at"
    assert found(hours=2) == {"batch.stray"}
