"""Pictures over HTTP: content-addressed, so kept for ever; an SVG can do nothing but be seen."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from badges.models import Picture
from badges.queries.pictures import picture_bytes
from common.json_documents import answer
from common.negotiation import impersonal, public_document

A_YEAR = 31_536_000
SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
TYPES = {"png": "image/png", "svg": "image/svg+xml"}


@impersonal
@public_document
@require_safe
def picture(request: HttpRequest, sha256: str, kind: str) -> HttpResponse:
    row = Picture.objects.filter(pk=sha256).first()
    if row is None:
        raise Http404
    response = answer(
        request, picture_bytes(row, kind), content_type=TYPES[kind], max_age=A_YEAR, immutable=True
    )
    if kind == "svg" and row.design is None:  # somebody else's: never opened in the site's own window
        response["Content-Disposition"] = f'attachment; filename="badge-{sha256[:8]}.svg"'
    return _sandboxed(response) if kind == "svg" else response


def svg_answer(svg: bytes, *, cache: str) -> HttpResponse:
    response = HttpResponse(svg, content_type=TYPES["svg"])
    response["Cache-Control"] = cache
    return _sandboxed(response)


def _sandboxed(response: HttpResponse) -> HttpResponse:
    response["Content-Security-Policy"] = SANDBOX
    return response
