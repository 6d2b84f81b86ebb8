"""The checks of Open Badges 2.0, each a question to the dossier with an answer in codes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from openbadges import v2
from openbadges.errors import MalformedDocument
from openbadges.recipients import is_hash, matches
from openbadges.verifying import signatures
from openbadges.verifying.fetching import Source
from openbadges.verifying.gathering import Dossier, is_revoked
from openbadges.verifying.lookalikes import issuer_name
from openbadges.verifying.reading import CONTEXT_OF_2_1, CONTEXTS_OF_2, Reading
from openbadges.verifying.report import Check, CheckCode, Kind, Outcome, needs, shown
from openbadges.verifying.scope import at_home, in_scope, listed_as
from openbadges.verifying.statement import listed, text

CLOCK_SKEW = timedelta(minutes=5)
MAX_PROBLEMS = 30
LINKS_OF_ISSUER = ("publicKey", "revocationList")

PASSED, FAILED, WARNING = Outcome.PASSED, Outcome.FAILED, Outcome.WARNING
NOT_APPLICABLE, NOT_CHECKED = Outcome.NOT_APPLICABLE, Outcome.NOT_CHECKED


def picture(dossier: Dossier) -> Check:
    """The assertion was read out of a picture. Facts: `type` png or svg."""
    kind = dossier.reading.picture
    if kind is None:
        return Check(CheckCode.PICTURE, NOT_APPLICABLE)
    return Check(CheckCode.PICTURE, PASSED, {"type": kind})


def version(dossier: Dossier) -> Check:
    """The document is of Open Badges 2.0 or 2.1 (others do not come this far). Facts: `version`."""
    return Check(CheckCode.VERSION, PASSED, {"version": standard_of(dossier.told)})


def structure(dossier: Dossier) -> Check:
    """Nothing required is missing, nothing is of another class. Facts: `problems`."""
    return _problems(dossier, CheckCode.STRUCTURE, structural=True)


def data_types(dossier: Dossier) -> Check:
    """Dates, addresses, hashes and the like are well written. Facts: `problems`."""
    return _problems(dossier, CheckCode.DATA_TYPES, structural=False)


def hosted_refetch(dossier: Dossier) -> Check:
    """The address in `id` answers with this assertion. A copy that differs is a warning."""
    code, source = CheckCode.HOSTED_REFETCH, dossier.assertion
    if dossier.kind != Kind.HOSTED:
        return Check(code, NOT_APPLICABLE)
    if source.gone:
        return Check(code, PASSED, source.facts)
    if source.document is None:
        return _unavailable(code, source)
    if source.document.get("id") != source.url:
        found = shown(source.document.get("id"))
        return Check(code, FAILED, {"reason": "other_id", "url": source.url, "found": found})
    if Reading(source.document).kind != Kind.HOSTED:
        return Check(code, FAILED, {"reason": "not_hosted", "url": source.url})
    return _compared_with_copy(dossier)


def hosted_scope(dossier: Dossier) -> Check:
    """The issuer speaks for the address in `id`. Facts: `url`, `issuer`."""
    code = CheckCode.HOSTED_SCOPE
    if dossier.kind != Kind.HOSTED:
        return Check(code, NOT_APPLICABLE)
    issuer, url = dossier.issuer, dossier.assertion.url
    if issuer.document is None or url is None:
        return needs(code, CheckCode.ISSUER_PROFILE)
    facts = {"url": url, "issuer": issuer.url}
    if in_scope(url, issuer.document):
        return Check(code, PASSED, facts)
    return Check(code, FAILED, {"reason": "out_of_scope", **facts})


def badge_class(dossier: Dossier) -> Check:
    """The badge class is there, at its own address. Facts: `id`, `name`."""
    return _document(CheckCode.BADGE_CLASS, dossier.badge, ("BadgeClass",))


def issuer_profile(dossier: Dossier) -> Check:
    """The issuer's profile is there, at its own address. Facts: `id`, `name`."""
    return _document(CheckCode.ISSUER_PROFILE, dossier.issuer, ("Issuer", "Profile"))


