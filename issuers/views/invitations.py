"""The link of an invitation: shown to whoever holds it, accepted by who proves the address it went to."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.forms import TimeZoneForm
from accounts.models import User
from common.errors import Refused
from common.ratelimits import limited
from issuers.forms import ROLES_SAY
from issuers.models import Invitation, Membership
from issuers.queries import verified_addresses
from issuers.services import accept_invitation, open_invitation
from issuers.views.entrance import send_code


@never_cache
@limited("claim")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Opening the link changes nothing. The answer is the same for links that are unknown, used or expired."""
    found = open_invitation(token, at=timezone.now())
    if found is None:
        return render(request, "issuers/invitation_closed.html", status=404)
    is_theirs = isinstance(request.user, User) and found.address in verified_addresses(request.user)
    if request.method == "POST":
        if isinstance(request.user, User) and is_theirs:
            return _accept(request, found, request.user)
        if not request.user.is_authenticated:
            return _sign_in(request, found, token)
    role = Membership.Role(found.role)
    context = {"invitation": found, "is_theirs": is_theirs, "role_says": ROLES_SAY[role]}
    return render(request, "issuers/invitation.html", context)


def _accept(request: HttpRequest, found: Invitation, user: User) -> HttpResponse:
    try:
        accept_invitation(invitation=found, user=user, at=timezone.now())
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect("manage_home")
    messages.success(request, _("Welcome to %(name)s.") % {"name": found.issuer})
    return redirect("manage:overview", slug=found.issuer.slug)


def _sign_in(request: HttpRequest, found: Invitation, token: str) -> HttpResponse:
    """The code goes to the address that was invited: it proves what the invitation asks for."""
    then = reverse("invitation", kwargs={"token": token})
    form = TimeZoneForm(request.POST)
    zone = form.cleaned_data["time_zone"] if form.is_valid() else ""
    if sent := send_code(request, address=found.address, then=then, time_zone=zone):
        return sent
    messages.error(request, _("Many codes were sent to this address already. Wait a minute, then try again."))
    return redirect(then)
