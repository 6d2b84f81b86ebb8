"""Whether the issuer signed a credential: Data Integrity proofs inside it, or the token around it.

Open Badges 3.0, section 8.2. The key comes from the issuer's own document alone: what the credential or the token
brings along (`jwk`, `jku`, `x5u`, an embedded verification method) is never used.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from openbadges import jws, proofs
from openbadges.errors import MalformedDocument, MalformedSignature, UnusableKey, WrongSignature
from openbadges.keys import Method, assertion_method
from openbadges.verifying.fetching import Source
from openbadges.verifying.report import Check, CheckCode, Expectation, Outcome, needs, shown
from openbadges.verifying.statement import id_of, text, valid_from
from openbadges.vocabulary import parse_date_time

MAX_PROOFS = 2  # that are tried: one valid proof of several is enough
PASSED, FAILED, NOT_CHECKED = Outcome.PASSED, Outcome.FAILED, Outcome.NOT_CHECKED
CODES = (CheckCode.ALGORITHM, CheckCode.KEY_LISTED, CheckCode.KEY_OWNER, CheckCode.SIGNATURE)
# What the issuer's document says of the key that it should not be trusted for; the rest is the key itself.
_NOT_THE_ISSUERS = ("not_listed", "missing", "ambiguous")
_BROUGHT = {"jwk", "jku", "x5u", "x5c"}

Checks = Mapping[CheckCode, Check]


@dataclass(frozen=True, slots=True)
class Proof:
    """How a signature stands: the four checks of it; the id of the key; the JWS or `proofValue` itself."""

    checks: Checks
    method: str = ""
    signature: str = ""

    @property
    def is_proven(self) -> bool:
        """Whether all four checks passed."""
        return all(check.outcome == PASSED for check in self.checks.values())


@dataclass(frozen=True, slots=True)
class Claim:
    """What is said to have signed: the algorithm's name, the id of the key, when; the JWS or `proofValue`; `fault`
    of the key's naming, if any."""

    alg: str
    method: str
    made: str
    signature: str
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """For whom and when a signature is judged: the issuer and its document; the credential's id."""

    issuer_id: str
    issuer: Source
    badge_id: str
    at: datetime
    expect: Expectation


def prove(
    credential: Mapping[str, Any],
    token: str | None,
    issuer_id: str,
    issuer: Source,
    *,
    at: datetime,
    expect: Expectation,
) -> Proof:
    """How the credential is signed; of several proofs the first that is right, else the first."""
    asked = Asked(issuer_id, issuer, text(credential, "id"), at, expect)
    since = valid_from(credential)
    if token is not None:
        claim = _claim_of(token, issuer_id, since)
        return Proof(_of_token(claim, asked), claim.method, token)
    try:
        found = proofs.proofs_of(credential)[:MAX_PROOFS]
    except MalformedDocument:
        return Proof(_without("proofs"))
    tried = []
    for proof in found:
        claim = _claim_in(proof, issuer_id, since)
        tried.append(Proof(_of_proof(claim, credential, proof, asked), claim.method, claim.signature))
        if tried[-1].is_proven:
            return tried[-1]
    return tried[0] if tried else Proof(_without("unsigned"))


def unread() -> Proof:
    """Of a credential whose words have no certain meaning: a proof covers the meaning, so there is nothing to check."""
    return Proof({code: needs(code, CheckCode.CONTEXTS) for code in CODES})


def _without(reason: str) -> Checks:
    checks = {code: needs(code, CheckCode.SIGNATURE) for code in CODES}
    return {**checks, CheckCode.SIGNATURE: Check(CheckCode.SIGNATURE, FAILED, {"reason": reason})}


def _claim_in(proof: Mapping[str, Any], issuer_id: str, since: str) -> Claim:
    method = _absolute(id_of(proof.get("verificationMethod")), issuer_id)
    alg = text(proof, "cryptosuite") or text(proof, "type")
    made, fault = text(proof, "created") or since, None if method else "not_named"
    return Claim(alg, method, made, text(proof, "proofValue"), fault)


def _claim_of(token: str, issuer_id: str, since: str) -> Claim:
    """Of a token's header only `alg` and `kid` count; the one key of a did:key needs no naming."""
    header = jws.decode_unverified(token).header
    kid, alg = text(header, "kid"), text(header, "alg")
    if not kid and not issuer_id.startswith("did:key:"):
        return Claim(alg, "", since, token, "own_key" if _BROUGHT & set(header) else "not_named")
    method = _absolute(kid or issuer_id, issuer_id)
    return Claim(alg, method, since, token, None if method.partition("#")[0] == issuer_id else "elsewhere")


def _of_proof(claim: Claim, credential: Mapping[str, Any], proof: Mapping[str, Any], asked: Asked) -> Checks:
    try:
        proofs.suite_of(proof)
    except MalformedSignature:
        return _unsupported(claim)
    found = _method(claim, asked)
    if not isinstance(found, Method):
        return found

    def check() -> None:
        proofs.verify(credential, proof, found.key)
        _in_time(proof, asked.at)

    return _signed(claim, asked.issuer_id, check)


