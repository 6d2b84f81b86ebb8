"""/verify: any badge, of any issuer, brought as an address, a text or a file. Nothing is kept."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from assertions.documents import award_url
from assertions.forms.uploads import Glance
from assertions.forms.verify import Brought, VerifyForm
from assertions.models import Award
from assertions.services.pictures import what_to_verify
from assertions.services.sentences import day, moment
from assertions.services.statements import said
from assertions.services.verdicts import Explained, Headline, explain, headline, not_public, on_hold
from assertions.services.verification import Inquiry, award_of_report, is_former
from common.languages import current_language
from common.ratelimits import allowed, too_many, visitor


@dataclass(frozen=True)
class Finding:
    """One badge that was brought, and what is to be said of it."""

    label: str
    headline: Headline
    explained: Explained
    facts: dict[str, Any]
    award: Award | None
    page_url: str
    is_former: bool


@csrf_exempt  # changes nothing and keeps nothing
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def verify(request: HttpRequest) -> HttpResponse:
    """`?url=` in the address, or the form. HEAD looks nothing up."""
    is_asked = request.method == "POST" or (request.method == "GET" and "url" in request.GET)
    if is_asked and not allowed("verify", visitor(request)):
        return too_many(request)
    form = _form(request) if is_asked else VerifyForm()
    now = timezone.now()
    findings, left_out = _findings(form, now) if is_asked and form.is_valid() else ([], [])
    level = 1 if len(findings) == 1 and not left_out else 2
    context = {"form": form, "findings": findings, "left_out": left_out, "moment": moment(now)}
    context |= {"level": level, "below": level + 1}
    return render(request, "assertions/verify.html", context, status=400 if is_asked and form.errors else 200)


def _form(request: HttpRequest) -> VerifyForm:
    if request.method != "POST":
        return VerifyForm({"text": request.GET["url"]})
    request.upload_handlers = [Glance(request)]  # before anything reads the body
    return VerifyForm(request.POST, request.FILES)


def _findings(form: VerifyForm, now: datetime) -> tuple[list[Finding], list[str]]:
    """What is to be said of each badge; the labels of those for which no time was left."""
    inquiry, address = Inquiry(), form.cleaned_data["address"]
    findings, left_out = [], []
    for brought in form.brought():
        if inquiry.is_over:
            left_out.append(brought.label)
        else:
            findings.append(_finding(brought, inquiry, address, now))
    return findings, left_out


def _finding(brought: Brought, inquiry: Inquiry, address: str, now: datetime) -> Finding:
    document = brought.document
    if isinstance(document, bytes):
        document = what_to_verify(document)
    report = inquiry.verify(document, at=now, recipient=address)
    award = award_of_report(report)
    if award and not award.is_public:
        return Finding(brought.label, not_public(), Explained(), {}, award, "", is_former=False)
    return Finding(
        label=brought.label,
        headline=on_hold() if award and award.suspended and not award.revoked_at else headline(report),
        explained=explain(report) if report.kind else Explained(),
        facts=_own_facts(award) if award else said(report),
        award=award,
        page_url=award_url(award.pk) if award else "",
        is_former=award is not None and is_former(award, report),
    )


def _own_facts(award: Award) -> dict[str, Any]:
    """In the reader's language; the person's name only where they accepted the badge."""
    text = award.version.text(current_language())
    accepted = award.response == Award.Response.ACCEPTED
    return {
        "badge": text.name,
        "description": text.description,
        "issuer": award.issuer.name,
        "person": award.recipient_name if accepted else "",
        "issued": day(award.issued_on),
    }
