"""Which badges this browser may look after: those it accepted, and those of the person signed in."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone, translation

from accounts.models import User
from assertions.models import Award
from common.languages import CODES
from common.negotiation import add_vary
from issuers.queries import verified_addresses

KEY = "held_awards"
MOST = 200
HELD_FOR = timedelta(days=30)


def hold(request: HttpRequest, award: Award) -> None:
    """Remembers in the session that this browser accepted the badge. Signs nobody in.

    It is remembered together with whose badge it was: once the badge moves to another address, the browsers
    that held it before hold it no longer.
    """
    if not request.user.is_authenticated:
        request.session.cycle_key()  # who planted a session in this browser does not hold the badge too
    held = {**_held(request)}
    held.pop(str(award.pk), None)
    held[str(award.pk)] = [award.recipient_id, int(timezone.now().timestamp())]
    request.session[KEY] = dict(list(held.items())[-MOST:])


def holds(request: HttpRequest, award: Award) -> bool:
    recipient_id, since = _held(request).get(str(award.pk), (0, 0))
    fresh = timezone.now().timestamp() - since < HELD_FOR.total_seconds()
    return (recipient_id == award.recipient_id and fresh) or _is_signed_in_as(request, award)


def held_award(
    request: HttpRequest, award_id: uuid.UUID, response: Award.Response = Award.Response.ACCEPTED
) -> Award:
    """The award, with all that its page shows. Raises Http404 for everyone else's, and once it is revoked."""
    award = Award.objects.for_pages().filter(pk=award_id, response=response, revoked_at=None).first()
    if award is None or not holds(request, award):
        raise Http404
    return award


def held_ids(request: HttpRequest) -> list[str]:
    return list(_held(request))


@contextmanager
def their_language(request: HttpRequest, award: Award) -> Iterator[str]:
    """The recipient's language, unless this visitor chose one or is signed in with one."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if chosen not in CODES:
        chosen = request.user.language if request.user.is_authenticated else award.language
    with translation.override(chosen):
        yield chosen


def private(response: HttpResponse, language: str = "") -> HttpResponse:
    """The address opens a door: keep it out of caches and search engines. (The site's own Referrer-Policy keeps
    it from other sites; a stricter one would make browsers hide the origin that the CSRF check wants to see.)"""
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    add_vary(response, "Accept", "Accept-Language")
    if language:
        response["Content-Language"] = language
    return response


def _held(request: HttpRequest) -> dict[str, list[int]]:
    held = request.session.get(KEY)
    return held if isinstance(held, dict) else {}


def _is_signed_in_as(request: HttpRequest, award: Award) -> bool:
    if not isinstance(request.user, User):
        return False
    return award.recipient.address in verified_addresses(request.user)
