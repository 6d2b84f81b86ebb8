"""Which acts are not in the register yet. Found by looking what has no entry, so nothing depends on who wrote the rows,
nor on the order in which transactions came to their end."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

import common.among  # noqa: F401  teaches fields the lookup
from assertions.documents import signed_id
from assertions.models import Award, FormerSignature
from assertions.services.revoking import UNDO_WINDOW
from badges.models import BadgeVersion
from common.bulk import chunked
from issuers.models import Issuer
from journal.models import Action, Entry, Leaf, LeafKind
from journal.models.registers import second
from journal.services.registering import LoggedEvent

SOME, MANY = 5000, 100_000
Rows = QuerySet[Any, Any]


def issued(since: datetime | None) -> Rows:
    rows = Award.objects.filter(~_entered(LeafKind.ISSUED)).order_by("created_at", "pk")
    return rows.filter(created_at__gte=since) if since else rows


def revoked(since: datetime | None) -> Rows:
    rows = Award.objects.revoked().filter(
        _entered(LeafKind.ISSUED), ~_entered(LeafKind.REVOKED, at=OuterRef("revoked_at"))
    )
    return (rows.filter(revoked_at__gte=since) if since else rows).order_by("revoked_at", "pk")


def moved(since: datetime | None) -> Rows:
    first = Exists(Leaf.objects.filter(subject=OuterRef("award_id"), kind=LeafKind.ISSUED))
    known = Leaf.objects.filter(subject=OuterRef("award_id"), kind=LeafKind.MOVED, at=OuterRef("replaced_at"))
    rows = FormerSignature.objects.filter(first, ~Exists(known)).order_by("replaced_at", "pk")
    return rows.filter(replaced_at__gte=since) if since else rows


def published(since: datetime | None) -> Rows:
    known = Leaf.objects.filter(
        subject=OuterRef("badge_id"), kind=LeafKind.PUBLISHED, number=OuterRef("number")
    )
    rows = BadgeVersion.objects.published().filter(~Exists(known)).order_by("published_at", "pk")
    return rows.filter(published_at__gte=since) if since else rows


def reinstated(since: datetime | None) -> Rows:
    """Entries of revocations that hold no more, and have no entry that says so."""
    stands = Award.objects.filter(pk=OuterRef("subject"), revoked_at=None)
    later = Leaf.objects.filter(
        subject=OuterRef("subject"), kind=LeafKind.REINSTATED, index__gt=OuterRef("index"),
        register=OuterRef("register"),
    )  # fmt: skip
    rows = Leaf.objects.filter(Exists(stands), ~Exists(later), kind=LeafKind.REVOKED)
    return (rows.filter(at__gte=since - UNDO_WINDOW) if since else rows).order_by("at", "pk")


def issuers_with_new(since: datetime | None) -> list[Issuer]:
    """Organisations that have done what is not in their register."""
    found: set[int] = set(issued(since).order_by().values_list("issuer_id", flat=True).distinct())
    found |= set(revoked(since).order_by().values_list("issuer_id", flat=True).distinct())
    found |= set(moved(since).order_by().values_list("award__issuer_id", flat=True).distinct())
    found |= set(published(since).order_by().values_list("badge__issuer_id", flat=True).distinct())
    scopes = reinstated(since).order_by().values_list("register__scope", flat=True).distinct()
    found |= {int(scope.partition(":")[2]) for scope in scopes}
    return list(Issuer.objects.filter(pk__in=found).order_by("pk"))


def awards_to_enter(issuer: Issuer, since: datetime | None) -> Iterator[list[UUID]]:
    """The awards that have no entry, the oldest first, some at a time; looked up far fewer times than that."""
    last: tuple[UUID, datetime] | None = None
    while True:
        rows = issued(since).filter(issuer=issuer)
        if last:
            pk, created = last
            later = Q(created_at__gt=created) | Q(created_at=created, pk__gt=pk)
            rows = rows.filter(later, created_at__gte=created)
        found = list(rows.values_list("pk", "created_at")[:MANY])
        for some in chunked(found, SOME):
            yield [pk for pk, _created in some]
        if len(found) < MANY:
            return
        last = found[-1]


def next_events(
    issuer: Issuer, *, awards: Sequence[UUID], since: datetime | None, at: datetime
) -> list[LoggedEvent]:
    """Those of these awards, and some other events of the organisation, that have no entry.

    What follows from an award comes once that has its entry: ask again until there is nothing more.
    """
    events = [*_published_events(issuer, since), *_issued_events(awards)]
    events += _moved_events(issuer, since)
    events += _revoked_events(issuer, since)
    events += _reinstated_events(issuer, since, at)
    return events


def revoked_statement(award_id: object, at: datetime) -> bytes:
    """What an entry of a revocation commits to: which award, and when. No reason: it may be mended or erased."""
    return _json({"award": signed_id(award_id), "revoked": second(at)})


def reinstated_statement(award_id: object, at: datetime) -> bytes:
    return _json({"award": signed_id(award_id), "reinstated": second(at)})


def published_statement(badge_id: object, number: int, sha256: str) -> bytes:
    """What an entry of a version commits to: its number, and the hash of all that it says (BadgeVersion.sha256)."""
    return _json({"badge": f"urn:uuid:{badge_id}", "content": f"sha256${sha256}", "version": number})


def first_signed() -> Coalesce:
    """For a query of awards: the bytes that were signed when it was awarded, also where it has moved since."""
    formers = FormerSignature.objects.filter(award=OuterRef("pk")).order_by("replaced_at", "pk")
    return Coalesce(Subquery(formers.values("signed")[:1]), F("signed"))


def signed_after_move() -> Coalesce:
    """For a query of former signatures: the bytes that came in their place."""
    later = FormerSignature.objects.filter(
        award=OuterRef("award_id"), replaced_at__gt=OuterRef("replaced_at")
    ).order_by("replaced_at", "pk")
    return Coalesce(Subquery(later.values("signed")[:1]), F("award__signed"))


def _entered(kind: LeafKind, **same: object) -> Exists:
    return Exists(Leaf.objects.filter(subject=OuterRef("pk"), kind=kind, **same))


def _issued_events(awards: Sequence[UUID]) -> Iterator[LoggedEvent]:
    if not awards:
        return
    rows = issued(None).filter(pk__among=awards).annotate(first=first_signed())
    for pk, at, signed in rows.values_list("pk", "issued_on", "first"):
        yield LoggedEvent(LeafKind.ISSUED, pk, at, signed.encode())


def _moved_events(issuer: Issuer, since: datetime | None) -> Iterator[LoggedEvent]:
    rows = moved(since).filter(award__issuer=issuer).annotate(new=signed_after_move())
    for award_id, at, signed in rows.values_list("award_id", "replaced_at", "new")[:SOME]:
        yield LoggedEvent(LeafKind.MOVED, award_id, at, signed.encode())


def _revoked_events(issuer: Issuer, since: datetime | None) -> Iterator[LoggedEvent]:
    rows = revoked(since).filter(issuer=issuer)
    for award_id, at in rows.values_list("pk", "revoked_at")[:SOME]:
        yield LoggedEvent(LeafKind.REVOKED, award_id, at, revoked_statement(award_id, at))


def _reinstated_events(issuer: Issuer, since: datetime | None, now: datetime) -> Iterator[LoggedEvent]:
    """When that was, the journal tells; the award's row does not."""
    rows = reinstated(since).filter(register__scope=issuer.scope)
    for award_id, revoked_at in rows.values_list("subject", "at")[:SOME]:
        lines = Entry.objects.filter(
            scope=issuer.scope, target_kind="award", target_id=str(award_id), at__gte=revoked_at,
            action=Action.AWARD_REVOCATION_UNDONE,
        )  # fmt: skip
        at = lines.order_by("number").values_list("at", flat=True).first() or now
        yield LoggedEvent(LeafKind.REINSTATED, award_id, at, reinstated_statement(award_id, at))


def _published_events(issuer: Issuer, since: datetime | None) -> Iterator[LoggedEvent]:
    rows = published(since).filter(badge__issuer=issuer)
    for badge_id, number, at, sha256 in rows.values_list("badge_id", "number", "published_at", "sha256")[
        :SOME
    ]:
        statement = published_statement(badge_id, number, sha256)
        yield LoggedEvent(LeafKind.PUBLISHED, badge_id, at, statement, number)


def _json(said: dict[str, object]) -> bytes:
    return json.dumps(said, separators=(",", ":"), sort_keys=True).encode()
