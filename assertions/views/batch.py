"""One batch, from the file to the last answer: what it is doing, and what can be done about it."""

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assertions.forms.batches import ColumnsForm, StartForm, WordsForm, mendable
from assertions.forms.lists import RevokeForm
from assertions.models import Batch, BatchRow
from assertions.queries import answers_of_batch, mails_of_batch, progress_of
from assertions.services import batches as services
from assertions.tasks import work_soon
from common.pagination import page_of
from common.refusals import tried
from issuers.models import Issuer
from issuers.permissions import Permission, SignedInRequest, issuer_for
from journal.models import Message

ROWS_TO_MEND = 25
ACTS: dict[str, Callable[..., Batch]] = {
    "undo": services.undo,
    "pause": services.pause,
    "resume": services.resume,
}


@login_required
@require_safe
def batch(request: SignedInRequest, slug: str, batch_id: uuid.UUID) -> HttpResponse:
    issuer = issuer_for(request.user, slug, may=Permission.VIEW)
    return page_of_batch(request, issuer, batch_of(issuer, batch_id))


@login_required
@require_POST
def batch_act(request: SignedInRequest, slug: str, batch_id: uuid.UUID) -> HttpResponse:
    """Undo, pause, resume."""
    issuer = issuer_for(request.user, slug, may=Permission.AWARD)
    row = batch_of(issuer, batch_id)
    if service := ACTS.get(request.POST.get("act", "")):
        _tried(request, lambda: service(batch=row, by=request.user.actor, at=timezone.now()))
    return redirect("manage:batch", slug=slug, batch_id=batch_id)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def batch_start(request: SignedInRequest, slug: str, batch_id: uuid.UUID) -> HttpResponse:
    """Ends the hold-back, or does not wait for the date: asks first, for it ends the time to take it back too."""
    issuer = issuer_for(request.user, slug, may=Permission.AWARD)
    row = batch_of(issuer, batch_id)
    if request.method != "POST" and services.may(row, "start"):
        context = {"issuer": issuer, "nav": "batches", "batch": row}
        return render(request, "assertions/batch_start_now.html", context)
    _tried(request, lambda: services.start_now(batch=row, by=request.user.actor, at=timezone.now()))
    return redirect("manage:batch", slug=slug, batch_id=batch_id)


@login_required
@require_POST
def batch_confirm(request: SignedInRequest, slug: str, batch_id: uuid.UUID) -> HttpResponse:
    issuer = issuer_for(request.user, slug, may=Permission.AWARD)
    row, now = batch_of(issuer, batch_id), timezone.now()
    form = StartForm(request.POST, at=now)
    if not form.is_valid():
        return page_of_batch(request, issuer, row, start=form)
    _tried(request, lambda: services.confirm(batch=row, by=request.user.actor, at=now, **form.when()))
    return redirect("manage:batch", slug=slug, batch_id=batch_id)


@login_required
@require_POST
def batch_columns(request: SignedInRequest, slug: str, batch_id: uuid.UUID) -> HttpResponse:
    """Reads the whole list again, by the columns that were said."""
    issuer = issuer_for(request.user, slug, may=Permission.AWARD)
    row, now = batch_of(issuer, batch_id), timezone.now()
    form = ColumnsForm(row, sample=_sample(row), data=request.POST)
    if not form.is_valid():
        return page_of_batch(request, issuer, row, columns=form)
    mapping, month_first, by = form.mapping(), form.month_first(), request.user.actor
    _tried(
        request, lambda: services.remap(batch=row, mapping=mapping, month_first=month_first, by=by, at=now)
    )
    return redirect("manage:batch", slug=slug, batch_id=batch_id)


