"""What a check means, in the reader's language. The core speaks in codes; people get sentences."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from assertions.services.sentences import reading, standing, trust
from assertions.services.sentences.dates import day, moment
from assertions.services.sentences.reasons import Words
from openbadges import Check, CheckCode, Outcome

__all__ = ["MARKS", "Sentence", "day", "moment", "sentence"]

MARKS = {
    Outcome.PASSED: "good",
    Outcome.FAILED: "bad",
    Outcome.WARNING: "warn",
    Outcome.NOT_CHECKED: "warn",
    Outcome.NOT_APPLICABLE: "none",
}


@dataclass(frozen=True)
class Sentence:
    """One check for people: `mark` is good, warn or bad; `code` stays for machines."""

    code: str
    mark: str
    title: str
    text: str


def sentence(check: Check) -> Sentence:
    title, text = _WORDS[check.code](check)
    rests = check.code == CheckCode.SUSPENSION and check.outcome == Outcome.FAILED
    return Sentence(str(check.code), "warn" if rests else MARKS[check.outcome], title, text)


_WORDS: Mapping[CheckCode, Callable[[Check], Words]] = {
    CheckCode.PICTURE: reading.picture,
    CheckCode.EDITIONS: reading.editions,
    CheckCode.VERSION: reading.version,
    CheckCode.CONTEXTS: reading.contexts,
    CheckCode.STRUCTURE: reading.structure,
    CheckCode.DATA_TYPES: reading.data_types,
    CheckCode.HOSTED_REFETCH: reading.hosted_refetch,
    CheckCode.HOSTED_SCOPE: reading.hosted_scope,
    CheckCode.ALGORITHM: trust.algorithm,
    CheckCode.CLAIMS: trust.claims,
    CheckCode.KEY_LISTED: trust.key_listed,
    CheckCode.KEY_OWNER: trust.key_owner,
    CheckCode.SIGNATURE: trust.signature,
    CheckCode.KEY_TRUSTED: trust.key_trusted,
    CheckCode.BADGE_CLASS: reading.badge_class,
    CheckCode.ISSUER_PROFILE: trust.issuer_profile,
    CheckCode.REVOCATION: standing.revocation,
    CheckCode.SUSPENSION: standing.suspension,
    CheckCode.EXPIRY: standing.expiry,
    CheckCode.ISSUED_IN_FUTURE: standing.issued,
    CheckCode.RECIPIENT_MATCH: standing.recipient,
    CheckCode.ENDORSEMENTS: trust.endorsements,
    CheckCode.ISSUER_KNOWN: trust.issuer_known,
    CheckCode.ISSUER_NAME: trust.issuer_name,
}
