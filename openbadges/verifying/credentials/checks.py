"""The checks of Open Badges 3.0, each a question to the case with an answer in codes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from openbadges import jws, v3
from openbadges.contexts import CREDENTIALS_V2
from openbadges.errors import MalformedDocument
from openbadges.recipients import Person, is_hash, matches
from openbadges.verifying.credentials.gathering import Case
from openbadges.verifying.credentials.issuers import method_of, origin_of
from openbadges.verifying.lookalikes import issuer_name
from openbadges.verifying.report import Check, CheckCode, Outcome, Verdict, needs, shown
from openbadges.verifying.scope import at_home, listed_as
from openbadges.verifying.signatures import doubted
from openbadges.verifying.statement import listed, party_of, subject_of, text, valid_from, valid_until
from openbadges.vocabulary import parse_date_time

CLOCK_SKEW = timedelta(minutes=5)
MAX_PROBLEMS = 30
PASSED, FAILED, WARNING = Outcome.PASSED, Outcome.FAILED, Outcome.WARNING
NOT_APPLICABLE, NOT_CHECKED = Outcome.NOT_APPLICABLE, Outcome.NOT_CHECKED
# Names of the Verifiable Credentials Data Model 1.1, in which Open Badges 3.0 was first written.
_EARLIER = {"issuanceDate": "validFrom", "expirationDate": "validUntil"}


def picture(case: Case) -> Check:
    """The credential was read out of a picture. Facts: `type` png or svg."""
    if case.picture is None:
        return Check(CheckCode.PICTURE, NOT_APPLICABLE)
    return Check(CheckCode.PICTURE, PASSED, {"type": case.picture})


def version(case: Case) -> Check:
    """The document is of Open Badges 3.0 (others do not come this far). Facts: `version`."""
    return Check(CheckCode.VERSION, PASSED, {"version": "3.0"})


def contexts(case: Case) -> Check:
    """Every word has the meaning that the pinned contexts give it, and none is lost. Facts: `context`, `term`."""
    code, problem = CheckCode.CONTEXTS, case.meaning
    if any(v3.context_problems(case.credential)):
        return Check(code, FAILED, {"reason": "wrong_context"})
    if problem is None:
        return Check(code, PASSED)
    outcome = NOT_CHECKED if problem.code == "unknown_context" else FAILED
    return Check(code, outcome, {**problem.facts, "reason": problem.code})


def structure(case: Case) -> Check:
    """Nothing required is missing, nothing is of another class. Facts: `problems`."""
    return _problems(case, CheckCode.STRUCTURE, structural=True)


def data_types(case: Case) -> Check:
    """Dates, addresses, hashes and the like are well written. Facts: `problems`."""
    return _problems(case, CheckCode.DATA_TYPES, structural=False)


def algorithm(case: Case) -> Check:
    """The method of the signature is known, and is the one of the key. Facts: `alg`."""
    return case.proof.checks[CheckCode.ALGORITHM]


def claims(case: Case) -> Check:
    """The token's claims repeat what the credential inside says. Facts: `claims`, those that do not."""
    code = CheckCode.CLAIMS
    if case.payload is None:
        return Check(code, NOT_APPLICABLE)
    if "vc" in case.payload and CREDENTIALS_V2 in listed(case.credential.get("@context")):
        return Check(code, FAILED, {"reason": "wrapped"})  # as the Data Model 1.1 had it, and 2.0 has not
    wrong = [problem.field for problem in jws.claim_problems(case.payload)]
    return Check(code, FAILED, {"reason": "claims", "claims": wrong}) if wrong else Check(code, PASSED)


def key_listed(case: Case) -> Check:
    """The issuer's own document lists the key that signed, for assertions. Facts: `key`, `issuer`."""
    return _of_another(case, CheckCode.KEY_LISTED)


def key_owner(case: Case) -> Check:
    """The key names the issuer as its controller in turn. Facts: `key`, `owner`."""
    return _of_another(case, CheckCode.KEY_OWNER)


def signature(case: Case) -> Check:
    """The issuer's key signed exactly this. Facts: `alg`, `key`."""
    return case.proof.checks[CheckCode.SIGNATURE]


