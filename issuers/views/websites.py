"""The website check: how to put the record or the file, a look now, and what is known."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from common.errors import Refused
from common.ratelimits import allowed, too_many
from issuers.documents import issuer_url
from issuers.models import DomainCheck
from issuers.permissions import Permission, SignedInRequest, issuer_for
from issuers.queries import domain_check_of, website_of
from issuers.services.websites import FILE, RECORD, check_website


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def website(request: SignedInRequest, slug: str) -> HttpResponse:
    issuer = issuer_for(request.user, slug, may=Permission.MANAGE_ISSUER)
    if request.method == "POST":
        if not allowed("website", issuer.scope):
            return too_many(request, "website")
        try:
            row = check_website(issuer=issuer, by=request.user.actor, at=timezone.now())
        except Refused as refusal:
            messages.error(request, refusal.message)
        else:
            _say(request, row)
        return redirect("manage:website", slug=slug)
    host = website_of(issuer)
    context = {
        "issuer": issuer,
        "nav": "settings",
        "tab": "website",
        "host": host,
        "check": domain_check_of(issuer),
        "record_name": f"{RECORD}.{host.partition(':')[0]}",
        "record_value": f"issuer={issuer_url(slug)}",
        "file_url": f"https://{host}{FILE}",
        "file_line": issuer_url(slug),
    }
    return render(request, "issuers/website.html", context)


def _say(request: SignedInRequest, row: DomainCheck) -> None:
    if row.problem:
        said = _("%(host)s was looked at. %(problem)s")
        messages.warning(request, said % {"host": row.host, "problem": row.get_problem_display()})
    else:
        messages.success(request, _("%(host)s confirms your organisation.") % {"host": row.host})
