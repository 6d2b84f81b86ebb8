"""Where an award stands in its issuer's register: a page that explains it, and the proof to check elsewhere."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe

from assertions.documents import award_url, revoked_assertion
from assertions.models import Award
from assertions.services.browser_check import browser_words
from assertions.services.registering import RegisterProof, proof_of_award
from common.json_documents import answer, json_bytes
from common.languages import CODES, current_language
from common.negotiation import impersonal, public_document

LIVE, HOUR = 60, 3600


@impersonal
@public_document
@require_safe
def browser_check_words(request: HttpRequest, language: str) -> HttpResponse:
    """What static/js/check-badge.js says, in one language: apart from the page, which most people read without it."""
    if language not in CODES:
        raise Http404
    with override(language):
        body = json_bytes(browser_words())
    return answer(request, body, content_type="application/json", max_age=HOUR)


@require_safe
def register_entry(request: HttpRequest, award_id: uuid.UUID) -> HttpResponse:
    """The entries that speak of the award, in words."""
    award = _award(award_id)
    if not award.is_public:
        raise Http404
    proof = proof_of_award(award)
    context = {
        "award": award,
        "issuer": award.issuer,
        "text": award.version.text(current_language()),
        "proof": proof,
        "entries": _lines(proof) if proof else [],
        "page_url": award_url(award.pk),
    }
    response = render(request, "assertions/register.html", context)
    response["Cache-Control"] = "no-cache"
    return response


@impersonal
@public_document
@require_safe
def register_proof(request: HttpRequest, award_id: uuid.UUID) -> HttpResponse:
    """The entries with their salts and paths to the newest checkpoint, as JSON; also of a revoked award. `?since=SIZE`
    adds what shows that nothing was taken away since that checkpoint."""
    award = _award(award_id)
    if not award.is_public:
        gone = json_bytes(revoked_assertion(award_id, "Declined by the recipient."))
        return answer(request, gone, content_type="application/json", max_age=LIVE, status=410)
    asked = request.GET.get("since", "")
    since = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 18 else None
    proof = proof_of_award(award, since=since)
    if proof is None:
        return JsonResponse({"award": f"urn:uuid:{award_id}", "entries": []}, status=404)
    body = json_bytes(proof.to_dict())
    response = answer(request, body, content_type="application/json", max_age=LIVE)
    if "download" in request.GET:
        response["Content-Disposition"] = f'attachment; filename="register-{award_id}.json"'
    return response


def _award(award_id: uuid.UUID) -> Award:
    rows = Award.objects.select_related("issuer", "version").prefetch_related("version__texts")
    award = rows.filter(pk=award_id).first()
    if award is None:
        raise Http404(_("No badge was ever awarded under this address."))
    return award


def _lines(proof: RegisterProof) -> list[dict[str, Any]]:
    return [
        {"leaf": entry.leaf, "is_sealed": entry.path is not None, "what": entry.leaf.get_kind_display()}
        for entry in proof.entries
    ]
