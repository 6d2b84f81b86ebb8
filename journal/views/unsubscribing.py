from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from common.sealing import SealBroken
from journal import emails, queries, services


@csrf_exempt  # RFC 8058: mail clients post without cookies; whoever holds the link may do it
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows, POST does: `action=again` undoes it."""
    try:
        address = emails.address_of(token)
    except SealBroken:
        return render(request, "journal/unsubscribe_unknown.html", status=404)
    if request.method == "POST":
        if request.POST.get("action") == "again":
            services.subscribe_again(address)
        else:
            services.unsubscribe(address, at=timezone.now())
    return render(
        request,
        "journal/unsubscribe.html",
        {"address": address, "is_suppressed": queries.is_suppressed(address)},
    )
