"""Open Badges 2.0 and 2.1: from the documents that were gathered to the report."""

from __future__ import annotations

from datetime import datetime

from openbadges.verifying.checks import CHECKS, standard_of
from openbadges.verifying.fetching import Library
from openbadges.verifying.gathering import gather
from openbadges.verifying.reading import Reading
from openbadges.verifying.report import Expectation, Report, verdict_of
from openbadges.verifying.statement import of_second


def judge(reading: Reading, library: Library, *, at: datetime, expect: Expectation) -> Report:
    """The report on an assertion, every check of Open Badges 2.0 in order."""
    dossier = gather(reading, library, at=at, expect=expect)
    checks = tuple(check(dossier) for check in CHECKS)
    own_id, told = dossier.told.get("id"), dossier.told
    return Report(
        verdict=verdict_of(checks),
        checks=checks,
        at=at,
        kind=dossier.kind,
        id=own_id if isinstance(own_id, str) else None,
        statement=of_second(
            standard_of(told), told, dossier.badge.document or {}, dossier.issuer.document or {}
        ),
        document=told,
        token=reading.token,
    )
