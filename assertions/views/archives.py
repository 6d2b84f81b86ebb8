"""Leaving with everything: the exit kit and the private export, asked for, followed and fetched by owners."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assertions.forms.archives import ExportForm
from assertions.services.archiving import KEPT, ask_for_export, ask_for_kit, remove_archive
from assertions.tasks import make_archives_soon
from common.errors import Refused
from issuers.forms import show_refusal
from issuers.models import Archive, Issuer
from issuers.permissions import Permission, SignedInRequest, issuer_for

SHOWN = 20


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def archives(request: SignedInRequest, slug: str) -> HttpResponse:
    """What was made and is being made; POST asks for an exit kit."""
    issuer = issuer_for(request.user, slug, may=Permission.MANAGE_ISSUER)
    if request.method != "POST":
        return _page(request, issuer, ExportForm())
    try:
        ask_for_kit(issuer=issuer, by=request.user.actor, at=timezone.now())
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        make_archives_soon()
        messages.success(request, _("The exit kit is being made. You get a mail when it is ready."))
    return redirect("manage:archives", slug=slug)


@login_required
@require_POST
def archive_export(request: SignedInRequest, slug: str) -> HttpResponse:
    issuer = issuer_for(request.user, slug, may=Permission.MANAGE_ISSUER)
    form = ExportForm(request.POST)
    if form.is_valid():
        passphrase = form.cleaned_data["passphrase"]
        try:
            ask_for_export(issuer=issuer, passphrase=passphrase, by=request.user.actor, at=timezone.now())
        except Refused as refused:
            show_refusal(form, refused)
        else:
            make_archives_soon()
            messages.success(request, _("The export is being made. You get a mail when it is ready."))
            return redirect("manage:archives", slug=slug)
    return _page(request, issuer, form)


@login_required
@require_safe
def archive_file(request: SignedInRequest, slug: str, archive_id: int) -> HttpResponse | FileResponse:
    issuer = issuer_for(request.user, slug, may=Permission.MANAGE_ISSUER)
    row = get_object_or_404(issuer.archives, pk=archive_id, state=Archive.State.READY)
    try:
        file = default_storage.open(row.file)
    except OSError as error:
        raise Http404 from error
    name = f"{issuer.slug}-{row.kind}-{row.made_at:%Y-%m-%d}.zip"
    response = FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")
    response["Cache-Control"] = "private, no-store"
    return response


@login_required
@require_POST
def archive_remove(request: SignedInRequest, slug: str, archive_id: int) -> HttpResponse:
    issuer = issuer_for(request.user, slug, may=Permission.MANAGE_ISSUER)
    row = get_object_or_404(issuer.archives, pk=archive_id)
    remove_archive(archive=row, by=request.user.actor, at=timezone.now())
    messages.success(request, _("The file is removed."))
    return redirect("manage:archives", slug=slug)


def _page(request: SignedInRequest, issuer: Issuer, form: ExportForm) -> HttpResponse:
    rows = list(issuer.archives.order_by("-asked_at", "-pk")[:SHOWN])
    context = {
        "issuer": issuer,
        "nav": "settings",
        "tab": "archives",
        "form": form,
        "archives": rows,
        "at_work": {row.kind for row in rows if row.is_at_work},
        "states": " ".join(f"{row.pk}:{row.state}" for row in rows),
        "days": KEPT.days,
    }
    return render(request, "assertions/archives.html", context)
