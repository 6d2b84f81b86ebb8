"""The editor: a new badge, a stored one, and what it asks the server while somebody types."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from badges.designer import DesignError, PictureRefused, draw_svg
from badges.forms import Editor
from badges.forms.fields import design_from
from badges.models import Badge, BadgeVersion, Picture
from badges.services import (
    EditedMeanwhile,
    create_badge,
    create_published_badge,
    keep_upload,
    revision,
    save_draft,
)
from badges.views.pictures import svg_answer
from badges.views.showing import said_by
from common.errors import Refused
from common.languages import current_language
from issuers.models import Issuer
from issuers.permissions import Permission, SignedInRequest, issuer_for

SAVING = ("draft", "preview", "publish")
"""The buttons that store what was typed; the others show the page again."""


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def badge_new(request: SignedInRequest, slug: str) -> HttpResponse:
    issuer = issuer_for(request.user, slug, may=Permission.EDIT_BADGES)
    if request.method != "POST":
        seed = issuer.badges.aggregate(count=Count("pk"))["count"]
        return _page(request, issuer, Editor.blank(issuer, seed=f"{issuer.pk}/{seed}"))
    editor, act = _sent(request)
    if act in SAVING and editor.is_valid():
        try:
            made = _create(request, issuer, editor, act)
        except Refused as refused:
            _show(editor, refused)
        else:
            return _after_creating(request, made, act)
    return _page(request, issuer, editor)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def badge_edit(request: SignedInRequest, slug: str, badge_id: uuid.UUID) -> HttpResponse:
    issuer = issuer_for(request.user, slug, may=Permission.EDIT_BADGES)
    badge = get_object_or_404(issuer.badges.select_related("current"), pk=badge_id)
    if badge.state == Badge.State.ARCHIVED:
        messages.warning(request, _("This badge is archived. Restore it to change it."))
        return redirect("manage:badge", slug=slug, badge_id=badge_id)
    if request.method != "POST":
        return _page(request, issuer, Editor.of(_edited(badge)), badge)
    editor, act = _sent(request)
    if act in SAVING and editor.is_valid():
        try:
            save_draft(
                badge=badge, content=editor.content(), picture=editor.picture, seen=editor.seen,
                by=request.user.actor, at=timezone.now(),
            )  # fmt: skip
        except EditedMeanwhile as refused:
            editor = editor.over(revision(_edited(badge)))
            _show(editor, refused)
        except Refused as refused:
            _show(editor, refused)
        else:
            return _after_saving(request, badge, act)
    return _page(request, issuer, editor, badge)


@login_required
@require_POST
def badge_lint(request: SignedInRequest, slug: str) -> HttpResponse:
    """The advice beside the form, and the inputs that follow what was typed; stores nothing."""
    issuer = issuer_for(request.user, slug, may=Permission.EDIT_BADGES)
    editor = Editor.sent(request.POST, is_whole=False).as_typed()
    return render(request, "badges/advice.html", {"editor": editor, "findings": editor.findings(issuer)})


@login_required
@require_safe
def badge_preview(request: SignedInRequest, slug: str) -> HttpResponse:
    """The picture of the design in the query string."""
    issuer_for(request.user, slug, may=Permission.EDIT_BADGES)
    try:
        svg = draw_svg(design_from(request.GET))
    except DesignError as refused:
        return HttpResponse(refused.message, status=400, content_type="text/plain; charset=utf-8")
    return svg_answer(svg, cache="private, max-age=3600")


@login_required
@require_safe
def badge_draft(request: SignedInRequest, slug: str, badge_id: uuid.UUID) -> HttpResponse:
    """The public page as it would be, for members only."""
    issuer = issuer_for(request.user, slug, may=Permission.VIEW)
    badge = get_object_or_404(issuer.badges, pk=badge_id)
    draft = get_object_or_404(badge.versions.with_content(), published_at=None)
    language = current_language()
    context = {
        "badge": badge, "issuer": issuer, "about": issuer.description_in(language), "is_preview": True,
        **said_by(draft, language),
    }  # fmt: skip
    return render(request, "badges/public.html", context)


def _sent(request: SignedInRequest) -> tuple[Editor, str]:
    """The editor with what was typed, and which button was pressed. An uploaded picture is kept at once, so
    that nobody has to choose it again because another input is wrong."""
    act = request.POST.get("act", "")
    kept: tuple[Picture, ...] = ()
    refusal = ""
    if upload := request.FILES.get("upload"):
        try:
            kept = keep_upload(upload.read(), at=timezone.now())
        except PictureRefused as refused:
            refusal = refused.message
    editor = Editor.sent(request.POST, is_whole=act == "publish", uploaded=kept)
    if len(kept) > 1 and act in SAVING:
        refusal = _("Your picture is not square: choose how to make it so, then go on.")
    if refusal:
        editor.refuse_upload(refusal)
    elif act not in SAVING:
        row = next((name for name in ("criteria", "alignments") if f"add-{name}" in request.POST), "")
        return editor.as_typed(add=row), act
    return editor, act


def _create(request: SignedInRequest, issuer: Issuer, editor: Editor, act: str) -> Badge:
    create = create_published_badge if act == "publish" else create_badge
    return create(
        issuer=issuer,
        content=editor.content(),
        picture=editor.picture,
        by=request.user.actor,
        at=timezone.now(),
    )


def _after_creating(request: SignedInRequest, badge: Badge, act: str) -> HttpResponseRedirect:
    place = {"slug": badge.issuer.slug, "badge_id": badge.pk}
    if act == "publish":
        messages.success(request, _("“%(name)s” is published. Now award it.") % {"name": badge})
        return redirect(reverse("manage:award", kwargs=place))
    return _after_saving(request, badge, act)


def _after_saving(request: SignedInRequest, badge: Badge, act: str) -> HttpResponseRedirect:
    place = {"slug": badge.issuer.slug, "badge_id": badge.pk}
    if act == "publish":
        return redirect(reverse("manage:badge_publish", kwargs=place))
    if act == "preview":
        return redirect(reverse("manage:badge_draft", kwargs=place))
    messages.success(request, _("The draft is saved. Nobody outside the organisation sees it."))
    return redirect(reverse("manage:badge_edit", kwargs=place))


def _show(editor: Editor, refused: Refused) -> None:
    """What a service said, at the inputs it speaks of, or above the form."""
    if isinstance(refused, EditedMeanwhile):
        sentence = _("Save again to put yours in place of theirs, or open theirs first to compare.")
        editor.refuse(f"{refused.message} {sentence}")
        return
    for field, message in (refused.fields or {"": refused.message}).items():
        editor.refuse(message, field=field)


def _edited(badge: Badge) -> BadgeVersion:
    """The draft, or what the next draft starts from."""
    versions = badge.versions.with_content().order_by("-number")
    return versions[0]


def _page(
    request: SignedInRequest, issuer: Issuer, editor: Editor, badge: Badge | None = None
) -> HttpResponse:
    edited = _edited(badge) if badge else None
    context = {
        "issuer": issuer,
        "nav": "badges",
        "editor": editor,
        "badge": badge,
        "edited": edited,
        "next_number": edited.number + (1 if edited.published_at else 0) if edited else 1,
        "findings": editor.findings(issuer) if badge or request.method == "POST" else [],
    }
    return render(request, "badges/editor.html", context)
