"""People who leave for good."""

from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.module_loading import import_string

from accounts.models import User
from common.actors import Actor
from journal.models import Action
from journal.services import forget_mails_to, record

UNPROVED_KEPT = timedelta(days=7)


@transaction.atomic
def delete_account(*, user: User, by: Actor, at: datetime) -> None:
    """Erases the person: sign-in, addresses, keys, memberships. What they awarded or earned stays as it is.

    Each act named in settings.BEFORE_ACCOUNT_DELETION goes first, as act(user=, by=, at=): the rooms above know
    what else hangs on a person, and may refuse (common.errors.Refused), as for an organisation's last owner.
    """
    for path in settings.BEFORE_ACCOUNT_DELETION:
        import_string(path)(user=user, by=by, at=at)
    forget_mails_to(EmailAddress.objects.filter(user=user).values_list("email", flat=True))
    number = user.pk
    user.delete()
    # No name and no address: this line outlives them.
    actor = by if by.user_id != number else Actor(id=by.id, label="")
    record(
        scope="site", action=Action.ACCOUNT_DELETED, by=actor, at=at, target=("user", number, ""),
    )  # fmt: skip


@transaction.atomic
def forget_unproved(*, at: datetime) -> int:
    """Accounts that somebody began with an address and never proved: after a week they were never there."""
    proved = EmailAddress.objects.filter(user=OuterRef("pk"), verified=True)
    begun = User.objects.filter(last_login=None, date_joined__lt=at - UNPROVED_KEPT).exclude(Exists(proved))
    return begun.delete()[1].get(User._meta.label, 0)
