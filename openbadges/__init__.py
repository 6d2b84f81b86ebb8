"""Open Badges, the standard: pure, without framework, network, clock or database.

The face of the room. Beyond these names: `openbadges.v2` and `openbadges.v3` (vocabularies, for `documents.py` only),
`openbadges.baking`, `openbadges.canonical`, `openbadges.jws`, `openbadges.keys`, `openbadges.proofs`,
`openbadges.recipients`, `openbadges.status`, `openbadges.errors`.
"""

from openbadges.baking import bake, unbake
from openbadges.errors import FetchFailed, OpenBadgesError
from openbadges.verifying import (
    Check,
    CheckCode,
    Doubt,
    Expectation,
    Fetched,
    Outcome,
    Report,
    Verdict,
    verify,
)

__all__ = [
    "Check",
    "CheckCode",
    "Doubt",
    "Expectation",
    "FetchFailed",
    "Fetched",
    "OpenBadgesError",
    "Outcome",
    "Report",
    "Verdict",
    "bake",
    "unbake",
    "verify",
]
