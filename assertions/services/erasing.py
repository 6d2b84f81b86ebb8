"""A person who is to be forgotten. What tells who they are goes for good; of each award a tombstone stays.

The tombstone keeps what others rely on and what names nobody: that there was an award, of which version, when, and its
places in status lists and registers. So copies that are about are known to hold no more, and no chain has a gap.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from assertions.models import (
    AddressChange,
    Assessment,
    Award,
    AwardQuerySet,
    BatchRow,
    Claim,
    Credential,
    FormerSignature,
    LinkRequest,
    NameRequest,
    Recipient,
    Suspension,
)
from assertions.services.figures import count_moved, place_of
from assertions.services.files import give_up_evidence
from assertions.services.people import be_alone_with_people
from common.actors import Actor
from common.addresses import TOMBSTONES, normalise
from common.errors import Refused
from issuers.models import Issuer
from issuers.services.calls import forget_answers
from journal.models import Action
from journal.services import record
from journal.services.erasing import forget_everywhere

NAMELESS = "—"


class StillListed(Refused):
    """Somebody is about to award this person something: it would all be there again."""

    code = "still_listed"


@transaction.atomic
def erase_person(*, address: str, by: Actor, at: datetime) -> int:
    """Erases every award that was ever kept under this address, and whatever else is known of whom it reaches; how many
    awards. For good.

    Raises Refused where nobody is known by it, and StillListed while a batch is to award them something.
    """
    be_alone_with_people()
    person = Recipient.objects.select_for_update().filter(address=normalise(address)).first()
    if person is None:
        raise Refused(_("Nobody was awarded anything at this address."), code="unknown_person")
    if BatchRow.objects.ready().filter(address=person.address).exists():
        raise StillListed(_("A batch is about to award this person a badge. Leave the row out first."))
    awards = list(awards_of(person).select_for_update(of=("self",)).select_related("version"))
    people = _known_by(awards, person)
    _empty(awards, at)
    _empty_editions(awards)
    _forget_beside(awards, [one.address for one in people])
    _record(awards, by=by, at=at)
    for one in people:
        Recipient.objects.filter(pk=one.pk).update(address=_tombstone(), user=None)
    return len(awards)


def _tombstone() -> str:
    """An address like no other, here or in any installation that somebody moves in from."""
    return f"{uuid.uuid4().hex}@{TOMBSTONES}"


def awards_of(person: Recipient) -> AwardQuerySet:
    """Also those that went on to another address: it is the same person's."""
    moved = FormerSignature.objects.filter(recipient=person).values("award")
    return Award.objects.filter(Q(recipient=person) | Q(pk__in=moved)).order_by("pk")


def _known_by(awards: Sequence[Award], person: Recipient) -> list[Recipient]:
    """The addresses under which these awards are and were kept, but for those that keep others too."""
    formers = FormerSignature.objects.filter(award__in=awards).values("recipient")
    others = Award.objects.exclude(pk__in=[row.pk for row in awards]).values("recipient")
    others_before = FormerSignature.objects.exclude(award__in=awards).values("recipient")
    theirs = Recipient.objects.filter(Q(pk=person.pk) | Q(awards__in=awards) | Q(pk__in=formers)).distinct()
    return list(theirs.exclude(pk__in=others).exclude(pk__in=others_before))


def _empty(awards: Sequence[Award], at: datetime) -> None:
    """Nothing that was written about the person; a revocation keeps its time, and loses its words."""
    count_moved(
        [row for row in awards if row.revoked_at is None],
        was={row.pk: place_of(row.response) for row in awards},
        now={row.pk: place_of(Award.Response.ERASED) for row in awards},
    )
    rows = Award.objects.filter(pk__in=[row.pk for row in awards])
    rows.update(
        recipient_name=NAMELESS, corrected_from="", search="", salt="", narrative="", signed="", response_note="",
        revocation_note="", response=Award.Response.ERASED, responded_at=at, remind_at=None, expiry_notice_at=None,
        stamp=F("stamp") + 1,
    )  # fmt: skip
    rows.revoked().update(revocation_reason=NAMELESS)


def _empty_editions(awards: Sequence[Award]) -> None:
    """What was signed: the rows stay, for their places in status lists and registers."""
    ids = [row.pk for row in awards]
    FormerSignature.objects.filter(award__in=ids).update(salt="", signed="")
    emptied = dict.fromkeys(("salt", "body", "proof", "header", "claims", "signature"), "")
    Credential.objects.filter(award__in=ids).update(**emptied)


def _forget_beside(awards: Sequence[Award], addresses: Sequence[str]) -> None:
    ids = [row.pk for row in awards]
    subjects = _subjects_of_mails(awards)
    give_up_evidence(ids)
    for model in (Assessment, Suspension, Claim, NameRequest, AddressChange):
        model._default_manager.filter(award__in=ids).delete()
    AddressChange.objects.filter(address__in=addresses).delete()
    LinkRequest.objects.filter(address__in=addresses).delete()
    listed = BatchRow.objects.filter(Q(pk__in=ids) | Q(address__in=addresses))
    listed.update(cells=[], address="", name="", data={}, problems={})
    forget_everywhere(addresses=addresses, subjects=subjects, ids=ids)
    forget_answers(about=ids, issuers={row.issuer_id for row in awards})


def _subjects_of_mails(awards: Sequence[Award]) -> list[str]:
    """Of mails to anybody that speak of them: who decides about a name, or has an address it was to move to, too."""
    ids = [row.pk for row in awards]
    wishes, changes = (model.objects.filter(award__in=ids) for model in (NameRequest, AddressChange))
    return [row.mail_subject for rows in (awards, wishes, changes) for row in rows]


def _record(awards: Sequence[Award], *, by: Actor, at: datetime) -> None:
    """One line for each, with no more than that it happened; organisation by organisation in one order, so that two who
    write in several journals never wait for each other."""
    scopes = {
        issuer.pk: issuer.scope for issuer in Issuer.objects.filter(pk__in={row.issuer_id for row in awards})
    }
    for row in sorted(awards, key=lambda row: scopes[row.issuer_id]):
        target = ("award", row.pk, str(row.version))
        record(scope=scopes[row.issuer_id], action=Action.AWARD_ERASED, by=by, at=at, target=target)
