"""What the OpenAPI description says of every endpoint without being told: problems, idempotency, dry run."""

import inspect
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from issuers.api.problems import CONTENT_TYPE


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = "issuers.api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "badge_pat_..."}


class FieldProblem(serializers.Serializer[Any]):
    field = serializers.CharField(help_text="its path, such as `recipient.email`; empty for the whole")
    message = serializers.CharField(help_text="what to mend, in the caller's language")
    code = serializers.CharField()


class Problem(serializers.Serializer[Any]):
    """RFC 9457 problem details."""

    type = serializers.CharField(default="about:blank")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text="a sentence in the caller's language (Accept-Language)")
    code = serializers.CharField(help_text="for machines; never changes")
    errors = serializers.ListField(child=FieldProblem())  # type: ignore[assignment]


IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key", str, OpenApiParameter.HEADER,
    description="Same key and same content: done once, answered again with `Idempotency-Replayed: true`.",
)  # fmt: skip
DRY_RUN = OpenApiParameter(
    "dry_run", bool, OpenApiParameter.QUERY, description="Answers what would be, and writes nothing."
)
CURSOR = OpenApiParameter("cursor", str, OpenApiParameter.QUERY, description="From `next` or `previous`.")
LIMIT = OpenApiParameter("limit", {"type": "integer", "minimum": 1, "maximum": 200, "default": 50})
NOUNS = ("issuers", "badges", "awards", "batches")
READ_PROBLEMS = (400, 401, 403, 404, 406, 429)
BODY_PROBLEMS = (413, 415)  # where something is sent, to be written or only to be judged
WRITE_PROBLEMS = (409, 422)


class Schema(AutoSchema):
    def get_override_parameters(self) -> list[Any]:
        if self._is_write():
            return [IDEMPOTENCY_KEY, DRY_RUN]
        return []

    def get_tags(self) -> list[str]:
        """What the call is about: the last noun of its address."""
        nouns = [word for word in self.path.split("/") if word in NOUNS]
        return nouns[-1:]

    def get_description(self) -> str:  # type: ignore[override]  # as its own superclass has it
        """The handler's own docstring: the class's speaks to who writes endpoints."""
        return inspect.getdoc(getattr(self.view, self.method.lower(), None)) or ""

    def _get_response_bodies(self, direction: Any = "response") -> Any:
        bodies = super()._get_response_bodies(direction)
        for status in self._problems():
            bodies.setdefault(str(status), self._get_response_for_code(Problem, str(status), [CONTENT_TYPE]))
        return bodies

    def _problems(self) -> list[int]:
        has_body, is_write = self.method != "GET", self._is_write()
        return sorted(READ_PROBLEMS + BODY_PROBLEMS * has_body + WRITE_PROBLEMS * is_write)

    def _is_write(self) -> bool:
        return bool(getattr(getattr(self.view, self.method.lower(), None), "is_write", False))


def page_of_schema(name: str, item: type[serializers.Serializer[Any]]) -> serializers.Serializer[Any]:
    """The serializer of `{results, next, previous}` for extend_schema."""
    fields = {
        "results": item(many=True),
        "next": serializers.URLField(allow_null=True),
        "previous": serializers.URLField(allow_null=True),
    }
    made: serializers.Serializer[Any] = type(name, (serializers.Serializer,), fields)()
    return made
