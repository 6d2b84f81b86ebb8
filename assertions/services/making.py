"""The maker of awards: rows, signatures, claim links and mails of many people in the caller's transaction.

The number of queries does not depend on the number of people.
"""

import secrets
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import chain

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

import common.among  # noqa: F401  teaches fields the lookup
from assertions.documents import signed_payload
from assertions.emails import AwardMails
from assertions.models import Assessment, Award, Claim, Evidence, Recipient
from assertions.services.assessing import (
    AssessmentInput,
    Criteria,
    assessment_problem,
    assessment_rows,
    criteria_of,
)
from assertions.services.figures import count_awarded
from assertions.services.people import people_kept
from assertions.services.timetable import next_expiry_notice, next_reminder
from assertions.webhooks import award_events
from badges.models import Badge, BadgeVersion
from common.actors import Actor
from common.addresses import name_in, normalise, problem_with
from common.bulk import WORTH_COPYING, insert_rows, like
from common.calendar import months_after
from common.errors import Invalid, Refused
from common.tokens import new_token, token_hash
from issuers.models import Issuer, SigningKey
from issuers.services.keys import kept_key_of, keys_kept, private_key
from journal.models import EventType
from journal.queries import listening
from journal.services import queue_events, queue_mails
from openbadges import jws

CLAIM_LIFETIME = timedelta(days=30)
CHUNK = 500
# What is further away nobody means, and the last hours of the calendar are in no other time zone.
EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)


class AlreadyHeld(Refused):
    """The recipient holds this badge, and it may not be earned again."""

    code = "already_held"


@dataclass(frozen=True)
class EvidenceInput:
    """A link, a stored file, or words alone."""

    url: str = ""
    name: str = ""
    narrative: str = ""
    file: str = ""
    media_type: str = ""
    size: int = 0


@dataclass(frozen=True)
class Nomination:
    """One person who is to get the badge. Empty fields take the defaults of the badge and of the day."""

    address: str
    name: str = ""
    narrative: str = ""
    evidence: Sequence[EvidenceInput] = ()
    assessments: Sequence[AssessmentInput] = ()
    issued_on: datetime | None = None
    expires_at: datetime | None = None
    language: str = ""