def expiry(dossier: Dossier) -> Check:
    """The badge is not past its date. Facts: `expires` as written."""
    code, expires = CheckCode.EXPIRY, dossier.told.get("expires")
    if not _told_truth(dossier):
        return needs(code, CheckCode.HOSTED_REFETCH)
    if expires is None:
        return Check(code, NOT_APPLICABLE)
    moment, issued = _moment(expires), _moment(dossier.told.get("issuedOn"))
    facts = {"expires": shown(expires)}
    if moment is None:
        return Check(code, NOT_CHECKED, {"reason": "not_date_time", **facts})
    if issued is not None and moment < issued:
        return Check(code, FAILED, {"reason": "before_issue", **facts})
    if moment <= dossier.at:
        return Check(code, FAILED, {"reason": "expired", **facts})
    return Check(code, PASSED, facts)


def issued_in_future(dossier: Dossier) -> Check:
    """The date of issue has come, with a few minutes' grace. Facts: `issued_on` as written."""
    code, written = CheckCode.ISSUED_IN_FUTURE, dossier.told.get("issuedOn")
    if not _told_truth(dossier):
        return needs(code, CheckCode.HOSTED_REFETCH)
    issued, facts = _moment(written), {"issued_on": shown(written)}
    if issued is None:
        outcome = NOT_APPLICABLE if is_revoked(dossier.assertion) else NOT_CHECKED
        return Check(code, outcome, {"reason": "not_date_time", **facts})
    if issued > dossier.at + CLOCK_SKEW:
        return Check(code, FAILED, {"reason": "future", **facts})
    return Check(code, PASSED, facts)


def recipient_match(dossier: Dossier) -> Check:
    """The badge is for the one who is expected. Facts: `type`, `hashed`."""
    code, expected = CheckCode.RECIPIENT_MATCH, dossier.expect.recipient
    if expected is None:
        return Check(code, NOT_APPLICABLE)
    if not _told_truth(dossier):
        return needs(code, CheckCode.HOSTED_REFETCH)
    recipient = _recipient(dossier.told)
    if recipient is None:
        return needs(code, CheckCode.STRUCTURE)
    facts = {"type": shown(recipient.type), "hashed": recipient.hashed}
    if recipient.type not in (dossier.expect.recipient_type, (dossier.expect.recipient_type,)):
        return Check(code, FAILED, {"reason": "other_type", **facts})
    if not matches(expected, recipient):
        return Check(code, FAILED, {"reason": "other_recipient", **facts})
    return Check(code, PASSED, facts)


def issuer_known(dossier: Dossier) -> Check:
    """The issuer is one that is trusted here, and its own site says so; a warning if not. Facts: `id`; `listed_as`, the
    name on the list; `led_to`, the other site."""
    return at_home(_known(dossier), dossier.assertion, dossier.issuer, dossier.key)


def _known(dossier: Dossier) -> Check:
    code, url, expect = CheckCode.ISSUER_KNOWN, dossier.issuer.url, dossier.expect
    if issuer_profile(dossier).outcome != PASSED or url is None:
        return needs(code, CheckCode.ISSUER_PROFILE)
    address = v2.read_address(url)
    if address is not None and address.origin in expect.trusted_origins:
        return Check(code, PASSED, {"id": url})
    name = listed_as(url, expect.trusted_issuers)
    if name is not None:
        return Check(code, PASSED, {"id": url, "listed_as": name})
    return Check(code, WARNING, {"id": url})


def name_of_issuer(dossier: Dossier) -> Check:
    """The name of an unknown issuer is no imitation. Facts: `name`, `known`."""
    name = text(dossier.issuer.document, "name")
    return issuer_name(name, issuer_known(dossier), dossier.expect)


CHECKS: tuple[Callable[[Dossier], Check], ...] = (
    picture,
    version,
    structure,
    data_types,
    hosted_refetch,
    hosted_scope,
    signatures.algorithm,
    signatures.key_listed,
    signatures.key_owner,
    signatures.signature,
    signatures.key_trusted,
    badge_class,
    issuer_profile,
    signatures.revocation,
    expiry,
    issued_in_future,
    recipient_match,
    issuer_known,
    name_of_issuer,
)


def standard_of(document: Mapping[str, Any]) -> str:
    """`"2.1"` where the document names the context of Open Badges 2.1, whose badges are those of 2.0; else `"2.0"`."""
    return "2.1" if CONTEXT_OF_2_1 in listed(document.get("@context")) else "2.0"


