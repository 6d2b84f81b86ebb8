"""What lies on a person's shelf."""

from django.db.models import Q, QuerySet

from accounts.models import User
from assertions.models import Award
from issuers.queries import verified_addresses


def badges_of(user: User) -> QuerySet[Award]:
    """Badges awarded to any address that the person has proved to own, by every organisation: those they accepted, also
    where they were revoked since, those that wait for an answer, and those they took out of the public."""
    theirs = Award.objects.filter(recipient__address__in=verified_addresses(user))
    open_ones = Q(response__in=[Award.Response.WAITING, Award.Response.WITHDRAWN], revoked_at=None)
    shown = theirs.filter(open_ones | Q(response=Award.Response.ACCEPTED))
    return shown.select_related("issuer", "recipient", "suspension", "version__picture").prefetch_related(
        "version__texts"
    )


def waiting_addresses(user: User) -> list[str]:
    """Those at which badges wait for an answer."""
    waiting = Award.objects.waiting().filter(recipient__address__in=verified_addresses(user))
    return sorted(set(waiting.values_list("recipient__address", flat=True)))
