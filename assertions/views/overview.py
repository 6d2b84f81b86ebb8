"""The first page of an organisation: what happened, what waits for a hand, what to do next."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from assertions.queries import (
    AwardFilter,
    awards_for_members,
    failed_mails,
    figures_of,
    last_mails,
    pending_names,
)
from badges.models import Badge
from issuers.permissions import Permission, SignedInRequest, issuer_for

LATEST = 6
WAITING_FOR_A_HAND = 3


@login_required
@require_safe
def overview(request: SignedInRequest, slug: str) -> HttpResponse:
    issuer = issuer_for(request.user, slug, may=Permission.VIEW)
    now = timezone.now()
    latest = list(awards_for_members(issuer, AwardFilter(), at=now).order_by("-issued_on", "-pk")[:LATEST])
    mails = last_mails(latest)
    badges = [] if latest else list(issuer.badges.with_current().order_by("-created_at")[:1])
    context = {
        "issuer": issuer,
        "nav": "overview",
        "figures": figures_of(issuer, at=now) if latest else None,
        "latest": [(row, mails.get(row.pk), row.has_expired(at=now)) for row in latest],
        "names": list(pending_names(issuer)[: WAITING_FOR_A_HAND + 1]),
        "failed": list(failed_mails(issuer)[: WAITING_FOR_A_HAND + 1]),
        "shown": WAITING_FOR_A_HAND,
        "first_badge": badges[0] if badges else None,
        "has_published": any(badge.state == Badge.State.PUBLISHED for badge in badges),
        "may_award": Permission.AWARD in issuer.granted,
        "may_edit": Permission.EDIT_BADGES in issuer.granted,
    }
    return render(request, "assertions/overview.html", context)