def key_trusted(case: Case) -> Check:
    """Nobody else had the key, as far as is known here. Facts: `key`, `compromised_from`, `recorded_on`."""
    proof = case.proof
    if not proof.is_proven:
        return Check(CheckCode.KEY_TRUSTED, NOT_APPLICABLE)
    return doubted(case.expect, proof.method, proof.signature, text(case.credential, "id"))


def issuer_profile(case: Case) -> Check:
    """The issuer's document is there, and is its own. A warning where the issuer is but a key that nobody here
    knows: whatever else it says of itself is a claim. Facts: `id`, `name`, `method`: key, web, url."""
    code, source = CheckCode.ISSUER_PROFILE, case.issuer
    if source.document is None or source.gone:
        return Check(code, FAILED if source.final else NOT_CHECKED, source.facts)
    found = shown(source.document.get("id"))
    if found != case.issuer_id[:300]:
        return Check(code, FAILED, {"reason": "other_id", "url": source.url, "found": found})
    name, method = party_of(case.credential.get("issuer")).name, method_of(case.issuer_id)
    facts = {"id": found, "name": shown(name), "method": method}
    if method == "key" and listed_as(case.issuer_id, case.expect.trusted_issuers) is None:
        return Check(code, WARNING, {"reason": "key_alone", **facts})
    return Check(code, PASSED, facts)


def revocation(case: Case) -> Check:
    """The issuer has not taken the badge back. Facts: `list`, `index`, `revocation_reason`."""
    return case.standing[CheckCode.REVOCATION]


def suspension(case: Case) -> Check:
    """The issuer has not put the badge aside for a time. Facts: `list`, `index`."""
    return case.standing[CheckCode.SUSPENSION]


def expiry(case: Case) -> Check:
    """The badge is not past its date. Facts: `expires` as written."""
    code, expires = CheckCode.EXPIRY, valid_until(case.credential)
    if not expires:
        return Check(code, NOT_APPLICABLE)
    moment, since, facts = _moment(expires), _moment(valid_from(case.credential)), {"expires": shown(expires)}
    if moment is None:
        return Check(code, NOT_CHECKED, {"reason": "not_date_time", **facts})
    if since is not None and moment < since:
        return Check(code, FAILED, {"reason": "before_issue", **facts})
    if moment <= case.at:
        return Check(code, FAILED, {"reason": "expired", **facts})
    return Check(code, PASSED, facts)


def issued_in_future(case: Case) -> Check:
    """The day from which it counts has come, with a few minutes' grace. Facts: `issued_on` as written."""
    code, written = CheckCode.ISSUED_IN_FUTURE, valid_from(case.credential)
    since, facts = _moment(written), {"issued_on": shown(written)}
    if since is None:
        return Check(code, NOT_CHECKED, {"reason": "not_date_time", **facts})
    if since > case.at + CLOCK_SKEW:
        return Check(code, FAILED, {"reason": "future", **facts})
    return Check(code, PASSED, facts)


def recipient_match(case: Case) -> Check:
    """The badge is for the one who is expected. Facts: `type`, `hashed`."""
    code, expected, wanted = CheckCode.RECIPIENT_MATCH, case.expect.recipient, case.expect.recipient_type
    if expected is None:
        return Check(code, NOT_APPLICABLE)
    people = list(_people(case.credential))
    same_kind = [person for person in people if person.type == wanted]
    if not same_kind:
        kinds = [person.type for person in people][:5]
        return Check(code, FAILED, {"reason": "other_type", "type": ", ".join(kinds) or None})
    facts = {"type": wanted, "hashed": same_kind[0].hashed}
    if any(matches(expected, person) for person in same_kind):
        return Check(code, PASSED, facts)
    return Check(code, FAILED, {"reason": "other_recipient", **facts})


def endorsements(case: Case) -> Check:
    """Those who are quoted as vouching for it did sign that. A warning if not. Facts: `checked`, `count`."""
    code, made = CheckCode.ENDORSEMENTS, case.endorsements
    if not case.endorsement_count:
        return Check(code, NOT_APPLICABLE)
    facts = {"checked": len(made), "count": case.endorsement_count}
    if any(one.verdict == Verdict.NOT_VALID and not one.undecided for one in made):
        return Check(code, WARNING, {"reason": "endorsement", **facts})
    if any(one.undecided for one in made):
        return Check(code, WARNING, {"reason": "undecided", **facts})
    if case.endorsement_count > len(made):
        return Check(code, WARNING, {"reason": "too_many", **facts})
    return Check(code, PASSED, facts)


