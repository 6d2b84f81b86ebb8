"""Everything on one award, and what can be done about it."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from assertions.documents import award_url
from assertions.models import Assessment, Award, NameRequest, Suspension
from assertions.queries import mails_about
from assertions.services import UNDO_WINDOW, award_instead, can_be_undone, send_again, undo_revocation
from assertions.views.assertion import evidence_of
from badges.models import CriterionText
from common.addresses import normalise
from common.errors import Refused
from common.languages import current_language
from common.refusals import tried
from issuers.models import Issuer
from issuers.permissions import Permission, SignedInRequest, issuer_for
from issuers.tasks import tell_webhooks_soon
from journal.models import Message
from journal.tasks import send_soon

MAIL_ICONS = {
    Message.State.SENT: "mail-check",
    Message.State.FAILED: "mail-x",
    Message.State.UNKNOWN: "mail-question",
    Message.State.BOUNCED: "mail-x",
}


@dataclass(frozen=True)
class Event:
    icon: str
    at: datetime
    words: str
    who: str = ""
    more: str = ""


@login_required
@require_safe
def award_detail(request: SignedInRequest, slug: str, award_id: uuid.UUID) -> HttpResponse:
    issuer = issuer_for(request.user, slug, may=Permission.VIEW)
    award = get_object_or_404(Award.objects.for_pages().filter(issuer=issuer), pk=award_id)
    now, mails = timezone.now(), list(mails_about(award))
    requests = list(award.name_requests.order_by("-created_at"))
    context = {
        "issuer": issuer,
        "nav": "awards",
        "award": award,
        "text": award.version.text(),
        "expired": award.has_expired(at=now),
        "mails": mails,
        "events": sorted(_events(award, mails, requests), key=lambda event: event.at, reverse=True),
        "evidence": evidence_of(award),
        "assessed": _assessed(award),
        "claim": award.claims.order_by("-created_at").first(),
        "pending": next((one for one in requests if one.state == NameRequest.State.PENDING), None),
        "former": list(award.former_signatures.select_related("recipient").order_by("-replaced_at")),
        "page_url": award_url(award.pk),
        "undo_until": award.revoked_at + UNDO_WINDOW
        if award.revoked_at and can_be_undone(award, at=now)
        else None,
        "now": now,
        "suspension": award.suspended,
        **_granted(issuer, award),
    }
    return render(request, "assertions/award_detail.html", context)


@login_required
@require_POST
def award_send_again(request: SignedInRequest, slug: str, award_id: uuid.UUID) -> HttpResponse:
    """To the same address; to another one (`address`) it is awarded anew, and taken back where it went wrong."""
    issuer = issuer_for(request.user, slug, may=Permission.AWARD)
    award = get_object_or_404(Award.objects.of_issuer(issuer).select_related("recipient"), pk=award_id)
    address = normalise(request.POST.get("address", ""))
    try:
        if address and address != award.recipient.address:
            award = award_instead(award=award, address=address, by=request.user.actor, at=timezone.now())
        else:
            send_again(award=award, by=request.user.actor, at=timezone.now())
    except Refused as refusal:
        messages.warning(request, refusal.message)
    else:
        send_soon()
        tell_webhooks_soon(issuer.scope)
        words = _("A mail with a new link is on its way to %(address)s.")
        messages.success(request, words % {"address": award.recipient.address})
    return _back(request, slug, award)


@login_required
@require_POST
def award_undo_revoke(request: SignedInRequest, slug: str, award_id: uuid.UUID) -> HttpResponse:
    issuer = issuer_for(request.user, slug, may=Permission.REVOKE)
    award = get_object_or_404(Award.objects.of_issuer(issuer), pk=award_id)
    if tried(request, lambda: undo_revocation(award=award, by=request.user.actor, at=timezone.now())):
        send_soon()
        tell_webhooks_soon(issuer.scope)
        messages.success(request, _("The badge is valid again, as if nothing had happened."))
    return _back(request, slug, award)


def _back(request: SignedInRequest, slug: str, award: Award) -> HttpResponse:
    """To the page that lists its round, where the form says so, else to its own."""
    if request.POST.get("back") == "result" and award.round:
        return redirect("manage:award_result", slug=slug, round_id=award.round)
    if request.POST.get("back") == "list":
        return redirect("manage:awards", slug=slug)
    if request.POST.get("back") == "mail":
        return redirect("manage:mail_log", slug=slug)
    return redirect("manage:award_detail", slug=slug, award_id=award.pk)


def _assessed(award: Award) -> list[tuple[CriterionText, Assessment]]:
    rows = {one.criterion_id: one for one in award.assessments.all()}
    criteria = award.version.criteria.all() if rows else ()
    return [(one.text(current_language()), rows[one.pk]) for one in criteria if one.pk in rows]


def _granted(issuer: Issuer, award: Award) -> dict[str, Any]:
    may_revoke = Permission.REVOKE in issuer.granted
    is_valid = award.is_public and not award.revoked_at and not award.suspended
    return {
        "may_award": Permission.AWARD in issuer.granted,
        "may_revoke": may_revoke,
        "may_suspend": may_revoke and is_valid,
    }


def _events(award: Award, mails: list[Message], requests: list[NameRequest]) -> list[Event]:
    events = [Event("award", award.created_at, _("Awarded"), award.awarded_by_label)]
    events += [_mail_event(mail) for mail in mails]
    events += [_name_event(one) for one in requests]
    for former in award.former_signatures.all():
        words = _("Moved to another address; the former signature still verifies.")
        events.append(Event("at-sign", former.replaced_at, words))
    if award.responded_at:
        icon = "circle-check" if award.response == Award.Response.ACCEPTED else "circle-x"
        words = str(award.get_response_display())
        events.append(Event(icon, award.responded_at, words, award.recipient_name, award.response_note))
    if suspension := getattr(award, "suspension", None):
        events += _suspension_events(suspension)
    if award.revoked_at:
        events.append(
            Event("ban", award.revoked_at, _("Revoked"), award.revoked_by_label, award.revocation_reason)
        )
    return events


def _suspension_events(last: Suspension) -> list[Event]:
    events = [Event("pause", last.suspended_at, _("Suspended"), last.suspended_by_label, last.reason)]
    if last.lifted_at:
        events.append(Event("play", last.lifted_at, _("Suspension lifted"), last.lifted_by_label))
    return events


def _mail_event(mail: Message) -> Event:
    icon = MAIL_ICONS.get(Message.State(mail.state), "mail")
    titles = {
        "award": _("Mail with the claim link"),
        "reminder": _("Reminder"),
        "expiry": _("Notice of expiry"),
        "revoked": _("Mail about the revocation"),
        "new_link": _("Mail with a new link"),
    }
    what, state = titles.get(mail.kind, _("Mail")), str(mail.get_state_display()).lower()
    words = _("%(what)s: %(state)s") % {"what": what, "state": state}
    return Event(icon, mail.sent_at or mail.created_at, words, mail.recipient, mail.explanation)


def _name_event(request: NameRequest) -> Event:
    words = _("Asked to be named “%(name)s”") % {"name": request.name}
    return Event("signature", request.created_at, words, str(request.get_state_display()))