def _of_token(claim: Claim, asked: Asked) -> Checks:
    found = _method(claim, asked)
    if not isinstance(found, Method):
        return found
    if jws.algorithm_of(found.key) == claim.alg:
        return _signed(claim, asked.issuer_id, lambda: jws.verify(claim.signature, found.key))
    algorithm, signature = CheckCode.ALGORITHM, CheckCode.SIGNATURE
    other = Check(algorithm, FAILED, {"reason": "other_key_type", "alg": shown(claim.alg)})
    return {
        **_signed(claim, asked.issuer_id, lambda: None),
        algorithm: other,
        signature: needs(signature, algorithm),
    }


def _absolute(method: str, issuer_id: str) -> str:
    """The method's id in full. The one key of a did:key may go by the did alone."""
    if method.startswith("#"):
        return issuer_id + method
    if method == issuer_id and method.startswith("did:key:"):
        return f"{method}#{method.removeprefix('did:key:')}"
    return method


def _unsupported(claim: Claim) -> Checks:
    facts = {"reason": "unsupported", "alg": shown(claim.alg)}
    checks = {code: needs(code, CheckCode.ALGORITHM) for code in CODES}
    return {**checks, CheckCode.ALGORITHM: Check(CheckCode.ALGORITHM, NOT_CHECKED, facts)}


def _method(claim: Claim, asked: Asked) -> Method | Checks:
    """The key, found in the issuer's own document; or the checks, where it is not."""
    document, issuer_id = asked.issuer.document, asked.issuer_id
    if document is None or asked.issuer.gone or document.get("id") != issuer_id:
        return {code: needs(code, CheckCode.ISSUER_PROFILE) for code in CODES}
    try:
        method = assertion_method(document, claim.method, issuer_id)
    except UnusableKey as problem:
        return _unusable(claim, issuer_id, problem.code)
    fault = _withdrawn(method, claim, asked)
    return _unlisted(claim, issuer_id, fault) if fault else method


def _unusable(claim: Claim, issuer_id: str, problem: str) -> Checks:
    """The checks, where the issuer's document does not give a key for what is named."""
    if problem in _NOT_THE_ISSUERS or claim.fault:
        return _unlisted(claim, issuer_id, claim.fault or "not_listed")
    owner, signature = CheckCode.KEY_OWNER, CheckCode.SIGNATURE
    facts = {"key": shown(claim.method), "owner": shown(issuer_id)}
    checks = {code: needs(code, CheckCode.KEY_OWNER) for code in CODES}
    checks[CheckCode.KEY_LISTED] = Check(CheckCode.KEY_LISTED, PASSED, facts)
    if problem == "other_controller":
        return {**checks, owner: Check(owner, FAILED, {"reason": "other_owner", **facts})}
    checks[owner] = Check(owner, PASSED, facts)
    return {**checks, signature: Check(signature, FAILED, {"reason": f"key_{problem}", **facts})}


def _unlisted(claim: Claim, issuer_id: str, reason: str) -> Checks:
    code = CheckCode.KEY_LISTED
    facts = {"reason": reason, "key": shown(claim.method), "issuer": shown(issuer_id)}
    return {**{other: needs(other, code) for other in CODES}, code: Check(code, FAILED, facts)}


def _withdrawn(method: Method, claim: Claim, asked: Asked) -> str | None:
    """Why a key that the issuer lists is not believed any more (Controlled Identifiers 1.0, section 2.2).

    A revoked key proves nothing from then on, whatever date its owner writes, but where the issuer's own records
    are known to hold this signature; an expired one proves nothing new.
    """
    if method.revoked is not None and not _is_after(method.revoked, asked.at) and not _recorded(claim, asked):
        return "key_revoked"
    if method.expires is not None and not _is_after(method.expires, _moment(claim.made) or asked.at):
        return "key_expired"
    return None


def _recorded(claim: Claim, asked: Asked) -> bool:
    doubts = asked.expect.doubts
    doubt = doubts(claim.method, claim.signature, asked.badge_id) if doubts else None
    return doubt is not None and doubt.recorded_on is not None


def _is_after(written: str, moment: datetime) -> bool:
    found = _moment(written)
    return found is not None and found > moment


def _moment(written: str) -> datetime | None:
    try:
        return parse_date_time(written)
    except MalformedDocument:
        return None


def _in_time(proof: Mapping[str, Any], at: datetime) -> None:
    """A proof may end before the credential does (Data Integrity 1.0, section 2.1, `expires`)."""
    if proof.get("expires") is not None and not _is_after(text(proof, "expires"), at):
        raise MalformedSignature("proof_expired")


def _signed(claim: Claim, issuer_id: str, check: Callable[[], object]) -> Checks:
    """The four checks, once the key is known: all that is left is the signature."""
    signature, key = CheckCode.SIGNATURE, shown(claim.method)
    facts = {"alg": shown(claim.alg), "key": key}
    found = Check(signature, PASSED, facts)
    try:
        check()
    except MalformedDocument:
        found = needs(signature, CheckCode.CONTEXTS)
    except (WrongSignature, MalformedSignature) as problem:
        found = Check(signature, FAILED, {"reason": problem.code, **facts})
    return {
        CheckCode.ALGORITHM: Check(CheckCode.ALGORITHM, PASSED, {"alg": shown(claim.alg)}),
        CheckCode.KEY_LISTED: Check(CheckCode.KEY_LISTED, PASSED, {"key": key, "issuer": shown(issuer_id)}),
        CheckCode.KEY_OWNER: Check(CheckCode.KEY_OWNER, PASSED, {"key": key, "owner": shown(issuer_id)}),
        signature: found,
    }
