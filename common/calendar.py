"""Dates that people count in months."""

from calendar import monthrange
from datetime import datetime


def months_after(start: datetime, months: int) -> datetime:
    """The same day so many months later, or the last day of that month where it is shorter."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    day = min(start.day, monthrange(year, month + 1)[1])
    return start.replace(year=year, month=month + 1, day=day)
