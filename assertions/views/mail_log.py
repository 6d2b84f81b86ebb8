"""The organisation's outbox: where each mail is, and why."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from assertions.forms.lists import mail_filter
from assertions.models import Award
from assertions.queries import mails_for_members
from common.pagination import page_of
from issuers.models import Issuer
from issuers.permissions import Permission, SignedInRequest, issuer_for
from journal.models import Message

KINDS = {
    "award": _("Claim link"),
    "revoked": _("Revocation"),
    "name_decided": _("Answer about a name"),
    "address_change": _("Confirmation of an address"),
    "new_link": _("New link"),
    "invitation": _("Invitation"),
    "webhook_paused": _("Webhook stopped"),
}


@login_required
@require_safe
def mail_log(request: SignedInRequest, slug: str) -> HttpResponse:
    issuer = issuer_for(request.user, slug, may=Permission.VIEW)
    asked = mail_filter(request.GET)
    mails = mails_for_members(issuer, words=asked["words"], state=asked["state"])
    page = page_of(mails, order=["-created_at", "-pk"], cursor=request.GET.get("cursor", ""))
    awards = _awards_of(issuer, page.rows)
    context = {
        "issuer": issuer,
        "nav": "settings",
        "tab": "mail_log",
        "asked": asked,
        "page": page,
        "rows": [(mail, KINDS.get(mail.kind, mail.kind), awards.get(mail.subject)) for mail in page.rows],
        "states": Message.State.choices,
        "may_award": Permission.AWARD in issuer.granted,
    }
    return render(request, "assertions/mail_log.html", context)


def _awards_of(issuer: Issuer, mails: list[Message]) -> dict[str, Award]:
    """The awards that the mails speak of, by the mails' subject."""
    ids = [mail.subject.removeprefix("award:") for mail in mails if mail.subject.startswith("award:")]
    awards = Award.objects.of_issuer(issuer).filter(pk__in=ids).defer("signed")
    return {award.mail_subject: award for award in awards}
