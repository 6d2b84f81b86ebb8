"""Rate limits on public forms, counted in the shared cache; rates by name in settings.RATE_LIMITS."""

import hashlib
import ipaddress
import math
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
    count, window = _rate(name)
    key = f"rate:{name}:{int(time.time()) // window}:{hashlib.sha256(who.encode()).hexdigest()[:24]}"
    if cache.add(key, 1, timeout=window):
        return count >= 1
    try:
        return cache.incr(key) <= count
    except ValueError:  # expired between the two calls
        return True


def _rate(name: str) -> tuple[int, int]:
    """How often, and the seconds of a window."""
    count, _slash, unit = settings.RATE_LIMITS[name].partition("/")
    return int(count), _SECONDS[unit[0]]


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


def too_many(request: HttpRequest, name: str) -> HttpResponse:
    """429, with a page in words that says how long the rate `name` stays used up."""
    _count, window = _rate(name)
    seconds = window - int(time.time()) % window
    response = render(request, "429.html", {"minutes": math.ceil(seconds / 60)}, status=429)
    response["Retry-After"] = str(seconds)
    return response


def limited(name: str, *, methods: tuple[str, ...] = ("POST",)) -> Callable[..., Any]:
    """A view decorator: 429 with a page in words once the visitor has used up the rate `name`."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method in methods and not allowed(name, visitor(request)):
                return too_many(request, name)
            return view(request, *args, **kwargs)

        return wrapped

    return decorate
