"""Taking badges back: one or several, after saying what will happen."""

import uuid
from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from assertions.forms.lists import RevokeForm, ticked
from assertions.models import Award
from assertions.queries import AwardFilter, awards_for_members
from assertions.services import can_be_undone, revoke, undo_revocations
from issuers.models import Issuer
from issuers.permissions import Permission, SignedInRequest, issuer_for
from issuers.tasks import tell_webhooks_soon
from journal.tasks import send_soon

TOGETHER = "revoked_together"
"""Session key: whom somebody revoked in one go, to be brought back in one go while that is possible."""


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def award_revoke(request: SignedInRequest, slug: str, award_id: uuid.UUID) -> HttpResponse:
    issuer = issuer_for(request.user, slug, may=Permission.REVOKE)
    row = get_object_or_404(Award.objects.of_issuer(issuer).only("pk"), pk=award_id)
    form = RevokeForm(request.POST if request.method == "POST" else None)
    return _revoke(request, issuer, [str(row.pk)], form)


@login_required
@require_POST
def awards_revoke(request: SignedInRequest, slug: str) -> HttpResponse:
    """The awards ticked in the list: the first POST asks, the second (with `sure`) revokes."""
    issuer = issuer_for(request.user, slug, may=Permission.REVOKE)
    form = RevokeForm(request.POST if "sure" in request.POST else None)
    return _revoke(request, issuer, ticked(request.POST), form)


@login_required
@require_POST
def awards_undo(request: SignedInRequest, slug: str) -> HttpResponse:
    """Undoes the revocation of the awards ticked in the list, for as long as each can be."""
    issuer = issuer_for(request.user, slug, may=Permission.REVOKE)
    chosen = list(Award.objects.of_issuer(issuer).filter(pk__in=ticked(request.POST)))
    restored = undo_revocations(awards=chosen, by=request.user.actor, at=timezone.now())
    if count := len(restored):
        send_soon()
        tell_webhooks_soon(issuer.scope)
        words = ngettext("%(count)s badge is valid again.", "%(count)s badges are valid again.", count)
        messages.success(request, words % {"count": count})
    if count := len(chosen) - len(restored):
        words = ngettext(
            "%(count)s badge stays as it is: it is not revoked, it is too late, its batch is being revoked, or the "
            "person holds it anew.",
            "%(count)s badges stay as they are: they are not revoked, it is too late, their batch is being revoked, "
            "or the people hold them anew.",
            count,
        )
        messages.warning(request, words % {"count": count})
    if not chosen:
        messages.warning(request, _("Tick at least one award."))
    return redirect("manage:awards", slug=slug)


def revoked_together(request: HttpRequest, issuer: Issuer, *, at: datetime) -> list[Award]:
    """Those whom this person revoked in one go, and whom one button can still bring back."""
    if not (ids := request.session.get(TOGETHER)):
        return []
    rows = Award.objects.of_issuer(issuer).filter(pk__in=ids).only("pk", "revoked_at")
    left = [row for row in rows if can_be_undone(row, at=at)]
    return left if len(left) > 1 else []


def _revoke(request: SignedInRequest, issuer: Issuer, ids: list[str], form: RevokeForm) -> HttpResponse:
    now = timezone.now()
    rows = list(awards_for_members(issuer, AwardFilter(), at=now).filter(pk__in=ids, revoked_at=None))
    if not rows:
        return _nothing(request, issuer, ids)
    if form.is_bound and form.is_valid():
        revoked = revoke(awards=rows, by=request.user.actor, at=now, **form.cleaned_data)
        send_soon()
        tell_webhooks_soon(issuer.scope)
        if len(revoked) > 1:  # the list says so, and keeps the button that undoes it
            request.session[TOGETHER] = [str(row.pk) for row in revoked]
        else:
            messages.success(request, _("The badge is revoked. You can undo it for 15 minutes."))
        return redirect(_page_after(issuer, rows))
    back = request.path.removesuffix("/revoke")  # the award, or the list that it was ticked in
    context = {"issuer": issuer, "nav": "awards", "rows": rows, "form": form, "back": back}
    return render(request, "assertions/award_revoke.html", context)


def _nothing(request: SignedInRequest, issuer: Issuer, ids: list[str]) -> HttpResponse:
    """Nothing was ticked, or all of it is revoked already."""
    words = (
        _("Nothing to revoke: these badges are revoked already.") if ids else _("Tick at least one award.")
    )
    messages.warning(request, words)
    return redirect("manage:awards", slug=issuer.slug)


def _page_after(issuer: Issuer, rows: list[Award]) -> str:
    if len(rows) == 1:
        return reverse("manage:award_detail", kwargs={"slug": issuer.slug, "award_id": rows[0].pk})
    query = QueryDict(mutable=True)
    query["state"] = "revoked"
    return f"{reverse('manage:awards', kwargs={'slug': issuer.slug})}?{query.urlencode()}"
