"""An organisation's register: a page for people; for machines its checkpoints, its hashes and what proves that it only
grew (C2SP tlog-checkpoint and tlog-tiles)."""

import base64
import re
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from common import merkle
from common.json_documents import answer, json_bytes
from common.links import absolute
from common.negotiation import impersonal, not_acceptable, preferred_type, public_document
from common.pagination import page_of
from issuers.documents import register_origin
from issuers.models import Issuer
from issuers.services.checkpoints import checkpoint_dict
from journal.models import Checkpoint, Register
from journal.services.proving import tile_of, tree_of

A_MINUTE, A_YEAR = 60, 31_536_000
TEXT = "text/plain; charset=utf-8"
SHOWN = 30
TILE = re.compile(r"(?P<level>\d{1,2})/(?P<number>(?:x\d{3}/)*\d{3})(?:\.p/(?P<width>[1-9]\d{0,2}))?")


@impersonal
@public_document
@require_safe
def register(request: HttpRequest, slug: str) -> HttpResponse:
    """What the register is and how it stands; for machines the same as JSON, with the newest checkpoints."""
    issuer = get_object_or_404(Issuer, slug=slug)
    row = Register.objects.filter(scope=issuer.scope).first()
    wanted = preferred_type(request)
    if wanted is None:
        return not_acceptable()
    if wanted == "text/html":
        return _page(request, issuer, row)
    return answer(request, json_bytes(_document(issuer, row)), content_type=wanted, max_age=A_MINUTE)


@impersonal
@public_document
@require_safe
def checkpoint(request: HttpRequest, slug: str, size: int | None = None) -> HttpResponse:
    """The newest checkpoint, or that of this size, as the signed note."""
    rows = _checkpoints(get_object_or_404(Issuer, slug=slug))
    row = (rows if size is None else rows.filter(size=min(size, merkle.MOST))).first()
    if row is None:
        raise Http404
    return answer(request, row.note.encode(), content_type=TEXT, max_age=A_MINUTE)


@impersonal
@public_document
@require_safe
def tile(request: HttpRequest, slug: str, place: str) -> HttpResponse:
    """Hashes of the tree: 32 bytes each, 256 or as many as `.p/` says. They never change."""
    issuer, asked = get_object_or_404(Issuer, slug=slug), TILE.fullmatch(place)
    row = Register.objects.filter(scope=issuer.scope).first()
    if asked is None or row is None:
        raise Http404
    width = int(asked["width"] or merkle.WIDTH)
    number = min(int(re.sub(r"[x/]", "", asked["number"])), merkle.MOST)
    hashes = tile_of(row, int(asked["level"]), number)[: width * merkle.SIZE]
    if len(hashes) != width * merkle.SIZE:
        raise Http404
    return answer(request, hashes, content_type="application/octet-stream", max_age=A_YEAR, immutable=True)


@impersonal
@public_document
@require_safe
def consistency(request: HttpRequest, slug: str, first: int, second: int) -> HttpResponse:
    """That the register of `second` entries begins with that of `first` (RFC 9162, 2.1.4); both must be signed."""
    rows = _checkpoints(get_object_or_404(Issuer, slug=slug))
    sizes = [min(size, merkle.MOST) for size in (first, second)]
    old, new = (rows.filter(size=size).select_related("register").first() for size in sizes)
    if old is None or new is None or old.size > new.size:
        raise Http404
    path = merkle.consistency_proof(old.size, new.size, tree_of(new.register))
    said = {
        "first": old.note,
        "second": new.note,
        "consistency": [base64.b64encode(one).decode() for one in path],
    }
    return answer(request, json_bytes(said), content_type="application/json", max_age=A_MINUTE)


def _checkpoints(issuer: Issuer) -> Any:
    return Checkpoint.objects.filter(register__scope=issuer.scope)


def _page(request: HttpRequest, issuer: Issuer, row: Register | None) -> HttpResponse:
    page = page_of(
        _checkpoints(issuer),
        order=["-size", "-key_number"],
        cursor=request.GET.get("cursor", ""),
        size=SHOWN,
    )
    newest = _checkpoints(issuer).first()
    context = {
        "issuer": issuer,
        "register": row,
        "newest": newest,
        "newest_said": checkpoint_dict(issuer, newest) if newest else {},
        "waiting": row.size - (newest.size if newest else 0) if row else 0,
        "page": page,
        "origin": register_origin(issuer.slug),
    }
    return render(request, "issuers/register.html", context)


def _document(issuer: Issuer, row: Register | None) -> dict[str, Any]:
    newest = list(_checkpoints(issuer)[:SHOWN])
    place = absolute(f"/issuers/{issuer.slug}/register")
    return {
        "origin": register_origin(issuer.slug),
        "size": row.size if row else 0,
        "checkpoint": f"{place}/checkpoint",
        "tiles": f"{place}/tile/",
        "checkpoints": [checkpoint_dict(issuer, one) for one in newest],
    }
