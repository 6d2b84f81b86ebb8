"""Public documents of organisations, for machines: keys, DID documents, the logo."""

from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from common.json_documents import answer
from common.negotiation import impersonal, not_acceptable, preferred_type, public_document
from issuers.documents import issuer_did_json, key_json, site_did_json
from issuers.models import Issuer, SigningKey

HOUR = 3600


@impersonal
@public_document
@require_safe
def issuer_key(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """OB 2.0 CryptographicKey. Public keys are never deleted."""
    wanted = preferred_type(request, html=False)
    key = get_object_or_404(SigningKey.objects.select_related("issuer"), issuer__slug=slug, number=number)
    if wanted is None:
        return not_acceptable()
    return answer(request, key_json(key), content_type=wanted, max_age=24 * HOUR)


@impersonal
@public_document
@require_safe
def issuer_did(request: HttpRequest, slug: str) -> HttpResponse:
    """What did:web:{host}:issuers:{slug} resolves to."""
    issuer = get_object_or_404(Issuer, slug=slug)
    return answer(request, issuer_did_json(issuer), content_type="application/json", max_age=HOUR)


@impersonal
@public_document
@require_safe
def site_did(request: HttpRequest) -> HttpResponse:
    """What did:web:{host} resolves to."""
    return answer(request, site_did_json(), content_type="application/json", max_age=HOUR)


@impersonal
@public_document
@require_safe
def issuer_logo(request: HttpRequest, slug: str) -> HttpResponse:
    issuer = get_object_or_404(Issuer.objects.exclude(logo=""), slug=slug)
    try:
        with default_storage.open(issuer.logo) as file:
            body = file.read()
    except (OSError, ValueError) as error:
        raise Http404 from error
    return answer(request, body, content_type="image/png", max_age=HOUR)
