"""Open Badges, the standard: pure, without framework, network, clock or database.

The face of the room. Beyond these names: `openbadges.v2` (vocabulary, for `documents.py` only),
`openbadges.keys`, `openbadges.jws`, `openbadges.recipients`, `openbadges.errors`.
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
