"""Whether the issuer signed a credential: Data Integrity proofs inside it, or the token around it.

Open Badges 3.0, section 8.2. The key comes from the issuer's own document alone: what the credential or the token
brings along (`jwk`, `jku`, `x5u`, an embedded verification method) is never used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from openbadges import jws, proofs
from openbadges.errors import MalformedDocument, MalformedSignature, UnusableKey, WrongSignature
from openbadges.keys import Method, assertion_method
from openbadges.verifying.fetching import Source
from openbadges.verifying.report import Check, CheckCode, Outcome, needs, shown
from openbadges.verifying.statement import id_of, text, valid_from
from openbadges.vocabulary import parse_date_time

MAX_PROOFS = 3  # that are tried: one valid proof of several is enough
PASSED, FAILED, NOT_CHECKED = Outcome.PASSED, Outcome.FAILED, Outcome.NOT_CHECKED
CODES = (CheckCode.ALGORITHM, CheckCode.KEY_LISTED, CheckCode.KEY_OWNER, CheckCode.SIGNATURE)
# What the issuer's document says of the key that it should not be trusted for; the rest is the key itself.
_NOT_THE_ISSUERS = ("not_listed", "missing", "ambiguous")

Proof = Mapping[CheckCode, Check]


@dataclass(frozen=True, slots=True)
class Claim:
    """What is said to have signed: the algorithm's name, the id of the key, when; `fault` of its naming, if any."""

    alg: str
    method: str
    made: str
    fault: str | None = None


def prove(
    credential: Mapping[str, Any], token: str | None, issuer_id: str, issuer: Source, *, at: datetime
) -> Proof:
    """The four checks of a signature; of several proofs those of the first that is right, else of the first."""
    if token is not None:
        return _of_token(credential, token, issuer_id, issuer, at)
    try:
        found = proofs.proofs_of(credential)[:MAX_PROOFS]
    except MalformedDocument:
        return _without("proofs")
    tried = []
    for proof in found:
        tried.append(_of_proof(credential, proof, issuer_id, issuer, at))
        if is_proven(tried[-1]):
            return tried[-1]
    return tried[0] if tried else _without("unsigned")


def is_proven(proof: Proof) -> bool:
    """Whether all four checks passed."""
    return all(check.outcome == PASSED for check in proof.values())


def _without(reason: str) -> Proof:
    checks = {code: needs(code, CheckCode.SIGNATURE) for code in CODES}
    return {**checks, CheckCode.SIGNATURE: Check(CheckCode.SIGNATURE, FAILED, {"reason": reason})}


def _of_proof(
    credential: Mapping[str, Any], proof: Mapping[str, Any], issuer_id: str, issuer: Source, at: datetime
) -> Proof:
    alg = text(proof, "cryptosuite") or text(proof, "type")
    method = _absolute(id_of(proof.get("verificationMethod")), issuer_id)
    made = text(proof, "created") or valid_from(credential)
    claim = Claim(alg, method, made, None if method else "not_named")
    try:
        proofs.suite_of(proof)
    except MalformedSignature:
        return _unsupported(claim)
    found = _method(claim, issuer_id, issuer, at)
    if not isinstance(found, Method):
        return found

    def check() -> None:
        proofs.verify(credential, proof, found.key)
        _in_time(proof, at)

    return _signed(claim, issuer_id, check)


def _of_token(
    credential: Mapping[str, Any], token: str, issuer_id: str, issuer: Source, at: datetime
) -> Proof:
    claim = _claim_of(jws.decode_unverified(token).header, issuer_id, valid_from(credential))
    found = _method(claim, issuer_id, issuer, at)
    if not isinstance(found, Method):
        return found
    if jws.algorithm_of(found.key) != claim.alg:
        return {
            **_signed(claim, issuer_id, lambda: None),
            CheckCode.ALGORITHM: Check(
                CheckCode.ALGORITHM, FAILED, {"reason": "other_key_type", "alg": claim.alg}
            ),
            CheckCode.SIGNATURE: needs(CheckCode.SIGNATURE, CheckCode.ALGORITHM),
        }
    return _signed(claim, issuer_id, lambda: jws.verify(token, found.key))


