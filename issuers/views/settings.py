"""Settings of an organisation: details, logo, mails."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import model_to_dict
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from common.errors import Refused
from issuers.forms import DetailsForm, LogoForm, MailsForm, show_refusal
from issuers.models import Issuer
from issuers.permissions import Permission, SignedInRequest, issuer_for
from issuers.services import change_issuer, change_mails, remove_logo, set_logo


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def details(request: SignedInRequest, slug: str) -> HttpResponse:
    issuer = issuer_for(request.user, slug, may=Permission.MANAGE_ISSUER)
    form = DetailsForm(issuer, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            change_issuer(issuer=issuer, by=request.user.actor, at=timezone.now(), **form.details())
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The details are saved. Pages and documents show them from now on."))
            return redirect("manage:settings", slug=slug)
    return _page(request, issuer, form=form)


@login_required
@require_POST
def logo(request: SignedInRequest, slug: str) -> HttpResponse:
    issuer = issuer_for(request.user, slug, may=Permission.MANAGE_ISSUER)
    if "remove" in request.POST:
        remove_logo(issuer=issuer, by=request.user.actor, at=timezone.now())
        messages.success(request, _("The logo is gone from every page."))
        return redirect("manage:settings", slug=slug)
    form = LogoForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            set_logo(
                issuer=issuer,
                content=form.cleaned_data["logo"].read(),
                by=request.user.actor,
                at=timezone.now(),
            )
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The new logo is shown from now on."))
            return redirect("manage:settings", slug=slug)
    return _page(request, issuer, logo_form=form)


@login_required
@require_POST
def mails(request: SignedInRequest, slug: str) -> HttpResponse:
    """Which mails go out on their own."""
    issuer = issuer_for(request.user, slug, may=Permission.MANAGE_ISSUER)
    form = MailsForm(request.POST)
    if form.is_valid():
        change_mails(issuer=issuer, by=request.user.actor, at=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Saved. It holds from now on."))
    return redirect("manage:settings", slug=slug)


def _page(
    request: SignedInRequest,
    issuer: Issuer,
    *,
    form: DetailsForm | None = None,
    logo_form: LogoForm | None = None,
) -> HttpResponse:
    context = {
        "issuer": issuer,
        "nav": "settings",
        "tab": "settings",
        "form": form or DetailsForm(issuer),
        "logo_form": logo_form or LogoForm(),
        "mails_form": MailsForm(initial=model_to_dict(issuer, list(MailsForm.base_fields))),
    }
    return render(request, "issuers/settings.html", context)
