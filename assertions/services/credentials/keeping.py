"""Awards as Open Badges 3.0 credentials: signed when somebody first asks for one, kept for good.

Awarding does not wait for it. Nothing is ever signed twice; only what an award newly says makes a newer edition of it:
it moved to another address, or it was accepted and may tell how its criteria were assessed.
"""

import uuid
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Prefetch

from assertions.documents import Facts, Place, achieved, claims, credential, status_list_url
from assertions.models import Assessment, Award, AwardQuerySet, Credential
from assertions.queries import EditionState
from assertions.services.credentials.signing import Keys, signed
from assertions.services.credentials.statuses import CLOCKS_DIFFER, TakenPlace, take_places
from assertions.services.people import keep_people
from badges.models import BadgeVersion
from common import stopping
from common.bulk import insert_rows
from common.links import absolute
from issuers.models import Issuer

_SAID = (
    "salt", "narrative", "issued_on", "expires_at", "response", "badge_id", "recipient__address",
    "version__badge_id", "version__number", "issuer__slug", "issuer__name", "issuer__url", "issuer__email",
    "issuer__description", "issuer__logo",
)  # fmt: skip
STEP = 100  # awards of one organisation that are signed in one transaction


def credential_of(award: Award | EditionState, *, at: datetime) -> Credential:
    """The award's credential in its newest edition, made where there is none yet.

    Two who ask at once get the same bytes. Raises Award.DoesNotExist where the award was erased meanwhile.
    """
    kept = Credential.objects.current().filter(award=award.id).first()
    if kept is not None and not is_outdated(kept, award):
        return kept
    try:
        return _made(award.id, former=kept, at=at)
    except IntegrityError:  # somebody else was first: theirs is the one
        return Credential.objects.current().get(award=award.id)


def is_outdated(kept: Credential, award: Award | EditionState) -> bool:
    """Whether the award says more or other than this edition, which stays true of its time."""
    accepted = award.response == Award.Response.ACCEPTED
    return kept.salt != award.salt or (kept.lacks_results and accepted)


def sign_all(
    *,
    issuers: Iterable[Issuer] | None = None,
    now: Callable[[], datetime],
    told: Callable[[int], object] = int,
) -> int:
    """Makes the credential of each award that has none; how many. It goes on where it ended, whenever that was."""
    total = 0
    for issuer in Issuer.objects.order_by("pk") if issuers is None else issuers:
        last: uuid.UUID | None = None
        while not stopping.has_begun() and (made := _sign_some(issuer, last, at=now())):
            last, total = made[-1], total + len(made)
            told(total)
    return total


def unsigned(issuer: Issuer) -> AwardQuerySet:
    """Awards that nobody has asked for as a credential yet. What was turned down is left alone."""
    current = Credential.objects.current().filter(award=OuterRef("pk"))
    rows = Award.objects.of_issuer(issuer).filter(~Exists(current))
    return rows.exclude(response__in=Award.TURNED_DOWN)


@transaction.atomic
def _sign_some(issuer: Issuer, last: uuid.UUID | None, *, at: datetime) -> list[uuid.UUID]:
    """The next ones after the award `last`, in the order of their ids: no step looks again at what is done."""
    keep_people()
    waiting = unsigned(issuer).filter(pk__gt=last) if last else unsigned(issuer)
    rows = list(_whole(waiting).order_by("pk")[:STEP])
    if rows:
        keys = Keys.of(issuer)
        places = take_places(issuer, len(rows), at=at)
        made = [_signed(row, place, keys, at=at) for row, place in zip(rows, places, strict=True)]
        insert_rows(made, ignore_conflicts=True)  # what somebody asked for meanwhile is made already
    return [row.pk for row in rows]


@transaction.atomic
def _made(award_id: uuid.UUID, *, former: Credential | None, at: datetime) -> Credential:
    """A first edition, or one in the place of the former one. The table refuses a second current one."""
    keep_people()
    award = _whole(Award.objects.exclude(response=Award.Response.ERASED)).get(pk=award_id)
    keys = Keys.of(award.issuer)  # first, as everywhere
    if former is None:
        (place,) = take_places(award.issuer, 1, at=at)
        row = _signed(award, place, keys, at=at)
    else:
        Credential.objects.current().filter(pk=former.pk).update(replaced_at=at)
        place = TakenPlace(former.status_list, former.status_index)
        row = _signed(award, place, keys, at=at, valid_from=_newer(former, at))
    row.save(force_insert=True)
    return row


def _newer(former: Credential, at: datetime) -> datetime:
    """Valid for a while already, for verifiers whose clock is slow; but after the former edition: so they know which is
    the newer one (Open Badges 3.0, section 4.2.1)."""
    return max(former.valid_from + timedelta(seconds=1), at - CLOCKS_DIFFER)


def _whole(rows: AwardQuerySet) -> AwardQuerySet:
    """With all that a credential says of the award itself."""
    assessed = Prefetch("assessments", Assessment.objects.select_related("criterion"))
    related = rows.select_related("issuer", "recipient", "version")
    return related.prefetch_related("evidence", assessed).only(*_SAID)


def facts_of(award: Award, place: TakenPlace, *, valid_from: datetime) -> Facts:
    """What the credential is to say of the award as it is now."""
    accepted = award.response == Award.Response.ACCEPTED
    return Facts(
        award=award,
        address=award.recipient.address,
        evidence=list(award.evidence.all()),
        results=_in_order(award) if accepted else (),
        place=Place(status_list_url(award.issuer.slug, place.status_list.number), place.index),
        valid_from=valid_from,
    )


def _in_order(award: Award) -> Sequence[Assessment]:
    return sorted(award.assessments.all(), key=lambda row: row.criterion.position)


def _signed(
    award: Award, place: TakenPlace, keys: Keys, *, at: datetime, valid_from: datetime | None = None
) -> Credential:
    """A first edition is valid from the date of award."""
    facts = facts_of(award, place, valid_from=valid_from or award.issued_on)
    document = credential(facts, issuer=award.issuer, achievement=_achievement(award.version))
    made = signed(document, claims(facts), keys=keys, at=at)
    return Credential(
        award=award, status_list=place.status_list, status_index=place.index, salt=award.salt,
        lacks_results=bool(award.assessments.all()) and not facts.results, valid_from=facts.valid_from,
        body=made.body, proof=made.proof, header=made.header, claims=made.claims, signature=made.signature,
        proof_key=keys.proof, token_key=keys.token, made_at=at,
    )  # fmt: skip


def _achievement(version: BadgeVersion) -> Any:
    return _achievement_of(absolute(""), version.badge_id, version.number)


@lru_cache(maxsize=1024)
def _achievement_of(site: str, badge_id: uuid.UUID, number: int) -> Any:
    """Read and put together once: it is most of a credential, and a published version never changes."""
    return achieved(BadgeVersion.objects.with_content().get(badge_id=badge_id, number=number))
