"""The claim link: the offered badge, and every answer a recipient may give. No account, no script.

Looking spends nothing, whoever looks: only a POST from a person's browser answers.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from assertions.forms.recipient import AddressForm, NameForm, NewLinkForm, NoteForm
from assertions.models import Award
from assertions.queries import award_behind
from assertions.services.claiming import LinkSpent, accept, claim_for, decline, disown, reopen
from assertions.services.correcting import ask_address_change, correct_name
from assertions.services.finding import ask_for_links
from assertions.tasks import answer_soon
from assertions.views.assertion import criteria_of, evidence_of
from assertions.views.holding import held_ids, hold, private, their_language
from common.errors import Refused
from common.languages import current_language
from common.ratelimits import allowed, too_many, visitor
from issuers.tasks import tell_webhooks_soon
from journal.tasks import send_soon

Page = Callable[[HttpRequest, str, Award], HttpResponse]


def of_claim(page: Page) -> Callable[[HttpRequest, str], HttpResponse]:
    """A page below a claim link, in the language of whom the badge was awarded to.

    Unknown, used and expired links get one answer, of one kind and after the same work.
    """

    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(page)
    def wrapped(request: HttpRequest, token: str) -> HttpResponse:
        try:
            award = claim_for(token, at=timezone.now()).award
            with their_language(request, award) as language:
                return private(page(request, token, award), language)
        except LinkSpent:
            return private(_spent(request, token))

    return wrapped


@of_claim
def claim(request: HttpRequest, token: str, award: Award) -> HttpResponse:
    """The badge, who, why and how it was assessed; POST accepts it (or opens it again)."""
    if request.method != "POST":
        return _show(request, award, "assertions/claim.html", token)
    answer = reopen if award.response == Award.Response.ACCEPTED else accept
    award = answer(token=token, at=timezone.now())
    tell_webhooks_soon(award.issuer.scope)
    hold(request, award)
    return redirect("share", award_id=award.pk)


@of_claim
def claim_decline(request: HttpRequest, token: str, award: Award) -> HttpResponse:
    """Asks once more, says what will happen, takes a word for the awarder."""
    return _turn_down(request, token, award, decline, "assertions/claim_decline.html")


@of_claim
def claim_not_me(request: HttpRequest, token: str, award: Award) -> HttpResponse:
    """The mail reached somebody else."""
    return _turn_down(request, token, award, disown, "assertions/claim_not_me.html")


@of_claim
def claim_name(request: HttpRequest, token: str, award: Award) -> HttpResponse:
    """Mend my name, before accepting."""
    form = NameForm(sent(request), initial={"name": award.recipient_name})
    if request.method == "POST" and form.is_valid() and mend_name(request, award, form):
        return redirect("claim", token=token)
    return _show(request, award, "assertions/claim_name.html", token, form=form)


@of_claim
def claim_address(request: HttpRequest, token: str, award: Award) -> HttpResponse:
    """Keep it under another address: a mail goes there, and its button makes the move."""
    form = AddressForm(sent(request))
    if request.method == "POST" and form.is_valid() and ask_for_address(request, award, form):
        return redirect("claim", token=token)
    return _show(request, award, "assertions/claim_address.html", token, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
def new_link(request: HttpRequest) -> HttpResponse:
    """A fresh link to one's badges; the same answer, after the same work, whether there are any or not."""
    form = NewLinkForm(sent(request))
    if request.method == "POST" and form.is_valid():
        if not allowed("new_link_visitor", visitor(request)):
            return too_many(request, "new_link_visitor")
        address = form.cleaned_data["address"]
        if allowed("new_link", address):
            ask_for_links(address=address, at=timezone.now())
            answer_soon()
        return private(render(request, "assertions/new_link_sent.html", {"address": address}))
    status = 400 if request.method == "POST" else 200
    return render(request, "assertions/new_link.html", {"form": form}, status=status)


def sent(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: also to a POST without a single field."""
    return request.POST if request.method == "POST" else None


def mend_name(request: HttpRequest, award: Award, form: NameForm) -> bool:
    """Says what became of the name; False where the form has an error to show instead."""
    try:
        is_mended = correct_name(award=award, name=form.cleaned_data["name"], at=timezone.now())
    except Refused as refused:
        form.add_error("name", refused.message)
        return False
    if is_mended:
        messages.success(request, _("Your name is mended."))
    else:
        send_soon()
        words = _("%(issuer)s has to agree to this name. You will get a mail.")
        messages.info(request, words % {"issuer": award.issuer.name})
    return True


def ask_for_address(request: HttpRequest, award: Award, form: AddressForm) -> bool:
    """False where the form has an error to show instead."""
    address = form.cleaned_data["address"]
    try:
        if not (
            allowed("new_link_visitor", visitor(request))
            and allowed("new_link", f"award {award.pk}")
            and allowed("new_link", address)
        ):
            raise Refused(_("Many mails went out in a short time. Try again in an hour."))
        ask_address_change(award=award, address=address, at=timezone.now())
    except Refused as refused:
        form.add_error("address", refused.message)
        return False
    send_soon()
    messages.info(
        request, _("A mail is on its way to %(address)s. Open it and confirm.") % {"address": address}
    )
    return True


def _turn_down(
    request: HttpRequest, token: str, award: Award, service: Callable[..., Award], template: str
) -> HttpResponse:
    if award.response != Award.Response.WAITING:
        return redirect("claim", token=token)
    form = NoteForm(sent(request))
    if request.method == "POST" and form.is_valid():
        award = service(token=token, at=timezone.now(), note=form.cleaned_data["note"])
        tell_webhooks_soon(award.issuer.scope)
        return _show(request, award, "assertions/claim_turned_down.html", token)
    return _show(request, award, template, token, form=form)


def _spent(request: HttpRequest, token: str) -> HttpResponse:
    """One answer for unknown, used and expired links. Only misses count against the rate.

    The browser that used the link, and holds the badge since, is led to it.
    """
    if award_id := award_behind(token, among=held_ids(request)):
        return redirect("share", award_id=award_id)
    if not allowed("claim", visitor(request)):
        return too_many(request, "claim")
    return render(request, "assertions/claim_spent.html", {"form": NewLinkForm()}, status=404)


def _show(request: HttpRequest, award: Award, template: str, token: str, **more: Any) -> HttpResponse:
    award, language = Award.objects.for_pages().get(pk=award.pk), current_language()
    form = more.get("form")
    context = {
        "award": award,
        "token": token,
        "text": award.version.text(language),
        "criteria": criteria_of(award, language),
        "evidence": evidence_of(award),
        **more,
    }
    return render(request, template, context, status=400 if form is not None and form.errors else 200)
