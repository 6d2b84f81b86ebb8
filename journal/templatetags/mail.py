"""For mail templates: what a context of plain JSON holds, as people read it."""

from datetime import date, datetime

from django import template
from django.utils import timezone
from django.utils.formats import date_format

register = template.Library()


@register.filter
def day(value: str) -> str:
    """“3 March 2026” of an ISO date or time; whatever cannot be read stays as it is."""
    try:
        moment = datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
    except (TypeError, ValueError):
        return value
    return date_format(moment, "DATE_FORMAT")


@register.filter
def moment(value: str) -> str:
    """“3 March 2026, 2:05 p.m. (UTC)” of an ISO time, in the site's own time zone."""
    try:
        at = timezone.localtime(datetime.fromisoformat(value), timezone.get_default_timezone())
    except (TypeError, ValueError):
        return value
    return f"{date_format(at, 'DATETIME_FORMAT')} ({at:%Z})"
