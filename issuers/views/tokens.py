"""API tokens of an organisation: made, shown once, revoked."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from common.errors import Refused
from issuers.forms import TokenForm, show_refusal
from issuers.permissions import LABELS, Permission, SignedInRequest, issuer_for
from issuers.queries import tokens_of
from issuers.services import make_token, revoke_token


@login_required
@require_safe
def tokens(request: SignedInRequest, slug: str) -> HttpResponse:
    issuer = issuer_for(request.user, slug, may=Permission.MANAGE_TOKENS)
    now = timezone.now()
    rows = [
        (token, [LABELS[Permission(scope)] for scope in token.scopes], token.is_usable(at=now))
        for token in tokens_of(issuer, at=now)
    ]
    context = {"issuer": issuer, "nav": "settings", "tab": "tokens", "rows": rows, "now": now}
    return render(request, "issuers/tokens.html", context)


@login_required
@never_cache
@sensitive_variables("secret")
@require_http_methods(["GET", "HEAD", "POST"])
def token_new(request: SignedInRequest, slug: str) -> HttpResponse:
    """The answer to the POST is the only page that ever shows the token."""
    issuer = issuer_for(request.user, slug, may=Permission.MANAGE_TOKENS)
    context = {"issuer": issuer, "nav": "settings", "tab": "tokens"}
    form = TokenForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        now, asked = timezone.now(), form.cleaned_data
        try:
            token, secret = make_token(
                issuer=issuer,
                name=asked["name"],
                scopes=asked["scopes"],
                expires_at=form.expires_at(at=now),
                by=request.user.actor,
                at=now,
            )
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            return render(request, "issuers/token_made.html", context | {"token": token, "secret": secret})
    return render(request, "issuers/token_new.html", context | {"form": form})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def token_revoke(request: SignedInRequest, slug: str, token_id: int) -> HttpResponse:
    issuer = issuer_for(request.user, slug, may=Permission.MANAGE_TOKENS)
    token = get_object_or_404(issuer.tokens, pk=token_id)
    if request.method == "POST":
        revoke_token(token=token, by=request.user.actor, at=timezone.now())
        messages.success(request, _("“%(name)s” opens nothing any more.") % {"name": token.name})
        return redirect("manage:tokens", slug=slug)
    context = {"issuer": issuer, "nav": "settings", "tab": "tokens", "token": token}
    return render(request, "issuers/token_revoke.html", context)
