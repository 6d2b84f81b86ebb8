"""The organisation's outbox: where each mail is, why, and what to do about it."""

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from assertions.forms.lists import mail_filter
from assertions.models import Award, Batch
from assertions.queries import ASTRAY, MOST_COUNTED, mail_counts, mails_for_members
from common.pagination import page_of
from common.refusals import tried
from issuers.models import Issuer
from issuers.permissions import Permission, SignedInRequest, issuer_for
from journal.models import Message, Suppression
from journal.queries import suppressed
from journal.services.bouncing import address_works, mark_bounced

KINDS = {
    "award": gettext_lazy("Claim link"),
    "award_digest": gettext_lazy("Several badges in one mail"),
    "reminder": gettext_lazy("Reminder"),
    "reminder_digest": gettext_lazy("Reminder of several badges"),
    "expiry": gettext_lazy("Notice of expiry"),
    "revoked": gettext_lazy("Revocation"),
    "name_asked": gettext_lazy("Another name is asked for"),
    "name_decided": gettext_lazy("Answer about a name"),
    "address_change": gettext_lazy("Confirmation of an address"),
    "address_changed": gettext_lazy("Move to another address"),
    "new_link": gettext_lazy("New link"),
    "batch_done": gettext_lazy("Batch done"),
    "invitation": gettext_lazy("Invitation"),
    "ownership": gettext_lazy("Organisation handed over"),
    "archive": gettext_lazy("Archive"),
    "batch_paused": gettext_lazy("A batch was paused"),
    "website_lost": gettext_lazy("Website no longer confirms"),
    "webhook_paused": gettext_lazy("Webhook stopped"),
}


@login_required
@require_safe
def mail_log(request: SignedInRequest, slug: str) -> HttpResponse:
    issuer = issuer_for(request.user, slug, may=Permission.VIEW)
    asked = mail_filter(request.GET)
    mails = mails_for_members(issuer, **asked)
    page = page_of(mails, order=["-created_at", "-pk"], cursor=request.GET.get("cursor", ""))
    awards, returned = _awards_of(issuer, page.rows), _returned(page.rows)
    context = {
        "issuer": issuer,
        "nav": "settings",
        "tab": "mail_log",
        "asked": asked,
        "page": page,
        "rows": [
            (mail, _about(mail), awards.get(mail.subject), (mail.recipient, mail.scope) in returned)
            for mail in page.rows
        ],
        "states": [*Message.State.choices, (ASTRAY, _("All that did not arrive"))],
        "batches": _batches(issuer, asked["batch"]),
        "is_narrow": any(asked.values()),
        "counts": _counts(issuer),
        "may_award": Permission.AWARD in issuer.granted,
    }
    return render(request, "assertions/mail_log.html", context)


@login_required
@require_POST
def mail_bounced(request: SignedInRequest, slug: str, message_id: uuid.UUID) -> HttpResponse:
    """A member saw the mail come back."""
    words = _("%(address)s is not written to any more. Ask the person for another address.")
    return _say(request, slug, message_id, mark_bounced, words)


@login_required
@require_POST
def mail_address_works(request: SignedInRequest, slug: str, message_id: uuid.UUID) -> HttpResponse:
    """The address of a mail that came back can be written to again."""
    words = _("%(address)s is written to again. Send the mail again where it matters.")
    return _say(request, slug, message_id, address_works, words)


def _say(
    request: SignedInRequest, slug: str, message_id: uuid.UUID, service: Callable[..., object], words: str
) -> HttpResponse:
    """What a member knows of a mail's address, told to the service; `words` once it is taken in."""
    issuer = issuer_for(request.user, slug, may=Permission.AWARD)
    message = get_object_or_404(Message.objects.of_scope(issuer.scope), pk=message_id)
    if tried(request, lambda: service(message=message, by=request.user.actor, at=timezone.now())):
        messages.success(request, words % {"address": message.recipient})
    return redirect("manage:mail_log", slug=slug)


def _counts(issuer: Issuer) -> list[tuple[str, str, str]]:
    """(state, its name, how many) of the states that mails are in."""
    counts = mail_counts(issuer)
    return [
        (
            state,
            str(label),
            f"{number_format(min(counts[state], MOST_COUNTED))}{'+' * (counts[state] > MOST_COUNTED)}",
        )
        for state, label in Message.State.choices
        if state in counts
    ]


def _batches(issuer: Issuer, asked: str) -> list[tuple[str, str]]:
    """The one whose mails are looked at, if any: the way here is from its page."""
    return [(asked, row.title) for row in Batch.objects.of_issuer(issuer).filter(pk=asked)] if asked else []


def _about(mail: Message) -> str:
    """What kind of mail it is."""
    return _("Test mail") if mail.subject.startswith("sample:") else str(KINDS.get(mail.kind, mail.kind))


def _returned(mails: list[Message]) -> set[tuple[str, str]]:
    """(address, scope) to which mails come back: nothing is sent there until somebody says that it works."""
    found = suppressed((mail.recipient, mail.scope) for mail in mails)
    return {pair for pair, cause in found.items() if cause == Suppression.Cause.RETURNED}


def _awards_of(issuer: Issuer, mails: list[Message]) -> dict[str, Award]:
    """The awards that the mails speak of, by the mails' subject."""
    ids = [mail.subject.removeprefix("award:") for mail in mails if mail.subject.startswith("award:")]
    awards = Award.objects.of_issuer(issuer).filter(pk__in=ids).defer("signed")
    return {award.mail_subject: award for award in awards}
