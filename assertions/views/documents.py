"""What machines get of an award: documents and baked pictures."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from assertions.documents import hosted_assertion_json, revocation_list, revoked_assertion
from assertions.models import Award
from assertions.queries import PublicState, gone_awards, public_state
from assertions.services.pictures import baked
from assertions.views.credentials import credential_or_404
from common.json_documents import answer, json_bytes
from common.negotiation import impersonal, not_acceptable, preferred_type, prefers_html, public_document
from issuers.models import Issuer
from issuers.queries import later_keys

LIVE = 60  # seconds that a copy may be kept: a revocation is never hidden for longer
TYPES = {"png": "image/png", "svg": "image/svg+xml"}


def hosted_document(
    request: HttpRequest, award_id: uuid.UUID, state: PublicState, content_type: str
) -> HttpResponse:
    """The hosted assertion; 410 with id, revoked and the reason once it is revoked (OB 2.0, Hosted)."""
    if state.is_withheld:
        return _gone(request, award_id, state, content_type)
    body = hosted_assertion_json(award_id, state.signed)
    return answer(request, body, content_type=content_type, max_age=LIVE)


def _gone_file(request: HttpRequest, award_id: uuid.UUID, state: PublicState) -> HttpResponse:
    """People who open a file's address are led to the page that says what became of the badge."""
    if prefers_html(request):
        return redirect("assertion", award_id=award_id)
    return _gone(request, award_id, state, "application/ld+json")


def _gone(request: HttpRequest, award_id: uuid.UUID, state: PublicState, content_type: str) -> HttpResponse:
    body = json_bytes(revoked_assertion(award_id, state.reason))
    return answer(request, body, content_type=content_type, max_age=LIVE, status=410)


@impersonal
@public_document
@require_safe
def signed_document(request: HttpRequest, award_id: uuid.UUID) -> HttpResponse:
    """The compact JWS, byte for byte as it was signed."""
    state = public_state(award_id)
    if state.is_withheld:
        return _gone_file(request, award_id, state)
    return answer(request, state.signed.encode(), content_type="text/plain; charset=utf-8", max_age=LIVE)


@impersonal
@public_document
@require_safe
def baked_picture(request: HttpRequest, award_id: uuid.UUID, kind: str) -> HttpResponse:
    """The badge's picture with the assertion inside: the JWS, and the Open Badges 3.0 credential beside it.

    `?proof=hosted` has the hosted form and nothing else. `?credential=jwt` has the credential as a token, and
    `?credential=none` leaves it out.
    """
    state = public_state(award_id)
    if state.is_withheld:
        return _gone_file(request, award_id, state)
    award = (
        Award.objects.select_related("version__picture").prefetch_related("version__texts").get(pk=award_id)
    )
    hosted = request.GET.get("proof") == "hosted"
    picture = baked(award, kind, hosted=hosted, credential=None if hosted else _credential(request, award))
    response = answer(request, picture, content_type=TYPES[kind], max_age=LIVE)
    name = slugify(award.version.text(award.language).name) or "badge"
    disposition = "attachment" if "download" in request.GET else "inline"
    response["Content-Disposition"] = f'{disposition}; filename="{name}.{kind}"'
    response["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
    )
    return response


def _credential(request: HttpRequest, award: Award) -> str | None:
    form = request.GET.get("credential", "json")
    if form == "none":
        return None
    kept = credential_or_404(award)
    return kept.token if form == "jwt" else kept.document.decode()


@impersonal
@public_document
@require_safe
def issuer_revocations(request: HttpRequest, slug: str, number: int | None = None) -> HttpResponse:
    """The issuer's RevocationList: all that is revoked or was declined, by the ids of the signed assertions. `number`:
    for the edition of the Profile that lists this key."""
    issuer = get_object_or_404(Issuer, slug=slug)
    content_type = preferred_type(request, html=False)
    if content_type is None:
        return not_acceptable()
    key = None if number is None else get_object_or_404(later_keys(issuer), number=number)
    body = json_bytes(revocation_list(issuer, gone_awards(issuer), key))
    return answer(request, body, content_type=content_type, max_age=LIVE)
