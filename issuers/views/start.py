"""Sign-up: an address and the organisation's name on one page, the code on the next, then the first badge."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from common.errors import Refused
from common.languages import current_language
from common.ratelimits import limited
from issuers.forms import OrganisationForm, StartForm, show_refusal
from issuers.models import Issuer
from issuers.permissions import SignedInRequest
from issuers.services import create_issuer
from issuers.views.entrance import send_code

PENDING = "organisation_to_start"


@limited("start")
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    if isinstance(request.user, User):
        return _start_at_once(request, request.user)
    form = StartForm(
        request.POST if request.method == "POST" else None,
        initial={"email": request.GET.get("email", "")[:254]},
    )
    if request.method == "POST" and form.is_valid():
        request.session[PENDING] = {"name": form.cleaned_data["name"], "language": current_language()}
        if sent := send_code(
            request,
            address=form.cleaned_data["email"],
            then=reverse("start_finish"),
            time_zone=form.cleaned_data["time_zone"],
        ):
            return sent
        form.add_error(
            "email", _("Many codes were sent to this address already. Wait a minute, then try again.")
        )
    return _page(request, form)


@login_required
@require_safe
def start_finish(request: SignedInRequest) -> HttpResponse:
    """After the code: what was typed before it is done now."""
    pending = request.session.pop(PENDING, None)
    if pending is None:
        return redirect("manage_home")
    try:
        issuer = _create(request.user, name=pending["name"], language=pending["language"])
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect("start")
    return _first_badge(request, issuer)


def _start_at_once(request: HttpRequest, user: User) -> HttpResponse:
    form = OrganisationForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            issuer = _create(user, name=form.cleaned_data["name"], language=current_language())
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            return _first_badge(request, issuer)
    return _page(request, form)


def _create(user: User, *, name: str, language: str) -> Issuer:
    return create_issuer(name=name, email=user.email, language=language, by=user.actor, at=timezone.now())


def _first_badge(request: HttpRequest, issuer: Issuer) -> HttpResponse:
    words = _("%(name)s is ready. Its address and contact can be mended under Settings at any time.")
    messages.success(request, words % {"name": issuer.name})
    return redirect("manage:badge_new", slug=issuer.slug)


def _page(request: HttpRequest, form: OrganisationForm | StartForm) -> HttpResponse:
    return render(request, "issuers/start.html", {"form": form})
