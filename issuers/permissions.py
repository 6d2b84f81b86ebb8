"""Who may do what: one table for people (roles) and tokens (scopes), and load-and-check in one call."""

from enum import StrEnum

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from issuers.models import ApiToken, Issuer, Membership


class SignedInRequest(HttpRequest):
    """What a view behind login_required is given."""

    user: User


class Permission(StrEnum):
    VIEW = "view"
    EDIT_BADGES = "badges.edit"
    AWARD = "awards.create"
    REVOKE = "awards.revoke"
    READ_JOURNAL = "journal.read"
    MANAGE_MEMBERS = "members.manage"
    MANAGE_TOKENS = "tokens.manage"
    MANAGE_ISSUER = "issuer.manage"
    TRANSFER_OWNERSHIP = "issuer.transfer"


LABELS = {
    Permission.VIEW: _("See badges, awards and people"),
    Permission.EDIT_BADGES: _("Create, publish and archive badges"),
    Permission.AWARD: _("Award badges"),
    Permission.REVOKE: _("Revoke awards"),
    Permission.READ_JOURNAL: _("Read the journal"),
    Permission.MANAGE_MEMBERS: _("Invite and remove members"),
    Permission.MANAGE_TOKENS: _("Manage API tokens and webhooks"),
    Permission.MANAGE_ISSUER: _("Change the organisation’s details"),
    Permission.TRANSFER_OWNERSHIP: _("Hand the organisation over"),
}
Who = User | AnonymousUser | ApiToken
_VIEWER = frozenset({Permission.VIEW})
_AWARDER = _VIEWER | {Permission.AWARD, Permission.REVOKE}
_EDITOR = _AWARDER | {Permission.EDIT_BADGES}
ROLES: dict[str, frozenset[Permission]] = {
    Membership.Role.VIEWER: _VIEWER,
    Membership.Role.AWARDER: _AWARDER,
    Membership.Role.EDITOR: _EDITOR,
    Membership.Role.OWNER: frozenset(Permission),
}
# What a token may be given: nothing that concerns people's access.
TOKEN_SCOPES = (Permission.VIEW, Permission.EDIT_BADGES, Permission.AWARD, Permission.REVOKE)


def issuer_for(who: Who, slug: str, *, may: Permission) -> Issuer:
    """The issuer. 404 to a stranger, 403 to a member without the permission."""
    issuer = Issuer.objects.filter(slug=slug).first()
    granted = permissions_of(who, issuer) if issuer else frozenset()
    if issuer is None or not granted:
        raise Http404
    if may not in granted:
        raise PermissionDenied(_lacking(who, may))
    issuer.granted = granted
    return issuer


def permissions_of(who: Who, issuer: Issuer) -> frozenset[Permission]:
    """Empty for a stranger."""
    if isinstance(who, ApiToken):
        return (
            frozenset(Permission(s) for s in who.scopes) | _VIEWER
            if who.issuer_id == issuer.pk
            else frozenset()
        )
    if not who.is_authenticated:
        return frozenset()
    membership = Membership.objects.filter(issuer=issuer, user=who).first()
    return ROLES[membership.role] if membership else frozenset()


def _lacking(who: Who, permission: Permission) -> str:
    if isinstance(who, ApiToken):
        return gettext("This token lacks the scope “%(scope)s”.") % {"scope": permission.value}
    return gettext("Your role does not include this: %(permission)s.") % {"permission": LABELS[permission]}
