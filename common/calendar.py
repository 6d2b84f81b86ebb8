"""Days and months, as people count them."""

from calendar import monthrange
from datetime import date, datetime, time

from django.utils import timezone


def months_after(start: datetime, months: int) -> datetime:
    """The same day so many months later, or the last day of that month where it is shorter."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    day = min(start.day, monthrange(year, month + 1)[1])
    return start.replace(year=year, month=month + 1, day=day)


def midnight(day: date) -> datetime:
    """When the day begins, in the reader's time zone.

    Beside the first and the last day that there are, no time zone can be reckoned; nothing here is as old, or as new.
    """
    within = min(max(day, date(1900, 1, 1)), date(9000, 1, 1))
    return timezone.make_aware(datetime.combine(within, time.min))
