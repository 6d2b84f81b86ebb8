"""Batches: counts are those of the rows, awarded rows and awards are the same ones, what has ended has ended."""

import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery

from assertions.models import Award, Batch, BatchRow
from assertions.services.batches import FILE_KEPT
from assertions.services.checking.files import is_older, stored_in
from common.checking import Check, Finding, file_problem, in_steps
from journal.models import Message

S = Batch.State
# A batch that can go on gets its turn within seconds, however many there are.
STALLED_FOR = timedelta(hours=1)
FORGOTTEN_WITHIN = timedelta(days=2)
# Discarded: the rows and the file are gone, and the counts tell what there was.
KEPT = ~Q(state=S.DISCARDED)


def counts(at: datetime) -> Iterator[Finding]:
    """In one statement: counts and rows as they were at one moment, also while workers go on."""
    counted = {
        f"found_{state}": Count("rows", filter=Q(rows__state=state)) for state in BatchRow.State.values
    }
    found = (
        Batch.objects.filter(KEPT, rows_to_clear=0).order_by().annotate(**counted, found_all=Count("rows"))
    )
    for batch in found.defer("headers", "mapping", "narrative").iterator(chunk_size=500):
        said = batch.counts | {"all": batch.rows_read}
        wrong = [
            f"{said[state]} {state}, found {getattr(batch, f'found_{state}')}"
            for state in said
            if said[state] != getattr(batch, f"found_{state}")
        ]
        if wrong:
            yield Finding("batch.counts", f"counts {'; '.join(wrong)}", _at(batch.pk))


def revoked_counts(at: datetime) -> Iterator[Finding]:
    """Of a batch that was taken back, every award is revoked, but for those that somebody brought back alone: the
    batch counts them, and is not a revoked one where they are all it has."""
    live = Award.objects.filter(round=OuterRef("pk"), revoked_at=None).order_by()
    number = live.values("round").annotate(number=Count("pk")).values("number")
    taken_back = Batch.objects.filter(Exists(live), state=S.REVOKED).annotate(valid=Subquery(number))
    for pk in _ids(taken_back.filter(Q(revoked=0) | Q(valid__gt=F("awarded") - F("revoked")))):
        yield Finding("batch.revoked_in_part", "is revoked, and awards of it are not", _at(pk))
    for pk in _ids(Batch.objects.filter(revoked__gt=F("awarded"))):
        yield Finding("batch.counts", "counts more awards as revoked than there are", _at(pk))


def awarded_rows(at: datetime) -> Iterator[Finding]:
    """A row that was awarded has its award, which bears its id; no other row has one; no award comes of nothing."""
    theirs = Award.objects.filter(pk=OuterRef("pk"), round=OuterRef("batch"), badge=OuterRef("batch__badge"))
    awarded = BatchRow.objects.filter(state=BatchRow.State.AWARDED)
    for lacking in (~Exists(theirs), Q(award=None)):  # apart: so each is one pass for the database
        for row in awarded.filter(lacking).only("batch", "number").iterator():
            yield Finding("batch.row_without_award", "is marked as awarded and has no award", _of(row))
    others = BatchRow.objects.exclude(state=BatchRow.State.AWARDED)
    for row in (
        others.filter(Exists(Award.objects.filter(pk=OuterRef("pk")))).only("batch", "number").iterator()
    ):
        yield Finding("batch.award_of_other_row", "has an award and is not marked as awarded", _of(row))
    rows = BatchRow.objects.filter(pk=OuterRef("pk"), batch=OuterRef("round"))
    # Who gets a badge in place of a wrong address gets it in the same round, at the moment the first is taken back.
    replaced = Award.objects.filter(round=OuterRef("round"), revoked_at=OuterRef("created_at"))
    of_batches = Award.objects.filter(Exists(Batch.objects.filter(pk=OuterRef("round"))))
    for pk in _ids(of_batches.filter(~Exists(rows), ~Exists(replaced))):
        yield Finding("batch.award_without_row", "comes of a batch and of none of its rows", f"award {pk}")


def endings(at: datetime) -> Iterator[Finding]:
    """Where a batch has ended, every row has; none waits for a worker longer than it must."""
    ready = Exists(BatchRow.objects.filter(batch=OuterRef("pk"), state=BatchRow.State.READY))
    for pk in _ids(Batch.objects.filter(ready, state__in=[S.DONE, S.REVOKED])):
        yield Finding("batch.row_left", "has ended, and rows of it are still to be awarded", _at(pk))
    ended = Batch.objects.filter(state__in=[S.DONE, S.REVOKED, S.CANCELLED, S.UNREADABLE])
    for pk in _ids(ended.filter(finished_at=None)):
        yield Finding("batch.ended_without_time", "has ended, but not when", _at(pk))
    due = Q(state__in=[S.HELD, S.SCHEDULED], hold_until__lt=at - STALLED_FOR)
    nobodys = Q(lease_until=None) | Q(lease_until__lt=at - STALLED_FOR)
    left = Q(state=S.READING, created_at__lt=at - STALLED_FOR) & nobodys
    never_taken_up = Q(lease_until=None, revoke_asked_at__lt=at - 6 * STALLED_FOR)
    left |= Q(state__in=[S.REVOKING, S.RESTORING]) & (Q(lease_until__lt=at - STALLED_FOR) | never_taken_up)
    left |= Q(state=S.CANCELLED, ready__gt=0, finished_at__lt=at - STALLED_FOR)
    left |= Q(state=S.ISSUING, started_at__lt=at - STALLED_FOR) & ~Exists(_new_awards(at)) & ~_resumed(at)
    for batch in Batch.objects.filter(due | left).iterator():
        yield Finding(
            "batch.stalled", f"waits ({batch.state}) for a worker that does not come", _at(batch.pk)
        )


