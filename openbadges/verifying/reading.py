"""From whatever was brought (address, text, token, picture) to the assertion it claims to be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from openbadges import jws
from openbadges.baking import carried, picture_type
from openbadges.canonical import MAX_BYTES, bounded, read_json_object
from openbadges.errors import BakingError, MalformedDocument, MalformedSignature, OpenBadgesError
from openbadges.v2 import CONTEXT, is_url, types_of
from openbadges.verifying.fetching import Fetched, Library
from openbadges.verifying.report import Check, CheckCode, Kind, Outcome

CONTEXT_OF_2_1 = "https://purl.imsglobal.org/spec/ob/v2p1/ob_v2p1.jsonld"
CONTEXTS_OF_2 = (CONTEXT, "http://w3id.org/openbadges/v2", CONTEXT_OF_2_1)
# An algorithm's name, the smallest payload and a signature, in base64url. What is shorter is a word with two dots.
SHORTEST_TOKEN = 24
_CONTEXTS_OF_3 = ("https://www.w3.org/ns/credentials/", "https://www.w3.org/2018/credentials/")
_CONTEXT_OF_3 = "https://purl.imsglobal.org/spec/ob/v3p0/"
_BADGES_OF_3 = {"OpenBadgeCredential", "AchievementCredential"}
_TYPES_OF_3 = {"VerifiableCredential", *_BADGES_OF_3}
_WORDS_OF_3 = {*_BADGES_OF_3, "EndorsementCredential", "Achievement", "Profile"}
_CONTEXTS_OF_1 = {"https://w3id.org/openbadges/v1", "http://w3id.org/openbadges/v1"}


class Unreadable(Exception):
    """The document could not be read far enough for the other checks; `check` says why."""

    def __init__(self, code: CheckCode, **facts: Any) -> None:
        self.check = Check(code, Outcome.FAILED, facts)
        super().__init__(code)

    @classmethod
    def of(cls, code: CheckCode, problem: OpenBadgesError) -> Unreadable:
        """The check failed for what the problem says; facts of its own called `reason` give way to its code."""
        return cls(code, **{**problem.facts, "reason": problem.code})


@dataclass(frozen=True, slots=True)
class Reading:
    """What was brought: the assertion as raw JSON, the token around it, the picture around that.

    `version`: of the standard, as `version_of` tells it. `also`: the other edition in the same picture.
    """

    document: Mapping[str, Any]
    token: str | None = None
    picture: str | None = None
    address: str | None = None
    version: str = "2.0"
    also: Reading | None = None

    @property
    def kind(self) -> Kind:
        """As `verification.type` says; when it says nothing known, by whether there is a token."""
        if self.version == "3.0":
            return Kind.SIGNED
        # Open Badges 1.0 called it `verify`.
        verification = self.document.get("verification", self.document.get("verify"))
        names = types_of(verification) if isinstance(verification, Mapping) else ()
        if {"SignedBadge", "signed"} & set(names):
            return Kind.SIGNED
        if {"HostedBadge", "hosted"} & set(names) or self.token is None:
            return Kind.HOSTED
        return Kind.SIGNED


def read(document: str | bytes | Mapping[str, Any], library: Library) -> Reading:
    """The assertion in an address, a JSON text or object, a compact JWS, or a baked picture."""
    if isinstance(document, Mapping):
        return _read_object(document)
    if isinstance(document, str):
        return _read_text(document, library)
    if _is_picture(document):
        return _read_picture(document, library)
    return _read_text(_decode(document), library)


def _read_text(text: str, library: Library | None) -> Reading:
    """`library`: where an address may be asked for; None when an address led here already."""
    if len(text) > MAX_BYTES:
        raise Unreadable(CheckCode.STRUCTURE, reason="too_large", limit=MAX_BYTES)
    text = text.strip().removeprefix("\ufeff").strip()
    if library is not None and text.lower().startswith(("http://", "https://")):
        return _read_address(text, library)
    if text.startswith("{"):
        return _read_object(_json(text))
    if text.count(".") == 2 and len(text) >= SHORTEST_TOKEN and not text.startswith(("[", "<", '"')):
        return _read_token(text)
    raise Unreadable(CheckCode.STRUCTURE, reason="unreadable")


def _read_address(url: str, library: Library) -> Reading:
    if not is_url(url):
        raise Unreadable(CheckCode.STRUCTURE, reason="bad_address")
    answer = library.answer(url)
    if isinstance(answer, Fetched) and answer.status == 200:
        return replace(_read_answer(answer.body), address=url)
    return Reading({"id": url}, address=url)  # the refetch says what is wrong with it


def _read_answer(body: bytes) -> Reading:
    return _read_picture(body, None) if _is_picture(body) else _read_text(_decode(body), None)


def _read_picture(picture: bytes, library: Library | None) -> Reading:
    """The newest edition inside; where there are two, the older one is `also` there."""
    try:
        kind, inside = picture_type(picture), carried(picture)
    except BakingError as problem:
        raise Unreadable.of(CheckCode.PICTURE, problem) from None
    texts = [text for text in (inside.credential, inside.assertion) if text is not None]
    if not texts:
        raise Unreadable(CheckCode.PICTURE, reason="no_badge")
    newest, *older = (replace(_read_text(text, library), picture=kind) for text in texts)
    return replace(newest, also=older[0]) if older else newest


def _read_token(text: str) -> Reading:
    try:
        token = jws.decode_unverified(text)
    except MalformedSignature as problem:
        refused = problem.code == "algorithm"
        code = CheckCode.ALGORITHM if refused else CheckCode.SIGNATURE
        raise Unreadable.of(code, problem) from None
    return replace(_read_object(_json(token.payload)), token=text)


def _read_object(document: Mapping[str, Any]) -> Reading:
    try:
        bounded(document)
    except MalformedDocument as problem:
        raise Unreadable(CheckCode.STRUCTURE, reason=problem.code) from None
    found, names = version_of(document), set(types_of(document))
    if found is None or (found == "3.0" and not names & _WORDS_OF_3 and "vc" not in document):
        raise Unreadable(CheckCode.VERSION, version=None)
    if not _is_award(document, found, names):
        raise Unreadable(CheckCode.STRUCTURE, reason="not_an_assertion", type=sorted(names)[:5])
    return Reading(document, version=found)


def _is_award(document: Mapping[str, Any], version: str, names: set[str]) -> bool:
    """Whether it speaks of an award to somebody, and does not merely describe a badge or an issuer."""
    if version == "3.0":
        return bool(_BADGES_OF_3 & names) or "vc" in document
    return not names or "Assertion" in names


def version_of(document: Mapping[str, Any]) -> str | None:
    """`"2.0"`, `"3.0"`, `"1.1"`, `"1.0"`, `"0.5"`, or None for no Open Badges document at all."""
    contexts = _contexts(document)
    if any(context in CONTEXTS_OF_2 for context in contexts):
        return "2.0"
    later = any(c.startswith((*_CONTEXTS_OF_3, _CONTEXT_OF_3)) for c in contexts)
    if later or _TYPES_OF_3 & set(types_of(document)) or "vc" in document:
        return "3.0"
    if _CONTEXTS_OF_1 & set(contexts):
        return "1.1"
    if "recipient" in document and "badge" in document:
        return "1.0" if "verify" in document else "0.5" if _is_half(document) else None
    return None


def _is_half(document: Mapping[str, Any]) -> bool:
    return isinstance(document["badge"], Mapping) and isinstance(document["recipient"], str)


def _contexts(document: Mapping[str, Any]) -> list[str]:
    written = document.get("@context")
    contexts = written if isinstance(written, list) else [written]
    return [context for context in contexts if isinstance(context, str)]


def _is_picture(document: bytes) -> bool:
    return document.startswith((b"\x89PNG", b"\xff\xfe", b"\xfe\xff", b"<\0")) or (
        document[:1024].removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<")
    )


def _decode(document: bytes) -> str:
    if len(document) > MAX_BYTES:
        raise Unreadable(CheckCode.STRUCTURE, reason="too_large", limit=MAX_BYTES)
    try:
        return document.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable(CheckCode.STRUCTURE, reason="unreadable") from None


def _json(text: str | bytes) -> dict[str, Any]:
    try:
        return read_json_object(text)
    except MalformedDocument as problem:
        raise Unreadable.of(CheckCode.STRUCTURE, problem) from None
