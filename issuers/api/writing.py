"""What every write of the API understands: `Idempotency-Key` and `?dry_run=true`.

A write with a key is done once: asked again with the same content it answers what it answered before (header
`Idempotency-Replayed: true`), with other content 422, while the first call runs 409. Keys are kept for a day;
a call that was refused wrote nothing and leaves its key free.
A dry run does the whole write, answers what would be (header `Dry-Run: true`) and takes everything back.
"""

import hashlib
import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from common.errors import Invalid
from common.sealing import key_provider
from issuers.models import IdempotentCall
from issuers.services.calls import SEALED, abandon_call, finish_call, reserve_call

Handler = Callable[..., Response]


def write(handler: Handler) -> Handler:
    """Decorates `post`, `patch`, `delete` ... of an Endpoint: one transaction, idempotent, with a dry run.

    The handler wakes the worker by `transaction.on_commit` only, as `send_soon()` does: a dry run wakes nobody.
    """

    @wraps(handler)
    def wrapped(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = _key(request)
        if is_dry_run(request):
            return _dry_run(lambda: handler(view, request, *args, **kwargs))
        if not key:
            with transaction.atomic():
                return handler(view, request, *args, **kwargs)
        call = reserve_call(token=view.token, key=key, request_hash=_content_hash(request), at=timezone.now())
        if call.status is not None:
            return Response(_read(call.body), status=call.status, headers={"Idempotency-Replayed": "true"})
        return _run(call, lambda: handler(view, request, *args, **kwargs))

    wrapped.is_write = True  # type: ignore[attr-defined]  # read by the schema
    return wrapped


def _run(call: IdempotentCall, handle: Callable[[], Response]) -> Response:
    """The write and its answer in one commit."""
    try:
        with transaction.atomic():
            response = handle()
            finish_call(call, status=response.status_code, body=_kept(response))
    except BaseException:
        abandon_call(call)
        raise
    return response


def _kept(response: Response) -> Any:
    """What is kept to be answered again; sealed where the handler set `response.is_secret`."""
    if response.data is None:
        return None
    rendered = JSONRenderer().render(response.data)
    if getattr(response, "is_secret", False):
        return {SEALED: key_provider().seal(rendered).decode()}
    return json.loads(rendered)


def _read(body: Any) -> Any:
    if isinstance(body, dict) and SEALED in body:
        return json.loads(key_provider().unseal(body[SEALED].encode()))
    return body


def _dry_run(handle: Callable[[], Response]) -> Response:
    with transaction.atomic():
        response = handle()
        transaction.set_rollback(True)
    response["Dry-Run"] = "true"
    return response


def is_dry_run(request: Request) -> bool:
    """For handlers that leave something outside of the database. Raises Invalid."""
    asked = request.query_params.get("dry_run", "false").lower()
    if asked not in ("true", "false", "1", "0"):
        message = _("dry_run is true or false.")
        raise Invalid(message, fields={"dry_run": message})
    return asked in ("true", "1")


def _key(request: Request) -> str:
    key = request.headers.get("Idempotency-Key", "").strip()
    if len(key) > 200 or not key.isascii() or not key.isprintable():
        message = _("An Idempotency-Key is at most 200 printable ASCII characters, such as a UUID.")
        raise Invalid(message, code="idempotency_key_malformed", fields={"Idempotency-Key": message})
    return key


def _content_hash(request: Request) -> str:
    """Of what was asked, not of its bytes: the boundary of a multipart body differs each time."""
    data = request.data
    if hasattr(data, "lists"):
        data = {name: [_content(value) for value in values] for name, values in data.lists()}
    asked = [request.method, request.path, data]
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


def _content(value: Any) -> Any:
    if not isinstance(value, UploadedFile):
        return value
    digest = hashlib.file_digest(value, "sha256").hexdigest()
    value.seek(0)
    return {"file": value.name, "sha256": digest}
