"""When people are reminded of a badge, and warned that one expires."""

from collections.abc import Iterable
from datetime import datetime, timedelta

REMINDERS_AFTER = (timedelta(days=7), timedelta(days=21))
"""Counted from the award: two, never more."""
NOTICES_BEFORE = (timedelta(days=30), timedelta(days=7))


def next_reminder(awarded_at: datetime, *, after: datetime) -> datetime | None:
    return _first((awarded_at + wait for wait in REMINDERS_AFTER), after)


def next_expiry_notice(expires_at: datetime, *, after: datetime) -> datetime | None:
    return _first((expires_at - before for before in NOTICES_BEFORE), after)


def reminders_by(awarded_at: datetime, *, at: datetime) -> int:
    """How many reminders were due by then: the number of the one that is sent."""
    return sum(awarded_at + wait <= at for wait in REMINDERS_AFTER)


def notices_by(expires_at: datetime, *, at: datetime) -> int:
    return sum(expires_at - before <= at for before in NOTICES_BEFORE)


def _first(moments: Iterable[datetime], after: datetime) -> datetime | None:
    return next((moment for moment in moments if moment > after), None)