def _new_awards(at: datetime) -> QuerySet[Award]:
    return Award.objects.filter(round=OuterRef("pk"), created_at__gte=at - STALLED_FOR)


def _resumed(at: datetime) -> Q:
    return Q(resumed_at__isnull=False, resumed_at__gte=at - STALLED_FOR)


def mails(at: datetime) -> Iterator[Finding]:
    """Who was awarded a badge by a batch that tells people has a mail, in whatever state, until they have answered.

    Not who moved their badge to another address: they have their link from that page.
    """
    telling = Batch.objects.filter(notify=True).values("pk")
    waiting = Award.objects.waiting().filter(round__in=telling, former_signatures=None)
    for page in in_steps(waiting.only("pk", "round")):
        subjects = {award.mail_subject: award for award in page}
        told = Message.objects.filter(subject__in=subjects).values_list("subject", flat=True)
        for subject in subjects.keys() - set(told):
            pk = subjects[subject].pk
            # Asked again: who answered or was revoked meanwhile has taken the mail back with the same act.
            if Award.objects.waiting().filter(pk=pk).exists():
                yield Finding("batch.no_mail", "was to be mailed, and no mail of it is there", f"award {pk}")


def stored(at: datetime) -> Iterator[Finding]:
    for page in in_steps(Batch.objects.filter(KEPT).exclude(file="").only("pk", "file", "file_sha256")):
        for batch in page:
            if what := file_problem(batch.file, sha256=batch.file_sha256):
                yield Finding("batch.file", what, f"file {batch.file} of {_at(batch.pk)}")


def forgotten(at: datetime) -> Iterator[Finding]:
    """Lists hold names and addresses: what was thrown away is gone soon, and a file some time after the end."""
    over = Batch.objects.filter(finished_at__lt=at - STALLED_FOR)
    rows = Exists(BatchRow.objects.filter(batch=OuterRef("pk")))
    thrown_away = Q(state=S.DISCARDED) & (rows | ~Q(file=""))
    for pk in _ids(over.filter(thrown_away | (Q(state=S.UNREADABLE) & rows))):
        what = "was thrown away or could not be read, and its rows or its file are still there"
        yield Finding("batch.not_cleared", what, _at(pk))
    ended = Q(state__in=[S.DONE, S.REVOKED, S.UNREADABLE]) | Q(state=S.CANCELLED, ready=0)
    old = Batch.objects.filter(ended, finished_at__lt=at - FILE_KEPT - FORGOTTEN_WITHIN).exclude(file="")
    for pk in _ids(old):
        yield Finding("batch.file_kept", "ended long ago, and its file is still there", _at(pk))


def strays(at: datetime) -> Iterator[Finding]:
    """An upload under way is not there for others before its transaction ends: what is new is not looked at."""
    for name in stored_in("batches"):
        if not Batch.objects.filter(file=name).exists() and is_older(name, than=at - STALLED_FOR):
            yield Finding("batch.stray", "is stored and no batch names it", f"file {name}")


def _ids(rows: "QuerySet[Any]") -> Iterator[uuid.UUID]:
    yield from rows.order_by().values_list("pk", flat=True).iterator()


def _at(pk: object) -> str:
    return f"batch {pk}"


def _of(row: BatchRow) -> str:
    return f"row {row.number} of batch {row.batch_id}"


CHECKS = (
    Check(
        "batches count their rows",
        counts,
        "The rows are right. Set the counts of the batch to what was found.",
    ),
    Check(
        "a batch that was taken back is so wholly",
        revoked_counts,
        "Revoke the awards that are left, by hand.",
    ),
    Check(
        "rows and awards are the same ones",
        awarded_rows,
        "Never award by hand what seems to be missing: find out in the journal and a backup what happened first.",
    ),
    Check(
        "batches come to their end",
        endings,
        "See that a worker takes the queue `signing`. A batch that has ended with rows left can be set to “issuing”: "
        "the worker goes on with these rows and awards none twice.",
    ),
    Check("everybody in a batch is told", mails, "Send these awards again from the batch’s page."),
    Check(
        "lists are forgotten in time",
        forgotten,
        "See that a worker takes the queue `signing`, and that the timetable runs.",
    ),
    Check(
        "no list is stored that nobody names",
        strays,
        "Such a file holds names and addresses. Delete it, unless a backup of the database names it.",
    ),
    Check(
        "files of batches are stored",
        stored,
        "Restore the files from a backup of DATA_DIR/media or of the bucket.",
    ),
)
