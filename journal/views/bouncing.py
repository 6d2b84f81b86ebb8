"""Where the mail provider tells what became of mails: django-anymail reads its words and checks its secret."""

import re
from typing import Any
from uuid import UUID

from anymail.signals import AnymailTrackingEvent, EventType, RejectReason
from django.conf import settings
from django.urls import URLPattern, path
from django.utils import timezone

from journal.services.bouncing import News, take_in

_OUR_ID = re.compile(r"<?([0-9a-f]{32})\.[a-z_]+@[^<>@\s]+>?")
# Full mailbox, greylisting, a filter of the hour: the address is none the worse for it.
_PASSING = (RejectReason.TIMED_OUT, RejectReason.BLOCKED, RejectReason.SPAM)


def urls() -> list[URLPattern]:
    """The door of the one provider that is configured, where a secret guards it; else none."""
    if not (settings.MAIL_PROVIDER and settings.ANYMAIL_WEBHOOK_SECRET):
        return []
    from anymail.urls import urlpatterns  # heavy: the views of every provider

    own = (f"{settings.MAIL_PROVIDER}/tracking/", f"{settings.MAIL_PROVIDER}/")
    views = {str(pattern.pattern): pattern.callback for pattern in urlpatterns}
    view = next((views[name] for name in own if name in views), None)
    return [path("mail-events", view, name="mail_events")] if view else []


def hear(sender: object, event: AnymailTrackingEvent, esp_name: str, **_more: Any) -> None:
    """Receiver of anymail's signal: what concerns a mail of ours is noted."""
    message_id, news = message_of(event), news_in(event)
    if message_id and news:
        take_in(message_id=message_id, news=news, reason=_reason(event), at=timezone.now())


def message_of(event: AnymailTrackingEvent) -> UUID | None:
    """Which of our mails it is about: by what we gave along, or by our Message-ID; never by an address alone."""
    given = str((event.metadata or {}).get("message", ""))
    ours = _OUR_ID.fullmatch(str(event.message_id or ""))
    key = given if re.fullmatch(r"[0-9a-f]{32}", given) else ours[1] if ours else ""
    return UUID(hex=key) if key else None


def news_in(event: AnymailTrackingEvent) -> News | None:
    if event.event_type == EventType.COMPLAINED:
        return News.COMPLAINED
    if event.event_type == EventType.UNSUBSCRIBED:
        return News.UNSUBSCRIBED
    if event.event_type == EventType.BOUNCED:
        return News.DELAYED if event.reject_reason in _PASSING else News.RETURNED
    if event.event_type == EventType.REJECTED and event.reject_reason in (
        RejectReason.INVALID,
        RejectReason.BOUNCED,
    ):
        return News.RETURNED
    return (
        News.DELAYED
        if event.event_type in (EventType.DEFERRED, EventType.REJECTED, EventType.FAILED)
        else None
    )


def _reason(event: AnymailTrackingEvent) -> str:
    return str(event.mta_response or event.description or event.reject_reason or "")
