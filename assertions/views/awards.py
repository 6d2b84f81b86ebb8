"""The list of awards: search, filter, sort, take along as CSV, and act on several at once."""

from collections.abc import Iterator
from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from assertions.documents import award_url
from assertions.forms.lists import award_filter, ticked
from assertions.models import Award, AwardQuerySet, Batch
from assertions.queries import AwardState, awards_for_members, last_mails
from assertions.services import UNDO_WINDOW, can_be_undone, send_many_again
from assertions.views.revoking import revoked_together
from common.pagination import page_of
from common.spreadsheets import csv_lines
from issuers.models import Issuer
from issuers.permissions import Permission, SignedInRequest, issuer_for
from journal.tasks import send_soon

MOST_BADGES = 200
"""In the filter; an organisation with more finds them by searching."""

MOST_BATCHES = 50


@login_required
@require_safe
def awards(request: SignedInRequest, slug: str) -> HttpResponse:
    issuer = issuer_for(request.user, slug, may=Permission.VIEW)
    wanted, now = award_filter(request.GET), timezone.now()
    rows = awards_for_members(issuer, wanted, at=now)
    page = page_of(rows, order=wanted.order, cursor=request.GET.get("cursor", ""))
    mails = last_mails(page.rows)
    together = revoked_together(request, issuer, at=now) if Permission.REVOKE in issuer.granted else []
    context = {
        "issuer": issuer,
        "nav": "awards",
        "wanted": wanted,
        "page": page,
        "rows": [
            (row, mails.get(row.pk), row.has_expired(at=now), can_be_undone(row, at=now)) for row in page.rows
        ],
        "states": AwardState.choices,
        "badges": _badges(issuer),
        "batches": _batches(issuer, wanted.batch),
        "may_award": Permission.AWARD in issuer.granted,
        "may_revoke": Permission.REVOKE in issuer.granted,
        "together": together,
        "undo_until": min((row.revoked_at + UNDO_WINDOW for row in together if row.revoked_at), default=None),
        "may_undo": any(can_be_undone(row, at=now) for row in page.rows),
    }
    return render(request, "assertions/awards.html", context)


@login_required
@require_safe
def awards_export(request: SignedInRequest, slug: str) -> StreamingHttpResponse:
    """The awards that match, streamed as CSV."""
    issuer = issuer_for(request.user, slug, may=Permission.VIEW)
    wanted, now = award_filter(request.GET), timezone.now()
    rows = awards_for_members(issuer, wanted, at=now).order_by(*wanted.order)
    response = StreamingHttpResponse(csv_lines(_table(rows)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="awards-{issuer.slug}.csv"'
    return response


@login_required
@require_POST
def awards_send_again(request: SignedInRequest, slug: str) -> HttpResponse:
    """The mail once more, to those ticked who have not answered."""
    issuer = issuer_for(request.user, slug, may=Permission.AWARD)
    chosen = list(Award.objects.of_issuer(issuer).filter(pk__in=ticked(request.POST)))
    sent = send_many_again(awards=chosen, by=request.user.actor, at=timezone.now())
    if count := len(sent.awards):
        send_soon()
        words = ngettext("%(count)s mail is on its way.", "%(count)s mails are on their way.", count)
        messages.success(request, words % {"count": count})
    if count := len(sent.refused):
        words = ngettext(
            "%(count)s mail was not sent again: the badge is answered, revoked, or its mail is on its way.",
            "%(count)s mails were not sent again: the badges are answered, revoked, or their mails are on their way.",
            count,
        )
        messages.warning(request, words % {"count": count})
    if not chosen:
        messages.warning(request, _("Tick at least one award."))
    return redirect("manage:awards", slug=slug)


def _badges(issuer: Issuer) -> list[tuple[str, str]]:
    """(id, name) of the badges that can have been awarded, for the filter."""
    badges = issuer.badges.public().with_current().order_by("-created_at", "-pk")[:MOST_BADGES]
    return [(str(badge.pk), badge.current.text().name) for badge in badges if badge.current]


def _batches(issuer: Issuer, chosen: str) -> list[tuple[str, str]]:
    """(id, name) of the newest that were confirmed, for the filter; and of the one that is chosen."""
    confirmed = Batch.objects.of_issuer(issuer).exclude(confirmed_at=None)
    confirmed = confirmed.only("name", "file_name")
    newest = list(confirmed.order_by("-created_at", "-pk")[:MOST_BATCHES])
    if chosen and chosen not in [str(batch.pk) for batch in newest]:
        newest += confirmed.filter(pk=chosen)
    return [(str(batch.pk), batch.title) for batch in newest]


def _table(rows: AwardQuerySet) -> Iterator[list[object]]:
    yield [
        _("Name"), _("E-mail address"), _("Badge"), _("Awarded on"), _("Valid until"), _("State"),
        _("Answered on"), _("Revoked on"), _("Reason"), _("Awarded by"), _("Public page"),
    ]  # fmt: skip
    now = timezone.now()
    for row in rows.iterator(chunk_size=1000):
        yield [
            row.recipient_name, row.recipient.address, _badge_name(row), _day(row.issued_on), _day(row.expires_at),
            _state(row, expired=row.has_expired(at=now)), _day(row.responded_at), _day(row.revoked_at),
            row.revocation_reason, row.awarded_by_label, award_url(row.pk),
        ]  # fmt: skip


def _badge_name(row: Award) -> str:
    return row.badge.current.text().name if row.badge.current else ""


def _state(row: Award, *, expired: bool) -> str:
    if row.revoked_at:
        return str(AwardState.REVOKED.label)
    if row.suspended:
        return str(AwardState.SUSPENDED.label)
    return str(AwardState.EXPIRED.label if expired else AwardState(row.response).label)


def _day(value: datetime | None) -> str:
    return timezone.localtime(value).date().isoformat() if value else ""
