"""Invitations by mail, also to people without an account: a link for 14 days, and the address to prove."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common.actors import Actor
from common.addresses import normalise, problem_with
from common.errors import Invalid, Refused
from common.tokens import new_token, token_hash
from issuers.emails import invitation_mail
from issuers.models import Invitation, Issuer, Membership
from issuers.queries import person_at, verified_addresses
from journal.models import Action
from journal.services import queue_mails, record

LIFETIME = timedelta(days=14)


class InvitationClosed(Refused):
    """Withdrawn, used, expired or never made: the same answer for all of them."""

    code = "invitation_closed"
    status = 410


class WrongAddress(Refused):
    """The invitation was sent to an address that this person has not proved to be theirs."""

    code = "wrong_address"


@transaction.atomic
def invite_member(*, issuer: Issuer, address: str, role: str, by: Actor, at: datetime) -> Invitation:
    """Invites an address, by mail. Inviting it again sends a new link, and the old one opens nothing any more."""
    address = normalise(address)
    if sentence := problem_with(address):
        raise Invalid(sentence, fields={"address": sentence})
    if role not in Membership.Role.values:
        raise Invalid(_("Choose a role."), fields={"role": _("Choose a role.")})
    Issuer.objects.select_for_update().get(pk=issuer.pk)
    person = person_at(address)
    if person and issuer.memberships.filter(user=person).exists():
        message = _("%(person)s is a member already.") % {"person": person}
        raise Invalid(message, code="already_member", fields={"address": message})
    open_ones = issuer.invitations.filter(address=address, accepted_at=None, withdrawn_at=None)
    open_ones.update(withdrawn_at=at)
    token = new_token()
    invitation = Invitation.objects.create(
        issuer=issuer, address=address, role=role, token_hash=token_hash(token), invited_by_id=by.user_id,
        created_at=at, expires_at=at + LIFETIME,
    )  # fmt: skip
    language = person.language if person else issuer.language
    queue_mails([invitation_mail(invitation, token=token, inviter=by.label, language=language)], at=at)
    _record(invitation, Action.MEMBER_INVITED, by=by, at=at)
    return invitation


@transaction.atomic
def withdraw_invitation(*, invitation: Invitation, by: Actor, at: datetime) -> None:
    """The link opens nothing any more. Withdrawing twice, or what was accepted, changes nothing."""
    open_one = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, withdrawn_at=None)
    if open_one.update(withdrawn_at=at):
        _record(invitation, Action.INVITATION_WITHDRAWN, by=by, at=at)


def open_invitation(token: str, *, at: datetime) -> Invitation | None:
    """The invitation behind a link, while it can be accepted."""
    rows = Invitation.objects.open(at=at).select_related("issuer", "invited_by")
    return rows.filter(token_hash=token_hash(token)).first()


@transaction.atomic
def accept_invitation(*, invitation: Invitation, user: User, at: datetime) -> Membership:
    """`user` becomes a member. Raises InvitationClosed, or WrongAddress where the address is not proved."""
    locked = Invitation.objects.select_for_update().select_related("issuer")
    current = locked.filter(pk=invitation.pk).first()
    if current is None or current.accepted_at or current.withdrawn_at or current.expires_at <= at:
        raise InvitationClosed(_("This invitation is no longer open. Ask for a new one."))
    if current.address not in verified_addresses(user):
        message = _("This invitation was sent to another address. Sign in with that address, or add it here.")
        raise WrongAddress(message)
    current.accepted_at = at
    current.save(update_fields=["accepted_at"])
    membership, is_new = Membership.objects.get_or_create(
        issuer=current.issuer, user=user, defaults={"role": current.role, "joined_at": at}
    )
    if is_new:
        target, data = ("member", user.pk, str(user)), {"role": membership.role}
        record(
            scope=current.issuer.scope,
            action=Action.MEMBER_JOINED,
            by=user.actor,
            at=at,
            target=target,
            data=data,
        )
    return membership


def masked(address: str) -> str:
    """`i…@example.org`: the journal never forgets, so it must not learn the addresses of those who never came."""
    name, _at, domain = address.rpartition("@")
    return f"{name[:1]}…@{domain}"


def _record(invitation: Invitation, action: Action, *, by: Actor, at: datetime) -> None:
    target = ("invitation", invitation.pk, masked(invitation.address))
    data = {"role": invitation.role}
    record(scope=invitation.issuer.scope, action=action, by=by, at=at, target=target, data=data)
