"""People who arrive with nothing but an address: a code sent to it lets them in, known here or not."""

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from accounts.models import User
from common.addresses import normalise


def account_at(address: str, *, language: str, time_zone: str = "") -> User | None:
    """The account that a code sent to `address` may open: of who has proved the address, or a new one.

    None for an account that is closed, or that names the address without having proved it: no code opens that.
    An unproved address of somebody else's account counts for nothing, so nobody can lie in wait with it.
    """
    address = normalise(address)
    proved = EmailAddress.objects.filter(email=address, verified=True).select_related("user").first()
    if proved:
        return proved.user if proved.user.is_active else None
    named = User.objects.filter(email=address).first()
    if named is None:
        return _new_account(address, language=language, **({"time_zone": time_zone} if time_zone else {}))
    is_unused = not EmailAddress.objects.filter(user=named, verified=True).exists()
    return named if named.is_active and is_unused else None


def _new_account(address: str, **profile: str) -> User:
    """Unproved until the code comes back. Two requests at once make one account."""
    try:
        with transaction.atomic():
            user = User.objects.create_user(address, **profile)
            EmailAddress.objects.create(user=user, email=address, primary=True, verified=False)
    except IntegrityError:
        return User.objects.get(email=address)
    return user
