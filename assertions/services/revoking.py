"""Taking awards back, and taking that back. The recipient is told once the time to undo it is over."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef
from django.utils.translation import gettext as _

from assertions.emails import award_mail, revoked_mail
from assertions.models import Award, AwardQuerySet, Claim
from assertions.services.awarding import open_claims
from assertions.services.figures import count_moved, place_of
from assertions.services.recounting import count_anew, not_being_revoked
from assertions.webhooks import award_events
from common.actors import Actor
from common.errors import Invalid, Refused
from journal.models import Action, EventType
from journal.services import queue_events, queue_mails, record
from journal.services.changing import hold_mails, mails_again, subjects_told, withdraw_mails

UNDO_WINDOW = timedelta(minutes=15)


@transaction.atomic
def revoke(
    *, awards: Sequence[Award], reason: str, note: str = "", by: Actor, at: datetime, quietly: bool = False
) -> list[Award]:
    """Revokes those of one organisation's awards that are not revoked yet, and gives them.

    `reason` is shown to the public, `note` only to members; `quietly`: the recipients get no mail.
    """
    reason, note = reason.strip(), note.strip()
    check_words(reason, note)
    rows = revoke_rows(awards, reason=reason, note=note, by=by, at=at, quietly=quietly)
    if rows:
        _record(Action.AWARD_REVOKED, rows, by=by, at=at)
    return rows


def revoke_rows(
    awards: Sequence[Award], *, reason: str, note: str, by: Actor, at: datetime, quietly: bool = False
) -> list[Award]:
    """Revokes those that are not revoked yet, in the caller's transaction and without a journal line."""
    rows = list(_locked([row.pk for row in awards]).filter(revoked_at=None))
    if rows:
        changes = {
            "revoked_at": at, "revoked_by_label": by.label, "revocation_reason": reason, "revocation_note": note,
        }  # fmt: skip
        Award.objects.filter(pk__in=[row.pk for row in rows]).update(**changes, stamp=F("stamp") + 1)
        for row in rows:
            for name, value in changes.items():
                setattr(row, name, value)
        answered = {row.pk: place_of(row.response) for row in rows}
        count_moved(rows, was=answered, now=dict.fromkeys(answered, "revoked"))
        heard = _withdraw_mails(rows)
        if not quietly:
            _tell(heard, at=at)
        queue_events(award_events(rows), scope=rows[0].issuer.scope, kind=EventType.AWARD_REVOKED, at=at)
    return rows


@transaction.atomic
def undo_revocation(*, award: Award, by: Actor, at: datetime) -> Award:
    """The award as if it had never been revoked: within UNDO_WINDOW, unless the person holds it anew, and not while
    its batch is being revoked."""
    row = _locked([award.pk]).get()
    if row.revoked_at is None:
        raise Refused(_("This badge is not revoked."), code="not_revoked")
    if at >= row.revoked_at + UNDO_WINDOW:
        raise Refused(
            _("Revoking can be undone for 15 minutes only. Award the badge again instead."), code="too_late"
        )
    if not not_being_revoked([row]):
        raise Refused(
            _(
                "The whole batch of this badge is being revoked at this moment. Wait until that is done, or bring the "
                "whole batch back."
            ),
            code="batch_revoking",
        )
    if not (restored := restore_rows([row], at=at)):
        raise Refused(
            _("This person has been awarded the badge again since. There is nothing to undo."),
            code="awarded_again",
        )
    count_anew(restored)
    _record(Action.AWARD_REVOCATION_UNDONE, restored, by=by, at=at)
    return restored[0]


@transaction.atomic
def undo_revocations(*, awards: Sequence[Award], by: Actor, at: datetime) -> list[Award]:
    """The same for several of one organisation; gives those that could be brought back, the others stay revoked."""
    found = [row for row in _locked([award.pk for award in awards]) if can_be_undone(row, at=at)]
    restored = restore_rows(not_being_revoked(found), at=at)
    if restored:
        count_anew(restored)
        _record(Action.AWARD_REVOCATION_UNDONE, restored, by=by, at=at)
    return restored


def restore_rows(awards: Sequence[Award], *, at: datetime) -> list[Award]:
    """Brings back those whose holders have not been told of it and do not hold the badge anew, in the caller's
    transaction and without a journal line. When it is too late is the caller's to say."""
    rows = _unheard(_locked([award.pk for award in awards]).exclude(revoked_at=None))
    rows = _taken_back(rows)
    if rows:
        answered = {row.pk: place_of(row.response) for row in rows}
        count_moved(rows, was=dict.fromkeys(answered, "revoked"), now=answered)
        withdraw_mails(kind="revoked", subjects=[row.mail_subject for row in rows])
        _send_what_was_withdrawn(rows, at=at)
        queue_events(award_events(rows), scope=rows[0].issuer.scope, kind=EventType.AWARD_REINSTATED, at=at)
    return rows


