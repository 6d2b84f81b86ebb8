"""What anybody sees: a badge, its versions, an organisation with its badges. Pages for people, JSON-LD for machines."""

import uuid
from urllib.parse import urlsplit

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import override
from django.views.decorators.http import require_safe

from badges.documents import (
    badge_class_for_key_json,
    badge_class_json,
    badge_class_url,
    newest_badge_class_json,
)
from badges.models import Badge, BadgeVersion
from badges.queries import badges_for_public
from badges.views.showing import history_of, said_by
from common.json_documents import answer
from common.languages import current_language
from common.negotiation import (
    impersonal,
    named_of,
    not_acceptable,
    preferred_type,
    public_document,
    public_page,
)
from common.pagination import page_of
from issuers.documents import controller_json, profile_json
from issuers.models import Issuer
from issuers.queries import confirmed_website, later_keys

A_MINUTE, A_DAY = 60, 86_400
CONTROLLER = ("application/vc+ld+json", "application/vc", "application/did+ld+json", "application/did+json")
BADGES_PER_PAGE = 24


@impersonal
@public_document
@require_safe
def issuer(request: HttpRequest, slug: str, number: int | None = None) -> HttpResponse:
    """`number`: the edition of the Profile that lists this key, for machines; people see the organisation.

    Who asks for a verifiable credential or a DID document gets the Open Badges 3.0 Profile with its keys.
    """
    row = get_object_or_404(Issuer, slug=slug)
    if number is None and (wanted := named_of(request, CONTROLLER)):
        return answer(request, controller_json(row), content_type=wanted, max_age=A_MINUTE)
    key = None if number is None else get_object_or_404(later_keys(row), number=number)
    match preferred_type(request):
        case None:
            return not_acceptable()
        case "text/html":
            return _issuer_page(request, row)
        case kind:
            return answer(request, profile_json(row, key), content_type=kind, max_age=A_MINUTE)


@impersonal
@public_document
@require_safe
def badge_public(request: HttpRequest, badge_id: uuid.UUID) -> HttpResponse:
    """The newest published version."""
    return _answer(request, _public_badge(badge_id), None, max_age=A_MINUTE)


@impersonal
@public_document
@require_safe
def badge_version(request: HttpRequest, badge_id: uuid.UUID, number: int) -> HttpResponse:
    return _answer(request, _public_badge(badge_id), number, max_age=A_DAY)


@impersonal
@public_document
@require_safe
def badge_version_in(request: HttpRequest, badge_id: uuid.UUID, number: int, language: str) -> HttpResponse:
    """That version in one language: whole translations only; its own language lives at the version's address."""
    badge = _public_badge(badge_id)
    version = _version(badge, number)
    if language not in version.languages:
        raise Http404
    if language == version.language and preferred_type(request) != "text/html":
        return redirect(version.path_in(language), permanent=True)
    with override(language):
        return _answer(request, badge, number, max_age=A_DAY, language=language)


@impersonal
@public_document
@require_safe
def badge_version_for_key(
    request: HttpRequest, badge_id: uuid.UUID, number: int, key_number: int
) -> HttpResponse:
    """What awards signed with a later key point at. People see the version itself."""
    badge = _public_badge(badge_id)
    version = _version(badge, number)
    key = get_object_or_404(later_keys(badge.issuer), number=key_number)
    match preferred_type(request):
        case None:
            return not_acceptable()
        case "text/html":
            return _badge_page(request, badge, version, current_language())
        case kind:
            return answer(request, badge_class_for_key_json(version, key), content_type=kind, max_age=A_DAY)


def _public_badge(badge_id: uuid.UUID) -> Badge:
    return get_object_or_404(Badge.objects.public().select_related("issuer", "current"), pk=badge_id)


def _version(badge: Badge, number: int) -> BadgeVersion:
    return get_object_or_404(badge.versions.published().with_content(), number=number)


def _answer(
    request: HttpRequest, badge: Badge, number: int | None, *, max_age: int, language: str | None = None
) -> HttpResponse:
    kind = preferred_type(request)
    if kind is None:
        return not_acceptable()
    assert badge.current is not None  # noqa: S101  public badges have one
    version = _version(badge, badge.current.number if number is None else number)
    if kind == "text/html":
        return _badge_page(request, badge, version, language or current_language())
    body = newest_badge_class_json(version) if number is None else badge_class_json(version, language)
    return answer(request, body, content_type=kind, max_age=max_age)


def _badge_page(request: HttpRequest, badge: Badge, version: BadgeVersion, language: str) -> HttpResponse:
    context = {
        "badge": badge,
        "issuer": badge.issuer,
        "about": badge.issuer.description_in(language),
        "is_newest": version.pk == badge.current_id,
        "history": history_of(badge, language),
        "canonical": badge_class_url(version),
        **said_by(version, language),
    }
    return public_page(request, render(request, "badges/public.html", context))


def _issuer_page(request: HttpRequest, row: Issuer) -> HttpResponse:
    language = current_language()
    page = page_of(
        badges_for_public(row),
        order=["-created_at", "-id"],
        cursor=request.GET.get("cursor", ""),
        size=BADGES_PER_PAGE,
    )
    badges = [(badge, badge.shown.text(language)) for badge in page]
    context = {
        "issuer": row,
        "about": row.description_in(language),
        "page": page,
        "badges": badges,
        "host": urlsplit(row.url).hostname,
        "website": confirmed_website(row),
    }
    return public_page(request, render(request, "badges/issuer.html", context))
