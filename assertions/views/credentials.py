"""Open Badges 3.0 for machines: credentials, and the lists that say which of them are to be relied on."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from assertions.documents import revoked_credentials
from assertions.models import Award, Credential, SignedStatusList, StatusList
from assertions.queries import EditionState, edition_state, gone_awards
from assertions.services.credentials import credential_of, signed_status_list
from common.json_documents import answer, json_bytes
from common.negotiation import (
    impersonal,
    not_acceptable,
    preferred_of,
    preferred_type,
    prefers_html,
    public_document,
)
from issuers.models import Issuer

LIVE = 60  # seconds that a copy may be kept: a revocation is never hidden for longer
JSON = ("application/vc+ld+json", "application/ld+json", "application/json", "application/vc")
SIGNED_TEXT = ("application/vc+jwt", "text/plain")


@impersonal
@public_document
@require_safe
def credential(request: HttpRequest, award_id: uuid.UUID) -> HttpResponse:
    """The credential as JSON with its proof, or as a token where the asker likes that better; people get the page.

    One that is revoked after it was accepted stays as it was signed: whether it still counts is in the status list that
    it names.
    """
    if prefers_html(request) and "download" not in request.GET:
        return redirect("assertion", award_id=award_id)
    wanted = preferred_of(request, (*JSON, *SIGNED_TEXT))
    if wanted is None:
        return not_acceptable("text/html", *JSON, *SIGNED_TEXT)
    state = edition_state(award_id)
    if not state.is_readable:
        return _gone(state)
    kept = credential_or_404(state)
    if wanted in SIGNED_TEXT:
        return _attached(request, _token(request, kept.token, wanted), award_id, "jwt")
    response = answer(request, kept.document, content_type=wanted, max_age=LIVE)
    return _attached(request, response, award_id, "json")


@impersonal
@public_document
@require_safe
def credential_token(request: HttpRequest, award_id: uuid.UUID) -> HttpResponse:
    """The same as a VC-JWT, whoever asks."""
    state = edition_state(award_id)
    if not state.is_readable:
        return redirect("assertion", award_id=award_id) if prefers_html(request) else _gone(state)
    token = credential_or_404(state).token
    return _attached(request, _token(request, token, "text/plain"), award_id, "jwt")


def credential_or_404(award: Award | EditionState) -> Credential:
    """What was erased while somebody asked for it is not here any more."""
    try:
        return credential_of(award, at=timezone.now())
    except Award.DoesNotExist as error:
        raise Http404 from error


@impersonal
@public_document
@require_safe
def credential_status(request: HttpRequest, slug: str, number: int, purpose: str) -> HttpResponse:
    """A bitstring status list, signed by its issuer."""
    wanted = preferred_of(request, (*JSON, *SIGNED_TEXT))
    if wanted is None:
        return not_acceptable(*JSON, *SIGNED_TEXT)
    listing = _status_list(slug, number, purpose)
    if wanted in SIGNED_TEXT:
        return _token(request, listing.token, wanted)
    return answer(request, listing.document.encode(), content_type=wanted, max_age=LIVE)


@impersonal
@public_document
@require_safe
def credential_status_token(request: HttpRequest, slug: str, number: int, purpose: str) -> HttpResponse:
    return _token(request, _status_list(slug, number, purpose).token, "text/plain")


@impersonal
@public_document
@require_safe
def credential_revocations(request: HttpRequest, slug: str) -> HttpResponse:
    """The 1EdTechRevocationList: what is revoked, declined or suspended, with reasons, which status lists leave out."""
    issuer = get_object_or_404(Issuer, slug=slug)
    wanted = preferred_type(request, html=False)
    if wanted is None:
        return not_acceptable("application/ld+json", "application/json")
    body = json_bytes(revoked_credentials(issuer, gone_awards(issuer)))
    return answer(request, body, content_type=wanted, max_age=LIVE)


def _gone(state: EditionState) -> HttpResponse:
    """As the page and the Open Badges 2.0 assertion: 410, and nothing of what it said."""
    turned_down = state.response in Award.TURNED_DOWN
    theirs = _("The person it was offered to does not show it. What people show is theirs to decide.")
    problem = {
        "type": "about:blank",
        "title": _("This badge is not public."),
        "status": 410,
        "detail": theirs if turned_down else _("It was revoked before it was accepted."),
        "code": "turned_down" if turned_down else "revoked",
        "errors": [],
    }
    response = JsonResponse(problem, status=410, content_type="application/problem+json")
    response["Cache-Control"] = f"public, max-age={LIVE}"
    return response


def _status_list(slug: str, number: int, purpose: str) -> SignedStatusList:
    issuer = get_object_or_404(Issuer, slug=slug)
    try:
        return signed_status_list(issuer=issuer, number=number, purpose=purpose, at=timezone.now())
    except StatusList.DoesNotExist as error:
        raise Http404 from error


def _token(request: HttpRequest, token: str, wanted: str) -> HttpResponse:
    content_type = f"{wanted}; charset=utf-8" if wanted == "text/plain" else wanted
    return answer(request, token.encode(), content_type=content_type, max_age=LIVE)


def _attached(request: HttpRequest, response: HttpResponse, award_id: uuid.UUID, kind: str) -> HttpResponse:
    """To be kept as a file, where a person chose that on a page."""
    if "download" in request.GET:
        response["Content-Disposition"] = f'attachment; filename="credential-{award_id}.{kind}"'
    return response
