"""Members: roles changed, people removed, ownership handed over. An organisation never loses its last owner."""

from datetime import datetime

from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from common.actors import Actor
from common.errors import Invalid, Refused
from issuers.emails import ownership_mail
from issuers.models import ApiToken, Invitation, Issuer, Membership
from issuers.permissions import ROLES, Permission
from issuers.queries import other_owners, sole_ownerships, verified_addresses
from issuers.services.invitations import withdraw_invitation
from issuers.services.tokens import revoke_token
from journal.models import Action
from journal.services import queue_mails, record

OWNER = Membership.Role.OWNER


class LastOwner(Refused):
    """It would leave an organisation without anybody who may manage it."""

    code = "last_owner"


@transaction.atomic
def change_role(*, membership: Membership, role: str, by: Actor, at: datetime) -> Membership:
    """The member may do what `role` may, from now on. Raises LastOwner."""
    if role not in Membership.Role.values:
        raise Invalid(_("Choose a role."), fields={"role": _("Choose a role.")})
    membership = _locked(membership)
    former = membership.role
    if former == role:
        return membership
    if former == OWNER:
        _refuse_last_owner(membership)
    membership.role = role
    membership.save(update_fields=["role"])
    _take_grants(membership, left=ROLES[role], by=by, at=at)
    _record(membership, Action.MEMBER_ROLE_CHANGED, by=by, at=at, data={"from": former, "to": role})
    return membership


@transaction.atomic
def remove_member(*, membership: Membership, by: Actor, at: datetime) -> None:
    """The person is out, and so is every grant that came from being in. Raises LastOwner."""
    membership = _locked(membership)
    if membership.role == OWNER:
        _refuse_last_owner(membership)
    _end(membership, Action.MEMBER_REMOVED, by=by, at=at)


@transaction.atomic
def leave(*, issuer: Issuer, user: User, at: datetime) -> None:
    """The person goes of their own accord. Raises LastOwner."""
    membership = _locked(get_object_or_404(issuer.memberships, user=user))
    if membership.role == OWNER:
        _refuse_last_owner(membership)
    _end(membership, Action.MEMBER_LEFT, by=user.actor, at=at)


@transaction.atomic
def transfer_ownership(*, issuer: Issuer, to: Membership, by: Actor, at: datetime) -> None:
    """`to` becomes an owner; the owner who hands over becomes an editor. The new owner is told by mail."""
    _lock(issuer.pk)
    people = {row.pk: row for row in issuer.memberships.select_related("issuer", "user")}
    giver = next((row for row in people.values() if row.role == OWNER and row.user_id == by.user_id), None)
    taker = people.get(to.pk)
    if giver is None or taker is None:
        raise Refused(_("The members have changed meanwhile. Look at the list and try again."))
    if taker.pk == giver.pk:
        message = _("Choose somebody else: the organisation is yours already.")
        raise Invalid(message, fields={"to": message})
    taker.role, giver.role = OWNER, Membership.Role.EDITOR
    taker.save(update_fields=["role"])
    giver.save(update_fields=["role"])
    _take_grants(giver, left=ROLES[giver.role], by=by, at=at)
    entry = _record(taker, Action.OWNERSHIP_TRANSFERRED, by=by, at=at, data={"from": str(giver.user)})
    new = taker.user
    mail = ownership_mail(
        issuer, address=new.email, name=new.name, language=new.language, former=by.label, line=entry
    )
    queue_mails([mail], at=at)


@transaction.atomic
def leave_everything(*, user: User, by: Actor, at: datetime) -> None:
    """Before an account is deleted. Raises LastOwner where others depend on this person.

    An organisation where nobody else is stays as it is, without members: what it awarded keeps verifying. Invitations
    that are over no longer tell where the person was reached.
    """
    memberships = list(user.memberships.select_related("issuer", "user").order_by("issuer_id"))
    for membership in memberships:
        _lock(membership.issuer_id)
    if names := [issuer.name for issuer in sole_ownerships(user)]:
        message = ngettext(
            "You are the only owner of %(names)s, and others work there. Hand it over first.",
            "You are the only owner of %(names)s, and others work there. Hand them over first.",
            len(names),
        )
        raise LastOwner(message % {"names": ", ".join(names)})
    for membership in sorted(memberships, key=lambda one: one.issuer.scope):  # as journals are always taken
        _end(membership, Action.MEMBER_LEFT, by=by, at=at)
    sent = Invitation.objects.filter(address__in=verified_addresses(user))
    sent.exclude(pk__in=Invitation.objects.open(at=at).values("pk")).delete()


def _lock(issuer_id: int) -> None:
    """One change of membership at a time in an organisation: two owners cannot leave in the same moment."""
    Issuer.objects.select_for_update().get(pk=issuer_id)


def _locked(membership: Membership) -> Membership:
    """404 where somebody else has removed the member meanwhile: as if the page had been asked for a moment later."""
    _lock(membership.issuer_id)
    return get_object_or_404(Membership.objects.select_related("issuer", "user"), pk=membership.pk)


def _refuse_last_owner(membership: Membership) -> None:
    if not other_owners(membership.issuer, membership.user).exists():
        message = _("An organisation needs an owner. Make somebody else an owner first.")
        raise LastOwner(message)


def _end(membership: Membership, action: Action, *, by: Actor, at: datetime) -> None:
    _take_grants(membership, left=frozenset(), by=by, at=at)
    _record(membership, action, by=by, at=at, data={"role": membership.role})
    membership.delete()


def _take_grants(membership: Membership, *, left: frozenset[Permission], by: Actor, at: datetime) -> None:
    """Revokes what the person gave out and may no longer give: API tokens, invitations."""
    issuer = membership.issuer
    for token in ApiToken.objects.filter(issuer=issuer, created_by=membership.user, revoked_at=None):
        if not left.issuperset(Permission(scope) for scope in token.scopes):
            revoke_token(token=token, by=by, at=at)
    if Permission.MANAGE_MEMBERS not in left:
        sent = issuer.invitations.filter(invited_by=membership.user, accepted_at=None, withdrawn_at=None)
        for invitation in sent:
            withdraw_invitation(invitation=invitation, by=by, at=at)


def _record(membership: Membership, action: Action, *, by: Actor, at: datetime, data: dict[str, str]) -> int:
    """The number of the line."""
    target = ("member", membership.user_id, str(membership.user))
    scope = membership.issuer.scope
    return record(scope=scope, action=action, by=by, at=at, target=target, data=data).number
