"""Whether a credential was revoked or suspended: the lists that it names.

W3C Bitstring Status List 1.0, section 3.2; Open Badges 3.0, "1EdTech Revocation List".
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from openbadges import jws, status
from openbadges.canonical import MAX_VALUES_OF_LIST, bounded, read_json_object
from openbadges.errors import MalformedDocument, MalformedSignature
from openbadges.verifying.credentials import proving
from openbadges.verifying.fetching import Fetched, Library, Source
from openbadges.verifying.report import Check, CheckCode, Expectation, Outcome, shown
from openbadges.verifying.statement import id_of, listed, text, valid_from, valid_until
from openbadges.vocabulary import parse_date_time

MAX_STATUSES = 4
MAX_VALUES_OF_BITS = 500
PURPOSES = {"revocation": CheckCode.REVOCATION, "suspension": CheckCode.SUSPENSION}
# Where several lists speak of the same, the worst counts.
_WORST = (Outcome.FAILED, Outcome.NOT_CHECKED, Outcome.WARNING, Outcome.PASSED)
_BAD_ENTRY = ("missing", "not_text", "index", "status_size")

Standing = Mapping[CheckCode, Check]


def ask(
    credential: Mapping[str, Any], issuer_id: str, issuer: Source, library: Library, *, at: datetime
) -> Standing:
    """The checks `revocation` and `suspension`: not applicable where the credential names no list for them."""
    entries = listed(credential.get("credentialStatus"))
    found = [_asked(entry, credential, issuer_id, issuer, library, at) for entry in entries[:MAX_STATUSES]]
    if len(entries) > MAX_STATUSES:
        found.append(_unknown(CheckCode.REVOCATION, "too_many_values"))
    told = [check for check in found if check is not None]
    return {code: _worst(code, told) for code in PURPOSES.values()}


def _worst(code: CheckCode, told: list[Check]) -> Check:
    own = sorted(
        (check for check in told if check.code == code), key=lambda check: _WORST.index(check.outcome)
    )
    return own[0] if own else Check(code, Outcome.NOT_APPLICABLE, {"reason": "no_list"})


def _asked(
    entry: Any,
    credential: Mapping[str, Any],
    issuer_id: str,
    issuer: Source,
    library: Library,
    at: datetime,
) -> Check | None:
    """What one entry says; None for entries about other things than revocation and suspension."""
    kind = text(entry, "type")
    if kind == "1EdTechRevocationList":
        return _in_revocation_list(entry, credential, issuer_id, library)
    if kind != "BitstringStatusListEntry":
        return _unknown(CheckCode.REVOCATION, "status_type", type=shown(kind))
    code = PURPOSES.get(text(entry, "statusPurpose"))
    return None if code is None else _in_bits(code, entry, issuer_id, issuer, library, at)


def _in_bits(
    code: CheckCode, written: Any, issuer_id: str, issuer: Source, library: Library, at: datetime
) -> Check:
    try:
        entry = status.read_entry(written)
    except MalformedDocument:
        return _unknown(code, "bad_entry")
    found = _list_at(entry.list_url, library)
    if isinstance(found, Source):
        return Check(code, Outcome.NOT_CHECKED, {**found.facts, "list": shown(entry.list_url)})
    credential, token = found
    facts = {"list": shown(entry.list_url), "index": entry.index}
    if not _is_short(credential):
        return _unknown(code, "too_many_values", **facts)
    if not proving.prove(credential, token, issuer_id, issuer, at=at, expect=Expectation()).is_proven:
        return _unknown(code, "list_not_valid", **facts)
    if not _is_current(credential, at):
        return _unknown(code, "list_out_of_date", **facts)
    try:
        taken = status.is_set(status.read_list(credential, entry, issuer=issuer_id), entry.index)
    except MalformedDocument as problem:
        return _unknown(code, "bad_entry" if problem.code in _BAD_ENTRY else problem.code, **facts)
    if not taken:
        return Check(code, Outcome.PASSED, facts)
    reason = "revoked" if code == CheckCode.REVOCATION else "suspended"
    return Check(code, Outcome.FAILED, {"reason": reason, **facts})


def _list_at(url: str, library: Library) -> tuple[Mapping[str, Any], str | None] | Source:
    """The list at an address, as linked data or as a token (then with it), or why there is none."""
    source = library.get(url)
    answer = library.answer(url) if source.status == 200 else None
    if source.document is not None and not source.gone:
        return source.document, None
    if isinstance(answer, Fetched):
        try:
            token = answer.body.decode("ascii").strip()
            return jws.credential_of(read_json_object(jws.decode_unverified(token).payload)), token
        except (UnicodeDecodeError, MalformedSignature, MalformedDocument):
            pass
    return source


def _is_short(credential: Mapping[str, Any]) -> bool:
    """A list is one long text and little else. Reading linked data takes the square of its length."""
    try:
        bounded(credential, max_values=MAX_VALUES_OF_BITS)
    except MalformedDocument:
        return False
    return True


def _is_current(credential: Mapping[str, Any], at: datetime) -> bool:
    """Whether today lies between the dates that the list gives for itself."""
    since, until = valid_from(credential), valid_until(credential)
    try:
        return not ((since and parse_date_time(since) > at) or (until and parse_date_time(until) <= at))
    except MalformedDocument:
        return False


def _in_revocation_list(entry: Any, credential: Mapping[str, Any], issuer_id: str, library: Library) -> Check:
    """The list of 1EdTech names what was revoked. Where it cannot be had, the badge is believed, with a warning."""
    code, url = CheckCode.REVOCATION, id_of(entry)
    source = library.get(url, max_values=MAX_VALUES_OF_LIST)
    if source.document is None or source.gone:
        return Check(code, Outcome.WARNING, {**source.facts, "list": shown(url)})
    facts = {"list": shown(url)}
    if (id_of(source.document.get("issuer")) or issuer_id) != issuer_id:
        return _unknown(code, "other_issuer", **facts)
    try:
        revoked = status.revoked_in(source.document, text(credential, "id"))
    except MalformedDocument as problem:
        return _unknown(code, problem.code, **facts)
    if revoked is None:
        return Check(code, Outcome.PASSED, facts)
    why = shown(revoked.reason)
    return Check(code, Outcome.FAILED, {"reason": "revoked", "revocation_reason": why, **facts})


def _unknown(code: CheckCode, reason: str, **facts: Any) -> Check:
    return Check(code, Outcome.NOT_CHECKED, {"reason": reason, **facts})
