"""The base of every view of the API: how its issuer is found, its JSON is read, its lists page."""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar, cast
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db.models import Model, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.response import Response
from rest_framework.views import APIView

from common.errors import Invalid
from common.links import absolute
from common.pagination import page_of
from issuers.api.schema import Schema
from issuers.models import ApiToken, Issuer
from issuers.permissions import Permission, issuer_for

Row = TypeVar("Row", bound=Model)
PAGE_SIZE, MAX_PAGE_SIZE = 50, 200


class BoundedJSONParser(JSONParser):
    """JSON as the standard has it, no larger than the settings allow and not nested without end."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        body = stream.read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
        if len(body) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise RequestDataTooBig
        try:
            data = json.loads(body.decode("utf-8-sig"), parse_constant=_no_constant)
        except (ValueError, RecursionError) as error:
            raise ParseError(_why_unread(error)) from error
        if not isinstance(data, dict):
            raise ParseError(_("The body must be a JSON object."))
        if b"\\u" in body and not all(map(_is_storable, _texts(data))):
            raise ParseError(
                _("A text holds a character that cannot be stored: NUL, or half a surrogate pair.")
            )
        return data


class ReadableMultiPartParser(MultiPartParser):
    """What cannot be read is said in the caller's language."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        try:
            return super().parse(stream, media_type, parser_context)
        except ParseError as error:
            raise ParseError(
                _("The body is not multipart/form-data: its boundary is missing, or it was cut off.")
            ) from error


class Endpoint(APIView):
    """A token sees one organisation. What belongs to another is not there (404); what its scopes do not
    cover is refused (403).

    class Awards(Endpoint):
        def get(self, request, badge_id):
            badge = get_object_or_404(self.issuer(may=Permission.VIEW).badges, pk=badge_id)
            return self.page(badge.awards.all(), order=("-issued_on", "-id"), shown=award_json)

        @extend_schema(request=NewAward, responses={201: AwardShown})
        @write
        def post(self, request, badge_id): ...
    """

    parser_classes = [BoundedJSONParser, ReadableMultiPartParser]
    schema = Schema()

    @property
    def token(self) -> ApiToken:
        return cast(ApiToken, self.request.user)

    def issuer(self, *, may: Permission, slug: str = "") -> Issuer:
        """The token's organisation, once `slug` (where there is one) names it and the scopes cover `may`."""
        return issuer_for(self.token, slug or self.token.issuer.slug, may=may)

    def found(self, rows: QuerySet[Row], *, may: Permission, **which: Any) -> Row:
        """The row of `rows` that is `which` and belongs to the token's organisation: first 404, then 403.

        `rows` must hold rows of the token's organisation only, or have a field `issuer`.
        """
        row = rows.filter(issuer=self.token.issuer, **which).first()
        if row is None:
            raise Http404
        self.issuer(may=may)
        return row

    def page(
        self, rows: QuerySet[Row], *, order: Sequence[str], shown: Callable[[Row], dict[str, Any]]
    ) -> Response:
        """`{results, next, previous}`; `next` and `previous` are addresses or null. `?limit=` up to 200."""
        asked = self.request.query_params
        page = page_of(rows, order=order, cursor=asked.get("cursor", ""), size=_limit(asked.get("limit", "")))
        if page.is_lost:
            message = _("This cursor leads nowhere. Take `next` and `previous` as they were answered.")
            raise Invalid(message, fields={"cursor": message})
        return Response(
            {
                "results": [shown(row) for row in page],
                "next": self._page_url(page.next),
                "previous": self._page_url(page.previous),
            }
        )

    def chosen(self, name: str, values: Sequence[str]) -> str:
        """One of `values`, as the query says; empty where it says nothing. Raises Invalid."""
        asked: str = self.request.query_params.get(name, "")
        if asked and asked not in values:
            message = _("%(name)s is one of %(values)s.") % {"name": name, "values": ", ".join(values)}
            raise Invalid(message, fields={name: message})
        return asked

    def _page_url(self, cursor: str) -> str | None:
        if not cursor:
            return None
        asked = self.request.query_params.dict() | {"cursor": cursor}
        return absolute(f"{self.request.path}?{urlencode(asked)}")


def _why_unread(error: Exception) -> str:
    match error:
        case json.JSONDecodeError():
            place = {"line": error.lineno, "column": error.colno}
            return _("The body is not JSON: look at line %(line)s, column %(column)s.") % place
        case UnicodeDecodeError():
            return _("The body is not UTF-8: look at byte %(number)s.") % {"number": error.start + 1}
        case RecursionError():
            return _("The body is nested too deeply.")
    return _("The body is not JSON: %(error)s.") % {"error": error}


def _limit(asked: str) -> int:
    if not asked:
        return PAGE_SIZE
    if not (asked.isascii() and asked.isdigit() and 1 <= int(asked[:9]) <= MAX_PAGE_SIZE):
        message = _("limit is a number from 1 to %(maximum)s.") % {"maximum": MAX_PAGE_SIZE}
        raise Invalid(message, fields={"limit": message})
    return int(asked)


def _texts(data: Any) -> Iterator[str]:
    """Every name and every text, however deep."""
    waiting = [data]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            waiting += [*value, *value.values()]
        elif isinstance(value, list):
            waiting += value


def _is_storable(text: str) -> bool:
    return "\x00" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON value")
