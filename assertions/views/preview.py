"""What the person will get: the mail and the badge's page, made by the code that makes the real ones."""

import uuid
from email.mime.image import MIMEImage

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp
from django.contrib.auth.decorators import login_required
from django.core.mail import EmailMultiAlternatives
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST

from assertions.forms.award import Draft, PersonRow
from assertions.models import Award
from assertions.services import rehearse
from assertions.views.assertion import page_of_award
from common.links import absolute_url
from issuers.permissions import Permission, SignedInRequest, issuer_for
from journal.emails import words_for, write
from journal.models import Message

# No script runs in a preview and nothing in it can be sent or followed; the mail brings its styles inline.
SANDBOX = {
    "default-src": [NONE], "style-src": [SELF, UNSAFE_INLINE], "img-src": [SELF, "data:"], "font-src": [SELF],
    "frame-ancestors": [SELF], "base-uri": [NONE], "form-action": [NONE], "sandbox": ["allow-same-origin"],
}  # fmt: skip


@login_required
@require_POST
@xframe_options_sameorigin
@csp(SANDBOX)  # type: ignore[arg-type]  # typed for views without arguments
def award_preview(request: SignedInRequest, slug: str, badge_id: uuid.UUID) -> HttpResponse:
    """`show=page` for the badge's page, else the mail; for the first person of the list."""
    issuer = issuer_for(request.user, slug, may=Permission.AWARD)
    badge = get_object_or_404(issuer.badges.awardable().with_current(), pk=badge_id)
    now = timezone.now()
    draft = Draft.read(request.POST, badge, at=now)
    row = (draft.to_award or draft.rows or [PersonRow(_("Alex Martin"))])[0]
    show = show_page if request.POST.get("show") == "page" else show_mail
    response = rehearse(
        badge=badge, nomination=draft.nomination(row, at=now), by=request.user.actor, at=now,
        show=lambda award: show(request, award),
    )  # fmt: skip
    response["Cache-Control"] = "no-store"
    return response


def show_page(request: HttpRequest, award: Award) -> HttpResponse:
    return page_of_award(request, award.pk)


def show_mail(request: HttpRequest, award: Award) -> HttpResponse:
    message = Message.objects.about(award.mail_subject).get()
    link = absolute_url("claim", token="preview")  # noqa: S106  no claim has it
    return shown_mail(
        write(message, secrets={"action_url": link}, words=words_for([message]).get(message.pk))
    )


def shown_mail(mail: EmailMultiAlternatives) -> HttpResponse:
    """A mail as a mail program shows it. To be sent with SANDBOX."""
    html = str(mail.alternatives[0][0])
    for content_id, picture in _pictures(mail):
        html = html.replace(f"cid:{content_id}", f"data:image/png;base64,{picture}")
    return HttpResponse(html)


def _pictures(mail: EmailMultiAlternatives) -> list[tuple[str, str]]:
    """(content id, base64) of the pictures that the mail brings."""
    parts = [part for part in mail.attachments if isinstance(part, MIMEImage)]
    return [(part["Content-ID"].strip("<>"), "".join(str(part.get_payload()).split())) for part in parts]
