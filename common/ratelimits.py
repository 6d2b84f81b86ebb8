"""Rate limits on public forms, counted in the shared cache; rates by name in settings.RATE_LIMITS."""

import hashlib
import ipaddress
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def allowed(name: str, who: str) -> bool:
    """Counts one act of `who` in the current window of the rate `name`; False once it is used up."""
    count, _slash, unit = settings.RATE_LIMITS[name].partition("/")
    window = _SECONDS[unit[0]]
    key = f"rate:{name}:{int(time.time()) // window}:{hashlib.sha256(who.encode()).hexdigest()[:24]}"
    if cache.add(key, 1, timeout=window):
        return int(count) >= 1
    try:
        return cache.incr(key) <= int(count)
    except ValueError:  # expired between the two calls
        return True


def visitor(request: HttpRequest) -> str:
    """Who is counted: the address as the connection shows it (the roof has resolved trusted proxies), of IPv6 the
    network that one household or server has at least (RFC 6177): it holds more addresses than anybody could count."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:  # a local socket has none
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return address
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(parsed), 64), strict=False))


def too_many(request: HttpRequest) -> HttpResponse:
    """429, with a page in words."""
    response = render(request, "429.html", status=429)
    response["Retry-After"] = "60"
    return response


def limited(name: str, *, methods: tuple[str, ...] = ("POST",)) -> Callable[..., Any]:
    """A view decorator: 429 with a page in words once the visitor has used up the rate `name`."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method in methods and not allowed(name, visitor(request)):
                return too_many(request)
            return view(request, *args, **kwargs)

        return wrapped

    return decorate
