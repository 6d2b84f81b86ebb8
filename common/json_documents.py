"""Public JSON documents over HTTP: stable bytes, ETag, 304, Cache-Control."""

import hashlib
import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.http import parse_etags

from common.fixed_headers import put

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def json_bytes(document: dict[str, Any]) -> bytes:
    return _ENCODER.encode(document).encode()


def answer(
    request: HttpRequest,
    body: bytes,
    *,
    content_type: str,
    max_age: int,
    status: int = 200,
    immutable: bool = False,
) -> HttpResponse:
    """`body` with a strong ETag; 304 without a body where the asker holds it already."""
    etag = f'"{hashlib.blake2b(body, digest_size=16).hexdigest()}"'
    asked = request.META.get("HTTP_IF_NONE_MATCH")
    if (
        status == 200
        and asked
        and (asked == "*" or etag in [e.removeprefix("W/") for e in parse_etags(asked)])
    ):
        response = HttpResponse(status=304)
        del response["Content-Type"]
    else:
        response = HttpResponse(body, content_type=content_type, status=status)
    response["ETag"] = etag
    kept_for = f"public, max-age={max_age}" + (", immutable" if immutable else "")
    put(response, (("Cache-Control", kept_for),))
    return response
