"""The local mailbox: for whoever sits at this machine, and only where mails go nowhere else."""

import ipaddress
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from journal import mailbox as box

# Foreign HTML: no script, nothing fetched from elsewhere; links open in the window around it, when clicked.
SANDBOX = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'self'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-same-origin allow-top-navigation-by-user-activation"
)


def at_this_machine_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @never_cache
    @require_safe
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if settings.EMAIL_URL or not _is_loopback(request.META.get("REMOTE_ADDR", "")):
            raise Http404
        return view(request, *args, **kwargs)

    return wrapped


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


@at_this_machine_only
def mails(request: HttpRequest) -> HttpResponse:
    to = request.GET.get("to", "")
    return render(request, "journal/mailbox.html", {"mails": box.newest(to=to), "to": to})


@at_this_machine_only
def mail(request: HttpRequest, name: str) -> HttpResponse:
    return render(request, "journal/mailbox_mail.html", {"mail": _mail_or_404(name)})


@at_this_machine_only
@xframe_options_sameorigin
def mail_html(request: HttpRequest, name: str) -> HttpResponse:
    html = _mail_or_404(name).html.replace("<head>", '<head><base target="_top">', 1)
    response = HttpResponse(html.replace('target="_blank"', ""))  # as MJML's buttons have it
    response["Content-Security-Policy"] = SANDBOX
    return response


def _mail_or_404(name: str) -> box.LocalMail:
    found = box.read(name)
    if found is None:
        raise Http404
    return found
