"""Corrections by the recipient: their name, and the address their award is kept under."""

import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import SequenceMatcher

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from assertions.documents import signed_payload
from assertions.emails import address_change_mail, address_changed_mail, name_asked_mail
from assertions.models import AddressChange, Award, Claim, FormerSignature, NameRequest, Recipient
from assertions.services.awarding import open_claims
from assertions.services.claiming import LinkSpent, forget_wish
from assertions.services.people import keep_people
from common.actors import Actor
from common.addresses import normalise, problem_with
from common.errors import Invalid, Refused
from common.tokens import new_token, token_hash
from issuers.models import Membership
from issuers.permissions import ROLES, Permission
from issuers.services.keys import private_key, signing_key_of
from journal.models import Action
from journal.services import queue_mails, record
from journal.services.changing import withdraw_mails
from openbadges import jws

SMALL = 0.75  # how much of a name stays the same in a small correction
LONGEST_NAME = 200
LIFETIME = timedelta(days=2)
_JOINERS = "\u200c\u200d"  # invisible, and part of how names are written in Persian or Hindi


@transaction.atomic
def correct_name(*, award: Award, name: str, at: datetime) -> bool:
    """True where the name is corrected at once; False where it now waits for the awarder's decision."""
    name = tidy_name(name)
    if not name or len(name) > LONGEST_NAME:
        problem = _("Type your name, at most 200 characters.")
        raise Invalid(problem, code="name", fields={"name": problem})
    row = _theirs(award)
    if name == row.recipient_name:
        forget_wish(row)
        return True
    if is_small_correction(row.recipient_name, name, given=row.corrected_from):
        forget_wish(row)
        row.corrected_from = row.corrected_from or row.recipient_name
        row.stamp += 1
        row.save(update_fields=[*row.call(name), "corrected_from", "stamp"])
        _record(row, Action.NAME_CORRECTED, at)
        return True
    _ask_for_name(row, name, at=at)
    return False


def _ask_for_name(award: Award, name: str, *, at: datetime) -> None:
    """Only the newest wish counts. Who decides gets one mail about it, however often it changes."""
    wish, _is_new = NameRequest.objects.update_or_create(
        award=award, state=NameRequest.State.PENDING, defaults={"name": name, "created_at": at}
    )
    withdraw_mails(kind="name_asked", subjects=[wish.mail_subject])
    queue_mails([name_asked_mail(wish, to=user) for user in _who_decides(award)], at=at)
    _record(award, Action.NAME_REQUESTED, at)


def _who_decides(award: Award) -> list[User]:
    """Who awarded it, while they still award here; else the owners."""
    roles = [role for role, granted in ROLES.items() if Permission.AWARD in granted]
    members = award.issuer.memberships.filter(user__is_active=True).select_related("user").order_by("pk")
    awarder = members.filter(user=award.awarded_by_id, role__in=roles)
    return [row.user for row in awarder or members.filter(role=Membership.Role.OWNER)]


def is_small_correction(before: str, after: str, *, given: str = "") -> bool:
    """Case, accents, hyphens and order of words, or a few letters of the name that was first given:
    many small steps do not lead to somebody else's name."""
    old, new = _plain(before), _plain(after)
    if sorted(old.split()) == sorted(new.split()):
        return True
    return SequenceMatcher(None, _plain(given or before), new, autojunk=False).ratio() >= SMALL


def tidy_name(name: str) -> str:
    """On one line, without what nobody sees: control characters, and those that turn the reading direction."""
    shown = (" " if c.isspace() else c for c in name if c.isspace() or c in _JOINERS or _is_visible(c))
    return " ".join("".join(shown).split())


def _is_visible(letter: str) -> bool:
    return not unicodedata.category(letter).startswith("C")


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name.casefold())
    kept = (c if c.isalnum() else " " for c in letters if not unicodedata.combining(c))
    return " ".join("".join(kept).split())


