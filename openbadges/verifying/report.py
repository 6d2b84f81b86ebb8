"""What verifying takes in and gives out: expectations, checks, the report. Codes, never sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from openbadges.v2 import Assertion, BadgeClass, Profile


class Verdict(StrEnum):
    """The sum of a report.

    `valid`: every check passed and the issuer is one that is trusted here. `consistent`: every check
    passed, the issuer is not known here. `not_valid`: a check failed or could not be made.
    """

    VALID = "valid"
    CONSISTENT = "consistent"
    NOT_VALID = "not_valid"


class Kind(StrEnum):
    """How the assertion says it is to be verified (Open Badges 2.0, "Verification Types")."""

    HOSTED = "hosted"
    SIGNED = "signed"


class CheckCode(StrEnum):
    """The checks, in the order in which a report lists them."""

    PICTURE = "picture"
    VERSION = "version"
    STRUCTURE = "structure"
    DATA_TYPES = "data_types"
    HOSTED_REFETCH = "hosted_refetch"
    HOSTED_SCOPE = "hosted_scope"
    ALGORITHM = "algorithm"
    KEY_LISTED = "key_listed"
    KEY_OWNER = "key_owner"
    SIGNATURE = "signature"
    KEY_TRUSTED = "key_trusted"
    BADGE_CLASS = "badge_class"
    ISSUER_PROFILE = "issuer_profile"
    REVOCATION = "revocation"
    EXPIRY = "expiry"
    ISSUED_IN_FUTURE = "issued_in_future"
    RECIPIENT_MATCH = "recipient_match"
    ISSUER_KNOWN = "issuer_known"


class Outcome(StrEnum):
    """What came of a check. `failed` and `not_checked` make a badge not valid, a warning does not."""

    PASSED = "passed"
    FAILED = "failed"
    WARNING = "warning"
    NOT_APPLICABLE = "not_applicable"
    NOT_CHECKED = "not_checked"


@dataclass(frozen=True, slots=True)
class Check:
    """One question and its answer. `facts`: JSON-like data for the sentence; `reason` when not passed."""

    code: CheckCode
    outcome: Outcome
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Doubt:
    """What the asker knows of a key that was in other hands: since when (`compromised_from`), and since when the
    issuer's own records hold this very signature (`recorded_on`; None: they do not). ISO 8601 texts."""

    compromised_from: str
    recorded_on: str | None = None


Doubts = Callable[[str, str], Doubt | None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Expectation:
    """What the asker expects.

    `recipient`: the plain identity the badge should be for (None: not compared), of the kind
    `recipient_type`. `trusted_issuers`: ids of Profiles known here, each with the name it is known by; an
    id that ends in `/*` stands for all below it. `trusted_origins`: origins (`https://host[:port]`) all
    of whose Profiles are known here. `doubts(key id, token)`: what is known against a key; None: nothing.
    """

    recipient: str | None = None
    recipient_type: str = "email"
    trusted_issuers: Mapping[str, str] = field(default_factory=dict)
    trusted_origins: frozenset[str] = frozenset()
    doubts: Doubts | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """The verdict, the checks behind it and what was read on the way.

    `assertion`, `badge`, `issuer`: the documents the checks were made on (for a hosted assertion the
    refetched one; links in place of embedded objects), None when unread or not of the standard's
    shape. `document`: the assertion as raw JSON. `token`: the compact JWS of a signed badge.
    """

    verdict: Verdict
    checks: tuple[Check, ...]
    at: datetime
    kind: Kind | None = None
    id: str | None = None
    assertion: Assertion | None = None
    badge: BadgeClass | None = None
    issuer: Profile | None = None
    document: Mapping[str, Any] | None = None
    token: str | None = None

    def check(self, code: CheckCode) -> Check | None:
        """The check with this code; None if the document could not be read that far."""
        return next((check for check in self.checks if check.code == code), None)

    def with_outcome(self, outcome: Outcome) -> tuple[Check, ...]:
        """The checks with this outcome, in order."""
        return tuple(check for check in self.checks if check.outcome == outcome)

    @property
    def undecided(self) -> bool:
        """Whether nothing was proven wrong, but something could not be checked (try again later)."""
        return bool(self.with_outcome(Outcome.NOT_CHECKED)) and not self.with_outcome(Outcome.FAILED)

    @property
    def revoked(self) -> bool:
        """Whether the issuer took the badge back."""
        return self._failed(CheckCode.REVOCATION)

    @property
    def expired(self) -> bool:
        """Whether the badge is past its date."""
        return self._failed(CheckCode.EXPIRY)

    def _failed(self, code: CheckCode) -> bool:
        check = self.check(code)
        return check is not None and check.outcome == Outcome.FAILED


def verdict_of(checks: tuple[Check, ...]) -> Verdict:
    """`not_valid` if any check failed or was not made; else by whether the issuer is known."""
    outcomes = {check.outcome for check in checks}
    if outcomes & {Outcome.FAILED, Outcome.NOT_CHECKED}:
        return Verdict.NOT_VALID
    known = Check(CheckCode.ISSUER_KNOWN, Outcome.PASSED)
    if any((c.code, c.outcome) == (known.code, known.outcome) for c in checks):
        return Verdict.VALID
    return Verdict.CONSISTENT


def needs(code: CheckCode, other: CheckCode) -> Check:
    """Not checked, as what it needs is not there; the fact `because` names the check that says why."""
    return Check(code, Outcome.NOT_CHECKED, {"reason": "needs", "because": str(other)})


def shown(value: Any) -> str | None:
    """A stranger's text as a fact: at most 300 characters; None if it is no text."""
    return value[:300] if isinstance(value, str) else None
