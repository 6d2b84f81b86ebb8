"""Claim links: what a recipient answers. A link is spent by the first answer; looking spends nothing."""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from assertions.models import Award, Claim, NameRequest
from assertions.services.figures import count_moved, place_of
from assertions.webhooks import DECLINED, NOT_ME, WITHDRAWN, award_event
from common.actors import Actor
from common.errors import Refused
from common.tokens import token_hash
from journal.models import Action, EventType
from journal.services import queue_events, record
from journal.services.changing import withdraw_mails


class LinkSpent(Refused):
    """Unknown, used and expired links get the same answer."""

    code = "link_spent"
    status = 404

    def __init__(self) -> None:
        super().__init__(_("This link cannot be used, or not any more."))


_ACTIONS = {
    Award.Response.ACCEPTED: Action.AWARD_ACCEPTED,
    Award.Response.DECLINED: Action.AWARD_DECLINED,
    Award.Response.NOT_ME: Action.AWARD_DISOWNED,
    Award.Response.WITHDRAWN: Action.AWARD_WITHDRAWN,
}


def claim_for(token: str, *, at: datetime) -> Claim:
    """The open claim of a link. Raises LinkSpent alike for unknown, used and expired ones."""
    claims = Claim.objects.open(at=at).select_related(
        "award__issuer", "award__recipient", "award__version__badge"
    )
    claim = claims.filter(token_hash=token_hash(token)).first()
    if claim is None or not claim.award.is_public:
        raise LinkSpent
    return claim


@transaction.atomic
def accept(*, token: str, at: datetime) -> Award:
    """The badge is theirs: its page is shown with their name."""
    return _answer(token, Award.Response.ACCEPTED, note="", at=at)


@transaction.atomic
def decline(*, token: str, at: datetime, note: str = "") -> Award:
    """They do not want it: the badge stops being public."""
    return _answer(token, Award.Response.DECLINED, note=note, at=at)


@transaction.atomic
def disown(*, token: str, at: datetime, note: str = "") -> Award:
    """The mail reached somebody else: the badge stops being public and the awarder sees why."""
    return _answer(token, Award.Response.NOT_ME, note=note, at=at)


@transaction.atomic
def reopen(*, token: str, at: datetime) -> Award:
    """Brings someone who accepted earlier back to their badge, on any device; spends the link."""
    claim = claim_for(token, at=at)
    if claim.award.response != Award.Response.ACCEPTED or not _spend(claim, at):
        raise LinkSpent
    return claim.award


@transaction.atomic
def withdraw(*, award: Award, at: datetime) -> Award:
    """A recipient takes an accepted badge back out of the public, as they may at any time."""
    if not _respond(award, Award.Response.ACCEPTED, Award.Response.WITHDRAWN, note="", at=at):
        raise Refused(_("This badge is not public."), code="not_accepted")
    _nothing_more_to_do(award, at)
    return award


@transaction.atomic
def show_again(*, award: Award, at: datetime) -> Award:
    """A recipient changes their mind about withdrawing."""
    if not _respond(award, Award.Response.WITHDRAWN, Award.Response.ACCEPTED, note="", at=at):
        raise Refused(_("This badge cannot be shown again."), code="not_withdrawn")
    return award


def _answer(token: str, response: Award.Response, *, note: str, at: datetime) -> Award:
    claim = claim_for(token, at=at)
    # Of many clients that answer at once exactly one wins: the guarded updates decide, not the look above.
    award = claim.award
    if not _spend(claim, at) or not _respond(award, Award.Response.WAITING, response, note=note, at=at):
        raise LinkSpent
    _nothing_more_to_do(award, at)
    return award


def _spend(claim: Claim, at: datetime) -> bool:
    return bool(Claim.objects.filter(pk=claim.pk, spent_at=None, expires_at__gt=at).update(spent_at=at))


def _respond(award: Award, before: Award.Response, after: Award.Response, *, note: str, at: datetime) -> bool:
    waiting = Award.objects.filter(pk=award.pk, response=before, revoked_at=None)
    changed = waiting.update(response=after, responded_at=at, response_note=note[:500], stamp=F("stamp") + 1)
    if not changed:
        return False
    award.refresh_from_db()
    count_moved([award], was={award.pk: place_of(before)}, now={award.pk: place_of(after)})
    _tell(award, at=at)
    record(
        scope=award.issuer.scope, action=_ACTIONS[after], by=Actor(award.recipient.actor_id, ""), at=at,
        target=("award", award.pk, str(award.version)),
    )  # fmt: skip
    return True


_REASONS = {
    Award.Response.DECLINED: DECLINED,
    Award.Response.NOT_ME: NOT_ME,
    Award.Response.WITHDRAWN: WITHDRAWN,
}


def _tell(award: Award, *, at: datetime) -> None:
    reason = _REASONS.get(Award.Response(award.response), "")
    kind = EventType.AWARD_DECLINED if reason else EventType.AWARD_ACCEPTED
    events = (award_event(row, reason=reason) for row in [award])
    queue_events(events, scope=award.issuer.scope, kind=kind, at=at)


def _nothing_more_to_do(award: Award, at: datetime) -> None:
    """No other link answers, no mail asks again; who turned it down is not to be decided about either."""
    Claim.objects.filter(award=award, spent_at=None).update(spent_at=at)
    for kind in ("award", "reminder"):
        withdraw_mails(kind=kind, subjects=[award.mail_subject])
    if award.response != Award.Response.ACCEPTED:
        forget_wish(award)


def forget_wish(award: Award) -> None:
    """Another name is not asked for any more: nobody has to decide about it."""
    for wish in NameRequest.objects.filter(award=award, state=NameRequest.State.PENDING):
        withdraw_mails(kind="name_asked", subjects=[wish.mail_subject])
        wish.delete()
