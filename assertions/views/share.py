"""After accepting: show it, share it, mend it, take it back."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assertions.documents import award_url
from assertions.forms.recipient import AddressForm, NameForm
from assertions.models import Award
from assertions.services.claiming import show_again, withdraw
from assertions.services.correcting import address_change_for, confirm_address_change
from assertions.views.claim import ask_for_address, mend_name, sent
from assertions.views.holding import held_award, hold, private, their_language
from common.errors import Refused
from common.languages import current_language
from common.ratelimits import allowed, too_many, visitor
from common.refusals import tried
from issuers.tasks import tell_webhooks_soon
from journal.tasks import send_soon

Page = Callable[[HttpRequest, Award], HttpResponse]


def of_held_award(page: Page) -> Callable[[HttpRequest, uuid.UUID], HttpResponse]:
    """A page about a badge that this browser looks after, in its holder's language; 404 for everyone else."""

    @wraps(page)
    def wrapped(request: HttpRequest, award_id: uuid.UUID) -> HttpResponse:
        award = held_award(request, award_id)
        with their_language(request, award) as language:
            return private(page(request, award), language)

    return wrapped


@require_safe
def share(request: HttpRequest, award_id: uuid.UUID) -> HttpResponse:
    """One's own badge: add it to LinkedIn, send the link, download the picture.

    Who does not hold it is led to its public page: this address, too, gets sent around.
    """
    for response, page in (
        (Award.Response.ACCEPTED, "assertions/share.html"),
        (Award.Response.WITHDRAWN, "assertions/share_withdrawn.html"),
    ):
        try:
            award = held_award(request, award_id, response)
        except Http404:
            continue
        with their_language(request, award) as language:
            return private(_show(request, award, page), language)
    return redirect("assertion", award_id=award_id)


@require_http_methods(["GET", "HEAD", "POST"])
@of_held_award
def share_name(request: HttpRequest, award: Award) -> HttpResponse:
    form = NameForm(sent(request), initial={"name": award.recipient_name})
    if request.method == "POST" and form.is_valid() and mend_name(request, award, form):
        return redirect("share", award_id=award.pk)
    return _show(request, award, "assertions/claim_name.html", form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@of_held_award
def share_address(request: HttpRequest, award: Award) -> HttpResponse:
    form = AddressForm(sent(request))
    if request.method == "POST" and form.is_valid() and ask_for_address(request, award, form):
        return redirect("share", award_id=award.pk)
    return _show(request, award, "assertions/claim_address.html", form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@of_held_award
def share_withdraw(request: HttpRequest, award: Award) -> HttpResponse:
    """Takes the badge out of the public, after saying what that means."""
    if request.method != "POST":
        return _show(request, award, "assertions/share_withdraw.html")
    if tried(request, lambda: withdraw(award=award, at=timezone.now())):
        tell_webhooks_soon(award.issuer.scope)
    return redirect("share", award_id=award.pk)


@require_POST
def share_restore(request: HttpRequest, award_id: uuid.UUID) -> HttpResponse:
    """Withdrawn, and thought better of."""
    award = held_award(request, award_id, Award.Response.WITHDRAWN)
    with their_language(request, award):
        if tried(request, lambda: show_again(award=award, at=timezone.now())):
            tell_webhooks_soon(award.issuer.scope)
            messages.success(request, _("Your badge is public again."))
    return redirect("share", award_id=award_id)


@require_http_methods(["GET", "HEAD", "POST"])
def address_change(request: HttpRequest, token: str) -> HttpResponse:
    """The link in the mail to the new address: GET shows, POST moves the badge. Only misses count against the rate."""
    try:
        change = address_change_for(token, at=timezone.now())
        with their_language(request, change.award) as language:
            if request.method == "POST":
                return private(_move(request, token), language)
            return private(
                _show(request, change.award, "assertions/address_change.html", change=change), language
            )
    except Refused as refused:
        if not allowed("claim", visitor(request)):
            return too_many(request, "claim")
        page = "assertions/address_change_spent.html"
        return private(render(request, page, {"refused": refused}, status=refused.status))


def _move(request: HttpRequest, token: str) -> HttpResponse:
    """Who opens mail sent to the new address holds the badge now, in this browser; or answers it first."""
    moved = confirm_address_change(token=token, at=timezone.now())
    send_soon()
    words = _("Your badge is now kept under %(address)s.")
    messages.success(request, words % {"address": moved.award.recipient.address})
    if moved.token:
        return redirect("claim", token=moved.token)
    hold(request, moved.award)
    return redirect("share", award_id=moved.award.pk)


def _show(request: HttpRequest, award: Award, template: str, **more: Any) -> HttpResponse:
    language = current_language()
    form = more.get("form")
    context = {
        "award": award,
        "text": award.version.text(language),
        "page_url": award_url(award.pk),
        "links": _links(award, language),
        **more,
    }
    return render(request, template, context, status=400 if form is not None and form.errors else 200)


def _links(award: Award, language: str) -> dict[str, str]:
    """Where people share, prefilled; each opens the service's own page."""
    url, name = award_url(award.pk), award.version.text(language).name
    words = _("I earned the badge “%(name)s”.") % {"name": name}
    return {
        "linkedin": "https://www.linkedin.com/profile/add?" + urlencode(_linkedin(award, name, url)),
        "linkedin_post": "https://www.linkedin.com/sharing/share-offsite/?" + urlencode({"url": url}),
        "mastodon": "https://share.joinmastodon.org/#"
        + urlencode({"text": f"{words} {url}"}).replace("+", "%20"),
        "mail": "mailto:?" + urlencode({"subject": words, "body": url}).replace("+", "%20"),
    }


def _linkedin(award: Award, name: str, url: str) -> dict[str, str | int]:
    issued = timezone.localtime(award.issued_on)
    fields: dict[str, str | int] = {
        "startTask": "CERTIFICATION_NAME",
        "name": name,
        "organizationName": award.issuer.name,
        "issueYear": issued.year,
        "issueMonth": issued.month,
        "certUrl": url,
        "certId": str(award.pk),
    }
    if award.expires_at:
        expires = timezone.localtime(award.expires_at)
        fields |= {"expirationYear": expires.year, "expirationMonth": expires.month}
    return fields
