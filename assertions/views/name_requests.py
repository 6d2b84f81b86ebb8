"""Names that recipients ask for, to be agreed to or not."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from assertions.models import NameRequest
from assertions.queries import pending_names
from assertions.services import decide_name
from common.errors import Refused
from common.pagination import page_of
from issuers.permissions import Permission, SignedInRequest, issuer_for
from journal.tasks import send_soon


@login_required
@require_safe
def name_requests(request: SignedInRequest, slug: str) -> HttpResponse:
    issuer = issuer_for(request.user, slug, may=Permission.VIEW)
    page = page_of(pending_names(issuer), order=["created_at", "pk"], cursor=request.GET.get("cursor", ""))
    context = {
        "issuer": issuer,
        "nav": "awards",
        "page": page,
        "may_award": Permission.AWARD in issuer.granted,
    }
    return render(request, "assertions/name_requests.html", context)


@login_required
@require_POST
def name_decide(request: SignedInRequest, slug: str, request_id: int) -> HttpResponse:
    """`answer=approve` puts the name on the badge; anything else leaves it as it was."""
    issuer = issuer_for(request.user, slug, may=Permission.AWARD)
    row = get_object_or_404(NameRequest.objects.filter(award__issuer=issuer), pk=request_id)
    approve = request.POST.get("answer") == "approve"
    try:
        decided = decide_name(request=row, approve=approve, by=request.user.actor, at=timezone.now())
    except Refused as refusal:
        messages.warning(request, refusal.message)
    else:
        send_soon()
        words = _("The badge now bears the name “%(name)s”.") if approve else _("The name stays as it was.")
        messages.success(request, words % {"name": decided.name})
    if request.POST.get("back") == "award":
        return redirect("manage:award_detail", slug=slug, award_id=row.award_id)
    return redirect("manage:name_requests", slug=slug)
