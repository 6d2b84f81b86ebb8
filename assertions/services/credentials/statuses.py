"""Status lists: which place a credential gets, and what is said of all places, signed whenever it has changed."""

import hashlib
import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet

from assertions.documents import list_claims, status_list
from assertions.models import Award, AwardQuerySet, Credential, SignedStatusList, StatusList
from assertions.services.credentials.signing import Keys, signed
from issuers.models import Issuer, SigningKey

CLOCKS_DIFFER = timedelta(minutes=5)
SIZE = 131_072  # places of a list: the fewest that the standard allows (Bitstring Status List 1.0, 3.2)
_HALF = 9  # bits: two halves of a number below 2**18, the next even power above SIZE
_MASK = (1 << _HALF) - 1
_ROUNDS = 4


@dataclass(frozen=True)
class TakenPlace:
    """Of one credential, for good: no other gets it."""

    status_list: StatusList
    index: int


def take_places(issuer: Issuer, count: int, *, at: datetime) -> Iterator[TakenPlace]:
    """So many new places of the organisation's lists, in the caller's transaction. Who comes second waits."""
    while count:
        listing = _list_with_room(issuer, at)
        first, some = listing.assigned, min(count, SIZE - listing.assigned)
        StatusList.objects.filter(pk=listing.pk).update(assigned=F("assigned") + some)
        seed = bytes(listing.seed)
        yield from (TakenPlace(listing, place_of(number, seed)) for number in range(first, first + some))
        count -= some


def _list_with_room(issuer: Issuer, at: datetime) -> StatusList:
    lists = StatusList.objects.select_for_update().filter(issuer=issuer)
    while True:
        last = lists.order_by("-number").first()
        if last is not None and last.assigned < SIZE:
            return last
        number = last.number + 1 if last else 1
        fresh = {"seed": secrets.token_bytes(16), "created_at": at}
        StatusList.objects.get_or_create(issuer=issuer, number=number, defaults=fresh)


def place_of(number: int, seed: bytes) -> int:
    """Where the credential goes that was the `number`th of a list: all places are taken once, in an order that only
    the seed tells. A Feistel network over 18 bits, walked until it ends inside of the list."""
    place = number
    while True:
        left, right = place >> _HALF, place & _MASK
        for turn in range(_ROUNDS):
            left, right = right, left ^ _mixed(turn, right, seed)
        place = left << _HALF | right
        if place < SIZE:
            return place


def _mixed(turn: int, half: int, seed: bytes) -> int:
    said = bytes((turn, half >> 8, half & 0xFF))
    return int.from_bytes(hashlib.blake2b(said, digest_size=2, key=seed).digest(), "big") & _MASK


def signed_status_list(*, issuer: Issuer, number: int, purpose: str, at: datetime) -> SignedStatusList:
    """The list as it is now: the kept bytes while they say what is true, else signed anew.

    Raises StatusList.DoesNotExist. Nothing has to remember that an award changed: what a list says is read from the
    awards each time.
    """
    listing = StatusList.objects.select_related("issuer").get(issuer=issuer, number=number)
    said = said_now(listing, purpose)
    kept = SignedStatusList.objects.filter(status_list=listing, purpose=purpose).first()
    if kept is not None and kept.said_sha256 == said.sha256:
        return kept
    return _signed_anew(listing, purpose, said, at=at)


@dataclass(frozen=True)
class Said:
    """The places that are set; `sha256` is of them and of the keys that would sign them now."""

    places: list[int]
    sha256: str


def said_now(listing: StatusList, purpose: str) -> Said:
    places = sorted(set(_set_places(listing, purpose)))
    active = listing.issuer.keys.filter(state=SigningKey.State.ACTIVE).order_by("pk")
    said = json.dumps([list(active.values_list("pk", flat=True)), places])
    return Said(places, hashlib.sha256(said.encode()).hexdigest())


def _set_places(listing: StatusList, purpose: str) -> QuerySet[Credential, int]:
    """The places whose bit is set.

    What is suspended is set in both lists: the standard's schema lets a credential name one list only, and that is the
    one of revocation. Whoever wants to know which of the two it is reads the other.
    """
    awards = Award.objects.of_issuer(listing.issuer)
    suspended = _places(listing, awards.suspended())
    if purpose == StatusList.Purpose.SUSPENSION:
        return suspended
    # Apart, so that the database finds each by an index.
    return suspended.union(
        _places(listing, awards.revoked()), _places(listing, awards.withdrawn_by_recipient())
    )


def _places(listing: StatusList, awards: AwardQuerySet) -> QuerySet[Credential, int]:
    kept = Credential.objects.filter(status_list=listing, award__in=awards.values("pk")).order_by()
    return kept.values_list("status_index", flat=True)


@transaction.atomic
def _signed_anew(listing: StatusList, purpose: str, said: Said, *, at: datetime) -> SignedStatusList:
    slug, number, since = listing.issuer.slug, listing.number, at - CLOCKS_DIFFER
    document = status_list(slug, number, purpose, size=SIZE, places=said.places, at=since)
    made = signed(document, list_claims(slug, number, purpose, at=since), keys=Keys.of(listing.issuer), at=at)
    row, _created = SignedStatusList.objects.update_or_create(
        status_list=listing, purpose=purpose,
        defaults={
            "document": made.document, "token": made.token, "said_sha256": said.sha256, "signed_at": at,
        },
    )  # fmt: skip
    return row
