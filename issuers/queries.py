"""What pages and services ask about organisations and the people in them."""

import ipaddress
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from common.addresses import normalise
from common.calendar import midnight
from issuers.models import ApiToken, DomainCheck, Invitation, Issuer, Membership, SigningKey
from journal.models import Entry


def memberships_of(user: User) -> QuerySet[Membership]:
    """Where the person works, by name."""
    return user.memberships.select_related("issuer").order_by("issuer__name", "issuer_id")


def members_of(issuer: Issuer) -> QuerySet[Membership]:
    return issuer.memberships.select_related("user").order_by("joined_at", "pk")


def open_invitations_of(issuer: Issuer, *, at: datetime) -> QuerySet[Invitation]:
    return (
        Invitation.objects.filter(issuer=issuer)
        .open(at=at)
        .select_related("invited_by")
        .order_by("-created_at")
    )


def invitations_for(user: User, *, at: datetime) -> QuerySet[Invitation]:
    """Open ones to any of the person's verified addresses."""
    addressed = Invitation.objects.open(at=at).filter(address__in=verified_addresses(user))
    return addressed.select_related("issuer", "invited_by").order_by("-created_at")


def verified_addresses(user: User) -> list[str]:
    """In their normal form. To be compared as they are, and never by a database's idea of the same letters: to some,
    a Turkish dotless i is an i, and whoever owns one domain would be taken for the owner of another.
    """
    proved = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    return [normalise(email) for email in proved]


def person_at(address: str) -> User | None:
    """The account that has proved to own the address, letter for letter in its normal form (see `normalise`)."""
    proved = EmailAddress.objects.filter(email=normalise(address), verified=True)
    row = proved.select_related("user").first()
    return row.user if row else None


def other_owners(issuer: Issuer, user: User) -> QuerySet[Membership]:
    """Who could still manage it without this person."""
    return issuer.memberships.filter(role=Membership.Role.OWNER).exclude(user=user)


def sole_ownerships(user: User) -> QuerySet[Issuer]:
    """Organisations where others work and nobody but this person is an owner."""
    others = Membership.objects.filter(issuer=OuterRef("pk")).exclude(user=user)
    owned = Issuer.objects.filter(memberships__user=user, memberships__role=Membership.Role.OWNER)
    return (
        owned.filter(Exists(others))
        .exclude(Exists(others.filter(role=Membership.Role.OWNER)))
        .order_by("name")
    )


def tokens_of(issuer: Issuer, *, at: datetime) -> list[ApiToken]:
    """Those in use first, then what was revoked or has expired; the newest first in each."""
    rows = list(issuer.tokens.select_related("created_by").order_by("-created_at", "-pk")[:200])
    return sorted(rows, key=lambda token: not token.is_usable(at=at))


def website_of(issuer: Issuer) -> str:
    """The host of its website, with the port if it names one; empty where the website is its page on this site, or has
    no name of its own that anybody could put a record or a file at."""
    try:
        parts, site = urlsplit(issuer.url), urlsplit(settings.SITE_URL)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return ""
    if not host or (host == site.hostname and port == site.port) or _is_address(host):
        return ""
    try:
        host = host.encode("idna").decode("ascii") if not host.isascii() else host
    except UnicodeError:
        return ""
    return host if port in (None, 443) else f"{host}:{port}"


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def domain_check_of(issuer: Issuer) -> DomainCheck | None:
    """What is known of the website that it names now."""
    row = DomainCheck.objects.filter(issuer=issuer).first()
    return row if row is not None and row.host == website_of(issuer) else None


def confirmed_website(issuer: Issuer) -> DomainCheck | None:
    """For public pages: the check, where the website confirms the organisation. No query where `issuer` came with its
    `domain_check`."""
    row: DomainCheck | None = getattr(issuer, "domain_check", None)
    is_true = row is not None and row.state == DomainCheck.State.CONFIRMED and row.host == website_of(issuer)
    return row if is_true else None


def later_keys(issuer: Issuer) -> QuerySet[SigningKey]:
    """The RS256 keys that came after the first one: each has an edition of the Profile of its own."""
    return issuer.keys.filter(algorithm=SigningKey.Algorithm.RS256).exclude(number=SigningKey.FIRST)


def journal_of(
    issuer: Issuer,
    *,
    q: str = "",
    action: str = "",
    actor: str = "",
    since: date | None = None,
    until: date | None = None,
) -> QuerySet[Entry]:
    """The lines that match; both days included, in the reader's time zone."""
    rows = Entry.objects.of_issuer(issuer.pk)
    if q:
        rows = rows.filter(Q(target_label__icontains=q) | Q(actor_label__icontains=q) | Q(target_id=q))
    if action:
        rows = rows.filter(action=action)
    if actor:
        rows = rows.filter(actor_id=actor)
    if since:
        rows = rows.filter(at__gte=midnight(since))
    if until:
        rows = rows.filter(at__lt=midnight(until) + timedelta(days=1))
    return rows


def actors_of(issuer: Issuer) -> list[tuple[str, str]]:
    """Who may stand in the journal: (id, name) of members and of tokens."""
    people = [(row.user.actor.id, str(row.user)) for row in members_of(issuer)[:200]]
    tokens = [(token.actor.id, f"API: {token.name}") for token in issuer.tokens.order_by("name")[:200]]
    return [*people, *tokens]
