"""What became of each event for a webhook: the request, the answer, and once more."""

import json
from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from common.calendar import midnight
from common.pagination import page_of
from common.refusals import tried
from issuers.forms import DeliveryFilter, FailedSinceForm
from issuers.permissions import SignedInRequest
from issuers.tasks import tell_webhooks_soon
from issuers.views.webhooks import context_of, webhook_for
from journal.queries import deliveries_of
from journal.services import send_event_again, send_failed_events_again, send_test_event

USUAL_LOOK_BACK = timedelta(days=7)


@login_required
@require_safe
def deliveries(request: SignedInRequest, slug: str, webhook_id: int) -> HttpResponse:
    """The page of one webhook: what it is told, whether it hears, and each event with what became of it."""
    issuer, hook = webhook_for(request, slug, webhook_id)
    asked = DeliveryFilter(request.GET).asked()
    rows = deliveries_of(hook, state=asked["state"], kind=asked["kind"], event_id=asked["q"].strip())
    page = page_of(rows, order=["-created_at", "-id"], cursor=request.GET.get("cursor", ""))
    since = timezone.localdate() - USUAL_LOOK_BACK
    context = context_of(
        issuer, hook=hook, asked=asked, is_filtered=any(asked.values()), page=page,
        states=DeliveryFilter.STATES, kinds=DeliveryFilter.KINDS,
        again=FailedSinceForm(initial={"since": since}, auto_id="again-%s"),
    )  # fmt: skip
    return render(request, "issuers/webhook.html", context)


@login_required
@require_safe
def delivery(request: SignedInRequest, slug: str, webhook_id: int, delivery_id: int) -> HttpResponse:
    issuer, hook = webhook_for(request, slug, webhook_id)
    row = get_object_or_404(hook.deliveries, pk=delivery_id)
    payload = json.dumps(json.loads(row.payload), ensure_ascii=False, indent=2)
    return render(request, "issuers/delivery.html", context_of(issuer, hook=hook, row=row, payload=payload))


@login_required
@require_POST
def delivery_again(request: SignedInRequest, slug: str, webhook_id: int, delivery_id: int) -> HttpResponse:
    issuer, hook = webhook_for(request, slug, webhook_id)
    row = get_object_or_404(hook.deliveries.select_related("webhook"), pk=delivery_id)
    if tried(request, lambda: send_event_again(delivery=row, by=request.user.actor, at=timezone.now())):
        tell_webhooks_soon(issuer.scope)
        messages.success(request, _("The event is sent again, with the same id."))
    return redirect("manage:delivery", slug=slug, webhook_id=hook.pk, delivery_id=row.pk)


@login_required
@require_POST
def failed_again(request: SignedInRequest, slug: str, webhook_id: int) -> HttpResponse:
    issuer, hook = webhook_for(request, slug, webhook_id)
    form = FailedSinceForm(request.POST)
    if not form.is_valid():
        messages.warning(request, _("Choose the day from which on failed events are sent again."))
        return redirect("manage:webhook", slug=slug, webhook_id=hook.pk)
    since = midnight(form.cleaned_data["since"])
    by, now = request.user.actor, timezone.now()
    if done := tried(request, lambda: send_failed_events_again(webhook=hook, since=since, by=by, at=now)):
        tell_webhooks_soon(issuer.scope)
        words = ngettext("%(count)s event is sent again.", "%(count)s events are sent again.", done.value)
        messages.success(request, words % {"count": done.value})
    return redirect("manage:webhook", slug=slug, webhook_id=hook.pk)


@login_required
@require_POST
def webhook_test(request: SignedInRequest, slug: str, webhook_id: int) -> HttpResponse:
    issuer, hook = webhook_for(request, slug, webhook_id)
    done = tried(request, lambda: send_test_event(webhook=hook, at=timezone.now()))
    if done is None:
        return redirect("manage:webhook", slug=slug, webhook_id=hook.pk)
    tell_webhooks_soon(issuer.scope)
    messages.success(request, _("A test event is on its way. Load this page again to see the answer."))
    return redirect("manage:delivery", slug=slug, webhook_id=hook.pk, delivery_id=done.value.pk)
