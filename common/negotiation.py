"""Who asks: a person's browser or a machine (CONTRACT: a machine is anyone whose Accept prefers JSON)."""

import hashlib
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import MediaType
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import quote_etag
from django.utils.translation import gettext as _

from common.fixed_headers import Headers, put

_FOR_EVERYONE = (("Access-Control-Allow-Origin", "*"), ("Cross-Origin-Resource-Policy", "cross-origin"))
JSON_TYPES = ("application/ld+json", "application/json")


def preferred_type(request: HttpRequest, *, html: bool = True) -> str | None:
    """`text/html`, `application/ld+json`, `application/json`, or None when none of them will do."""
    accept = request.META.get("HTTP_ACCEPT", "*/*")
    return _preferred(accept, html) if len(accept) <= 300 else _preferred.__wrapped__(accept, html)


def preferred_of(request: HttpRequest, offers: tuple[str, ...]) -> str | None:
    """Which of these media types the asker likes best, the first of equals; None when none of them will do."""
    return _best(request.META.get("HTTP_ACCEPT", "*/*")[:2000], offers)


def named_of(request: HttpRequest, offers: tuple[str, ...]) -> str | None:
    """The first of these media types that the asker names and likes no less than a page or plain JSON."""
    ranges = _ranges(request.META.get("HTTP_ACCEPT", "*/*")[:2000])
    usual = max(_quality(ranges, offer)[0] for offer in (*JSON_TYPES, "text/html"))
    named = {media_type: quality for quality, _specificity, media_type in ranges}
    return next((offer for offer in offers if named.get(offer, 0) >= max(usual, 0.001)), None)


@lru_cache(maxsize=512)  # the same few programs ask again and again
def _preferred(accept: str, html: bool) -> str | None:
    return _best(accept, (*JSON_TYPES, *(["text/html"] if html else [])))


def _best(accept: str, offers: tuple[str, ...]) -> str | None:
    ranges = _ranges(accept)
    best: tuple[float, int, int] = (0.0, -1, -1)
    chosen = None
    for rank, offer in enumerate(reversed(offers)):
        quality, specificity = _quality(ranges, offer)
        if quality > 0 and (quality, specificity, rank) > best:
            best, chosen = (quality, specificity, rank), offer
    return chosen


def _ranges(accept: str) -> list[tuple[float, int, str]]:
    """(quality, specificity, media range) of an Accept header; nothing sent means */*."""
    ranges = []
    for media_type in map(MediaType, filter(None, (part.strip() for part in accept.split(",")))):
        specificity = 0 if media_type.main_type == "*" else 1 if media_type.sub_type == "*" else 2
        ranges.append((media_type.quality, specificity, f"{media_type.main_type}/{media_type.sub_type}"))
    return ranges or [(1.0, 0, "*/*")]


def _quality(ranges: list[tuple[float, int, str]], offer: str) -> tuple[float, int]:
    main = offer.partition("/")[0]
    matches = [r for r in ranges if r[2] in (offer, f"{main}/*", "*/*")]
    quality, specificity, _range = max(matches, key=lambda r: r[1], default=(0.0, -1, ""))
    return quality, specificity


def prefers_html(request: HttpRequest) -> bool:
    return preferred_type(request) == "text/html"


def not_acceptable(*served: str) -> HttpResponse:
    """RFC 9457 problem details, whatever the asker accepts: nothing else could be said to them.

    `served`: the media types of this address, where they are not those of a page with a document.
    """
    detail = _("This address serves text/html, application/ld+json and application/json.")
    if served:
        detail = _("This address serves %(types)s.") % {"types": ", ".join(served)}
    return JsonResponse(
        {
            "type": "about:blank",
            "title": _("Not acceptable"),
            "status": 406,
            "detail": detail,
            "code": "not_acceptable",
            "errors": [],
        },
        status=406,
        content_type="application/problem+json",
    )


def impersonal(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Marks a view that answers every machine alike: cookies, sessions and languages have no part in its JSON.

    The site's middleware then answers machines at once (badgeplatform.middleware.answer_strangers). They only read:
    what else is sent gets 405, and no word about forms.
    """
    view.is_impersonal = True  # type: ignore[attr-defined]
    view.csrf_exempt = True  # type: ignore[attr-defined]
    return view


def impersonal_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """`impersonal`, and its page is the same for everyone who comes without a cookie: no session, no form's token."""
    view.has_impersonal_page = True  # type: ignore[attr-defined]
    return impersonal(view)


def public_document(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """CORS for everyone and the Vary that content negotiation needs, on every answer of the view."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "OPTIONS":
            response = HttpResponse(status=204)
            response["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
            response["Access-Control-Allow-Headers"] = "Accept, If-None-Match"
        else:
            response = view(request, *args, **kwargs)
        put(response, _FOR_EVERYONE)
        add_vary(response, "Accept", "Accept-Language")
        return response

    return wrapped


def is_personal(request: HttpRequest) -> bool:
    """Whether a page may say something to this visitor alone: who they are, or what just happened."""
    return bool({settings.SESSION_COOKIE_NAME, "messages"} & request.COOKIES.keys())


def public_page(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """A page that is asked for at every visit, and sent again only where it has changed."""
    personal = is_personal(request)
    response["Cache-Control"] = "private, no-cache" if personal else "public, no-cache"
    add_vary(response, "Cookie")
    if personal:
        return response
    response["ETag"] = quote_etag(hashlib.blake2b(response.content, digest_size=16).hexdigest())
    same = get_conditional_response(request, etag=response["ETag"], response=response)
    return cast(HttpResponse, same)


def add_vary(response: HttpResponse, *names: str) -> None:
    """Django's `patch_vary_headers`, remembered: public pages say the same at every visit."""
    put(response, _vary(response.headers.get("Vary", ""), names))


@lru_cache(maxsize=64)
def _vary(said: str, names: tuple[str, ...]) -> Headers:
    response = HttpResponse(headers={"Vary": said} if said else None)
    patch_vary_headers(response, names)
    return (("Vary", str(response.headers["Vary"])),)
