"""API tokens: made, shown once, revoked."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from common.actors import Actor
from common.errors import Invalid
from common.tokens import new_token, token_hash
from issuers.models import ApiToken, Issuer
from issuers.permissions import TOKEN_SCOPES, Permission
from journal.models import Action
from journal.services import record


@transaction.atomic
def make_token(
    *,
    issuer: Issuer,
    name: str,
    scopes: Iterable[str],
    by: Actor,
    at: datetime,
    expires_at: datetime | None = None,
) -> tuple[ApiToken, str]:
    """The new token's row, and the token itself: kept as a hash, so it is never seen again."""
    name = " ".join(name.split())
    wanted = _checked_scopes(scopes)
    if not name or len(name) > 100:
        message = _("Give the token a name of at most 100 characters, so that you know it again.")
        raise Invalid(message, fields={"name": message})
    if expires_at is not None and expires_at <= at:
        message = _("A token must expire in the future.")
        raise Invalid(message, fields={"expires_at": message})
    token = new_token(ApiToken.PREFIX)
    row = ApiToken.objects.create(
        issuer=issuer, name=name, token_hash=token_hash(token), hint=token[: len(ApiToken.PREFIX) + 4],
        scopes=wanted, created_by_id=by.user_id, created_at=at, expires_at=expires_at,
    )  # fmt: skip
    target, data = ("token", row.pk, name), {"scopes": wanted}
    record(scope=issuer.scope, action=Action.TOKEN_CREATED, by=by, at=at, target=target, data=data)
    return row, token


@transaction.atomic
def revoke_token(*, token: ApiToken, by: Actor, at: datetime) -> None:
    """The token opens nothing any more; revoking it twice is the same as once."""
    if not ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=at):
        return
    target = ("token", token.pk, token.name)
    record(scope=token.issuer.scope, action=Action.TOKEN_REVOKED, by=by, at=at, target=target)


def note_use(token: ApiToken, *, at: datetime) -> None:
    """When the token was last used, by the day: one write a day, not one a call."""
    if token.last_used_on != at.date():
        ApiToken.objects.filter(pk=token.pk).update(last_used_on=at.date())
        token.last_used_on = at.date()


def _checked_scopes(scopes: Iterable[str]) -> list[str]:
    """In the order of TOKEN_SCOPES; seeing comes with every token."""
    wanted = set(scopes) | {Permission.VIEW}
    if unknown := sorted(str(scope) for scope in wanted - set(TOKEN_SCOPES)):
        message = _("A token cannot be given: %(scopes)s.") % {"scopes": ", ".join(unknown)}
        raise Invalid(message, fields={"scopes": message})
    return [scope.value for scope in TOKEN_SCOPES if scope in wanted]
