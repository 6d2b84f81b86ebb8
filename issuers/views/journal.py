"""The journal of an organisation, for its owners: read, searched, taken along, checked."""

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from common.pagination import page_of
from common.spreadsheets import csv_lines
from issuers.forms import JournalFilter
from issuers.models import Issuer, Membership
from issuers.permissions import LABELS, Permission, SignedInRequest, issuer_for
from issuers.queries import actors_of, journal_of
from journal.models import Action, Chain, Entry
from journal.services import broken_links, record

# Up to so many lines the chain is checked at every visit; beyond, when somebody asks.
CHECKED_AT_ONCE = 1000
COLUMNS = (
    "number",
    "at",
    "action",
    "actor_id",
    "actor_label",
    "target_kind",
    "target_id",
    "target_label",
    "data",
)
ACTIONS: dict[str, Any] = dict(Action.choices)
DETAILS: dict[str, Any] = {
    "name": gettext_lazy("name"),
    "url": gettext_lazy("website"),
    "email": gettext_lazy("contact address"),
    "description": gettext_lazy("description"),
    "language": gettext_lazy("language"),
    "languages": gettext_lazy("languages"),
    "translations": gettext_lazy("description in other languages"),
    "logo": gettext_lazy("logo"),
    "address": gettext_lazy("address"),
    "events": gettext_lazy("events"),
    "personal_data": gettext_lazy("personal data"),
}


@login_required
@require_safe
def journal(request: SignedInRequest, slug: str) -> HttpResponse:
    issuer = issuer_for(request.user, slug, may=Permission.READ_JOURNAL)
    form = JournalFilter(request.GET)
    asked = form.asked()
    page = page_of(journal_of(issuer, **asked), order=["-number"], cursor=request.GET.get("cursor", ""))
    context = {
        "issuer": issuer,
        "nav": "journal",
        "form": form,
        "asked": asked,
        "page": page,
        "lines": [(entry, ACTIONS.get(entry.action, entry.action), _details(entry)) for entry in page],
        "actions": Action.choices,
        "actors": actors_of(issuer),
        "hidden": [(name, request.GET.get(name, "")) for name in asked],
        "chain": _chain(issuer, is_asked="check" in request.GET),
    }
    return render(request, "issuers/journal.html", context)


@login_required
@require_POST
def journal_export(request: SignedInRequest, slug: str) -> StreamingHttpResponse:
    """The lines that match, as CSV or JSON; that they were taken along is itself a line."""
    issuer = issuer_for(request.user, slug, may=Permission.READ_JOURNAL)
    asked = JournalFilter(request.POST).asked()
    kind = "json" if request.POST.get("format") == "json" else "csv"
    target, data = ("issuer", issuer.pk, issuer.name), {"format": kind}
    record(
        scope=issuer.scope, action=Action.JOURNAL_EXPORTED, by=request.user.actor, at=timezone.now(),
        target=target, data=data,
    )  # fmt: skip
    rows = journal_of(issuer, **asked).order_by("number")
    lines, content_type = (
        (_as_json(rows), "application/json") if kind == "json" else (_as_csv(rows), "text/csv")
    )
    response = StreamingHttpResponse(lines, content_type=f"{content_type}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="journal-{issuer.slug}.{kind}"'
    return response


def _chain(issuer: Issuer, *, is_asked: bool) -> dict[str, Any]:
    """Whether every line is as it was written: `checked`, `broken` (the first sentences), `since`, `lines`."""
    head = Chain.objects.filter(scope=issuer.scope).first()
    count = head.number if head else 0
    checked = is_asked or count <= CHECKED_AT_ONCE
    broken = list(islice(broken_links(issuer.scope), 5)) if checked else []
    first = Entry.objects.of_issuer(issuer.pk).order_by("number").first()
    return {"checked": checked, "broken": broken, "since": first.at if first else None, "lines": count}


def _details(entry: Entry) -> str:
    """What the line says beyond action and target, in words."""
    data = entry.data
    roles = dict(Membership.Role.choices)
    if changed := data.get("changed"):
        return _("Changed: %(fields)s") % {
            "fields": ", ".join(str(DETAILS.get(name, name)) for name in changed)
        }
    if scopes := data.get("scopes"):
        known = {str(permission): str(label) for permission, label in LABELS.items()}
        return "; ".join(known.get(scope, scope) for scope in scopes)
    if "from" in data and "to" in data:
        return f"{roles.get(data['from'], data['from'])} → {roles.get(data['to'], data['to'])}"
    if role := data.get("role"):
        return str(roles.get(role, role))
    if count := data.get("count"):
        return ngettext("%(count)s person", "%(count)s people", count) % {"count": count}
    return str(data.get("reason") or "")


def _as_csv(rows: QuerySet[Entry]) -> Iterator[str]:
    def table() -> Iterator[list[object]]:
        yield [*COLUMNS, "hash"]
        for entry in rows.iterator():
            cells = _plain(entry)
            yield [
                *(cells[name] for name in COLUMNS[:-1]),
                json.dumps(entry.data, ensure_ascii=False),
                entry.hash,
            ]

    return csv_lines(table())


def _as_json(rows: QuerySet[Entry]) -> Iterator[str]:
    """With both hashes of each line, so that anyone can follow the chain."""
    yield "[\n"
    for place, entry in enumerate(rows.iterator()):
        line = _plain(entry) | {"previous_hash": entry.previous_hash, "hash": entry.hash}
        yield (",\n" if place else "") + json.dumps(line, ensure_ascii=False)
    yield "\n]\n"


def _plain(entry: Entry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in COLUMNS} | {"at": entry.at.isoformat()}
