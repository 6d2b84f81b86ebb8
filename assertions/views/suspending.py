"""Suspending a badge while something is looked into, after saying what will happen; and lifting that."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from assertions.forms.lists import SuspendForm
from assertions.models import Award
from assertions.services import lift_suspension, suspend
from common.errors import Refused
from issuers.permissions import Permission, SignedInRequest, issuer_for
from issuers.tasks import tell_webhooks_soon


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def award_suspend(request: SignedInRequest, slug: str, award_id: uuid.UUID) -> HttpResponse:
    issuer = issuer_for(request.user, slug, may=Permission.REVOKE)
    award = get_object_or_404(Award.objects.for_pages().filter(issuer=issuer), pk=award_id)
    form = SuspendForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            suspend(award=award, by=request.user.actor, at=timezone.now(), **form.cleaned_data)
        except Refused as refusal:
            messages.warning(request, refusal.message)
        else:
            tell_webhooks_soon(issuer.scope)
            messages.success(request, _("The badge is suspended. Lift it here when the matter is settled."))
        return redirect("manage:award_detail", slug=slug, award_id=award.pk)
    context = {"issuer": issuer, "nav": "awards", "award": award, "form": form}
    return render(request, "assertions/award_suspend.html", context)


@login_required
@require_POST
def award_reinstate(request: SignedInRequest, slug: str, award_id: uuid.UUID) -> HttpResponse:
    issuer = issuer_for(request.user, slug, may=Permission.REVOKE)
    award = get_object_or_404(Award.objects.of_issuer(issuer).only("pk"), pk=award_id)
    try:
        lift_suspension(award=award, by=request.user.actor, at=timezone.now())
    except Refused as refusal:
        messages.warning(request, refusal.message)
    else:
        tell_webhooks_soon(issuer.scope)
        messages.success(request, _("The badge is valid again, as if nothing had happened."))
    return redirect("manage:award_detail", slug=slug, award_id=award.pk)
