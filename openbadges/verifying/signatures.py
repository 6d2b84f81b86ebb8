"""The checks of signed badges, and of revocation (Open Badges 2.0, "Signed Verification")."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from openbadges import jws
from openbadges.errors import MalformedSignature, UnusableKey, WrongSignature
from openbadges.keys import PublicKey, load_public_key
from openbadges.verifying.fetching import Source
from openbadges.verifying.gathering import Dossier, is_revoked, listed_keys
from openbadges.verifying.report import Check, CheckCode, Expectation, Kind, Outcome, needs, shown

PASSED, FAILED = Outcome.PASSED, Outcome.FAILED
NOT_APPLICABLE, NOT_CHECKED = Outcome.NOT_APPLICABLE, Outcome.NOT_CHECKED


def algorithm(dossier: Dossier) -> Check:
    """The token's algorithm is allowed and is the one of the key. Facts: `alg`."""
    code = CheckCode.ALGORITHM
    if dossier.kind != Kind.SIGNED:
        return Check(code, NOT_APPLICABLE)
    if dossier.reading.token is None:
        return needs(code, CheckCode.SIGNATURE)
    named = jws.decode_unverified(dossier.reading.token).header["alg"]
    key = _public_key(dossier.key)
    if not isinstance(key, str) and jws.algorithm_of(key) != named:
        return Check(code, FAILED, {"reason": "other_key_type", "alg": named})
    return Check(code, PASSED, {"alg": named})


def key_listed(dossier: Dossier) -> Check:
    """The issuer's profile lists the key that signed. Facts: `key`, `issuer`."""
    code, issuer = CheckCode.KEY_LISTED, dossier.issuer
    if dossier.kind != Kind.SIGNED:
        return Check(code, NOT_APPLICABLE)
    if issuer.document is None:
        return needs(code, CheckCode.ISSUER_PROFILE)
    facts = {"key": dossier.creator, "issuer": issuer.url}
    if dossier.creator is None:
        return Check(code, FAILED, {"reason": "not_named", **facts})
    if dossier.creator not in listed_keys(issuer.document):
        return Check(code, FAILED, {"reason": "not_listed", **facts})
    return Check(code, PASSED, facts)


def key_owner(dossier: Dossier) -> Check:
    """The key names the issuer as its owner in turn. Facts: `key`, `owner`."""
    code, key = CheckCode.KEY_OWNER, dossier.key
    if dossier.kind != Kind.SIGNED:
        return Check(code, NOT_APPLICABLE)
    if key.document is None or key.gone:
        return Check(code, FAILED if key.final else NOT_CHECKED, key.facts)
    facts = {"key": dossier.creator, "owner": shown(key.document.get("owner"))}
    if key.document.get("id") != dossier.creator:
        return Check(code, FAILED, {"reason": "other_id", **facts})
    if dossier.issuer.url is None or facts["owner"] != dossier.issuer.url:
        return Check(code, FAILED, {"reason": "other_owner", **facts})
    return Check(code, PASSED, facts)


def signature(dossier: Dossier) -> Check:
    """The issuer's key signed exactly these bytes. Facts: `alg`, `key`."""
    code, token = CheckCode.SIGNATURE, dossier.reading.token
    if dossier.kind != Kind.SIGNED:
        return Check(code, NOT_APPLICABLE)
    if token is None:
        return Check(code, FAILED, {"reason": "unsigned"})
    if dossier.key.document is None or dossier.key.gone:
        return needs(code, CheckCode.KEY_OWNER)
    key = _public_key(dossier.key)
    if isinstance(key, str):
        return Check(code, FAILED, {"reason": f"key_{key}", "key": dossier.creator})
    facts = {"alg": jws.algorithm_of(key), "key": dossier.creator}
    try:
        jws.verify(token, key)
    except (WrongSignature, MalformedSignature) as problem:
        return Check(code, FAILED, {"reason": problem.code, **facts})
    return Check(code, PASSED, facts)


def key_trusted(dossier: Dossier) -> Check:
    """Nobody else had the key, as far as is known here. Facts: `key`, `compromised_from`, `recorded_on`."""
    token = dossier.reading.token
    if token is None or dossier.creator is None:
        return Check(CheckCode.KEY_TRUSTED, NOT_APPLICABLE)
    return doubted(dossier.expect, dossier.creator, token, str(dossier.told.get("id")))


def doubted(expect: Expectation, key: str, signature: str, badge_id: str) -> Check:
    """If somebody else had the key, its signature alone proves nothing: the issuer's own records must hold it,
    which is a warning."""
    code = CheckCode.KEY_TRUSTED
    doubt = expect.doubts(key, signature, badge_id) if expect.doubts else None
    if doubt is None:
        return Check(code, NOT_APPLICABLE)
    facts = {"key": key, "compromised_from": doubt.compromised_from}
    if doubt.recorded_on is None:
        return Check(code, FAILED, {"reason": "never_recorded", **facts})
    return Check(code, Outcome.WARNING, {"reason": "compromised", "recorded_on": doubt.recorded_on, **facts})


def revocation(dossier: Dossier) -> Check:
    """The issuer has not taken the badge back. Facts: `revocation_reason`, `list`."""
    code, source = CheckCode.REVOCATION, dossier.assertion
    if is_revoked(source):
        why = shown((source.document or {}).get("revocationReason"))
        return Check(code, FAILED, {"reason": "revoked", "revocation_reason": why})
    if dossier.kind == Kind.SIGNED:
        return _revoked_in_list(dossier)
    if source.document is None:
        return needs(code, CheckCode.HOSTED_REFETCH)
    return Check(code, PASSED)


def _revoked_in_list(dossier: Dossier) -> Check:
    code, source = CheckCode.REVOCATION, dossier.revocations
    if source.problem == "not_named":
        return Check(code, NOT_APPLICABLE, {"reason": "no_list"})
    if source.problem == "not_reached":
        return needs(code, CheckCode.ISSUER_PROFILE)
    if source.document is None or source.gone:
        return Check(code, NOT_CHECKED, {**source.facts, "list": source.url})
    fault = _fault_of_list(source, dossier.issuer)
    if fault:
        return Check(code, NOT_CHECKED, {"reason": fault, "list": source.url})
    facts = {"list": source.url}
    for entry in _entries(source.document, dossier.told):
        why = shown(entry.get("revocationReason"))
        return Check(code, FAILED, {"reason": "revoked", "revocation_reason": why, **facts})
    return Check(code, PASSED, facts)


def _fault_of_list(source: Source, issuer: Source) -> str | None:
    document = source.document or {}
    if not isinstance(document.get("revokedAssertions"), list):
        return "not_a_list"
    named = document.get("issuer")
    owner = named.get("id") if isinstance(named, Mapping) else named
    return None if owner in (None, issuer.url) else "other_issuer"


def _entries(document: Mapping[str, Any], assertion: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The entries of a list that stand for this assertion, by `id` or (Open Badges 1) `uid`."""
    own_id, own_uid = assertion.get("id"), assertion.get("uid")
    for entry in document["revokedAssertions"]:
        found = {"id": entry} if isinstance(entry, str) else entry
        if not isinstance(found, Mapping):
            continue
        same_uid = own_uid is not None and found.get("uid") == own_uid
        if (own_id is not None and found.get("id") == own_id) or same_uid:
            yield found


def _public_key(source: Source) -> PublicKey | str:
    """The key of a CryptographicKey, or the code of what is wrong with it."""
    pem = (source.document or {}).get("publicKeyPem")
    if not isinstance(pem, str):
        return "missing"
    try:
        return load_public_key(pem)
    except UnusableKey as problem:
        return problem.code
