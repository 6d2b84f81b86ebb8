"""Webhooks of an organisation: listed, made, changed, stopped; their secrets shown once."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import model_to_dict
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.errors import Refused
from common.refusals import tried
from issuers.forms import WebhookForm, show_refusal
from issuers.models import Issuer
from issuers.permissions import Permission, SignedInRequest, issuer_for
from issuers.tasks import tell_webhooks_soon
from journal.models import Webhook
from journal.queries import webhooks_of
from journal.services import (
    change_webhook,
    delete_webhook,
    make_webhook,
    pause_webhook,
    resume_webhook,
    rotate_secret,
)

FIELDS = ("url", "events", "tells_personal_data")


def webhook_for(request: SignedInRequest, slug: str, webhook_id: int) -> tuple[Issuer, Webhook]:
    issuer = issuer_for(request.user, slug, may=Permission.MANAGE_TOKENS)
    hook = webhooks_of(issuer.scope).filter(pk=webhook_id).first()
    if hook is None:
        raise Http404
    return issuer, hook


def context_of(issuer: Issuer, **more: Any) -> dict[str, Any]:
    return {"issuer": issuer, "nav": "settings", "tab": "webhooks", **more}


@login_required
@require_safe
def webhooks(request: SignedInRequest, slug: str) -> HttpResponse:
    issuer = issuer_for(request.user, slug, may=Permission.MANAGE_TOKENS)
    return render(request, "issuers/webhooks.html", context_of(issuer, hooks=webhooks_of(issuer.scope)))


@login_required
@never_cache
@sensitive_variables("secret")
@require_http_methods(["GET", "HEAD", "POST"])
def webhook_new(request: SignedInRequest, slug: str) -> HttpResponse:
    """The answer to the POST is the only page that ever shows this secret."""
    issuer = issuer_for(request.user, slug, may=Permission.MANAGE_TOKENS)
    form = WebhookForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            hook, secret = make_webhook(
                scope=issuer.scope, by=request.user.actor, at=timezone.now(), **form.cleaned_data
            )
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            return _secret_page(request, issuer, hook, secret, is_new=True)
    return render(request, "issuers/webhook_new.html", context_of(issuer, form=form))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def webhook_edit(request: SignedInRequest, slug: str, webhook_id: int) -> HttpResponse:
    issuer, hook = webhook_for(request, slug, webhook_id)
    form = WebhookForm(
        request.POST if request.method == "POST" else None, initial=model_to_dict(hook, FIELDS)
    )
    if request.method == "POST" and form.is_valid():
        try:
            change_webhook(webhook=hook, by=request.user.actor, at=timezone.now(), **form.cleaned_data)
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The webhook is changed. What happens from now on goes by it."))
            return redirect("manage:webhook", slug=slug, webhook_id=hook.pk)
    return render(request, "issuers/webhook_edit.html", context_of(issuer, form=form, hook=hook))


@login_required
@never_cache
@sensitive_variables("secret")
@require_http_methods(["GET", "HEAD", "POST"])
def webhook_secret(request: SignedInRequest, slug: str, webhook_id: int) -> HttpResponse:
    """Asks first; the answer to the POST is the only page that ever shows the new secret."""
    issuer, hook = webhook_for(request, slug, webhook_id)
    if request.method == "POST":
        secret = rotate_secret(webhook=hook, by=request.user.actor, at=timezone.now())
        return _secret_page(request, issuer, hook, secret, is_new=False)
    return render(request, "issuers/webhook_rotate.html", context_of(issuer, hook=hook))


@login_required
@require_POST
def webhook_pause(request: SignedInRequest, slug: str, webhook_id: int) -> HttpResponse:
    _issuer, hook = webhook_for(request, slug, webhook_id)
    if tried(request, lambda: pause_webhook(webhook=hook, by=request.user.actor, at=timezone.now())):
        messages.success(request, _("The webhook is paused. Events wait for it, for 30 days at most."))
    return redirect("manage:webhook", slug=slug, webhook_id=hook.pk)


@login_required
@require_POST
def webhook_resume(request: SignedInRequest, slug: str, webhook_id: int) -> HttpResponse:
    issuer, hook = webhook_for(request, slug, webhook_id)
    if tried(request, lambda: resume_webhook(webhook=hook, by=request.user.actor, at=timezone.now())):
        tell_webhooks_soon(issuer.scope)
        messages.success(request, _("The webhook is active. What waited for it is sent now."))
    return redirect("manage:webhook", slug=slug, webhook_id=hook.pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def webhook_delete(request: SignedInRequest, slug: str, webhook_id: int) -> HttpResponse:
    issuer, hook = webhook_for(request, slug, webhook_id)
    if request.method == "POST":
        delete_webhook(webhook=hook, by=request.user.actor, at=timezone.now())
        messages.success(request, _("%(host)s is told nothing any more.") % {"host": hook.host})
        return redirect("manage:webhooks", slug=slug)
    return render(request, "issuers/webhook_delete.html", context_of(issuer, hook=hook))


def _secret_page(
    request: SignedInRequest, issuer: Issuer, hook: Webhook, secret: str, *, is_new: bool
) -> HttpResponse:
    context = context_of(issuer, hook=hook, secret=secret, is_new=is_new)
    return render(request, "issuers/webhook_secret.html", context)
