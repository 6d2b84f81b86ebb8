"""An award that went to a wrong address: taken back there, made anew at the right one."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from assertions.models import Award
from assertions.services.assessing import AssessmentInput
from assertions.services.awarding import EvidenceInput, Nomination, award_many
from assertions.services.people import keep_people
from assertions.services.revoking import revoke
from common.actors import Actor
from common.addresses import normalise, problem_with
from common.errors import Invalid, Refused
from issuers.services.keys import keep_keys


@transaction.atomic
def award_instead(*, award: Award, address: str, by: Actor, at: datetime) -> Award:
    """The same badge and all that goes with it to another address; whoever has the wrong one hears nothing more of it.

    Not the same award under a new address: what was signed for a wrong person must not stay valid. Raises Refused
    where the award is answered or revoked, or the other address holds the badge.
    """
    keep_keys(award.issuer_id)
    keep_people()
    row = Award.objects.select_for_update(of=("self",)).select_related("badge").get(pk=award.pk)
    if problem := problem_with(normalise(address)):
        raise Invalid(problem, code="address", fields={"address": problem})
    if row.revoked_at or row.response != Award.Response.WAITING:
        raise Refused(_("This badge has been answered or revoked: its address stays."), code="answered")
    revoke(awards=[row], reason=_("Sent to a wrong address."), by=by, at=at, quietly=True)
    outcome = award_many(
        badge=row.badge, nominations=[_again(row, address)], by=by, at=at, round_id=row.round
    )  # fmt: skip
    if outcome.refused:
        raise outcome.refused[0]
    return outcome.awards[0]


def _again(row: Award, address: str) -> Nomination:
    names = ("url", "name", "narrative", "file", "media_type", "size")
    evidence = [EvidenceInput(**{name: getattr(one, name) for name in names}) for one in row.evidence.all()]
    return Nomination(
        address=address, name=row.recipient_name, narrative=row.narrative, evidence=evidence,
        issued_on=row.issued_on, expires_at=row.expires_at, language=row.language, assessments=_assessed(row),
    )  # fmt: skip


def _assessed(row: Award) -> list[AssessmentInput]:
    """Nothing where the badge has a newer version: its criteria are not those that were assessed."""
    if row.version_id != row.badge.current_id:
        return []
    return [
        AssessmentInput(one.criterion.position, one.level, one.assessor, one.assessed_on, one.note)
        for one in row.assessments.select_related("criterion")
    ]
