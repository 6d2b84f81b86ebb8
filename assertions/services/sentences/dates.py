"""Dates and times in words."""

from datetime import UTC, datetime
from functools import lru_cache

from django.utils import formats, timezone
from django.utils.dateparse import parse_datetime

from common.languages import current_language


def day(written: object) -> str:
    """An ISO date-time as a date in words, in the reader's language and time zone; as it stands if it is none."""
    try:
        moment = written if isinstance(written, datetime) else parse_datetime(str(written or ""))
        if moment is not None:
            local = timezone.localtime(moment) if timezone.is_aware(moment) else moment
            return formats.date_format(local, "DATE_FORMAT")
    except (ValueError, OverflowError):  # the 31st of February; the first and last hours of the calendar
        pass
    return str(written or "")[:40]


def moment(at: datetime) -> str:
    """To the minute, with the place whose time it is: what a verification is dated with."""
    return _minute(int(at.timestamp()) // 60, timezone.get_current_timezone_name(), current_language())


@lru_cache(maxsize=64)  # every visit of one minute says the same
def _minute(minute: int, zone: str, language: str) -> str:
    local = timezone.localtime(datetime.fromtimestamp(minute * 60, UTC))
    place = zone.rpartition("/")[2].replace("_", " ")
    return f"{formats.date_format(local, 'DATETIME_FORMAT')} ({place})"