def issuer_known(case: Case) -> Check:
    """The issuer is one that is trusted here, and its own site says so; a warning if not. Facts: `id`; `listed_as`, the
    name on the list; `led_to`, the other site."""
    return at_home(_known(case), case.issuer)


def _known(case: Case) -> Check:
    code, expect = CheckCode.ISSUER_KNOWN, case.expect
    if issuer_profile(case).outcome not in (PASSED, WARNING):
        return needs(code, CheckCode.ISSUER_PROFILE)
    facts = {"id": shown(case.issuer_id)}
    if origin_of(case.issuer_id, expect.trusted_origins) in expect.trusted_origins:
        return Check(code, PASSED, facts)
    name = listed_as(case.issuer_id, expect.trusted_issuers)
    if name is not None:
        return Check(code, PASSED, {**facts, "listed_as": name})
    return Check(code, WARNING, facts)


def name_of_issuer(case: Case) -> Check:
    """The name of an unknown issuer is no imitation. Facts: `name`, `known`."""
    return issuer_name(party_of(case.credential.get("issuer")).name, issuer_known(case), case.expect)


CHECKS: tuple[Callable[[Case], Check], ...] = (
    picture,
    version,
    contexts,
    structure,
    data_types,
    algorithm,
    claims,
    key_listed,
    key_owner,
    signature,
    key_trusted,
    issuer_profile,
    revocation,
    suspension,
    expiry,
    issued_in_future,
    recipient_match,
    endorsements,
    issuer_known,
    name_of_issuer,
)


def _of_another(case: Case, code: CheckCode) -> Check:
    """What is said of the key by its issuer; an issuer that is the key itself says nothing of it."""
    found = case.proof.checks[code]
    if found.outcome == PASSED and method_of(case.issuer_id) == "key":
        return Check(code, NOT_APPLICABLE)
    return found


def _problems(case: Case, code: CheckCode, *, structural: bool) -> Check:
    found = [
        {"document": "credential", "field": problem.field, "problem": problem.code}
        for problem in _every_problem(case)
        if problem.structural == structural and problem.code != "wrong_context"  # which `contexts` tells
    ]
    if found:
        return Check(code, FAILED, {"reason": "problems", "problems": found[:MAX_PROBLEMS]})
    return Check(code, PASSED)


def _every_problem(case: Case) -> Iterator[v3.Problem]:
    document = _in_todays_words(case.credential)
    cls = v3.EndorsementCredential if case.is_endorsement else v3.AchievementCredential
    yield from cls.problems(document)
    if not case.is_endorsement and not list(_people(document)):
        yield v3.Problem("credentialSubject.identifier", "missing")


def _in_todays_words(credential: Mapping[str, Any]) -> dict[str, Any]:
    """As the Data Model 2.0 calls it; of several states the first, which has the shape of all."""
    document = {_EARLIER.get(name, name): value for name, value in credential.items()}
    states = document.get("credentialStatus")
    if isinstance(states, list) and states:
        document["credentialStatus"] = states[0]
    return document


def _people(credential: Mapping[str, Any]) -> Iterator[Person]:
    """Everything that names the person: hashed or plain identifiers, the subject's id."""
    subject = subject_of(credential)
    for entry in listed(subject.get("identifier")):
        identity, kind = text(entry, "identityHash"), text(entry, "identityType")
        if identity:
            known = {"emailAddress": "email"}.get(kind, kind)
            yield Person(known, identity, is_hash(identity), text(entry, "salt"))
    own_id = text(subject, "id")
    if own_id.lower().startswith("mailto:"):
        yield Person("email", own_id[7:], hashed=False, salt=None)
    if own_id:
        yield Person("id", own_id, hashed=False, salt=None)


def _moment(written: str) -> datetime | None:
    try:
        return parse_date_time(written)
    except MalformedDocument:
        return None