@transaction.atomic
def ask_address_change(*, award: Award, address: str, at: datetime) -> AddressChange:
    """Mails a link to the new address; nothing changes until it is confirmed from there.

    Only the newest request counts: a mistyped address does not stay open.
    """
    row = _theirs(award)
    address = normalise(address)
    problem = problem_with(address)
    if address == row.recipient.address:
        problem = _("The badge is kept under this address already.")
    if problem:
        raise Invalid(problem, code="address", fields={"address": problem})
    _forget_open_changes(row)
    token = new_token()
    change = AddressChange.objects.create(
        award=row, address=address, token_hash=token_hash(token), created_at=at, expires_at=at + LIFETIME
    )
    queue_mails([address_change_mail(change, token=token)], at=at)
    _record(row, Action.ADDRESS_CHANGE_ASKED, at)
    return change


def address_change_for(token: str, *, at: datetime) -> AddressChange:
    """The open change of a link. Raises LinkSpent alike for unknown, used and expired ones."""
    change = (
        AddressChange.objects.filter(token_hash=token_hash(token), confirmed_at=None, expires_at__gt=at)
        .select_related("award__issuer", "award__recipient", "award__version", "award__badge")
        .first()
    )
    if change is None or change.award.revoked_at or not change.award.is_public:
        raise LinkSpent
    return change


@dataclass(frozen=True)
class Moved:
    """An award under its new address; `token` of a claim link while it still waits for an answer."""

    award: Award
    token: str


@transaction.atomic
def confirm_address_change(*, token: str, at: datetime) -> Moved:
    """Moves the award to the confirmed address: signed anew, the former bytes kept and still resolving.

    Links that were mailed to the former address open nothing any more.
    """
    keep_people()
    change = address_change_for(token, at=at)
    if not AddressChange.objects.filter(pk=change.pk, confirmed_at=None).update(confirmed_at=at):
        raise LinkSpent
    recipient, _created = Recipient.objects.get_or_create(address=change.address, defaults={"created_at": at})
    award = _theirs(change.award)
    former = award.recipient.address
    _keep_former(award, at)
    _rekey(award, recipient)
    try:
        with transaction.atomic():
            award.save(
                update_fields=[
                    *award.call(award.recipient_name),
                    "recipient",
                    "salt",
                    "signed",
                    "signing_key",
                    "stamp",
                ]
            )
    except IntegrityError as error:
        raise Refused(_("This address already holds this badge."), code="already_held") from error
    Claim.objects.filter(award=award, spent_at=None).update(spent_at=at)
    for kind in ("award", "reminder"):
        withdraw_mails(kind=kind, subjects=[award.mail_subject])
    queue_mails([address_changed_mail(change, former=former)], at=at)
    _record(award, Action.AWARD_REKEYED, at)
    is_waiting = award.response == Award.Response.WAITING
    return Moved(award, open_claims([award], at=at)[award.pk] if is_waiting else "")


def _theirs(award: Award) -> Award:
    """The row, locked; refused where it is no longer theirs to correct."""
    row = (
        Award.objects.select_for_update(of=("self",))
        .select_related("issuer", "recipient", "version__picture", "badge")
        .get(pk=award.pk)
    )
    if row.revoked_at or not row.is_public:
        raise Refused(_("This badge is not public any more, so nothing of it can be changed."), code="gone")
    return row


def _forget_open_changes(award: Award) -> None:
    changes = AddressChange.objects.filter(award=award, confirmed_at=None)
    subjects = [f"address_change:{pk}" for pk in changes.values_list("pk", flat=True)]
    withdraw_mails(kind="address_change", subjects=subjects)
    changes.delete()


def _keep_former(award: Award, at: datetime) -> None:
    FormerSignature.objects.create(
        award=award, recipient_id=award.recipient_id, salt=award.salt, signed=award.signed,
        signing_key_id=award.signing_key_id, replaced_at=at,
    )  # fmt: skip


def _rekey(award: Award, recipient: Recipient) -> None:
    key = signing_key_of(award.issuer_id)
    award.recipient, award.salt, award.signing_key = recipient, secrets.token_hex(16), key
    award.stamp += 1
    payload = signed_payload(award, address=recipient.address, evidence=list(award.evidence.all()), key=key)
    award.signed = jws.sign(payload, private_key(key))


def _record(award: Award, action: Action, at: datetime) -> None:
    record(
        scope=award.issuer.scope, action=action, by=Actor(award.recipient.actor_id, ""), at=at,
        target=("award", award.pk, str(award.version)),
    )  # fmt: skip
