"""The organisation's badges, for its members: the list, and one badge."""

import uuid

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from badges.forms import FilterForm
from badges.models import Badge
from badges.queries import badges_for_members, changes_between, tags_of
from badges.queries.lists import PENDING
from badges.views.showing import history_of, said_by
from common.languages import CODES, current_language, language_name
from common.pagination import page_of
from issuers.permissions import Permission, SignedInRequest, issuer_for

PAGE_SIZE = 24


@login_required
@require_safe
def badges(request: SignedInRequest, slug: str) -> HttpResponse:
    issuer = issuer_for(request.user, slug, may=Permission.VIEW)
    wanted = FilterForm(request.GET).wanted()
    rows = badges_for_members(issuer, wanted)
    page = page_of(rows, order=wanted.order, cursor=request.GET.get("cursor", ""), size=PAGE_SIZE)
    context = {
        "issuer": issuer,
        "nav": "badges",
        "page": page,
        "wanted": wanted,
        "rows": [(badge, badge.shown.text(current_language())) for badge in page],
        "states": [*Badge.State.choices, (PENDING, _("With unpublished changes"))],
        "tags": [(tag, tag) for tag in tags_of(issuer)],
        "languages": [(code, language_name(code)) for code in CODES],
        "sorts": [("-changed", _("Last changed")), ("name", _("Name")), ("-created", _("Newest first"))],
    }
    return render(request, "badges/list.html", context)


@login_required
@require_safe
def badge(request: SignedInRequest, slug: str, badge_id: uuid.UUID) -> HttpResponse:
    issuer = issuer_for(request.user, slug, may=Permission.VIEW)
    row = get_object_or_404(issuer.badges.select_related("current"), pk=badge_id)
    language, history = current_language(), history_of(row, current_language())
    draft = row.versions.with_content().filter(published_at=None).first()
    shown = history[0][0] if history else draft
    if shown is None:  # cannot be: a badge has a version
        raise LookupError(row.pk)
    context = {
        "issuer": issuer,
        "nav": "badges",
        "badge": row,
        "draft": draft,
        "pending": changes_between(history[0][0], draft, language) if history and draft else [],
        "history": history,
        **said_by(shown, language),
    }
    return render(request, "badges/badge.html", context)