@login_required
@require_POST
def batch_words(request: SignedInRequest, slug: str, batch_id: uuid.UUID) -> HttpResponse:
    """The words, dates and language for everyone, and the name of the batch."""
    issuer = issuer_for(request.user, slug, may=Permission.AWARD)
    row, now = batch_of(issuer, batch_id), timezone.now()
    given = {name: str(request.POST[name]) for name in WordsForm.base_fields if name in request.POST}
    form = WordsForm(row.badge, at=now, data=given)
    if not form.is_valid():
        return page_of_batch(request, issuer, row, words=form)
    name = request.POST.get("name", "").replace("\0", "").strip()[:200] or row.name
    options, by = form.options(row), request.user.actor
    if _tried(request, lambda: services.change_options(batch=row, name=name, options=options, by=by, at=now)):
        messages.success(request, _("Saved. It holds for every row that says nothing itself."))
    return redirect("manage:batch", slug=slug, batch_id=batch_id)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def batch_end(request: SignedInRequest, slug: str, batch_id: uuid.UUID) -> HttpResponse:
    """Before it started: throws the list away. While it runs: leaves the rest alone."""
    issuer = issuer_for(request.user, slug, may=Permission.AWARD)
    row = batch_of(issuer, batch_id)
    act = next((act for act in ("discard", "cancel") if services.may(row, act)), "")
    if not act:
        messages.warning(request, _("There is nothing left to stop."))
        return redirect("manage:batch", slug=slug, batch_id=batch_id)
    if request.method != "POST":
        context = {"issuer": issuer, "nav": "batches", "batch": row, "act": act}
        return render(request, "assertions/batch_end.html", context)
    service = services.discard if act == "discard" else services.cancel_rest
    done = _tried(request, lambda: service(batch=row, by=request.user.actor, at=timezone.now()))
    if done and act == "discard":
        messages.success(
            request, _("“%(name)s” is thrown away. Nobody was awarded anything.") % {"name": row.name}
        )
        return redirect("manage:batches", slug=slug)
    return redirect("manage:batch", slug=slug, batch_id=batch_id)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def batch_revoke(request: SignedInRequest, slug: str, batch_id: uuid.UUID) -> HttpResponse:
    issuer = issuer_for(request.user, slug, may=Permission.REVOKE)
    row = batch_of(issuer, batch_id)
    if not services.may(row, "revoke"):
        messages.warning(request, _("This batch has no badges that could be revoked together."))
        return redirect("manage:batch", slug=slug, batch_id=batch_id)
    form = RevokeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        facts = {"reason": form.cleaned_data["reason"], "note_": form.cleaned_data["note"]}
        _tried(
            request,
            lambda: services.revoke_batch(batch=row, by=request.user.actor, at=timezone.now(), **facts),
        )
        return redirect("manage:batch", slug=slug, batch_id=batch_id)
    context = {"issuer": issuer, "nav": "batches", "batch": row, "form": form}
    context |= {
        "answers": answers_of_batch(row),
        "undo_minutes": int(services.UNDO_REVOKE.total_seconds() // 60),
    }
    return render(request, "assertions/batch_revoke.html", context)


@login_required
@require_POST
def batch_restore(request: SignedInRequest, slug: str, batch_id: uuid.UUID) -> HttpResponse:
    """Undoes the revocation of the whole batch, for some minutes."""
    issuer = issuer_for(request.user, slug, may=Permission.REVOKE)
    row = batch_of(issuer, batch_id)
    _tried(request, lambda: services.undo_revoke(batch=row, by=request.user.actor, at=timezone.now()))
    return redirect("manage:batch", slug=slug, batch_id=batch_id)


def batch_of(issuer: Issuer, batch_id: uuid.UUID) -> Batch:
    rows = Batch.objects.of_issuer(issuer).select_related("badge__current", "issuer")
    return get_object_or_404(rows.prefetch_related("badge__current__texts"), pk=batch_id)


def page_of_batch(
    request: SignedInRequest,
    issuer: Issuer,
    row: Batch,
    *,
    start: StartForm | None = None,
    columns: ColumnsForm | None = None,
    words: WordsForm | None = None,
) -> HttpResponse:
    """The page as the batch stands; a form that was refused is shown as it was sent."""
    now = timezone.now()
    may_award = Permission.AWARD in issuer.granted
    context: dict[str, Any] = {"issuer": issuer, "nav": "batches", "batch": row, "now": now}
    context["may"] = {
        act: services.may(row, act) and may_award
        for act in ("mend", "confirm", "start", "undo", "pause", "resume", "cancel", "discard")
    }
    may_revoke = Permission.REVOKE in issuer.granted
    context["may"]["revoke"] = services.may(row, "revoke") and may_revoke
    context["may"]["restore"] = services.can_be_restored(row, at=now) and may_revoke
    context |= _figures(row, at=now)
    context |= _problems(row, request.GET.get("cursor", ""))
    if context["may"]["mend"]:
        context |= {
            "start": start or StartForm(at=now),
            "columns": columns or ColumnsForm(row, sample=_sample(row)),
            "words": words or WordsForm.of_batch(row, at=now),
            "first": row.rows.ready().order_by("number").first(),
            "open": {"columns": columns is not None, "words": words is not None},
        }
    return render(request, "assertions/batch.html", context)


def _figures(row: Batch, *, at: datetime) -> dict[str, Any]:
    """What has become of the people; nothing is counted before the first is awarded."""
    left = max(int((row.hold_until - at).total_seconds()), 0) if row.hold_until else 0
    facts: dict[str, Any] = {
        "file_kept_days": services.FILE_KEPT.days,
        "restore_until": row.revoke_asked_at and row.revoke_asked_at + services.UNDO_REVOKE,
        "hold_left": duration(left),
        "left_out": row.wrong + row.duplicate + row.cancelled,
    }
    facts["progress"] = progress = progress_of(row, at=at)
    facts["time_left"] = duration(progress.seconds_left) if progress.seconds_left is not None else ""
    if row.awarded:
        facts |= {"answers": answers_of_batch(row), "mails": (mails := mails_of_batch(row))}
        facts["mails_astray"] = sum(mails[state] for state in Message.ASTRAY)
    return facts


def _problems(row: Batch, cursor: str) -> dict[str, Any]:
    if row.state == Batch.State.READING or not (row.wrong or row.duplicate or row.refused):
        return {"problems": None}
    page = page_of(row.rows.with_problems(), order=["number"], cursor=cursor, size=ROWS_TO_MEND)
    return {"problems": page, "mendable": [mendable(row, one) for one in page.rows]}


def _sample(row: Batch) -> list[BatchRow]:
    return list(row.rows.order_by("number")[:20])


def _tried(request: SignedInRequest, act: Callable[[], object]) -> bool:
    """Whether it was done: the worker goes on with it; where not, the next page says why."""
    done = tried(request, act)
    if done:
        work_soon()
    return done is not None


def duration(seconds: int) -> str:
    """“8 min 12 s”, as short as it can be said."""
    if seconds < 60:
        return ngettext("%(count)s second", "%(count)s seconds", seconds) % {"count": seconds}
    minutes, seconds = divmod(seconds, 60)
    if minutes < 60:
        return _("%(minutes)s min %(seconds)s s") % {"minutes": minutes, "seconds": seconds}
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": minutes}
    days = hours // 24
    return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}
