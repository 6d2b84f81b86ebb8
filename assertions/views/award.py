"""Awarding a badge: type or paste people, look, award; then who got it and what is to be mended."""

import uuid
from collections.abc import Sequence

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from assertions.forms.award import MOST_FILES, Draft, PersonRow
from assertions.models import Award
from assertions.queries import awards_of_round, last_mails
from assertions.services import MAX_BYTES, Outcome, award_many, store_evidence
from badges.models import Badge
from common.errors import Invalid, Refused
from common.pagination import page_of
from issuers.models import Issuer
from issuers.permissions import Permission, SignedInRequest, issuer_for
from issuers.tasks import tell_webhooks_soon
from journal.models import Message
from journal.tasks import send_soon

LEFT_OUT = "left_out"
"""Session key: whom the last round left out, until they are mended or forgotten."""


@login_required
@require_safe
def award_choose(request: SignedInRequest, slug: str) -> HttpResponse:
    """Which badge?"""
    issuer = issuer_for(request.user, slug, may=Permission.AWARD)
    badges = issuer.badges.awardable().with_current()
    page = page_of(badges, order=["-created_at", "-pk"], cursor=request.GET.get("cursor", ""))
    person = _person(issuer, request.GET.get("to", ""))
    has_drafts = not page.rows and issuer.badges.filter(state=Badge.State.DRAFT).exists()
    context = {"page": page, "person": person, "has_drafts": has_drafts}
    context["from_file"] = request.GET.get("how") == "file" and not person
    return render(request, "assertions/award_choose.html", _context(issuer, **context))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def award(request: SignedInRequest, slug: str, badge_id: uuid.UUID) -> HttpResponse:
    """One page, redisplayed with all that was typed until it is sent with `act=award` and is complete."""
    issuer = issuer_for(request.user, slug, may=Permission.AWARD)
    badge = get_object_or_404(issuer.badges.with_current(), pk=badge_id)
    if badge.state != Badge.State.PUBLISHED:
        return render(request, "assertions/award_impossible.html", _context(issuer, badge=badge))
    now = timezone.now()
    if request.method != "POST":
        return _page(request, issuer, Draft.begin(badge, _asked_for(issuer, request), at=now))
    draft = Draft.read(request.POST, badge, at=now)
    take_files(draft, request.FILES.getlist("files"))
    if request.POST.get("act") == "award":
        if Award.objects.filter(issuer=issuer, round=draft.round_id).exists():
            return redirect("manage:award_result", slug=slug, round_id=draft.round_id)
        if draft.is_complete and not draft.added and (awarded := _awarded(request, issuer, draft)):
            return awarded
    elif request.POST.get("act") == "check" and not draft.rows:
        draft.people_problem = draft.people_problem or _(
            "Type or paste the people who earned the badge first."
        )
    return _page(request, issuer, draft, is_checked=True)


@login_required
@require_safe
def award_result(request: SignedInRequest, slug: str, round_id: uuid.UUID) -> HttpResponse:
    """Who got it, where their mails are, and whom to mend."""
    issuer = issuer_for(request.user, slug, may=Permission.AWARD)
    rows = list(awards_of_round(issuer, round_id))
    if not rows:
        raise Http404
    mails = last_mails(rows)
    left_out = request.session.get(LEFT_OUT) or {}
    context = {
        "badge": issuer.badges.with_current().get(pk=rows[0].badge_id),
        "rows": [(row, mails.get(row.pk)) for row in rows],
        "round_id": round_id,
        "left_out": left_out if left_out.get("round") == str(round_id) else None,
        "under_way": any(mail.state in (Message.State.DUE, Message.State.LEASED) for mail in mails.values()),
        "failed": sum(mail.state in (Message.State.FAILED, Message.State.BOUNCED) for mail in mails.values()),
        "accepted": sum(row.response == Award.Response.ACCEPTED for row in rows),
        "new_round": uuid.uuid4(),
    }
    return render(request, "assertions/award_result.html", _context(issuer, **context))


def take_files(draft: Draft, uploads: Sequence[UploadedFile]) -> None:
    """Stores what was uploaded; what is refused is said, and the rest of the page stays."""
    for upload in uploads:
        name = upload.name or ""
        if len(draft.files) >= MOST_FILES:
            draft.file_problems.append(_("At most %(most)s files.") % {"most": MOST_FILES})
            break
        if (upload.size or 0) > MAX_BYTES:
            draft.file_problems.append(_("“%(name)s” is larger than 10 MB.") % {"name": name})
            continue
        try:
            draft.files.append(store_evidence(content=upload.read(), name=name))
        except Invalid as problem:
            draft.file_problems.append(problem.message)


def _awarded(request: SignedInRequest, issuer: Issuer, draft: Draft) -> HttpResponse | None:
    """To the page that says who got it; None where nobody could be awarded."""
    now, wanted = timezone.now(), draft.to_award
    try:
        outcome = award_many(
            badge=draft.badge, nominations=[draft.nomination(row, at=now) for row in wanted],
            by=request.user.actor, at=now, round_id=draft.round_id,
        )  # fmt: skip
    except Refused as refusal:
        messages.error(request, refusal.message)
        return None
    _note_refusals(wanted, outcome)
    if not outcome.awards and not Award.objects.filter(issuer=issuer, round=draft.round_id).exists():
        return None
    if outcome.awards:
        send_soon()
        tell_webhooks_soon(issuer.scope)
        _keep_left_out(request, draft)
    return redirect("manage:award_result", slug=issuer.slug, round_id=draft.round_id)


def _note_refusals(wanted: Sequence[PersonRow], outcome: Outcome) -> None:
    """Somebody else awarded them between our look and our award."""
    for index, refused in outcome.refused.items():
        wanted[index].problem, wanted[index].code = refused.message, refused.code


def _keep_left_out(request: HttpRequest, draft: Draft) -> None:
    """So that the next page can show whom the round left out, to be mended there."""
    left = [[row.name, row.address, row.words, row.problem, row.code] for row in draft.left_out]
    request.session.pop(LEFT_OUT, None)
    if left:
        request.session[LEFT_OUT] = {
            "round": str(draft.round_id),
            "rows": left,
            "carried": list(draft.carried().items()),
        }


def _asked_for(issuer: Issuer, request: HttpRequest) -> list[PersonRow]:
    """The person whom another page asked this badge for."""
    person = _person(issuer, request.GET.get("to", ""))
    return [PersonRow(person.recipient_name, person.recipient.address)] if person else []


def _person(issuer: Issuer, recipient_id: str) -> Award | None:
    """The newest award of somebody who was awarded something here before."""
    if not (recipient_id.isascii() and recipient_id.isdigit()) or len(recipient_id) > 18:
        return None
    theirs = Award.objects.of_issuer(issuer).filter(recipient=int(recipient_id))
    return theirs.select_related("recipient").order_by("-issued_on").first()


def _page(request: HttpRequest, issuer: Issuer, draft: Draft, *, is_checked: bool = False) -> HttpResponse:
    context = _context(issuer, draft=draft, badge=draft.badge, is_checked=is_checked)
    is_part = request.headers.get("X-Part") == "people"
    return render(request, "assertions/award_people.html" if is_part else "assertions/award.html", context)


def _context(issuer: Issuer, **more: object) -> dict[str, object]:
    return {"issuer": issuer, "nav": "awards", **more}
