"""The visitor's language and time zone, for the length of one request; and the way back for who was signed out."""

from collections.abc import Callable
from contextlib import nullcontext
from functools import lru_cache

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from common.fixed_headers import put_missing
from common.languages import CODES
from common.negotiation import add_vary

Handler = Callable[[HttpRequest], HttpResponse]


def speak_their_language(get_response: Handler) -> Handler:
    """Language: what was chosen on this device, else the profile's, else the browser's. Time zone: the profile's.

    Stands after the middleware that knows who is signed in; asks it only where a session cookie came along.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        user = _signed_in(request)
        language = _language(request, user)
        zone = timezone.override(user.time_zone) if user else nullcontext()
        with translation.override(language), zone:
            request.LANGUAGE_CODE = language
            response = get_response(request)
        put_missing(response, (("Content-Language", language),))
        add_vary(response, "Accept-Language")
        return response

    return middleware


def say_what_was_not_saved(get_response: Handler) -> Handler:
    """A form that comes after the end of its session leads to sign-in, and from there to the page where it stood.

    Its own address may take nothing but forms. What was typed is still in the browser, one page back.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.method != "POST" or response.status_code != 302 or request.user.is_authenticated:
            return response
        page = request.headers.get("Referer", "").removeprefix(settings.SITE_URL)
        refused = redirect_to_login(request.get_full_path())
        if not page.startswith("/") or response["Location"] != refused["Location"]:
            return response
        messages.warning(
            request,
            _(
                "You were signed out meanwhile, so nothing was saved. What you typed is still in your browser: "
                "sign in, then go back to the form and send it again."
            ),
        )
        return redirect_to_login(page)

    return middleware


def _signed_in(request: HttpRequest) -> User | None:
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return None
    return request.user if request.user.is_authenticated else None


def _language(request: HttpRequest, user: User | None) -> str:
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if chosen in CODES:
        return chosen
    return user.language if user else _language_of_browser(request.META.get("HTTP_ACCEPT_LANGUAGE", ""))


@lru_cache(maxsize=512)  # the same few browsers ask again and again
def _language_of_browser(accepted: str) -> str:
    request = HttpRequest()
    request.META["HTTP_ACCEPT_LANGUAGE"] = accepted
    return translation.get_language_from_request(request)
