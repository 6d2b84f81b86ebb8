"""What comes before Django's own: is this a probe, who is really calling, is it a machine that asks for a document."""

import ipaddress
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from typing import Any, cast

import structlog
from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import ResolverMatch, resolve
from django.utils.module_loading import import_string

from accounts.middleware import speak_their_language
from badgeplatform import metrics, probes
from badgeplatform.logs import CURRENT_REQUEST
from common.fixed_headers import put_missing
from common.negotiation import preferred_type

Handler = Callable[[HttpRequest], HttpResponse]
REQUESTS = logging.getLogger("badgeplatform.requests")
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
# Headers by which proxies speak of the visitor. Only the first two are understood, and those only from a proxy
# that is trusted; nothing further in must ever believe the others.
CLAIMS = (
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_X_REAL_IP",
    "HTTP_X_CLIENT_IP",
    "HTTP_CLIENT_IP",
    "HTTP_FORWARDED",
)


def answer_probes(get_response: Handler) -> Handler:
    """/healthz, /readyz and /metrics, on any Host and over plain http: whoever probes knows neither."""
    answers: dict[str, Handler] = {
        "/healthz": probes.alive,
        "/readyz": probes.ready,
        "/metrics": metrics.metrics,
    }

    def middleware(request: HttpRequest) -> HttpResponse:
        answer = answers.get(request.path_info)
        if answer is None:
            return get_response(request)
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        return answer(request)

    return middleware


