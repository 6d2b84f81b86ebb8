"""A sign-in code by mail, for people who are in the middle of something."""

from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse

from accounts.views import entrance


def send_code(request: HttpRequest, *, address: str, then: str, time_zone: str = "") -> HttpResponse | None:
    """Sends a code to the address and leads to the page where it is typed, then to the page `then`.

    The same answer whether the address has an account or not. None once too many codes were asked for.
    """
    if not ratelimit.consume(request, action="request_login_code", key=address):
        return None
    return entrance.send_code(request, address=address, time_zone=time_zone, next_url=then)
