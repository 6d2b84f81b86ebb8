"""Claim links and mails: who is waited for can answer, who has answered is not asked again."""

import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db.models import Exists, F, OuterRef

from assertions.models import Award, AwardQuerySet, Claim, FormerSignature
from common.checking import Check, Finding, in_steps
from journal.models import Message
from journal.services.changing import WAITING


def links_of_waiting(at: datetime) -> Iterator[Finding]:
    """A link that has run out can be sent again; one that was never made cannot have been sent."""
    unspent = Claim.objects.filter(award=OuterRef("pk"), spent_at=None)
    for pk in _ids(Award.objects.waiting().filter(~Exists(unspent))):
        yield Finding("award.no_link", "waits for an answer and has no link to answer by", f"award {pk}")


def links_of_answered(at: datetime) -> Iterator[Finding]:
    spent = Claim.objects.filter(award=OuterRef("pk")).exclude(spent_at=None)
    accepted = Award.objects.filter(response=Award.Response.ACCEPTED)
    for pk in _ids(accepted.filter(~Exists(spent))):
        yield Finding("award.accepted_unspent", "was accepted without spending a link", f"award {pk}")
    open_still = Claim.objects.filter(
        spent_at=None, created_at__lt=F("award__responded_at"), award__response=Award.Response.ACCEPTED
    )
    for pk in open_still.values_list("award_id", flat=True).iterator():
        yield Finding("award.link_left_open", "is answered, and an older link still answers", f"award {pk}")


def mails_of_awards(at: datetime) -> Iterator[Finding]:
    """No mail tells of an award that is not there, none that nobody has tried yet asks for an answer that was given,
    none brings a link to somebody else."""
    rows = Message.objects.filter(kind="award", subject__startswith="award:")
    for page in in_steps(rows.only("pk", "subject", "state", "attempts", "recipient")):
        awards = Award.objects.select_related("recipient").in_bulk([_award_of(mail) for mail in page])
        yield from _mail_problems(page, awards)


def _mail_problems(page: Sequence[Message], awards: dict[uuid.UUID, Award]) -> Iterator[Finding]:
    for mail in page:
        award = awards.get(_award_of(mail))
        if award is None:
            yield Finding(
                "mail.no_award", f"tells of {mail.subject}, which does not exist", f"mail {mail.pk}"
            )
        elif (award.revoked_at or award.response != Award.Response.WAITING) and _is_untried(mail):
            what = "is still to be sent although its award was answered or revoked"
            yield Finding("mail.too_late", what, f"mail {mail.pk} ({mail.subject})")
        elif mail.recipient != award.recipient.address and _goes_to_somebody_else(mail):
            what = "is to bring its link to an address at which its award never was"
            yield Finding("mail.other_person", what, f"mail {mail.pk} ({mail.subject})")


def _is_untried(mail: Message) -> bool:
    """Asked again: who answered meanwhile has taken the mail back with the same act."""
    untried = Message.objects.filter(pk=mail.pk, state=Message.State.DUE, attempts=0)
    return mail.attempts == 0 and untried.exists()


def _goes_to_somebody_else(mail: Message) -> bool:
    """What was under way as the award moved to another address knows a link that opens nothing any more."""
    former = FormerSignature.objects.filter(award=_award_of(mail), recipient__address=mail.recipient)
    return mail.state in WAITING and not former.exists()


def _award_of(mail: Message) -> uuid.UUID:
    return uuid.UUID(mail.subject.removeprefix("award:"))


def _ids(rows: AwardQuerySet) -> Iterator[uuid.UUID]:
    yield from rows.order_by().values_list("pk", flat=True).iterator()


CHECKS = (
    Check(
        "who is waited for can answer",
        links_of_waiting,
        "Send these awards again from their pages: that makes a new link.",
    ),
    Check(
        "who has answered is not asked again",
        links_of_answered,
        "These rows were changed outside of the product: nobody accepts but by a link. Compare with the journal; "
        "set spent_at of links that are left open.",
    ),
    Check(
        "mails and awards fit",
        mails_of_awards,
        "Awards are never deleted: restore them from a backup. A mail that comes too late may be deleted.",
    ),
)
