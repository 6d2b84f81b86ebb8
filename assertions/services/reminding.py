"""What the worker tells people on its own: that a badge waits for them, that one is about to expire.

Rows come from a partial index of what is due; whether the mail is still wanted is decided then. Each look moves the
row to its next date, in the transaction that queues the mail: nothing is said twice.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from assertions.emails import expiry_mail, reminder_mail
from assertions.models import Award, AwardQuerySet
from assertions.services.awarding import open_claims
from assertions.services.timetable import (
    next_expiry_notice,
    next_reminder,
    notices_by,
    reminders_by,
)
from common.actors import SYSTEM
from journal.models import Action
from journal.queries import suppressed
from journal.services import Mail, queue_mails, record
from journal.services.changing import subjects_told

CHUNK = 500
Clock = Callable[[], datetime]
Step = Callable[[datetime, int], tuple[int, int]]


def remind_due(*, now: Clock, seconds: float = 25) -> int:
    """Reminds whoever is to be reminded, for at most that long; how many mails were queued."""
    return _sweep(remind_some, now, seconds)


def notice_expiries(*, now: Clock, seconds: float = 25) -> int:
    return _sweep(notice_some, now, seconds)


@transaction.atomic
def remind_some(at: datetime, most: int = CHUNK) -> tuple[int, int]:
    """(how many rows were looked at, how many people are reminded). A claim link is in the mail, so it is a new one."""
    rows = _locked(Award.objects.to_remind(at=at), most)
    wanted = _reachable([row for row in rows if _wants_reminder(row, at)])
    told = subjects_told(kind="award", subjects=[row.mail_subject for row in wanted])
    wanted = [row for row in wanted if row.mail_subject in told]
    tokens = open_claims(wanted, at=at)
    mails = {row: reminder_mail(row, token=tokens[row.pk]) for row in wanted}
    _queue(mails, lambda row: reminders_by(row.created_at, at=at), at)
    _move(rows, "remind_at", lambda row: next_reminder(row.created_at, after=at))
    _record(Action.AWARDS_REMINDED, wanted, at)
    return len(rows), len(wanted)


@transaction.atomic
def notice_some(at: datetime, most: int = CHUNK) -> tuple[int, int]:
    """(how many rows were looked at, how many holders are told)."""
    rows = _locked(Award.objects.to_notice(at=at), most)
    wanted = _reachable([row for row in rows if _wants_notice(row, at)])
    _queue({row: expiry_mail(row) for row in wanted}, lambda row: notices_by(_end(row), at=at), at)
    _move(rows, "expiry_notice_at", lambda row: next_expiry_notice(_end(row), after=at))
    _record(Action.EXPIRY_NOTICED, wanted, at)
    return len(rows), len(wanted)


def _sweep(step: Step, now: Clock, seconds: float) -> int:
    until, mails = now() + timedelta(seconds=seconds), 0
    while (at := now()) < until:
        looked_at, told = step(at, CHUNK)
        mails += told
        if looked_at < CHUNK:
            break
    return mails


def _locked(due: AwardQuerySet, most: int) -> list[Award]:
    """With all that mails say; what another worker or a person is changing comes with the next sweep."""
    rows = due.select_for_update(of=("self",), skip_locked=True)
    rows = rows.select_related("issuer", "recipient", "version__picture").prefetch_related("version__texts")
    return list(rows.defer("signed")[:most])


def _wants_reminder(row: Award, at: datetime) -> bool:
    waiting = row.response == Award.Response.WAITING and row.revoked_at is None
    return waiting and not row.has_expired(at=at) and row.issuer.sends_reminders


def _wants_notice(row: Award, at: datetime) -> bool:
    held = row.response == Award.Response.ACCEPTED and row.revoked_at is None
    return held and not row.has_expired(at=at) and row.issuer.sends_expiry_notices


def _reachable(rows: Sequence[Award]) -> list[Award]:
    away = suppressed((row.recipient.address, row.issuer.scope) for row in rows)
    return [row for row in rows if (row.recipient.address, row.issuer.scope) not in away]


def _end(row: Award) -> datetime:
    if row.expires_at is None:
        raise ValueError("only awards that expire have a date of notice")
    return row.expires_at


def _queue(mails: dict[Award, Mail], number: Callable[[Award], int], at: datetime) -> None:
    by_number: dict[int, list[Mail]] = defaultdict(list)
    for row, mail in mails.items():
        by_number[number(row)].append(mail)
    for occurrence, some in by_number.items():
        queue_mails(some, at=at, occurrence=occurrence)


def _move(rows: Sequence[Award], field: str, next_date: Callable[[Award], datetime | None]) -> None:
    """To the next date, or none: most have none, and those go in one statement."""
    dates = {row: next_date(row) for row in rows}
    done = [row.pk for row, date in dates.items() if date is None]
    Award.objects.filter(pk__in=done).update(**{field: None})
    later = [row for row, date in dates.items() if date is not None]
    for row in later:
        setattr(row, field, dates[row])
    Award.objects.bulk_update(later, [field], batch_size=CHUNK)


def _record(action: Action, rows: Sequence[Award], at: datetime) -> None:
    """A line per organisation and sweep, in one order: two sweeps never wait for each other."""
    by_scope: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        by_scope[row.issuer.scope].append(str(row.pk))
    for scope, ids in sorted(by_scope.items()):
        record(
            scope=scope, action=action, by=SYSTEM, at=at, target=("awards", "", str(len(ids))), data={"awards": ids}
        )  # fmt: skip
