"""What the mails of a badge say: the organisation's own words, per kind and language, with a look and a test."""

import uuid
from typing import Any

from csp.decorators import csp
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods

from assertions.forms.mail_texts import MailTextForm
from assertions.models import MailText
from assertions.services.sampling import sample_message, send_sample
from assertions.services.texts import (
    LONGEST_BODY,
    PLACEHOLDERS,
    reset_text,
    save_text,
    tidy,
    usual_text,
    words_of,
)
from assertions.views.preview import SANDBOX, shown_mail
from badges.models import Badge
from common.errors import Refused
from common.languages import CODES
from issuers.forms import show_refusal
from issuers.models import Issuer
from issuers.permissions import Permission, SignedInRequest, issuer_for
from journal.emails import write
from journal.tasks import send_soon


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def mail_texts(request: SignedInRequest, slug: str, badge_id: uuid.UUID) -> HttpResponse:
    """`kind` and `language` choose the text. POST saves it; `act=test` mails it to whoever asks, too; `act=reset`."""
    issuer = issuer_for(request.user, slug, may=Permission.EDIT_BADGES)
    badge = _badge(issuer, badge_id)
    which = _which(request.POST if request.method == "POST" else request.GET, badge)
    form = MailTextForm(request.POST if request.method == "POST" else None, initial=_shown(badge, which))
    act = request.POST.get("act", "")
    if act == "reset":
        reset_text(badge=badge, by=request.user.actor, at=timezone.now(), **which)
        messages.success(request, _("The usual words are back."))
        return _back(issuer, badge, which)
    if request.method == "POST" and form.is_valid():
        try:
            _save(request, badge, which, form, test=act == "test")
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            return _back(issuer, badge, which)
    return render(request, "assertions/mail_texts.html", _context(request, issuer, badge, which, form))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@xframe_options_sameorigin
@csp(SANDBOX)  # type: ignore[arg-type]  # typed for views without arguments
def mail_text_preview(request: SignedInRequest, slug: str, badge_id: uuid.UUID) -> HttpResponse:
    """The mail as it is saved; POST: with the text that is being written, unknown placeholders as they are."""
    issuer = issuer_for(request.user, slug, may=Permission.EDIT_BADGES)
    badge = _badge(issuer, badge_id)
    which = _which(request.POST if request.method == "POST" else request.GET, badge)
    message = sample_message(badge=badge, at=timezone.now(), **which)
    text = _shown(badge, which)
    if request.method == "POST":
        text = {name: tidy(request.POST.get(name, ""))[:LONGEST_BODY] for name in text}
    is_usual = (text["subject"], text["body"]) == usual_text(which["kind"], which["language"])
    words = None if is_usual else words_of(text["subject"], text["body"], message)
    response = shown_mail(write(message, secrets={"action_url": "#"}, words=words))
    response["Cache-Control"] = "no-store"
    return response


def _badge(issuer: Issuer, badge_id: uuid.UUID) -> Badge:
    badges = issuer.badges.with_current().prefetch_related("versions__texts", "versions__picture")
    return get_object_or_404(badges, pk=badge_id)


def _which(data: QueryDict, badge: Badge) -> dict[str, str]:
    """What is not known becomes the first of its list: links are typed by hand, too."""
    kind, language = data.get("kind", ""), data.get("language", "")
    return {
        "kind": kind if kind in MailText.Kind.values else MailText.Kind.AWARD.value,
        "language": language if language in CODES else badge.shown.language,
    }


def _shown(badge: Badge, which: dict[str, str]) -> dict[str, str]:
    text = MailText.objects.filter(badge=badge, **which).first()
    subject, body = (text.subject, text.body) if text else usual_text(which["kind"], which["language"])
    return {"subject": subject, "body": body}


def _save(
    request: SignedInRequest, badge: Badge, which: dict[str, str], form: MailTextForm, *, test: bool
) -> None:
    user, now = request.user, timezone.now()
    save_text(badge=badge, by=user.actor, at=now, **which, **form.cleaned_data)
    if not test:
        messages.success(request, _("Saved. Mails that have not left yet say it, too."))
        return
    send_sample(badge=badge, address=user.email, name=user.name, by=user.actor, at=now, **which)
    send_soon()
    messages.success(request, _("Saved. A test mail is on its way to %(address)s.") % {"address": user.email})


def _back(issuer: Issuer, badge: Badge, which: dict[str, str]) -> HttpResponse:
    url = reverse("manage:mail_texts", kwargs={"slug": issuer.slug, "badge_id": badge.pk})
    return redirect(f"{url}?kind={which['kind']}&language={which['language']}")


def _context(
    request: SignedInRequest, issuer: Issuer, badge: Badge, which: dict[str, str], form: MailTextForm
) -> dict[str, Any]:
    written = set(MailText.objects.filter(badge=badge).values_list("kind", "language"))
    return {
        "issuer": issuer,
        "nav": "badges",
        "badge": badge,
        "text": badge.shown.text(),
        "form": form,
        **which,
        "kinds": [
            (kind, label, (kind, which["language"]) in written) for kind, label in MailText.Kind.choices
        ],
        "is_own": (which["kind"], which["language"]) in written,
        "placeholders": [
            (f"{{{name}}}", meaning) for name, meaning in zip(PLACEHOLDERS, _meanings(), strict=True)
        ],
    }


def _meanings() -> list[str]:
    return [
        _("the person’s name"),
        _("the badge’s name"),
        _("your organisation’s name"),
        _("the day of the award"),
        _("until when it is valid"),
        _("what the badge says about the person"),
    ]