def can_be_undone(award: Award, *, at: datetime) -> bool:
    return award.revoked_at is not None and at < award.revoked_at + UNDO_WINDOW


def check_words(reason: str, note: str) -> None:
    problem = ""
    if not reason:
        problem = _("Say why. The reason is shown to whoever checks the badge.")
    elif len(reason) > 300:
        problem = _("The reason is longer than 300 characters.")
    if problem:
        raise Invalid(problem, code="reason", fields={"reason": problem})
    if len(note) > 1000:
        problem = _("The note is longer than 1,000 characters.")
        raise Invalid(problem, code="note", fields={"note": problem})


def _locked(ids: Sequence[UUID]) -> AwardQuerySet:
    """The rows with all that mails say, locked in one order."""
    return (
        Award.objects.select_for_update(of=("self",))
        .filter(pk__in=ids)
        .select_related("issuer", "recipient", "version__picture", "suspension")
        .prefetch_related("version__texts")
        .order_by("pk")
    )


def _withdraw_mails(rows: Sequence[Award]) -> list[Award]:
    """Takes back the award mails that have not left, with their links; gives the awards that were heard of."""
    subjects = {row.mail_subject: row for row in rows}
    withdrawn = withdraw_mails(kind="award", subjects=subjects)
    for kind in ("reminder", "expiry"):
        withdraw_mails(kind=kind, subjects=subjects)
    told = subjects_told(kind="award", subjects=subjects)
    unheard = [subjects[subject].pk for subject in withdrawn - told]
    if unheard:
        Claim.objects.filter(award__in=unheard, spent_at=None).delete()
    return [row for subject, row in subjects.items() if _has_heard(row, subject in told)]


def _tell(rows: Sequence[Award], *, at: datetime) -> None:
    """A mail with the reason, once it cannot be undone any more."""
    mails_again([revoked_mail(row) for row in rows], at=at)
    hold_mails(kind="revoked", subjects=[row.mail_subject for row in rows], until=at + UNDO_WINDOW)


def _has_heard(row: Award, was_mailed: bool) -> bool:
    waiting = row.response == Award.Response.WAITING
    return row.response == Award.Response.ACCEPTED or (waiting and was_mailed)


def _unheard(awards: AwardQuerySet) -> list[Award]:
    """Those of whose revocation no mail has left, and whose holders were not awarded the badge again since."""
    anew = Award.objects.filter(
        badge=OuterRef("badge"), recipient=OuterRef("recipient"), revoked_at=None, is_repeat=False
    )
    rows = list(awards.exclude(Exists(anew), is_repeat=False))
    told = subjects_told(kind="revoked", subjects=[row.mail_subject for row in rows])
    return [row for row in rows if row.mail_subject not in told]


def _taken_back(rows: Sequence[Award]) -> list[Award]:
    """The revocation of these awards is gone; those to whose holders somebody gave the badge at this very moment are
    left out."""
    changes = {"revoked_at": None, "revoked_by_label": "", "revocation_reason": "", "revocation_note": ""}
    try:
        with transaction.atomic():
            Award.objects.filter(pk__in=[row.pk for row in rows]).update(**changes, stamp=F("stamp") + 1)
    except IntegrityError:
        return [one for row in rows for one in _taken_back([row])] if len(rows) > 1 else []
    for row in rows:
        for name, value in changes.items():
            setattr(row, name, value)
        row.stamp += 1
    return list(rows)


def _send_what_was_withdrawn(rows: Sequence[Award], *, at: datetime) -> None:
    """Awards that wait for an answer and have no link at all: their mail was taken back by the revocation."""
    waiting = [row for row in rows if row.response == Award.Response.WAITING]
    linked = set(Claim.objects.filter(award__in=waiting).values_list("award_id", flat=True))
    if unlinked := [row for row in waiting if row.pk not in linked]:
        tokens = open_claims(unlinked, at=at)
        queue_mails([award_mail(row, token=tokens[row.pk]) for row in unlinked], at=at)


def _record(action: Action, rows: Sequence[Award], *, by: Actor, at: datetime) -> None:
    first = rows[0]
    target = ("award", first.pk, str(first.version)) if len(rows) == 1 else ("awards", "", str(len(rows)))
    record(
        scope=first.issuer.scope, action=action, by=by, at=at, target=target,
        data={"awards": [str(row.pk) for row in rows]},
    )  # fmt: skip
