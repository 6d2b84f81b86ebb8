"""An owner's acts on signing keys: replacing one, declaring one compromised."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from common.errors import Refused
from issuers.forms import CompromiseForm, show_refusal
from issuers.permissions import Permission, SignedInRequest, issuer_for
from issuers.services import declare_compromised, rotate_key


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def key_rotate(request: SignedInRequest, slug: str, number: int) -> HttpResponse:
    issuer = issuer_for(request.user, slug, may=Permission.MANAGE_ISSUER)
    key = get_object_or_404(issuer.keys, number=number)
    if request.method == "POST":
        try:
            made = rotate_key(key=key, by=request.user.actor, at=timezone.now())
        except Refused as refusal:
            messages.error(request, refusal.message)
        else:
            said = _("Key %(new)d signs from now on. What key %(old)d signed stays valid.")
            messages.success(request, said % {"new": made.number, "old": number})
        return redirect("manage:keys", slug=slug)
    if not key.is_active:
        return redirect("manage:keys", slug=slug)
    context = {"issuer": issuer, "nav": "settings", "tab": "keys", "key": key}
    return render(request, "issuers/key_rotate.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def key_compromised(request: SignedInRequest, slug: str, number: int) -> HttpResponse:
    issuer = issuer_for(request.user, slug, may=Permission.MANAGE_ISSUER)
    key = get_object_or_404(issuer.keys, number=number)
    form = CompromiseForm(key, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        try:
            declare_compromised(
                key=key, since=form.begins(), note=form.cleaned_data["note"], by=request.user.actor, at=now
            )
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Key %(number)d is declared compromised.") % {"number": number})
            return redirect("manage:keys", slug=slug)
    context = {"issuer": issuer, "nav": "settings", "tab": "keys", "key": key, "form": form}
    return render(request, "issuers/key_compromised.html", context)
