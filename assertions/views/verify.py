"""/verify: any badge, of any issuer, brought as an address, a text or a file. Nothing is kept."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from assertions.documents import award_url
from assertions.forms.uploads import Glance
from assertions.forms.verify import VerifyForm
from assertions.models import Award
from assertions.services.bringing import Brought, as_text
from assertions.services.judging import Judged, Verdicts, judge
from assertions.services.receipts import receipt_of
from assertions.services.reports import recipient_matches
from assertions.services.sentences import day, moment
from assertions.services.statements import said
from assertions.services.verdicts import Explained, Headline, explain
from common.languages import current_language
from common.ratelimits import allowed, too_many, visitor


@dataclass(frozen=True)
class Finding:
    """One badge that was brought, and what is to be said of it."""

    brought: Brought
    headline: Headline
    explained: Explained
    facts: dict[str, Any]
    award: Award | None
    page_url: str
    is_former: bool
    matches: bool | None = None
    receipt: str = ""


@csrf_exempt  # changes nothing and keeps nothing
@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("Accept", "Accept-Language")
@never_cache
def verify(request: HttpRequest) -> HttpResponse:
    """`?url=` in the address, or the form. HEAD looks nothing up."""
    is_asked = request.method == "POST" or (request.method == "GET" and "url" in request.GET)
    if is_asked and not allowed("verify", visitor(request)):
        return too_many(request, "verify")
    form = _form(request) if is_asked else VerifyForm()
    now = timezone.now()
    verdicts = _verdicts(form, now) if is_asked and form.is_valid() else Verdicts(now, ())
    findings = [_finding(one, now) for one in verdicts.judged]
    is_pack = len(findings) > 1 or bool(verdicts.elsewhere or verdicts.waiting or verdicts.notes)
    context = {
        "form": form,
        "findings": findings,
        "verdicts": verdicts,
        "is_pack": is_pack,
        "moment": moment(now),
    }
    context |= {"level": 2 if is_pack else 1, "below": 3 if is_pack else 2}
    context |= {"again": _again(verdicts.waiting), "is_done": is_asked and not form.errors}
    return render(request, "assertions/verify.html", context, status=400 if is_asked and form.errors else 200)


def _form(request: HttpRequest) -> VerifyForm:
    if request.method != "POST":
        return VerifyForm({"text": request.GET["url"]})
    request.upload_handlers = [Glance(request)]  # before anything reads the body
    return VerifyForm(request.POST, request.FILES)


def _verdicts(form: VerifyForm, now: datetime) -> Verdicts:
    return judge(form.pack(), at=now, recipient=form.cleaned_data["address"])


def _again(waiting: Iterable[Brought]) -> list[str]:
    """What a button can bring once more: links and texts."""
    return [text for text in (as_text(one.document) for one in waiting) if text]


def _finding(one: Judged, at: datetime) -> Finding:
    report, award, brought = one.report, one.award, one.brought
    if award and not award.is_public:
        return Finding(brought, one.headline, Explained(), {}, award, "", is_former=False)
    return Finding(
        brought=brought,
        headline=one.headline,
        explained=explain(report) if report.kind else Explained(),
        facts=_own_facts(award) if award else said(report),
        award=award,
        page_url=award_url(award.pk) if award else "",
        is_former=one.is_former,
        matches=recipient_matches(report),
        receipt=receipt_of(one, at=at).signed if one.is_badge and not award else "",
    )


def _own_facts(award: Award) -> dict[str, Any]:
    """In the reader's language, with our own picture; the person's name only where they accepted the badge."""
    text = award.version.text(current_language())
    accepted = award.response == Award.Response.ACCEPTED
    return {
        "badge": text.name,
        "description": text.description,
        "picture": award.version.picture.path,
        "picture_alt": text.image_alt,
        "issuer": award.issuer.name,
        "person": award.recipient_name if accepted else "",
        "issued": day(award.issued_on),
    }
