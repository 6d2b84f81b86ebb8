"""What verifying takes in and gives out: expectations, checks, the report. Codes, never sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from openbadges.verifying.statement import Party, Statement


class Verdict(StrEnum):
    """The sum of a report.

    `valid`: every check passed and the issuer is one that is trusted here. `consistent`: every check
    passed, the issuer is not known here. `not_valid`: a check failed or could not be made.
    """

    VALID = "valid"
    CONSISTENT = "consistent"
    NOT_VALID = "not_valid"


class Kind(StrEnum):
    """How the badge is to be verified (Open Badges 2.0, "Verification Types"). Those of 3.0 are signed."""

    HOSTED = "hosted"
    SIGNED = "signed"


class CheckCode(StrEnum):
    """The checks, in the order in which a report lists those that its edition of the standard knows."""

    PICTURE = "picture"
    EDITIONS = "editions"
    VERSION = "version"
    CONTEXTS = "contexts"
    STRUCTURE = "structure"
    DATA_TYPES = "data_types"
    HOSTED_REFETCH = "hosted_refetch"
    HOSTED_SCOPE = "hosted_scope"
    ALGORITHM = "algorithm"
    CLAIMS = "claims"
    KEY_LISTED = "key_listed"
    KEY_OWNER = "key_owner"
    SIGNATURE = "signature"
    KEY_TRUSTED = "key_trusted"
    BADGE_CLASS = "badge_class"
    ISSUER_PROFILE = "issuer_profile"
    REVOCATION = "revocation"
    SUSPENSION = "suspension"
    EXPIRY = "expiry"
    ISSUED_IN_FUTURE = "issued_in_future"
    RECIPIENT_MATCH = "recipient_match"
    ENDORSEMENTS = "endorsements"
    ISSUER_KNOWN = "issuer_known"
    ISSUER_NAME = "issuer_name"


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


Doubts = Callable[[str, str, str], Doubt | None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Expectation:
    """What the asker expects.

    `recipient`: the plain identity the badge should be for (None: not compared), of the kind
    `recipient_type` (`email`, or `id` for a did or another id of a person). `trusted_issuers`: ids of issuers
    known here, each with the name it is known by; an id that ends in `/*` stands for all below it.
    `trusted_origins`: origins (`https://host[:port]`) all of whose issuers are known here. `trusted_names`:
    asked only for an issuer that is not known here; gives the names of those who are, so that an imitation
    of one of them is noticed. `doubts(key id, signature, badge id)`: what is known against a key (None:
    nothing), and of this signature by it: the compact JWS, or the `proofValue` of a Data Integrity proof.
    """

    recipient: str | None = None
    recipient_type: str = "email"
    trusted_issuers: Mapping[str, str] = field(default_factory=dict)
    trusted_origins: frozenset[str] = frozenset()
    trusted_names: Callable[[], Iterable[str]] = tuple
    doubts: Doubts | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Endorsed:
    """What a third party says of the badge, and what became of verifying that.

    Open Badges 3.0, "EndorsementCredential". `comment`: Markdown; `at`: as written; `checks`: those that were
    made on the endorsement itself.
    """

    by: Party
    comment: str
    at: str
    verdict: Verdict
    checks: tuple[Check, ...]

    @property
    def undecided(self) -> bool:
        """Whether nothing was proven wrong, but something could not be checked."""
        return _undecided(self.checks)


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """The verdict, the checks behind it and what was read on the way.

    `kind`: None when nothing could be read. `statement`: what the badge says (for a hosted assertion, what the
    issuer's site says now). `document`: the assertion or credential as raw JSON. `token`: the compact JWS around
    a signed one. `other`: the report on the other edition, where a picture carries two.
    """

    verdict: Verdict
    checks: tuple[Check, ...]
    at: datetime
    kind: Kind | None = None
    id: str | None = None
    statement: Statement | None = None
    document: Mapping[str, Any] | None = None
    token: str | None = None
    endorsements: tuple[Endorsed, ...] = ()
    other: Report | None = None

    def check(self, code: CheckCode) -> Check | None:
        """The check with this code; None if the document could not be read that far."""
        return next((check for check in self.checks if check.code == code), None)

    def with_outcome(self, outcome: Outcome) -> tuple[Check, ...]:
        """The checks with this outcome, in order."""
        return tuple(check for check in self.checks if check.outcome == outcome)

    @property
    def undecided(self) -> bool:
        """Whether nothing was proven wrong, but something could not be checked (try again later)."""
        return _undecided(self.checks)

    @property
    def revoked(self) -> bool:
        """Whether the issuer took the badge back."""
        return self._failed(CheckCode.REVOCATION)

    @property
    def expired(self) -> bool:
        """Whether the badge is past its date."""
        return self._failed(CheckCode.EXPIRY)

    @property
    def suspended(self) -> bool:
        """Whether the issuer has put the badge aside for a time."""
        return self._failed(CheckCode.SUSPENSION)

    @property
    def too_old(self) -> bool:
        """Whether the badge is of an edition that proves nothing today (Open Badges 1.1 and before)."""
        check = self.check(CheckCode.VERSION)
        return check is not None and check.facts.get("reason") == "too_old"

    def _failed(self, code: CheckCode) -> bool:
        check = self.check(code)
        return check is not None and check.outcome == Outcome.FAILED


def _undecided(checks: tuple[Check, ...]) -> bool:
    outcomes = {check.outcome for check in checks}
    return Outcome.NOT_CHECKED in outcomes and Outcome.FAILED not in outcomes


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
