"""What people and machines see when something is refused, missing or broken.

People get a page in their language; machines (whoever prefers JSON) get RFC 9457 problem details.
Neither is told anything about the inside.
"""

import logging

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import is_valid_path, reverse
from django.utils.cache import patch_vary_headers
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from common.negotiation import prefers_html

log = logging.getLogger(__name__)

_CODES = {
    400: "bad_request", 403: "permission_denied", 404: "not_found", 413: "too_large", 500: "server_error",
}  # fmt: skip
"""For programs, as the API says them."""


def handler400(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 1024**2
        words = _("More than %(most)s MB were typed or pasted at once. Go back, and bring them as a file.")
        return _answer(request, 413, _("This is too much for one form"), words % {"most": most})
    return _answer(
        request,
        400,
        _("We did not understand this request"),
        _("The request does not make sense to this site."),
    )


def handler403(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    reason = str(exception or "") or _(
        "Your role does not allow this. Ask someone who owns the organisation."
    )
    return _answer(
        request, 403, _("You do not have access to this page"), reason, back=_organisation(request)
    )


def _organisation(request: HttpRequest) -> str:
    """Where a member who lacks a role goes on; strangers were told that there is nothing."""
    match = request.resolver_match
    if match is None or match.namespace != "manage":
        return ""
    return reverse("manage:overview", kwargs={"slug": match.kwargs["slug"]})


def handler404(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if address := _with_or_without_slash(request):
        return HttpResponseRedirect(address)
    return _answer(request, 404, _("Not found"), _("There is nothing at this address."))


def _with_or_without_slash(request: HttpRequest) -> str:
    """People add a slash at the end of an address, or forget it: the one that exists, where only one does."""
    path = request.path_info
    other = path.rstrip("/") if path.endswith("/") else f"{path}/"
    if request.method not in ("GET", "HEAD") or is_valid_path(path) or not other or not is_valid_path(other):
        return ""
    query = request.META.get("QUERY_STRING", "")
    return f"{other}?{query}" if query else other


def handler500(request: HttpRequest) -> HttpResponse:
    reason = _("It has been noted, and nothing you saved is lost. Try again in a moment.")
    return _answer(request, 500, _("Something went wrong on our side"), reason)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that cannot be told from one that another site made up: mostly a page that was open for long."""
    words = _("For your safety, we did not take the form. Go back, reload the page and send it again.")
    return _answer(request, 403, _("This page was open for too long"), words, page="csrf.html")


def _answer(
    request: HttpRequest, status: int, title: str, reason: str, *, page: str = "", back: str = ""
) -> HttpResponse:
    if prefers_html(request):
        response = _page(request, page or f"{status}.html", status, title, reason, back)
    else:
        response = _problem(status, title, reason)
    response["Cache-Control"] = "no-store"
    patch_vary_headers(response, ["Accept", "Accept-Language"])
    return response


def _page(request: HttpRequest, page: str, status: int, title: str, reason: str, back: str) -> HttpResponse:
    try:
        return render(request, page, {"reason": reason, "back": back}, status=status)
    except Exception:  # what broke the page may break its error page too (the database, say)
        log.exception("%s cannot be shown", page)
        return HttpResponse(_bare_page(title, reason), status=status)


def _bare_page(title: str, reason: str) -> str:
    return format_html(
        '<!doctype html><html lang="{}"><meta charset="utf-8"><title>{} · {}</title><h1>{}</h1><p>{}</p></html>',
        get_language() or settings.LANGUAGE_CODE,
        title,
        settings.SITE_NAME,
        title,
        reason,
    )


def _problem(status: int, title: str, reason: str) -> HttpResponse:
    """Any page may read it: it is the answer that a verifier in a browser needs to tell missing from broken."""
    response = JsonResponse(
        {
            "type": "about:blank",
            "title": title,
            "status": status,
            "detail": reason,
            "code": _CODES.get(status, "error"),
            "errors": [],
        },
        status=status,
        content_type="application/problem+json",
    )
    response["Access-Control-Allow-Origin"] = "*"
    return response
