"""The forms of the product, read from its pages: where each is sent, and what it holds."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, Tag
from django.urls import Resolver404, resolve

from tests.access.routes import Route, routes
from tests.access.table import TABLE, Everyone, Holders, Tokens, Visitors
from tests.access.world import World


@dataclass
class Form:
    """`values` are what the page had filled in, by name; `files` the names of file fields."""

    values: dict[str, list[str]] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)


def may_open(route: Route) -> str:
    """Somebody who is let in."""
    rule = TABLE[route.name]
    if isinstance(rule, Everyone | Visitors):
        return "anonymous"
    return "earner" if isinstance(rule, Holders) else "owner"


def forms(world: World) -> dict[str, Form]:
    """By the name of the route that a form is posted to; a route without a form on any page gets an empty one."""
    found = {route.name: Form() for route in web_routes() if "POST" in TABLE[route.name].methods}
    for route in web_routes():
        if "GET" not in TABLE[route.name].methods:
            continue
        answer = world.ask(route, "GET", may_open(route), accept="text/html")
        if not answer.streaming and answer.headers.get("Content-Type", "").startswith("text/html"):
            _read(answer.content, world.path(route), found)
    return found


def web_routes() -> Iterator[Route]:
    yield from (route for route in routes() if not isinstance(TABLE[route.name], Tokens))


def _read(html: bytes, place: str, found: dict[str, Form]) -> None:
    for tag in BeautifulSoup(html, "html.parser").find_all("form"):
        if str(tag.get("method", "get")).lower() != "post":
            continue
        for address in _addresses(tag):
            name = _name_of(urljoin(place, address or place))
            if name in found:
                _add(found[name], tag)


def _addresses(form: Tag) -> Iterator[str]:
    """Where the form goes, where its buttons send it instead, and where the page's script sends it meanwhile."""
    yield str(form.get("action") or "")
    for attribute in ("data-advice", "data-preview"):
        yield str(form.get(attribute) or "")
    for button in form.find_all(["button", "input"], formaction=True):
        yield str(button["formaction"])


def _name_of(url: str) -> str:
    try:
        match = resolve(urlsplit(url).path)
    except Resolver404:
        return ""
    return match.view_name or str(match.route)


def _add(form: Form, tag: Tag) -> None:
    for field_tag in tag.find_all(["input", "textarea", "select", "button"]):
        name = str(field_tag.get("name") or "")
        if not name or name == "csrfmiddlewaretoken":
            continue
        if field_tag.get("type") == "file":
            form.files.add(name)
        else:
            form.values.setdefault(name, []).append(_value(field_tag))


def _value(tag: Tag) -> str:
    if tag.name == "textarea":
        return tag.get_text()
    if tag.name == "select":
        chosen = tag.find("option", selected=True) or tag.find("option")
        return str(chosen.get("value", "")) if isinstance(chosen, Tag) else ""
    return str(tag.get("value", ""))
