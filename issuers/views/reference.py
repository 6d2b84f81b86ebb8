"""The API for people to read: a page made of its OpenAPI description, without JavaScript."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator

from issuers.permissions import LABELS, TOKEN_SCOPES
from journal.models import EventType

Json = dict[str, Any]
DEEPEST = 4
TYPES = {"uuid": "UUID", "date-time": "date-time", "email": "e-mail address", "uri": "URL"}
EXAMPLES = {
    "uuid": "3ed25662-46dd-42a1-8908-2edda2bc4117",
    "date-time": "2026-03-03T12:00:00Z",
    "email": "ines@example.org",
    "uri": "https://example.org/",
}


@dataclass(frozen=True)
class Field:
    """One line of a table: `name` is a path such as `criteria[].name`."""

    name: str
    type: str
    required: bool
    description: str


@dataclass(frozen=True)
class Call:
    method: str
    path: str
    anchor: str
    summary: str
    description: str
    parameters: list[Field]
    sent: list[Field]
    answered: list[Field]
    status: str
    curl: str


@require_safe
def api_docs(request: HttpRequest) -> HttpResponse:
    context = {
        "groups": _groups(get_language() or "", settings.SITE_URL),
        "events": EventType.choices,
        "scopes": [(scope.value, LABELS[scope]) for scope in TOKEN_SCOPES],
    }
    return render(request, "issuers/api_docs.html", context)


@lru_cache(maxsize=4)
def _groups(language: str, site: str) -> list[tuple[str, list[Call]]]:
    """The calls to `site` by what they are about, in the order of a first use, described in `language`."""
    schema = SchemaGenerator().get_schema(request=None, public=True)
    groups: dict[str, list[Call]] = {"issuers": [], "badges": [], "awards": []}
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            tag = (operation.get("tags") or ["issuers"])[0]
            groups.setdefault(tag, []).append(_call(schema, site, method, path, operation))
    return [(_title(tag), _collections_first(tag, calls)) for tag, calls in groups.items() if calls]


def _collections_first(tag: str, calls: list[Call]) -> list[Call]:
    return sorted(calls, key=lambda call: not call.path.endswith(f"/{tag}/"))


def _title(tag: str) -> str:
    titles = {
        "issuers": _("Organisations"),
        "badges": _("Badges"),
        "awards": _("Awards"),
        "batches": _("Batches"),
        "verify": _("Verification"),
    }
    return titles.get(tag, tag)


def _call(schema: Json, site: str, method: str, path: str, operation: Json) -> Call:
    sent = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    status = next((code for code in operation["responses"] if code.startswith("2")), "200")
    answer = operation["responses"][status].get("content", {}).get("application/json", {}).get("schema", {})
    return Call(
        method=method.upper(),
        path=path,
        anchor=operation["operationId"],
        summary=operation.get("summary", ""),
        description=operation.get("description", ""),
        parameters=[_parameter(schema, parameter) for parameter in operation.get("parameters", [])],
        sent=list(_fields(schema, sent)),
        answered=list(_fields(schema, answer)),
        status=status,
        curl=_curl(schema, method.upper(), f"{site}{path}", sent),
    )


def _parameter(schema: Json, parameter: Json) -> Field:
    where = {"query": _("in the address"), "header": _("header"), "path": _("part of the path")}[
        parameter["in"]
    ]
    described = ". ".join(filter(None, [where, parameter.get("description", "")]))
    kind = _type(schema, parameter["schema"])
    return Field(parameter["name"], kind, parameter.get("required", False), described)


def _fields(schema: Json, node: Json, prefix: str = "", depth: int = 0) -> Iterator[Field]:
    """The properties of an object, and those of the objects in it."""
    node = _resolved(schema, node)
    if node.get("type") == "array":
        yield from _fields(schema, node["items"], f"{prefix}[]", depth)
    for name, inner in node.get("properties", {}).items():
        path = f"{prefix}.{name}" if prefix else name
        required = name in node.get("required", [])
        resolved = _resolved(schema, inner)
        yield Field(path, _type(schema, inner), required, _description(inner) or _description(resolved))
        if depth < DEEPEST:
            yield from _fields(schema, inner, path, depth + 1)


def _resolved(schema: Json, node: Json) -> Json:
    """The node itself, behind its references."""
    while reference := node.get("$ref") or next(
        (part.get("$ref") for part in _parts(node) if "$ref" in part), None
    ):
        node = schema["components"]["schemas"][reference.rpartition("/")[2]]
    return node


def _parts(node: Json) -> list[Json]:
    parts: list[Json] = node.get("allOf") or node.get("oneOf") or node.get("anyOf") or []
    return parts


def _description(node: Json) -> str:
    """Without the list of choices: the type names them."""
    first = str(node.get("description", "")).partition("\n")[0].strip()
    return "" if first.startswith("* `") else first


def _type(schema: Json, node: Json) -> str:
    node = _resolved(schema, node)
    if choices := node.get("enum"):
        return " | ".join(str(choice) for choice in choices if choice)
    if node.get("type") == "array":
        inner = _type(schema, node["items"])
        return _("list") if inner == "object" else _("list of %(type)s") % {"type": inner}
    kind = TYPES.get(node.get("format", ""), node.get("type", ""))
    longest = node.get("maxLength")
    return f"{kind}, ≤ {longest}" if longest else str(kind)


def _curl(schema: Json, method: str, url: str, sent: Json) -> str:
    lines = [f"curl -X {method} {url}", '-H "Authorization: Bearer $TOKEN"']
    if method == "GET":
        lines[0] = f"curl {url}"
    elif sent:
        example = json.dumps(_example(schema, sent), ensure_ascii=False)
        lines += ['-H "Content-Type: application/json"', f"-d '{example}'"]
    return " \\\n  ".join(lines)


def _example(schema: Json, node: Json) -> Any:
    """The smallest body that is accepted: what is required."""
    node = _resolved(schema, node)
    if node.get("type") == "object":
        wanted = node.get("required", [])
        return {name: _example(schema, node["properties"][name]) for name in wanted}
    if node.get("type") == "array":
        return [_example(schema, node["items"])]
    if choices := node.get("enum"):
        return choices[0]
    plain = {"integer": 1, "number": 1, "boolean": True}
    return plain.get(node.get("type", ""), EXAMPLES.get(node.get("format", ""), "…"))