def linked(document: Mapping[str, Any], *members: str) -> dict[str, Any]:
    """The document with the objects in these members replaced by their ids.

    A key that carries its PEM stays: it is believed where it stands.
    """
    links = {name: _links(document[name]) for name in members if name in document}
    return {**document, **links}


def _links(value: Any) -> Any:
    if isinstance(value, list):
        return [_links(item) for item in value]
    if not isinstance(value, Mapping) or "publicKeyPem" in value:
        return value
    return value["id"] if isinstance(value.get("id"), str) else value


def _problems(dossier: Dossier, code: CheckCode, *, structural: bool) -> Check:
    if not _told_truth(dossier):
        return needs(code, CheckCode.HOSTED_REFETCH)
    found = [
        {"document": name, "field": problem.field, "problem": problem.code}
        for name, problem in _every_problem(dossier)
        if problem.structural == structural
    ]
    if found:
        return Check(code, FAILED, {"reason": "problems", "problems": found[:MAX_PROBLEMS]})
    return Check(code, PASSED)


def _every_problem(dossier: Dossier) -> Iterator[tuple[str, v2.Problem]]:
    if not is_revoked(dossier.assertion):
        for problem in v2.Assertion.problems(linked(dossier.told, "badge")):
            yield "assertion", problem
    if dossier.badge.document is not None:
        for problem in v2.BadgeClass.problems(linked(dossier.badge.document, "issuer")):
            yield "badge", problem
    for name, source in (("badge", dossier.badge), ("issuer", dossier.issuer)):
        if source.status == 200 and source.document and not _has_context(source.document):
            yield name, v2.Problem("@context", "missing")
    for problem in _issuer_problems(dossier.issuer.document):
        yield "issuer", problem
    if dossier.key.document is not None:
        for problem in v2.CryptographicKey.problems(dossier.key.document):
            yield "key", problem


def _issuer_problems(issuer: Mapping[str, Any] | None) -> Iterator[v2.Problem]:
    if issuer is None:
        return
    yield from v2.Profile.problems(linked(issuer, *LINKS_OF_ISSUER))
    for member in v2.ISSUER_REQUIRES:
        if issuer.get(member) is None:
            yield v2.Problem(member, "missing")


def _has_context(document: Mapping[str, Any]) -> bool:
    written = document.get("@context")
    contexts = written if isinstance(written, list) else [written]
    return any(context in CONTEXTS_OF_2 for context in contexts if isinstance(context, str))


def _document(code: CheckCode, source: Source, types: tuple[str, ...]) -> Check:
    if source.document is None or source.gone:
        return _unavailable(code, source)
    found = shown(source.document.get("id"))
    if source.url is not None and found != source.url:
        return Check(code, FAILED, {"reason": "other_id", "url": source.url, "found": found})
    names = v2.types_of(source.document)
    if not set(types) & set(names):
        return Check(code, FAILED, {"reason": "wrong_type", "type": list(names)[:5], "id": found})
    return Check(code, PASSED, {"id": found, "name": shown(source.document.get("name"))})


def _compared_with_copy(dossier: Dossier) -> Check:
    code, source = CheckCode.HOSTED_REFETCH, dossier.assertion
    brought = dossier.reading
    only_the_address = brought.document == {"id": source.url}
    if only_the_address or brought.document == source.document:
        return Check(code, PASSED, {"url": source.url})
    return Check(code, WARNING, {"reason": "copy_differs", "url": source.url})


def _unavailable(code: CheckCode, source: Source) -> Check:
    return Check(code, FAILED if source.final else NOT_CHECKED, source.facts)


def _told_truth(dossier: Dossier) -> bool:
    return dossier.assertion.document is not None or dossier.assertion.gone


def _recipient(assertion: Mapping[str, Any]) -> v2.IdentityObject | None:
    try:
        recipient = v2.IdentityObject.from_dict(assertion.get("recipient") or {})
    except MalformedDocument:
        return None
    return recipient if is_hash(recipient.identity) == recipient.hashed else None


def _moment(written: Any) -> datetime | None:
    try:
        return v2.parse_date_time(written) if isinstance(written, str) else None
    except MalformedDocument:
        return None