@dataclass(frozen=True)
class Outcome:
    """What became of the nominations: awards, and by index those that were refused with the reason.

    `tokens` are the claim links' secrets by award id: shown once, never stored.
    """

    awards: list[Award] = field(default_factory=list)
    refused: dict[int, Refused] = field(default_factory=dict)
    tokens: dict[uuid.UUID, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Row:
    index: int
    award: Award
    evidence: list[Evidence]
    assessments: list[Assessment]


def make_awards(
    *,
    version: BadgeVersion,
    nominations: Sequence[Nomination],
    refused: dict[int, Refused],
    by: Actor,
    at: datetime,
    notify: bool = True,
    round_id: uuid.UUID | None = None,
    ids: Sequence[uuid.UUID] = (),
) -> Outcome:
    """Awards the version to each of the nominations that is not among the `refused` ones; without a journal line.

    Part of its caller's transaction, in which `awardable_version` gave the version. `ids` are those that the awards are
    to have, one for each nomination.
    """
    key = kept_key_of(version.badge.issuer_id)
    criteria = criteria_of(version, (one.assessments for one in nominations))
    refused |= _badly_assessed(nominations, criteria, refused, at)
    rows = _rows(version, key, nominations, criteria, refused, by, at, ids)
    for row in rows:
        row.award.round = round_id
        row.award.remind_at = next_reminder(at, after=at) if notify else None
    _sign(rows, key)
    stored = _store(rows, refused)
    awards = [row.award for row in stored]
    count_awarded(awards)
    tokens = open_claims(awards, at=at)
    if notify:
        mails = AwardMails()
        queue_mails((mails.write(one, token=tokens[one.id]) for one in awards), at=at, about_new=True)
    if awards and version.badge.is_listened_to:
        scope = version.badge.issuer.scope
        queue_events(award_events(awards), scope=scope, kind=EventType.AWARD_CREATED, at=at)
    return Outcome(awards=awards, refused=refused, tokens=tokens)


def open_claims(awards: Sequence[Award], *, at: datetime) -> dict[uuid.UUID, str]:
    """A new claim link for each award; gives the tokens, which are not stored."""
    tokens = {row.id: new_token() for row in awards}
    usual = Claim(created_at=at, expires_at=at + CLAIM_LIFETIME)
    insert_rows(like(usual, award_id=key, token_hash=token_hash(token)) for key, token in tokens.items())
    return tokens


def awardable_version(badge: Badge) -> BadgeVersion:
    """The published version with all that signing and mailing need, as it is now and, in a transaction, stays: the
    active keys as well, and nobody is erased."""
    badge = (
        Badge.objects.select_related("issuer", "current__picture")
        .prefetch_related("current__texts")
        .annotate(
            has_listeners=listening(Issuer(pk=badge.issuer_id).scope),
            keys_kept=keys_kept(badge.issuer_id),
            people_kept=people_kept(),
        )
        .get(pk=badge.pk)
    )
    if badge.state == Badge.State.ARCHIVED:
        raise Refused(_("This badge is archived. Restore it to award it."), code="badge_archived")
    if badge.current is None:
        raise Refused(_("This badge is a draft. Publish it, then award it."), code="badge_is_draft")
    badge.is_listened_to = badge.has_listeners
    badge.current.badge = badge
    version: BadgeVersion = badge.current
    return version


def refused_at_once(nominations: Sequence[Nomination], at: datetime, *, once: bool) -> dict[int, Refused]:
    refused = {index: problem for index, one in enumerate(nominations) if (problem := _problem(one, at))}
    return refused | (_doubles(nominations, refused) if once else {})


def _problem(one: Nomination, at: datetime) -> Refused | None:
    if problem := problem_with(normalise(one.address)):
        return Invalid(problem, code="address", fields={"address": problem})
    if one.issued_on and one.issued_on > at + timedelta(days=1):
        problem = _("The date of award is in the future.")
        return Invalid(problem, code="issued_in_future", fields={"issued_on": problem})
    if one.issued_on and one.issued_on < EARLIEST:
        problem = _("The date of award is before the year 1900.")
        return Invalid(problem, code="issued_too_early", fields={"issued_on": problem})
    if one.expires_at and one.expires_at > LATEST:
        problem = _("This date is too far away. Leave it empty for a badge that does not expire.")
        return Invalid(problem, code="expires_too_late", fields={"expires_at": problem})
    if one.expires_at and one.expires_at <= (one.issued_on or at):
        problem = _("The badge would expire before it is awarded.")
        return Invalid(problem, code="expires_before_issue", fields={"expires_at": problem})
    return None


def _badly_assessed(
    nominations: Sequence[Nomination], criteria: Criteria, refused: dict[int, Refused], at: datetime
) -> dict[int, Refused]:
    return {
        index: problem
        for index, one in enumerate(nominations)
        if index not in refused and (problem := assessment_problem(one.assessments, criteria, at))
    }


def _doubles(nominations: Sequence[Nomination], refused: dict[int, Refused]) -> dict[int, Refused]:
    """Later mentions of an address that stands in the same list already."""
    seen: set[str] = set()
    doubles: dict[int, Refused] = {}
    for index, one in enumerate(nominations):
        address = normalise(one.address)
        if index not in refused and address in seen:
            doubles[index] = AlreadyHeld(_("This address is in the list twice."), code="double")
        seen.add(address)
    return doubles


def _recipients(addresses: Sequence[str], at: datetime) -> tuple[dict[str, Recipient], set[int]]:
    """The rows of these addresses, made where there is none, and the keys of those that we knew before."""
    wanted = sorted(set(addresses))  # one order everywhere: no deadlock
    known = dict(Recipient.objects.filter(address__among=wanted).values_list("address", "pk"))
    usual = Recipient(created_at=at)
    made = _made_recipients([like(usual, address=one) for one in wanted if one not in known])
    usual._state.adding = False
    found = {address: like(usual, id=key, address=address) for address, key in (known | made).items()}
    return found, set(known.values())


def _made_recipients(rows: list[Recipient]) -> dict[str, int]:
    """Their keys by address. Who was made by somebody else meanwhile is not made again."""
    if len(rows) < WORTH_COPYING:
        made = Recipient.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["address"], update_fields=["address"]
        )
        return {row.address: row.pk for row in made}
    insert_rows(rows, ignore_conflicts=True)
    addresses = [row.address for row in rows]
    return dict(Recipient.objects.filter(address__among=addresses).values_list("address", "pk"))


def _held(badge: Badge, recipient_ids: Collection[int]) -> set[int]:
    """Which of them hold the badge."""
    if not recipient_ids:
        return set()
    held = Award.objects.filter(badge=badge, recipient__id__among=recipient_ids, revoked_at=None)
    return set(held.values_list("recipient_id", flat=True))


