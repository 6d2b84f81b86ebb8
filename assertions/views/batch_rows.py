"""The rows of a batch: all of them, those that are mended, what each will get, and those that failed as a file."""

import uuid
from urllib.parse import urlencode

from csp.decorators import csp
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from assertions.forms.batches import mended
from assertions.models import Batch, BatchRow
from assertions.queries import failed_rows_of, rows_for_members
from assertions.services import batches as services
from assertions.services import rehearse
from assertions.views.batch import ROWS_TO_MEND, batch_of
from assertions.views.batches import MEDIA_TYPES
from assertions.views.preview import SANDBOX, show_mail, show_page
from common.errors import Refused
from common.pagination import page_of
from issuers.permissions import Permission, SignedInRequest, issuer_for


@login_required
@require_safe
def batch_rows(request: SignedInRequest, slug: str, batch_id: uuid.UUID) -> HttpResponse:
    issuer = issuer_for(request.user, slug, may=Permission.VIEW)
    batch = batch_of(issuer, batch_id)
    words, state = request.GET.get("q", "").replace("\0", "").strip()[:200], request.GET.get("state", "")
    state = state if state in BatchRow.State.values else ""
    rows = rows_for_members(batch, words=words, state=state)
    page = page_of(rows, order=["number"], cursor=request.GET.get("cursor", ""))
    context = {
        "issuer": issuer, "nav": "batches", "batch": batch, "page": page, "q": words, "state": state,
        "states": BatchRow.State.choices, "is_narrow": words or state,
        "may_mend": Permission.AWARD in issuer.granted and services.may(batch, "mend"),
        "may_award": Permission.AWARD in issuer.granted,
    }  # fmt: skip
    return render(request, "assertions/batch_rows.html", context)


@login_required
@require_POST
def batch_mend(request: SignedInRequest, slug: str, batch_id: uuid.UUID) -> HttpResponse:
    """What was typed over in the table is checked at once; `leave` and `back` take one row out and in again."""
    issuer = issuer_for(request.user, slug, may=Permission.AWARD)
    batch, by, now = batch_of(issuer, batch_id), request.user.actor, timezone.now()
    try:
        if row := _asked(batch, request.POST.get("leave", "")):
            services.leave_out(row=row, by=by, at=now)
        elif row := _asked(batch, request.POST.get("back", "")):
            services.put_back(row=row, by=by, at=now)
        else:
            _mend(request, batch)
    except Refused as refused:
        messages.error(request, refused.message)
    return redirect(_page_after(request, slug, batch))


@login_required
@require_safe
@xframe_options_sameorigin
@csp(SANDBOX)  # type: ignore[arg-type]  # typed for views without arguments
def batch_preview(
    request: SignedInRequest, slug: str, batch_id: uuid.UUID, row_id: uuid.UUID
) -> HttpResponse:
    """`show=page` for the badge's page of this row, else its mail."""
    issuer = issuer_for(request.user, slug, may=Permission.AWARD)
    batch = batch_of(issuer, batch_id)
    row = get_object_or_404(batch.rows, pk=row_id)
    show = show_page if request.GET.get("show") == "page" else show_mail
    try:
        response = rehearse(
            badge=batch.badge, nomination=services.nomination_of(row), by=request.user.actor, at=timezone.now(),
            show=lambda award: show(request, award),
        )  # fmt: skip
    except Refused as refused:
        raise Http404(refused.message) from refused
    response["Cache-Control"] = "no-store"
    return response


@login_required
@require_safe
def batch_failed(request: SignedInRequest, slug: str, batch_id: uuid.UUID) -> StreamingHttpResponse:
    """The rows that were not awarded, as the file that they came in with one more column."""
    issuer = issuer_for(request.user, slug, may=Permission.VIEW)
    batch = batch_of(issuer, batch_id)
    kind, pieces = failed_rows_of(batch)
    response = StreamingHttpResponse(pieces, content_type=MEDIA_TYPES[kind])
    name = f"{slugify(batch.name) or 'batch'}-{_('to-mend')}.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _asked(batch: Batch, row_id: str) -> BatchRow | None:
    try:
        return batch.rows.filter(pk=uuid.UUID(row_id)).first()
    except ValueError:
        return None


def _mend(request: SignedInRequest, batch: Batch) -> None:
    """Checks each row of the page in which something was typed, and says what came of it."""
    ids = {name[:36] for name in request.POST if "-cell-" in name}
    chosen = [row for row in (_asked(batch, one) for one in sorted(ids)[:ROWS_TO_MEND]) if row]
    changed = [(row, cells) for row in chosen if (cells := mended(request.POST, row))]
    done = [
        services.mend_row(row=row, cells=cells, by=request.user.actor, at=timezone.now())
        for row, cells in changed
    ]
    ready = sum(row.state == BatchRow.State.READY for row in done)
    if ready:
        words = ngettext("%(count)s row is ready now.", "%(count)s rows are ready now.", ready)
        messages.success(request, words % {"count": ready})
    if wrong := len(done) - ready:
        words = ngettext("%(count)s row still needs a hand.", "%(count)s rows still need a hand.", wrong)
        messages.warning(request, words % {"count": wrong})
    if not done:
        messages.info(request, _("Nothing was changed in the table."))


def _page_after(request: SignedInRequest, slug: str, batch: Batch) -> str:
    """Back to where it was typed."""
    where = "manage:batch_rows" if request.POST.get("from") == "rows" else "manage:batch"
    query = {name: request.POST[name] for name in ("cursor", "state", "q") if request.POST.get(name)}
    path = reverse(where, kwargs={"slug": slug, "batch_id": batch.pk})
    return f"{path}?{urlencode(query)}#rows" if query else f"{path}#rows"
