"""Answers that say what went wrong: RFC 9457 problem details, `application/problem+json`.

`{type, title, status, detail, code, errors: [{field, message, code}]}`; `errors` is empty
where no field is to mend. Fields are named as paths: `recipient.email`, `criteria[0].name`.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException, NotAcceptable, UnsupportedMediaType, ValidationError
from rest_framework.response import Response

from common.errors import Refused

CONTENT_TYPE = "application/problem+json"


Errors = Sequence[dict[str, str]]


def problem(status: int, *, code: str, detail: str, errors: Errors = ()) -> dict[str, Any]:
    """The body. `code` is for machines and never changes, `detail` is a sentence in the caller's language."""
    title = HTTPStatus(status).phrase
    head = {"type": "about:blank", "title": title, "status": status, "detail": detail, "code": code}
    return {**head, "errors": list(errors)}


def problem_response(status: int, *, code: str, detail: str) -> HttpResponse:
    """For what goes wrong outside the API's own views, under its addresses."""
    body = json.dumps(problem(status, code=code, detail=detail))
    return HttpResponse(body, status=status, content_type=CONTENT_TYPE)


def renamed(refused: Refused, names: Mapping[str, str]) -> Refused:
    """The same refusal with the names that the caller gave the fields."""
    fields = {names.get(name, name): sentence for name, sentence in refused.fields.items()}
    return type(refused)(refused.message, code=refused.code, fields=fields)


def problem_details(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """Django REST framework's exception handler; None leaves an error that is our own fault to Django."""
    described = _described(error)
    if described is None:
        return None
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait) + 1)
    return Response(described, status=described["status"], headers=headers, content_type=CONTENT_TYPE)


def _described(error: Exception) -> dict[str, Any] | None:
    match error:
        case Refused():
            errors = [_error(name, sentence, error.code) for name, sentence in error.fields.items()]
            return problem(error.status, code=error.code, detail=error.message, errors=errors)
        case ValidationError():
            return _invalid(error)
        case UnsupportedMediaType():
            detail = _("Send JSON (application/json) or multipart/form-data, and say which in Content-Type.")
            return problem(415, code=error.default_code, detail=detail)
        case NotAcceptable():
            detail = _("The API answers application/json. Let Accept name that, or */*.")
            return problem(406, code=error.default_code, detail=detail)
        case APIException():
            return problem(error.status_code, code=error.default_code, detail=str(error.detail))
        case Http404():
            return problem(404, code="not_found", detail=_("There is nothing here that this token may see."))
        case PermissionDenied():
            detail = str(error) or _("This token may not do this.")
            return problem(403, code="permission_denied", detail=detail)
        case RequestDataTooBig():
            return problem(413, code="too_large", detail=_("The request is larger than this site takes."))
        case SuspiciousOperation() | BadRequest():
            return problem(400, code="bad_request", detail=_("This request cannot be read."))
    return None


def _invalid(error: ValidationError) -> dict[str, Any]:
    errors = list(_errors(error.detail, error.get_codes()))
    if len(errors) == 1:
        detail = errors[0]["message"]
    else:
        detail = _("%(count)s fields are to be mended.") % {"count": len(errors)}
    return problem(400, code="invalid", detail=detail, errors=errors)


def _errors(detail: Any, codes: Any, path: str = "") -> Iterator[dict[str, str]]:
    """One line for each sentence in the tree that serializers make of what went wrong."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            below = path if name == "non_field_errors" else _joined(path, name)
            yield from _errors(inner, codes[name], below)
    elif isinstance(detail, list):
        for number, inner in enumerate(detail):
            below = f"{path}[{number}]" if isinstance(inner, Mapping) else path
            yield from _errors(inner, codes[number], below)
    else:
        yield _error(path, str(detail), str(codes))


def _joined(path: str, name: object) -> str:
    if isinstance(name, int):
        return f"{path}[{name}]"
    return f"{path}.{name}" if path else str(name)


def _error(field: str, message: str, code: str) -> dict[str, str]:
    return {"field": field, "message": message, "code": code}