def already_held(recipient: Recipient) -> AlreadyHeld:
    return AlreadyHeld(
        _("%(address)s already holds this badge.") % {"address": recipient.address},
        fields={"address": _("Already holds this badge.")},
    )


def _rows(
    version: BadgeVersion, key: SigningKey, nominations: Sequence[Nomination], criteria: Criteria,
    refused: dict[int, Refused], by: Actor, at: datetime, ids: Sequence[uuid.UUID],
) -> list[_Row]:  # fmt: skip
    """What will be stored; who holds the badge already goes to `refused`."""
    badge, usual = version.badge, _usual_award(version, key, by, at)
    wanted = [
        (index, one, normalise(one.address)) for index, one in enumerate(nominations) if index not in refused
    ]
    recipients, known = _recipients([address for _index, _one, address in wanted], at)
    held = _held(badge, known)
    rows = []
    for index, one, address in wanted:
        recipient = recipients[address]
        is_repeat = recipient.pk in held
        if is_repeat and not badge.may_be_repeated:
            refused[index] = already_held(recipient)
            continue
        held.add(recipient.pk)
        row = _award(usual, recipient, one, at, is_repeat=is_repeat, key=ids[index] if ids else uuid.uuid4())
        assessments = assessment_rows(row, one.assessments, criteria)
        rows.append(_Row(index, row, _evidence(row, one.evidence), assessments))
    return rows


def _sign(rows: list[_Row], key: SigningKey) -> None:
    private = private_key(key)
    for row in rows:
        payload = signed_payload(
            row.award, address=row.award.recipient.address, evidence=row.evidence, key=key
        )
        row.award.signed = jws.sign(payload, private)


def _usual_award(version: BadgeVersion, key: SigningKey, by: Actor, at: datetime) -> Award:
    """What all of them have in common."""
    return Award(
        issuer=version.badge.issuer, badge=version.badge, version=version, signing_key=key, created_at=at,
        awarded_by_id=by.user_id, awarded_by_label=by.label,
    )  # fmt: skip


def _award(
    usual: Award, recipient: Recipient, one: Nomination, at: datetime, *, is_repeat: bool, key: uuid.UUID
) -> Award:
    issued_on, version = one.issued_on or at, usual.version
    expires_at = one.expires_at
    if expires_at is None and version.valid_months:
        expires_at = months_after(issued_on, version.valid_months)
    row = like(
        usual, id=key, recipient_id=recipient.pk, language=one.language or version.language, issued_on=issued_on,
        expires_at=expires_at, narrative=one.narrative.strip(), salt=secrets.token_hex(16), is_repeat=is_repeat,
        expiry_notice_at=next_expiry_notice(expires_at, after=at) if expires_at else None,
    )  # fmt: skip
    row._state.fields_cache["recipient"] = recipient
    row.call(one.name.strip() or name_in(recipient.address))
    return row


def _evidence(row: Award, given: Sequence[EvidenceInput]) -> list[Evidence]:
    return [
        like(
            _USUAL_EVIDENCE,
            award_id=row.id,
            position=position,
            url=one.url,
            name=one.name,
            narrative=one.narrative,
            file=one.file,
            media_type=one.media_type,
            size=one.size,
        )
        for position, one in enumerate(given, start=1)
    ]


_USUAL_EVIDENCE = Evidence()


def _store(rows: list[_Row], refused: dict[int, Refused]) -> list[_Row]:
    """The rows that are in the table afterwards: the unique constraint has the last word.

    Who was awarded the badge by somebody else between our look and our insert goes to `refused`.
    """
    awards = sorted((row.award for row in rows), key=lambda one: one.recipient_id)  # one order: no deadlock
    stored = rows
    at_once = len(awards) >= WORTH_COPYING and _inserted(awards)
    if not at_once and insert_rows(awards, ignore_conflicts=True, batch_size=CHUNK) != len(awards):
        ids = set(Award.objects.filter(pk__among=[row.award.id for row in rows]).values_list("pk", flat=True))
        stored = [row for row in rows if row.award.id in ids]
        refused.update(
            {row.index: already_held(row.award.recipient) for row in rows if row.award.id not in ids}
        )
    insert_rows(chain.from_iterable(row.evidence for row in stored))
    insert_rows(chain.from_iterable(row.assessments for row in stored))
    return stored


def _inserted(awards: Sequence[Award]) -> bool:
    """Whether all of them are in the table now. It is so but for the rarest moments, and far cheaper to try."""
    try:
        with transaction.atomic():
            insert_rows(awards, batch_size=CHUNK)
    except IntegrityError:
        return False
    return True
