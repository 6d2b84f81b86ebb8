"""The verification page: a verdict in words, live, for whoever opens a badge's address."""

import io
import uuid
from typing import Any

import segno
from django.contrib.auth.models import AnonymousUser
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from assertions.documents import award_url, evidence_url
from assertions.models import Award, Evidence
from assertions.queries import page_state, public_state
from assertions.services.registering import register_sentence, standing_of
from assertions.services.sentences import Sentence, day, moment
from assertions.services.verdicts import explain, headline, not_public, on_hold
from assertions.services.verification import verify_award
from assertions.views.documents import hosted_document
from assertions.views.holding import holds
from common.addresses import normalise, problem_with
from common.fixed_headers import put
from common.kept import KeptBytes
from common.languages import current_language
from common.negotiation import (
    add_vary,
    impersonal_page,
    is_personal,
    not_acceptable,
    preferred_type,
    public_document,
)
from common.ratelimits import limited
from issuers.queries import confirmed_website
from openbadges.recipients import hash_identity

MOMENT = "@@moment@@"  # stands in the kept page where the time of this very visit is written
KEPT = 600  # seconds


@impersonal_page
@public_document
@require_safe
def assertion(request: HttpRequest, award_id: uuid.UUID) -> HttpResponse:
    """The verdict for a browser, the hosted assertion for a machine."""
    wanted = preferred_type(request)
    if wanted is None:
        return not_acceptable()
    if wanted != "text/html":
        return hosted_document(request, award_id, public_state(award_id), wanted)
    return page_of_award(request, award_id)


def page_of_award(request: HttpRequest, award_id: uuid.UUID) -> HttpResponse:
    """Live for who has a session or a message; for everyone else kept by the award's state, which is read at
    every visit: a revocation shows at once."""
    now = timezone.now()
    state = page_state(award_id)
    personal = is_personal(request)
    if personal:
        body = _rendered(request, award_id)
    else:
        deployed = getattr(staticfiles_storage, "manifest_hash", "")
        age = int(now.timestamp()) // KEPT
        key = f"{award_id}:{current_language()}:{state.key(at=now)}:{deployed}:{age}"
        body = _kept(key, request.path, award_id)
    response = HttpResponse(
        body.replace(MOMENT.encode(), moment(now).encode()), status=410 if state.is_gone else 200
    )
    put(response, (("Cache-Control", "private, no-cache" if personal else "public, no-cache"),))
    add_vary(response, "Cookie")
    return response


_PAGES = KeptBytes(room=16_000_000)  # a thousand pages or so; each web process has its own


def _kept(key: str, path: str, award_id: uuid.UUID) -> bytes:
    body = _PAGES.get(key)
    if body is None:
        body = _rendered(_nobody(path), award_id)
        _PAGES.put(key, body)
    return body


def _nobody(path: str) -> HttpRequest:
    """A visit without cookies, query or account: what is kept for everyone can hold nothing of anyone."""
    request = HttpRequest()
    request.method, request.path, request.path_info = "GET", path, path
    request.user = AnonymousUser()
    return request


def _rendered(request: HttpRequest, award_id: uuid.UUID) -> bytes:
    context = _context(award_id)
    if hasattr(request, "session"):
        context["is_theirs"] = context["award"].response == "accepted" and holds(request, context["award"])
    return render_to_string("assertions/assertion.html", context, request).encode()


@csrf_exempt  # changes nothing, and the page that it is sent from is kept for everyone: it carries no token
@limited("person_match")
@require_http_methods(["GET", "HEAD", "POST"])
def person_match(request: HttpRequest, award_id: uuid.UUID) -> HttpResponse:
    """Is this the person in front of me? The address is hashed and compared, and kept nowhere."""
    if request.method != "POST":
        return redirect("assertion", award_id=award_id)
    if public_state(award_id).is_gone:
        raise Http404
    address = normalise(request.POST.get("address", ""))
    context = _context(award_id) | {"typed": address[:254], "moment": moment(timezone.now())}
    if problem := problem_with(address):
        context["match_error"] = problem
    else:
        award = context["award"]
        context["match"] = hash_identity(address, award.salt) == hash_identity(
            award.recipient.address, award.salt
        )
    status = 400 if problem else 200
    response = render(request, "assertions/assertion.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


@public_document
@require_safe
def qr_code(request: HttpRequest, award_id: uuid.UUID) -> HttpResponse:
    """The page's address as a QR code, to print on paper."""
    if not get_object_or_404(Award.objects.only("pk", "response"), pk=award_id).is_public:
        raise Http404
    code, svg = segno.make(award_url(award_id), error="m", micro=False), io.BytesIO()
    look = {"scale": 8, "border": 4, "light": "#fff", "dark": "#16131f"}
    code.save(svg, kind="svg", xmldecl=False, omitsize=True, title=award_url(award_id), **look)
    response = HttpResponse(svg.getvalue(), content_type="image/svg+xml")
    response["Cache-Control"] = "public, max-age=86400"
    if "download" in request.GET:
        response["Content-Disposition"] = f'attachment; filename="badge-{award_id}.svg"'
    return response


def public_context(award_id: uuid.UUID) -> dict[str, Any]:
    """What the page of an award says; 404 where its holder does not show it."""
    context = _context(award_id)
    if context["hidden"]:
        raise Http404
    return context


def _context(award_id: uuid.UUID) -> dict[str, Any]:
    """What the page says. Until it is accepted, nothing that was written about the person."""
    award = Award.objects.for_pages().filter(pk=award_id).first()
    if award is None:
        raise Http404(_("No badge was ever awarded under this address."))
    if not award.is_public:
        return {"award": award, "hidden": True, "headline": not_public(), "moment": MOMENT}
    report = verify_award(award, at=timezone.now())
    language = current_language()
    accepted = award.response == Award.Response.ACCEPTED
    suspension = None if award.revoked_at else award.suspended
    explained = explain(report)
    explained.meaningful.append(_register_line(award))
    return {
        "award": award,
        "hidden": False,
        "accepted": accepted,
        "report": report,
        "headline": on_hold() if suspension else headline(report),
        "suspension": suspension,
        "suspended": day(suspension.suspended_at) if suspension else "",
        "explained": explained,
        "words_url": reverse("browser_check_words", kwargs={"language": language}),
        "mark_kinds": ("good", "warn", "bad", "none"),
        "text": award.version.text(language),
        "name": award.recipient_name if accepted else "",
        "issued": day(award.issued_on),
        "expires": day(award.expires_at) if award.expires_at else "",
        "revoked": day(award.revoked_at) if award.revoked_at else "",
        "criteria": criteria_of(award, language),
        "evidence": evidence_of(award) if accepted else [],
        "page_url": award_url(award.pk),
        "website": confirmed_website(award.issuer),
        "is_newest": award.badge.current_id == award.version_id,
        "moment": MOMENT,
    }


def _register_line(award: Award) -> Sentence:
    url = reverse("register_entry", kwargs={"award_id": award.pk})
    return register_sentence(award, standing_of(award), at=timezone.now(), url=url)


def criteria_of(award: Award, language: str) -> list[dict[str, Any]]:
    """Each criterion as pages show it: its words, and how it was assessed for this award."""
    assessed = {row.criterion_id: row for row in award.assessments.all()}
    return [
        {"text": criterion.text(language), "criterion": criterion, "assessment": assessed.get(criterion.pk)}
        for criterion in award.version.criteria.all()
    ]


def evidence_of(award: Award) -> list[tuple[Evidence, str | None]]:
    """Each piece with the address where it is found, if it is more than words."""
    return [(row, evidence_url(award.pk, row)) for row in award.evidence.all()]