def trust_proxies(get_response: Handler) -> Handler:
    """X-Forwarded-Proto and X-Forwarded-For count only when loopback or TRUSTED_PROXIES sent them.

    Afterwards REMOTE_ADDR is the visitor's address and no header says otherwise.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        claims = {name: request.META.pop(name) for name in CLAIMS if name in request.META}
        if is_trusted(request.META.get("REMOTE_ADDR", "")):
            if "HTTP_X_FORWARDED_PROTO" in claims:
                request.META["HTTP_X_FORWARDED_PROTO"] = claims["HTTP_X_FORWARDED_PROTO"]
            path = claims.get("HTTP_X_FORWARDED_FOR", "")
            if path and (visitor := _last_stranger(path)):
                request.META["REMOTE_ADDR"] = visitor
        return get_response(request)

    return middleware


def log_requests(get_response: Handler) -> Handler:
    """Every line that a request causes bears its number and the visitor's address; at INFO, one tells how it ended.

    It names the route and not the path: some paths are keys (claim links).
    """
    log: Any = structlog.get_logger(REQUESTS.name)

    def middleware(request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        token = CURRENT_REQUEST.set(request)
        try:
            response = get_response(request)
            if REQUESTS.isEnabledFor(logging.INFO):
                log.info(
                    "request",
                    method=request.method,
                    route=getattr(request.resolver_match, "route", None),
                    status=response.status_code,
                    milliseconds=round((time.perf_counter() - began) * 1000, 1),
                    user=getattr(getattr(request, "_cached_user", None), "pk", None),
                )
        finally:
            CURRENT_REQUEST.reset(token)
        return response

    return middleware


def answer_strangers(get_response: Handler) -> Handler:
    """Public documents, and pages that are the same for all, without what concerns persons: sessions, messages, forms.

    Only views that are marked for it (common.negotiation.impersonal). What is missing or refused goes the long way, as
    does whoever wants a page and brought a cookie. What protects is the same either way: see `protection`.
    """
    to_machine, to_person = _view_of, speak_their_language(_view_of)

    def middleware(request: HttpRequest) -> HttpResponse:
        wanted = preferred_type(request) if request.method in ("GET", "HEAD") else None
        is_person = wanted == "text/html"
        is_secure = request.is_secure()
        if wanted is None or (is_person and request.META.get("HTTP_COOKIE")):
            return get_response(request)
        if settings.SECURE_SSL_REDIRECT and not is_secure:
            return get_response(request)
        with suppress(Http404, DisallowedHost):
            _accept(request.META.get("HTTP_HOST", ""), tuple(settings.ALLOWED_HOSTS))
            match = resolve(request.path_info)
            if getattr(match.func, "has_impersonal_page" if is_person else "is_impersonal", False):
                request.resolver_match = match
                response = to_person(request) if is_person else to_machine(request)
                if _OWN_PROTECTION.isdisjoint(vars(response)):
                    return _protected(response, is_secure)
        return get_response(request)

    return middleware


@lru_cache(maxsize=64)
def _accept(host: str, _allowed: tuple[str, ...]) -> None:
    """Raises DisallowedHost. A name that was accepted is not looked at again: it costs a twentieth of a document."""
    request = HttpRequest()
    request.META["HTTP_HOST"] = host
    request.get_host()


def _view_of(request: HttpRequest) -> HttpResponse:
    match = cast(ResolverMatch, request.resolver_match)
    return cast(HttpResponse, match.func(request, *match.args, **match.kwargs))


def _protected(response: HttpResponse, is_secure: bool) -> HttpResponse:
    put_missing(response, protection(is_secure))
    response.headers.setdefault("Content-Length", str(len(response.content)))
    return response


@lru_cache(maxsize=2)
def protection(is_secure: bool) -> tuple[tuple[str, str], ...]:
    """The headers that settings.PROTECTIVE_MIDDLEWARE puts on an answer: always the same, so it is asked once."""
    request = HttpRequest()
    request.path = request.path_info = "/"
    if is_secure and settings.SECURE_PROXY_SSL_HEADER:
        name, value = settings.SECURE_PROXY_SSL_HEADER
        request.META[name] = value
    answer: Handler = lambda _request: HttpResponse()  # noqa: E731 - the innermost of the chain
    for path in reversed(settings.PROTECTIVE_MIDDLEWARE):
        answer = import_string(path)(answer)
    headers = answer(request).headers
    return tuple((name, value) for name, value in headers.items() if name != "Content-Type")


class ContentSecurityPolicy(CSPMiddleware):
    """django-csp's, with the site's own policy written once instead of at every answer."""

    def __init__(self, get_response: Any) -> None:
        super().__init__(get_response)
        self._policy = build_policy()

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        is_plain = _OWN_POLICY.isdisjoint(vars(response)) and not hasattr(request, "_csp_nonce")
        if settings.DEBUG or not is_plain:
            return super().process_response(request, response)
        response.headers.setdefault(HEADER, self._policy)
        return response


# What decorators leave on an answer that is to have a protection of its own.
_OWN_POLICY = {
    f"_csp_{what}{mode}" for what in ("config", "update", "replace", "exempt") for mode in ("", "_ro")
}
_OWN_PROTECTION = _OWN_POLICY | {"xframe_options_exempt"}


def is_trusted(address: str) -> bool:
    """Whether a proxy at `address` is believed; no address means a local socket."""
    return not address or _is_trusted(address, tuple(settings.TRUSTED_PROXIES))


@lru_cache(maxsize=256)
def _is_trusted(address: str, trusted: tuple[str, ...]) -> bool:
    parsed = _parse(address)
    return parsed is not None and (
        parsed.is_loopback or any(parsed in network for network in _networks(trusted))
    )


def _last_stranger(forwarded_for: str) -> str:
    """The address nearest to us in X-Forwarded-For that no trusted proxy has: what is left of it can be made up."""
    visitor = ""
    for hop in reversed(forwarded_for.split(",")):
        parsed = _parse(hop.strip())
        if parsed is None:
            break
        visitor = str(parsed)
        if not is_trusted(visitor):
            break
    return visitor


def _parse(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return None
    mapped = getattr(parsed, "ipv4_mapped", None)
    return mapped or parsed


@lru_cache(maxsize=8)
def _networks(names: tuple[str, ...]) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(name, strict=False) for name in names)
