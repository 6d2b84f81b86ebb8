"""What recipients are told about an award. Rendered from templates/emails/<kind>/ when it is sent."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.urls import reverse

from accounts.models import User
from assertions.models import AddressChange, Award, Batch, NameRequest, Recipient
from common.links import absolute, absolute_url
from journal.services import Mail

# Composing an address costs more than all else about a mail that is one of many.
_PLACE = "TOKEN"


@lru_cache(maxsize=1)
def _claim_path() -> str:
    return reverse("claim", kwargs={"token": _PLACE})


@lru_cache(maxsize=256)
def _issuer_path(slug: str) -> str:
    return reverse("issuer", kwargs={"slug": slug})


def award_mail(award: Award, *, token: str) -> Mail:
    """The mail with the claim link: what was awarded, by whom, why, and one button."""
    return AwardMails().write(award, token=token)


class AwardMails:
    """The same for many awards of one version: what they have in common is looked up once for each language."""

    def __init__(self) -> None:
        self._usual: dict[str, Mail] = {}

    def write(self, award: Award, *, token: str) -> Mail:
        usual = self._usual.get(award.language)
        if usual is None:
            usual = self._usual[award.language] = _mail("award", award, "", "")
        own = {
            "recipient_name": award.recipient_name,
            "narrative": award.narrative,
            "awarded_by": award.awarder_name,
        }
        return Mail(
            scope=usual.scope, kind=usual.kind, subject=award.mail_subject, recipient=award.recipient.address,
            recipient_name=award.recipient_name, reply_to=usual.reply_to, language=usual.language,
            picture=usual.picture, round=award.round, context={**usual.context, **own},
            secrets={"action_url": absolute(_claim_path().replace(_PLACE, token))},
        )  # fmt: skip


def reminder_mail(award: Award, *, token: str) -> Mail:
    """To someone who has not answered: the same badge, a new link."""
    return _mail("reminder", award, award.recipient.address, absolute_url("claim", token=token))


def expiry_mail(award: Award) -> Mail:
    """To its holder, while it still counts: until when."""
    return _mail("expiry", award, award.recipient.address, absolute_url("assertion", award_id=award.pk))


def sample_mail(award: Award, *, kind: str) -> Mail:
    """A mail about an award that does not exist, for a look; its button leads to the badge."""
    mail = _mail(kind, award, award.recipient.address, action_url="")
    badge = absolute_url("badge_public", badge_id=award.badge_id) if award.badge.current_id else ""
    return replace(
        mail, subject=f"sample:{award.badge_id}:{kind}:{award.language}", asked_for=True,
        secrets={"action_url": badge or absolute_url("issuer", slug=award.issuer.slug)},
    )  # fmt: skip


def new_link_mail(recipient: Recipient, awards: Sequence[Award], *, tokens: Mapping[UUID, str]) -> Mail:
    """Fresh links to what a person was awarded, for someone who asked for them: one mail, however many."""
    newest = awards[0]
    links = [
        {
            "url": absolute_url("claim", token=tokens[award.pk]),
            "badge_name": award.version.text(award.language).name,
            "issuer_name": award.issuer.name,
        }
        for award in awards
    ]
    mail = _mail("new_link", newest, recipient.address, links[0]["url"], subject=recipient.actor_id)
    if len(awards) == 1:
        return replace(mail, asked_for=True)
    # Of several organisations perhaps: the site writes.
    context = {"recipient_name": newest.recipient_name}
    return replace(
        mail, scope="site", reply_to="", picture="", asked_for=True, context=context, secrets={"links": links}
    )


def address_change_mail(change: AddressChange, *, token: str) -> Mail:
    """To the new address: one button that confirms it."""
    mail = _mail(
        "address_change",
        change.award,
        change.address,
        absolute_url("address_change", token=token),
        subject=change.mail_subject,
    )
    return replace(mail, asked_for=True)


def address_changed_mail(change: AddressChange, *, former: str) -> Mail:
    """To the former address: that the badge has moved, and whom to tell if that was not them.

    It warns, so it goes to everyone, as what was asked for does.
    """
    award = change.award
    page = absolute_url("assertion", award_id=award.pk)
    mail = _mail("address_changed", award, former, page, subject=change.mail_subject)
    return replace(_with(mail, issuer_email=award.issuer.email), picture="", asked_for=True)


def revoked_mail(award: Award) -> Mail:
    """What happened and why, and whom to ask."""
    mail = _mail("revoked", award, award.recipient.address, absolute_url("assertion", award_id=award.pk))
    return replace(_with(mail, reason=award.revocation_reason, issuer_email=award.issuer.email), picture="")


def name_asked_mail(request: NameRequest, *, to: User) -> Mail:
    """To who decides: which name is asked for, and one button to the answer."""
    award = request.award
    return Mail(
        scope=award.issuer.scope,
        kind="name_asked",
        subject=request.mail_subject,
        recipient=to.email,
        recipient_name=to.name,
        language=to.language,
        context={
            "sender_name": award.issuer.name,
            "issuer_name": award.issuer.name,
            "badge_name": award.version.text(to.language).name,
            "former_name": award.recipient_name,
            "wanted_name": request.name,
            "action_url": absolute_url("manage:award_detail", slug=award.issuer.slug, award_id=award.pk),
        },
    )


def name_decided_mail(request: NameRequest, *, former: str, token: str = "") -> Mail:
    """Which name the badge bears now. The button leads to the badge; to its claim while it waits for an answer."""
    award = request.award
    page = absolute_url("assertion", award_id=award.pk)
    mail = _mail(
        "name_decided",
        award,
        award.recipient.address,
        absolute_url("claim", token=token) if token else page,
        subject=request.mail_subject,
    )
    told = _with(
        mail, approved=request.state == NameRequest.State.APPROVED, wanted_name=request.name, former_name=former,
        issuer_email=award.issuer.email,
    )  # fmt: skip
    return replace(told, asked_for=True)


def batch_done_mail(batch: Batch) -> Mail:
    """To whoever brought the list: how many were awarded, how many were not, and where to look."""
    facts = {"awarded": batch.awarded, "left_out": batch.duplicate, "failed": batch.wrong + batch.refused}
    return _batch_mail("batch_done", batch, f"batch:{batch.pk}", facts)


def batch_paused_mail(batch: Batch) -> Mail:
    """To whoever brought the list: it does not go on by itself, and why. Once, until somebody more is awarded."""
    facts = {"left": batch.ready, "problem": batch.problem}
    return _batch_mail("batch_paused", batch, f"batch:{batch.pk}:{batch.awarded}", facts)


def _batch_mail(kind: str, batch: Batch, subject: str, facts: Mapping[str, Any]) -> Mail:
    return Mail(
        scope=batch.issuer.scope,
        kind=kind,
        subject=subject,
        recipient=batch.made_by.email if batch.made_by else "",
        recipient_name=batch.made_by_label,
        language=batch.words_language,
        asked_for=True,
        context={
            "issuer_name": batch.issuer.name,
            "batch_name": batch.title,
            "action_url": absolute(f"/manage/{batch.issuer.slug}/batches/{batch.pk}"),
            **facts,
        },
    )


def _with(mail: Mail, **facts: Any) -> Mail:
    return replace(mail, context={**mail.context, **facts})


def _mail(kind: str, award: Award, address: str, action_url: str, *, subject: str = "") -> Mail:
    text = award.version.text(award.language)
    return Mail(
        scope=award.issuer.scope,
        kind=kind,
        subject=subject or award.mail_subject,
        recipient=address,
        recipient_name=award.recipient_name,
        reply_to=award.issuer.email,
        language=award.language,
        picture=award.version.picture.png,
        round=award.round,
        context={
            "sender_name": award.issuer.name,
            "issuer_name": award.issuer.name,
            "issuer_url": absolute(_issuer_path(award.issuer.slug)),
            "badge_name": text.name,
            "badge_description": text.description,
            "picture_alt": text.image_alt,
            "recipient_name": award.recipient_name,
            "narrative": award.narrative,
            "awarded_by": award.awarder_name,
            "badge_id": str(award.badge_id),
            "issued_on": award.issued_on.date().isoformat(),
            "expires_on": award.expires_at.date().isoformat() if award.expires_at else "",
        },
        secrets={"action_url": action_url},
    )
