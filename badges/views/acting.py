"""What is done to a badge as a whole: each act has a page that says what will happen, and happens on POST."""

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from badges.forms import PublishForm
from badges.models import Badge, BadgeVersion
from badges.queries import changes_between, content_of
from badges.services import archive, delete_badge, discard_draft, lint, publish, restore, revision
from badges.views.showing import said_by
from common.errors import Refused
from common.languages import current_language
from issuers.models import Issuer
from issuers.permissions import Permission, SignedInRequest, issuer_for

METHODS = ["GET", "HEAD", "POST"]


@login_required
@require_http_methods(METHODS)
def badge_publish(request: SignedInRequest, slug: str, badge_id: uuid.UUID) -> HttpResponse:
    issuer, badge = _found(request, slug, badge_id)
    draft = badge.versions.with_content().filter(published_at=None).first()
    if draft is None:
        messages.info(request, _("Nothing was changed since it was published."))
        return redirect("manage:badge", slug=slug, badge_id=badge_id)
    form = PublishForm(request.POST if request.method == "POST" else None, initial={"seen": revision(draft)})
    if request.method == "POST" and form.is_valid():
        try:
            version = publish(badge=badge, by=request.user.actor, at=timezone.now(), **form.cleaned_data)
        except Refused as refused:
            messages.error(request, refused.message)
            return redirect("manage:badge_publish", slug=slug, badge_id=badge_id)
        messages.success(request, _("Version %(number)d is published.") % {"number": version.number})
        page = "manage:award" if request.POST.get("act") == "award" else "manage:badge"
        return redirect(page, slug=slug, badge_id=badge_id)
    return render(request, "badges/publish.html", _publish_context(issuer, badge, draft, form))


def _publish_context(
    issuer: Issuer, badge: Badge, draft: BadgeVersion, form: PublishForm
) -> dict[str, object]:
    language = current_language()
    current = badge.versions.with_content().published().order_by("-number").first()
    found = lint(content_of(draft), languages=issuer.languages)
    findings = [finding for finding in found if finding.level != "good"]
    return {
        "issuer": issuer,
        "nav": "badges",
        "badge": badge,
        "form": form,
        "current": current,
        "changes": changes_between(current, draft, language) if current else [],
        "findings": findings,
        "is_blocked": any(finding.blocks for finding in findings),
        **said_by(draft, language),
    }


@login_required
@require_http_methods(METHODS)
def badge_archive(request: SignedInRequest, slug: str, badge_id: uuid.UUID) -> HttpResponse:
    said = _("The badge is in the archive. It can be restored at any time.")
    return _act(request, slug, badge_id, archive, said, page="badges/archive.html")


@login_required
@require_http_methods(METHODS)
def badge_restore(request: SignedInRequest, slug: str, badge_id: uuid.UUID) -> HttpResponse:
    return _act(
        request, slug, badge_id, restore, _("The badge can be awarded again."), page="badges/restore.html"
    )


@login_required
@require_http_methods(METHODS)
def badge_discard(request: SignedInRequest, slug: str, badge_id: uuid.UUID) -> HttpResponse:
    said = _("The draft is discarded. The published version is as it was.")
    return _act(request, slug, badge_id, discard_draft, said, page="badges/discard.html")


@login_required
@require_http_methods(METHODS)
def badge_delete(request: SignedInRequest, slug: str, badge_id: uuid.UUID) -> HttpResponse:
    said = _("The badge is deleted.")
    return _act(request, slug, badge_id, delete_badge, said, page="badges/delete.html", then="manage:badges")


def _act(
    request: SignedInRequest,
    slug: str,
    badge_id: uuid.UUID,
    service: Callable[..., None],
    said: str,
    *,
    page: str,
    then: str = "manage:badge",
) -> HttpResponse:
    """Shows `page`; on POST does it, says so, and goes on. A refusal goes back to the badge with the reason."""
    issuer, badge = _found(request, slug, badge_id)
    if request.method != "POST":
        text = badge.shown.text(current_language())
        context = {
            "issuer": issuer,
            "nav": "badges",
            "badge": badge,
            "name": text.name or _("Untitled badge"),
        }
        return render(request, page, context)
    try:
        service(badge=badge, by=request.user.actor, at=timezone.now())
    except Refused as refused:
        messages.error(request, refused.message)
        return redirect("manage:badge", slug=slug, badge_id=badge_id)
    messages.success(request, said)
    if then == "manage:badges":
        return redirect(then, slug=slug)
    return redirect(then, slug=slug, badge_id=badge_id)


def _found(request: SignedInRequest, slug: str, badge_id: uuid.UUID) -> tuple[Issuer, Badge]:
    issuer = issuer_for(request.user, slug, may=Permission.EDIT_BADGES)
    return issuer, get_object_or_404(issuer.badges.select_related("current"), pk=badge_id)
