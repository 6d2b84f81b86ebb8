"""The organisations somebody works for, and the invitations that wait for them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from common.errors import Refused
from issuers.permissions import SignedInRequest
from issuers.queries import invitations_for, memberships_of
from issuers.services import accept_invitation, withdraw_invitation


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def manage_home(request: SignedInRequest) -> HttpResponse:
    """Straight to the only organisation where there is one, and to their own badges where there is none; `?all=1` shows
    the list all the same."""
    if request.method == "POST":
        return _answer_invitation(request)
    memberships = list(memberships_of(request.user))
    invitations = list(invitations_for(request.user, at=timezone.now()))
    if len(memberships) < 2 and not invitations and "all" not in request.GET:
        return (
            redirect("manage:overview", memberships[0].issuer.slug) if memberships else redirect("backpack")
        )
    context = {"memberships": memberships, "invitations": invitations}
    return render(request, "issuers/organisations.html", context)


def _answer_invitation(request: SignedInRequest) -> HttpResponse:
    now = timezone.now()
    number = request.POST.get("invitation", "")
    waiting = invitations_for(request.user, at=now)
    invitation = get_object_or_404(
        waiting, pk=int(number) if number.isdecimal() and len(number) < 16 else None
    )
    if request.POST.get("answer") == "decline":
        withdraw_invitation(invitation=invitation, by=request.user.actor, at=now)
        messages.success(request, _("You declined the invitation of %(name)s.") % {"name": invitation.issuer})
        return redirect("manage_home")
    try:
        accept_invitation(invitation=invitation, user=request.user, at=now)
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect("manage_home")
    messages.success(request, _("Welcome to %(name)s.") % {"name": invitation.issuer})
    return redirect("manage:overview", slug=invitation.issuer.slug)
