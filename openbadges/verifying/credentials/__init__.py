"""Open Badges 3.0: from a credential, as linked data or as a token, to the report.

Open Badges 3.0, section 8 ("Verification"): the proof, the issuer, the dates, the status, the endorsements inside.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from openbadges.verifying.credentials.checks import CHECKS
from openbadges.verifying.credentials.endorsements import count, endorsed
from openbadges.verifying.credentials.gathering import gather
from openbadges.verifying.fetching import Library
from openbadges.verifying.reading import Reading
from openbadges.verifying.report import Expectation, Kind, Report, verdict_of
from openbadges.verifying.statement import of_third, text

__all__ = ["judge"]


def judge(reading: Reading, library: Library, *, at: datetime, expect: Expectation) -> Report:
    """The report on a credential, every check of Open Badges 3.0 in order."""
    case = gather(reading.document, reading.token, library, at=at, expect=expect, picture=reading.picture)
    made = endorsed(case, library)
    case = replace(case, endorsements=made, endorsement_count=count(case.credential))
    checks = tuple(check(case) for check in CHECKS)
    return Report(
        verdict=verdict_of(checks),
        checks=checks,
        at=at,
        kind=Kind.SIGNED,
        id=text(case.credential, "id") or None,
        statement=of_third(case.credential),
        document=case.credential,
        token=reading.token,
        endorsements=made,
    )
