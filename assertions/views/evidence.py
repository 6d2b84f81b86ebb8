"""Evidence files. What strangers uploaded is handed out as a file to keep, never as a page of this site."""

import uuid

from csp.constants import NONE
from csp.decorators import csp
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from assertions.models import Evidence
from issuers.permissions import permissions_of

KEPT_APART = {"default-src": [NONE], "frame-ancestors": [NONE], "sandbox": True}
ENDINGS = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}


@require_safe
@csp(KEPT_APART)  # type: ignore[arg-type]  # typed for views without arguments
def evidence_file(request: HttpRequest, award_id: uuid.UUID, position: int) -> HttpResponse | FileResponse:
    """As public as its award: of what was declined, or revoked before it was accepted, only members of the organisation
    get it."""
    found = Evidence.objects.select_related("award__issuer").exclude(file="")
    row = get_object_or_404(found, award=award_id, position=position)
    if not row.award.is_readable and not permissions_of(request.user, row.award.issuer):
        raise Http404
    try:
        file = default_storage.open(row.file)
    except OSError as error:
        raise Http404 from error
    media_type = row.media_type if row.media_type in ENDINGS else "application/octet-stream"
    response = FileResponse(file, as_attachment=True, filename=_file_name(row), content_type=media_type)
    response["Cache-Control"] = "private, no-cache"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _file_name(row: Evidence) -> str:
    """As it was called, with the ending of what it is."""
    ending = ENDINGS.get(row.media_type, "bin")
    name = row.name or f"evidence-{row.position}"
    return name if name.lower().endswith((f".{ending}", ".jpeg")) else f"{name}.{ending}"
