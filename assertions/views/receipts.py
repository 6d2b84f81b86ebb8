"""Receipts of verifications: made to be printed or kept, and checked when they are brought back."""

import uuid
from datetime import date, datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assertions.forms.receipts import ReceiptForm
from assertions.forms.uploads import Glance
from assertions.models import Award
from assertions.services.receipts import Receipt, make_receipt, public_keys
from assertions.services.rechecking import NotGenuine, Rechecked, checks_then, recheck, whole
from assertions.services.sentences import day, moment
from assertions.views.assertion import public_context
from badges.models import Criterion
from common.errors import Invalid
from common.negotiation import public_document
from common.ratelimits import allowed, too_many, visitor


@require_safe
@never_cache
def receipt(request: HttpRequest, award_id: uuid.UUID) -> HttpResponse:
    """A dated receipt of the verification of one of our awards, made to be printed."""
    context, made = _own_receipt(award_id)
    shown = {"badge_name": context["text"].name, "page_url": context["page_url"], "award": context["award"]}
    return render(request, "assertions/receipt.html", _page(made) | shown)


@public_document
@require_safe
def receipt_document(request: HttpRequest, award_id: uuid.UUID) -> HttpResponse:
    """The same as JSON, signed."""
    _context, made = _own_receipt(award_id)
    return _download(made, str(award_id))


@csrf_exempt  # changes nothing: it prints what this site has signed, and nothing else
@require_POST
@never_cache
def receipt_print(request: HttpRequest) -> HttpResponse:
    """The receipt of a badge of anyone's, which the visitor brings from /verify: `signed`; JSON with `as=json`."""
    try:
        made = Receipt(whole(request.POST.get("signed", "")))
    except NotGenuine:
        raise Http404 from None
    if request.POST.get("as") == "json":
        return _download(made, made.statement["signed_sha256"][:12] or "badge")
    return render(request, "assertions/receipt.html", _page(made))


@csrf_exempt  # changes nothing and keeps nothing
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def receipt_check(request: HttpRequest) -> HttpResponse:
    """`?r=` in the address, as in the QR code, or the form. HEAD looks nothing up."""
    is_asked = request.method == "POST" or (request.method == "GET" and "r" in request.GET)
    if is_asked and not allowed("verify", visitor(request)):
        return too_many(request, "verify")
    form = _form(request) if is_asked else ReceiptForm()
    now = timezone.now()
    rechecked = _rechecked(form) if is_asked and form.is_valid() else None
    context = {"form": form, "rechecked": rechecked, "moment": moment(now), **_shown(rechecked)}
    return render(request, "assertions/receipt_check.html", context, status=400 if form.errors else 200)


@public_document
@require_safe
def receipt_keys(request: HttpRequest) -> HttpResponse:
    """The site's public keys for receipts, as a JSON Web Key Set."""
    response = JsonResponse(public_keys(), content_type="application/jwk-set+json")
    response["Cache-Control"] = "public, max-age=3600"
    return response


def _form(request: HttpRequest) -> ReceiptForm:
    if request.method != "POST":
        return ReceiptForm({"r": request.GET["r"]})
    request.upload_handlers = [Glance(request)]  # before anything reads the body
    return ReceiptForm(request.POST, request.FILES)


def _rechecked(form: ReceiptForm) -> Rechecked | None:
    """None where it is no receipt: the form says so."""
    try:
        return recheck(form.brought(), at=timezone.now(), badge=form.badge_brought())
    except Invalid as problem:
        form.add_error("receipt" if form.cleaned_data["receipt"] else "r", problem.message)
        return None


def _shown(rechecked: Rechecked | None) -> dict[str, Any]:
    if rechecked is None or not rechecked.is_genuine:
        return {}
    statement, now = rechecked.statement, rechecked.now
    # A name that its holder no longer shows is not shown here either.
    is_shown = now is not None and now.award is not None and now.award.response == Award.Response.ACCEPTED
    return {
        "then": moment(datetime.fromisoformat(statement["at"])),
        "then_day": day(statement["at"]),
        "holder": statement.get("holder", "") if is_shown else "",
        "address": statement.get("verified") or "",
        "is_brief": "open" in statement,
    }


def _own_receipt(award_id: uuid.UUID) -> tuple[dict[str, Any], Receipt]:
    context = public_context(award_id)
    award: Award = context["award"]
    made = make_receipt(
        report=context["report"], head=context["headline"], award=award, holder=context["name"],
        at=timezone.now(), criteria=[_criterion(row, accepted=context["accepted"]) for row in context["criteria"]],
    )  # fmt: skip
    return context, made


def _criterion(row: dict[str, Any], *, accepted: bool) -> dict[str, Any]:
    """One criterion, and how it was assessed for this person once they have accepted."""
    said = {
        "name": row["text"].name,
        "description": row["text"].description,
        "method": row["criterion"].method,
    }
    assessment = row["assessment"]
    if not accepted or assessment is None:
        return said
    on = assessment.assessed_on
    assessed = {
        "level": assessment.level,
        "assessor": assessment.assessor,
        "on": on.isoformat() if on else "",
    }
    return {**said, "assessment": {**assessed, "note": assessment.note}}


def _page(made: Receipt) -> dict[str, Any]:
    """What every receipt shows, read from what was signed."""
    statement = made.statement
    return {
        "made": made,
        "receipt": statement,
        "moment": moment(datetime.fromisoformat(statement["at"])),
        "badge_name": statement["badge"],
        "issued_day": day(statement["issued_on"]),
        "expires_day": day(statement["expires_on"]) if statement["expires_on"] else "",
        "criteria": [_criterion_shown(row) for row in statement["criteria"]],
        "explained": checks_then(statement),
    }


def _criterion_shown(row: dict[str, Any]) -> dict[str, Any]:
    """As the page says it: the method in words, the day as a day."""
    methods = dict(Criterion.Method.choices)
    shown = {**row, "method": methods.get(row["method"], "")}
    if assessment := row.get("assessment"):
        on = date.fromisoformat(assessment["on"]) if assessment["on"] else None
        shown["assessment"] = {**assessment, "assessed_on": on}
    return shown


def _download(made: Receipt, name: str) -> HttpResponse:
    response = JsonResponse(made.document, json_dumps_params={"indent": 2, "ensure_ascii": False})
    response["Content-Disposition"] = f'attachment; filename="verification-{name}.json"'
    response["Cache-Control"] = "no-store"
    return response
