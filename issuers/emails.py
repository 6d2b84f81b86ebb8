"""What members are told. Rendered from templates/emails/<kind>/ when it is sent."""

from typing import Any

from accounts.models import User
from common.links import absolute_url
from issuers.models import Archive, DomainCheck, Invitation, Issuer
from journal.models import Webhook
from journal.services import Mail


def invitation_mail(invitation: Invitation, *, token: str, inviter: str, language: str) -> Mail:
    """To whoever is invited, with or without an account: who invites, to what, as what, and one button."""
    issuer = invitation.issuer
    return Mail(
        scope=issuer.scope,
        kind="invitation",
        subject=f"invitation:{invitation.pk}",
        recipient=invitation.address,
        reply_to=issuer.email,
        language=language,
        context={
            "sender_name": issuer.name,
            "issuer_name": issuer.name,
            "inviter": inviter,
            "role": invitation.role,
            "expires_on": invitation.expires_at.date().isoformat(),
        },
        secrets={"action_url": absolute_url("invitation", token=token)},
    )


def ownership_mail(issuer: Issuer, *, address: str, name: str, language: str, former: str, line: int) -> Mail:
    """To the new owner: what is theirs now and who handed it over. `line` is the act's line in the journal."""
    return _to_owner(
        issuer, "ownership", f"ownership:{issuer.pk}:{line}", address=address, name=name, language=language,
        recipient_name=name, former_owner=former, action_url=absolute_url("manage:members", slug=issuer.slug),
    )  # fmt: skip


def website_lost_mail(check: DomainCheck, issuer: Issuer, *, address: str, name: str, language: str) -> Mail:
    """To an owner: which website confirms the organisation no longer, what was found, and one button."""
    return Mail(
        scope=issuer.scope,
        kind="website_lost",
        subject=f"website:{issuer.pk}:{check.checked_at:%Y%m%dT%H%M%S}",
        recipient=address,
        recipient_name=name,
        language=language,
        context={
            "sender_name": issuer.name,
            "issuer_name": issuer.name,
            "host": check.host,
            "problem": check.problem,
            "action_url": absolute_url("manage:website", slug=issuer.slug),
        },
    )


def webhook_stopped_mail(hook: Webhook, issuer: Issuer, *, address: str, name: str, language: str) -> Mail:
    """To an owner: which webhook stopped, why, what becomes of the events, and one button."""
    return _to_owner(
        issuer, "webhook_paused", f"webhook:{hook.pk}:{hook.since:%Y%m%dT%H%M%S}", address=address, name=name,
        language=language, host=hook.host, is_gone=hook.reason == Webhook.Reason.GONE,
        action_url=absolute_url("manage:webhook", slug=issuer.slug, webhook_id=hook.pk),
    )  # fmt: skip


def _to_owner(
    issuer: Issuer, kind: str, subject: str, *, address: str, name: str, language: str, **facts: Any
) -> Mail:
    """From the organisation to whoever owns it; `facts` are what the template names."""
    return Mail(
        scope=issuer.scope,
        kind=kind,
        subject=subject,
        recipient=address,
        recipient_name=name,
        language=language,
        context={"sender_name": issuer.name, "issuer_name": issuer.name, **facts},
    )


def archive_mail(archive: Archive, *, to: User, is_ready: bool) -> Mail:
    """To who asked for it: that it is ready, and for how long; or that it could not be made."""
    issuer = archive.issuer
    return Mail(
        scope=issuer.scope,
        kind="archive",
        subject=f"archive:{archive.pk}",
        recipient=to.email,
        recipient_name=to.name,
        language=to.language,
        asked_for=True,
        context={
            "sender_name": issuer.name,
            "issuer_name": issuer.name,
            "is_ready": is_ready,
            "is_kit": archive.kind == Archive.Kind.KIT,
            "action_url": absolute_url("manage:archives", slug=issuer.slug),
        },
    )
