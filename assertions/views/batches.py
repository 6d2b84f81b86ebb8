"""Awarding from a file: the list of batches, a new one, and the lists to fill in."""

import uuid
from typing import BinaryIO, cast

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from assertions.forms.batches import UploadForm, WordsForm
from assertions.models import Batch
from assertions.queries import batches_for_members
from assertions.services import batches as services
from assertions.services.batches import AlreadyUploaded
from assertions.tasks import work_soon
from badges.models import Badge
from common.errors import Refused
from common.languages import current_language
from common.pagination import page_of
from common.receiving import lacked_room
from common.spreadsheets import Kind, template
from issuers.models import Issuer
from issuers.permissions import Permission, SignedInRequest, issuer_for

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ORDERS = {"-created": ["-created_at", "-pk"], "created": ["created_at", "pk"]}
MEDIA_TYPES = {Kind.CSV: "text/csv; charset=utf-8", Kind.XLSX: XLSX}


@login_required
@require_safe
def batches(request: SignedInRequest, slug: str) -> HttpResponse:
    issuer = issuer_for(request.user, slug, may=Permission.VIEW)
    words, state = request.GET.get("q", "").replace("\0", "").strip()[:200], request.GET.get("state", "")
    state = state if state in Batch.State.values else ""
    rows = batches_for_members(issuer, words=words, state=state)
    sort = "created" if request.GET.get("sort") == "created" else "-created"
    page = page_of(rows, order=ORDERS[sort], cursor=request.GET.get("cursor", ""))
    states = [choice for choice in Batch.State.choices if choice[0] != Batch.State.DISCARDED]
    context = {
        "page": page,
        "q": words,
        "state": state,
        "states": states,
        "is_narrow": words or state,
        "sort": sort,
    }
    context["may_award"] = Permission.AWARD in issuer.granted
    return render(request, "assertions/batches.html", _context(issuer, **context))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def batch_new(request: SignedInRequest, slug: str, badge_id: uuid.UUID) -> HttpResponse:
    issuer = issuer_for(request.user, slug, may=Permission.AWARD)
    badge = get_object_or_404(issuer.badges.with_current(), pk=badge_id)
    if badge.state != Badge.State.PUBLISHED:
        return render(request, "assertions/award_impossible.html", _context(issuer, badge=badge))
    is_post = request.method == "POST"
    form = UploadForm(request.POST, request.FILES) if is_post else UploadForm()
    form.lacked_room = is_post and lacked_room(request)
    given = {name: str(request.POST[name]) for name in WordsForm.base_fields if name in request.POST}
    words = WordsForm(badge, at=timezone.now(), data=given)
    are_valid = [form.is_valid(), words.is_valid()] if is_post else [False]
    if all(are_valid) and (made := _uploaded(request, badge, form, words)):
        work_soon()
        return redirect("manage:batch", slug=slug, batch_id=made.pk)
    context = {"badge": badge, "form": form, "words": words, "is_again": hasattr(form, "first")}
    return render(request, "assertions/batch_new.html", _context(issuer, **context))


@login_required
@require_safe
def batch_template(request: SignedInRequest, slug: str, kind: str) -> HttpResponse:
    """A list to fill in."""
    issuer_for(request.user, slug, may=Permission.AWARD)
    chosen = Kind.XLSX if kind == Kind.XLSX else Kind.CSV
    response = HttpResponse(template(chosen, language=current_language()), content_type=MEDIA_TYPES[chosen])
    name = _("people")
    response["Content-Disposition"] = f'attachment; filename="{name}.{chosen}"'
    return response


def _uploaded(request: SignedInRequest, badge: Badge, form: UploadForm, words: WordsForm) -> Batch | None:
    """None where it is refused; the form then says why."""
    given = form.cleaned_data
    common = {
        "badge": badge, "name": given["name"], "options": words.options(), "by": request.user.actor,
        "at": timezone.now(), "again": given["again"],
    }  # fmt: skip
    try:
        if given["file"]:
            file = cast(BinaryIO, given["file"])
            return services.upload(file=file, file_name=given["file"].name, **common)
        return services.upload_text(text=given["people"], **common)
    except AlreadyUploaded as refused:
        form.first = refused.batch  # type: ignore[attr-defined]
        form.add_error(None, refused.message)
    except Refused as refused:
        form.add_error("file" if given["file"] else "people", refused.message)
    return None


def _context(issuer: Issuer, **more: object) -> dict[str, object]:
    return {"issuer": issuer, "nav": "batches", **more}