def _claim_of(header: Mapping[str, Any], issuer_id: str, made: str) -> Claim:
    kid, alg = text(header, "kid"), text(header, "alg")
    if not kid and issuer_id.startswith("did:key:"):
        kid = issuer_id
    if not kid:
        brought = {"jwk", "jku", "x5u", "x5c"} & set(header)
        return Claim(alg, "", made, "own_key" if brought else "not_named")
    method = _absolute(kid, issuer_id)
    own = method.partition("#")[0] == issuer_id
    return Claim(alg, method, made, None if own else "elsewhere")


def _absolute(method: str, issuer_id: str) -> str:
    """The method's id in full. The one key of a did:key may go by the did alone."""
    if method.startswith("#"):
        return issuer_id + method
    if method == issuer_id and method.startswith("did:key:"):
        return f"{method}#{method.removeprefix('did:key:')}"
    return method


def _unsupported(claim: Claim) -> Proof:
    facts = {"reason": "unsupported", "alg": shown(claim.alg)}
    checks = {code: needs(code, CheckCode.ALGORITHM) for code in CODES}
    return {**checks, CheckCode.ALGORITHM: Check(CheckCode.ALGORITHM, NOT_CHECKED, facts)}


def _method(claim: Claim, issuer_id: str, issuer: Source, at: datetime) -> Method | Proof:
    """The key, found in the issuer's own document; or the checks, where it is not."""
    checks = {code: needs(code, CheckCode.KEY_LISTED) for code in CODES}
    facts = {"key": shown(claim.method), "issuer": shown(issuer_id)}
    if issuer.document is None or issuer.gone or issuer.document.get("id") != issuer_id:
        return {code: needs(code, CheckCode.ISSUER_PROFILE) for code in CODES}
    listed, owner = CheckCode.KEY_LISTED, CheckCode.KEY_OWNER
    try:
        method = assertion_method(issuer.document, claim.method, issuer_id)
    except UnusableKey as problem:
        if problem.code in _NOT_THE_ISSUERS or claim.fault:
            return {
                **checks,
                listed: Check(listed, FAILED, {"reason": claim.fault or "not_listed", **facts}),
            }
        passed = {**checks, listed: Check(listed, PASSED, facts)}
        if problem.code == "other_controller":
            return {**passed, owner: Check(owner, FAILED, {"reason": "other_owner", **facts})}
        unusable = Check(CheckCode.SIGNATURE, FAILED, {"reason": f"key_{problem.code}", **facts})
        return {**passed, owner: Check(owner, PASSED, facts), CheckCode.SIGNATURE: unusable}
    if fault := _withdrawn(method, claim, at):
        return {**checks, listed: Check(listed, FAILED, {"reason": fault, **facts})}
    return method


def _withdrawn(method: Method, claim: Claim, at: datetime) -> str | None:
    """Why a key that the issuer lists is not believed any more (Controlled Identifiers 1.0, section 2.2).

    A revoked key proves nothing from then on, whatever date its owner writes; an expired one nothing new.
    """
    if method.revoked is not None and not _is_after(method.revoked, at):
        return "key_revoked"
    if method.expires is not None and not _is_after(method.expires, _moment(claim.made) or at):
        return "key_expired"
    return None


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


def _signed(claim: Claim, issuer_id: str, check: Any) -> Proof:
    """The four checks, once the key is known: all that is left is the signature."""
    facts = {"alg": shown(claim.alg), "key": shown(claim.method)}
    signature = Check(CheckCode.SIGNATURE, PASSED, facts)
    try:
        check()
    except MalformedDocument:
        signature = needs(CheckCode.SIGNATURE, CheckCode.CONTEXTS)
    except (WrongSignature, MalformedSignature) as problem:
        signature = Check(CheckCode.SIGNATURE, FAILED, {"reason": problem.code, **facts})
    owned = {"key": shown(claim.method), "owner": shown(issuer_id)}
    return {
        CheckCode.ALGORITHM: Check(CheckCode.ALGORITHM, PASSED, {"alg": shown(claim.alg)}),
        CheckCode.KEY_LISTED: Check(
            CheckCode.KEY_LISTED, PASSED, {"key": owned["key"], "issuer": owned["owner"]}
        ),
        CheckCode.KEY_OWNER: Check(CheckCode.KEY_OWNER, PASSED, owned),
        CheckCode.SIGNATURE: signature,
    }
