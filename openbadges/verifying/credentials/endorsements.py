"""What third parties say of a badge, inside it: each a credential of its own, verified by the same checks.

Open Badges 3.0, "EndorsementCredential" and section 8.4. One level: the endorsements of an endorser are not followed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from openbadges import jws
from openbadges.canonical import read_json_object
from openbadges.errors import MalformedDocument, MalformedSignature
from openbadges.verifying.credentials.checks import CHECKS, endorsements
from openbadges.verifying.credentials.gathering import Case, gather
from openbadges.verifying.fetching import Library
from openbadges.verifying.report import Check, CheckCode, Endorsed, Expectation, Outcome, Verdict, verdict_of
from openbadges.verifying.statement import (
    Party,
    id_of,
    listed,
    party_of,
    subject_of,
    text,
    valid_from,
)

MAX_ENDORSEMENTS = 5


def count(credential: Mapping[str, Any]) -> int:
    """How many endorsements a credential carries: its own, those of its achievement and those of its issuer."""
    return len(list(_written(credential)))


def endorsed(case: Case, library: Library) -> tuple[Endorsed, ...]:
    """The first few of them, verified; none where the badge itself says nothing certain."""
    if case.meaning is not None:
        return ()
    found = list(_written(case.credential))[:MAX_ENDORSEMENTS]
    return tuple(_endorsed(one, case, library) for one in found)


def _written(credential: Mapping[str, Any]) -> Iterator[Any]:
    subject = subject_of(credential)
    for place in (credential, subject.get("achievement"), credential.get("issuer")):
        if isinstance(place, Mapping):
            yield from listed(place.get("endorsement"))
            yield from listed(place.get("endorsementJwt"))


def _endorsed(written: Any, case: Case, library: Library) -> Endorsed:
    try:
        document, token = _read(written)
    except (MalformedSignature, MalformedDocument) as problem:
        code = CheckCode.SIGNATURE if isinstance(problem, MalformedSignature) else CheckCode.STRUCTURE
        return _unread(Check(code, Outcome.FAILED, {"reason": problem.code}))
    expect = Expectation(
        trusted_issuers=case.expect.trusted_issuers, trusted_origins=case.expect.trusted_origins
    )
    own = gather(document, token, library, at=case.at, expect=expect, is_endorsement=True)
    checks = (*(check(own) for check in CHECKS if check is not endorsements), _about(own, case))
    subject = subject_of(own.credential)
    return Endorsed(
        by=party_of(own.credential.get("issuer")),
        comment=text(subject, "endorsementComment"),
        at=text(own.credential, "awardedDate") or valid_from(own.credential),
        verdict=verdict_of(checks),
        checks=checks,
    )


def _read(written: Any) -> tuple[Mapping[str, Any], str | None]:
    """The endorsement as a credential, and the token around it."""
    if isinstance(written, Mapping):
        return written, None
    if not isinstance(written, str):
        raise MalformedDocument("not_object")
    return read_json_object(jws.decode_unverified(written).payload), written


def _unread(check: Check) -> Endorsed:
    return Endorsed(by=Party(), comment="", at="", verdict=Verdict.NOT_VALID, checks=(check,))


def _about(own: Case, case: Case) -> Check:
    """It speaks of this badge: of the award, its achievement, its holder or its issuer."""
    code = CheckCode.ENDORSEMENTS
    credential, subject = case.credential, subject_of(case.credential)
    here = {
        text(credential, "id"),
        text(subject, "id"),
        id_of(subject.get("achievement")),
        case.issuer_id,
    } - {""}
    about = text(subject_of(own.credential), "id")
    if about in here:
        return Check(code, Outcome.PASSED, {"id": about[:300]})
    return Check(code, Outcome.FAILED, {"reason": "other_badge", "id": about[:300]})
