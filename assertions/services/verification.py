"""Verifying any badge: ours are looked up in our own tables, others fetched with every guard.

The verdict is computed by the same code for both. Reads only.
"""

import json
import re
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import QuerySet

from assertions.documents import credential_url, subject_id
from assertions.models import Award, Credential, FormerSignature
from assertions.services.own_documents import (
    KEY,
    REVOCATIONS,
    is_only_page,
    own_document,
    own_path,
    revocations_answer,
)
from common.http import MAX_SECONDS, FetchRefused, fetch
from common.trusted_issuers import trusted_issuers
from issuers.documents import did
from issuers.models import Issuer, SigningKey
from openbadges import Check, CheckCode, Doubt, Expectation, Fetched, FetchFailed, Outcome, Report, verify

ACCEPT = (
    "application/ld+json, application/vc+ld+json, application/vc, application/did+json, application/json;q=0.9, "
    "image/png;q=0.8, image/svg+xml;q=0.8, application/vc+jwt;q=0.5, text/plain;q=0.5"
)
PATIENCE = 20.0  # seconds that one visit may make us wait for others, however many badges it brings
MOST_KEPT = 8_000_000  # bytes of answers that one visit remembers


class Inquiry:
    """The looking up of one visit: our own documents from the tables, others fetched, each once, all in one time."""

    def __init__(self, *, seconds: float | None = None) -> None:
        self._deadline = time.monotonic() + (PATIENCE if seconds is None else seconds)
        self._answers: dict[str, Fetched | FetchFailed] = {}
        self._at: datetime | None = None
        self._brought = ""
        self._room = MOST_KEPT

    @property
    def is_over(self) -> bool:
        return self._left <= 0

    def verify(self, document: str | bytes, *, at: datetime, recipient: str = "") -> Report:
        """The report on any badge: an address, JSON, a token, or the bytes of a baked picture."""
        self._at = at
        self._brought = document.partition("#")[0] if isinstance(document, str) else ""
        return _verify(document, self.look_up, at=at, recipient=recipient)

    def look_up(self, url: str) -> Fetched:
        """What is at this address. Our own documents come straight from the tables, never over HTTP."""
        own = own_path(url)
        if own is not None:
            if url == self._brought and is_only_page(own[0]):
                raise FetchFailed("web_page")
            return own_document(*own, at=self._at)
        if url not in self._answers:
            self._keep(url, self._ask(url))
        answer = self._answers[url]
        if isinstance(answer, FetchFailed):
            raise answer
        return answer

    @property
    def _left(self) -> float:
        return self._deadline - time.monotonic()

    def _ask(self, url: str) -> Fetched | FetchFailed:
        if self.is_over:
            return FetchFailed("out_of_time")
        try:
            answer = fetch(url, accept=ACCEPT, seconds=min(MAX_SECONDS, self._left))
        except FetchRefused as refused:
            return FetchFailed("refused" if refused.code == "private" else refused.code)
        if answer.status == 200 and answer.content_type.lower().startswith("text/html"):
            return FetchFailed("web_page")  # people copy the address of a page and mean the badge on it
        return Fetched(answer.status, answer.content_type, answer.body, answer.url)

    def _keep(self, url: str, answer: Fetched | FetchFailed) -> None:
        self._room -= len(answer.body) if isinstance(answer, Fetched) else 0
        if self._room < 0:
            answer = FetchFailed("too_large")
        self._answers[url] = answer


def verify_award(
    award: Award, *, at: datetime, documents: Callable[[str, str], Fetched] | None = None
) -> Report:
    """The report on one of our awards, from the bytes that were signed.

    Of the issuer's list of revoked badges only what speaks of this one is read, however long the list is. `documents`
    answers in place of `own_document`, for who verifies many and remembers what they have in common.
    """

    def look_up(url: str) -> Fetched:
        path, query = own_path(url) or ("", "")
        if found := REVOCATIONS.fullmatch(path):
            slug, key_number = found.groups()
            return revocations_answer(slug, key_number, about=award)
        if documents is not None:
            return documents(path, query)
        return own_document(path, query, at=at)

    report = _verify(award.signed, look_up, at=at)
    return at_rest(report) if award.rests else report


def at_rest(report: Report) -> Report:
    """The report on a badge of ours that is suspended: lists of what is revoked have but that word for it."""
    if not report.revoked:
        return report
    rests = Check(CheckCode.SUSPENSION, Outcome.FAILED)
    others = (check for check in report.checks if check.code != CheckCode.SUSPENSION)
    return replace(
        report, checks=tuple(rests if check.code == CheckCode.REVOCATION else check for check in others)
    )


def award_of_report(report: Report) -> Award | None:
    """Our award that a report speaks of: where it was read from our own tables, or bears a signature of ours.

    An id alone proves nothing: anyone can write one of ours into a document of their own.
    """
    if report.statement is not None and report.statement.standard == "3.0":
        found = _award_of_credential(report)
        return found or (award_of_report(report.other) if report.other else None)
    own_id, site = report.id or "", f"{settings.SITE_URL}/assertions/"
    if report.token is None and own_id.startswith(site):
        return _award(own_id.removeprefix(site))
    if report.token is None or not own_id.startswith("urn:uuid:"):
        return None
    award = _award(own_id.removeprefix("urn:uuid:"))
    ours = award is not None and (award.signed == report.token or is_former_signature(award, report.token))
    return award if ours else None


def _award_of_credential(report: Report) -> Award | None:
    """Of a credential that our own key signed, for the organisation that made the award."""
    proven = (CheckCode.SIGNATURE, CheckCode.KEY_OWNER, CheckCode.ISSUER_PROFILE)
    outcomes = [check.outcome for check in report.checks if check.code in proven]
    trusted = report.check(CheckCode.KEY_TRUSTED)
    if set(outcomes) != {Outcome.PASSED} or (trusted and trusted.outcome == Outcome.FAILED):
        return None
    own_id = report.id or ""
    award = _award(own_id.rpartition("/")[2])
    statement = report.statement
    is_ours = award is not None and own_id == credential_url(award.pk)
    return (
        award if is_ours and award and statement and statement.issuer.id == did(award.issuer.slug) else None
    )


def is_former(award: Award, report: Report) -> bool:
    """Whether what was brought is an edition from before the award moved to another address."""
    if report.statement is not None and report.statement.standard == "3.0":
        subject = (report.document or {}).get("credentialSubject")
        return isinstance(subject, dict) and subject.get("id") != subject_id(award)
    return is_former_signature(award, report.token)


def is_former_signature(award: Award, token: str | None) -> bool:
    """Whether this token was signed before the award moved to another address."""
    return bool(token) and FormerSignature.objects.filter(award=award, signed=token).exists()


def _verify(
    document: str | bytes, look_up: Callable[[str], Fetched], *, at: datetime, recipient: str = ""
) -> Report:
    return verify(document, fetch=look_up, at=at, expect=expectation(recipient))


def expectation(recipient: str = "") -> Expectation:
    """Whom this site trusts: the organisations that issue here, and those on its operator's list."""
    return Expectation(
        recipient=recipient or None,
        trusted_issuers=trusted_issuers(),
        trusted_origins=_own_origins(),
        trusted_names=_trusted_names,
        doubts=doubt,
    )


def _own_origins() -> frozenset[str]:
    """A did:web leads to https, also that of a demonstration site on plain http."""
    site = urlsplit(settings.SITE_URL)
    return frozenset({settings.SITE_URL, f"https://{site.netloc}"})


def _trusted_names() -> Iterator[str]:
    yield from trusted_issuers().values()
    yield from Issuer.objects.values_list("name", flat=True).iterator(chunk_size=2000)


def doubt(key_id: str, signature: str, badge_id: str) -> Doubt | None:
    """What we know of a key of ours that was in other hands, and since when our records hold this signature by it.

    `signature`: the compact JWS, or the `proofValue` of a credential.
    """
    key = _own_key(key_id)
    since = key.values_list("compromised_from", flat=True).first() if key is not None else None
    if since is None:
        return None
    recorded = _recorded_on(signature, badge_id)
    return Doubt(compromised_from=since.isoformat(), recorded_on=recorded.isoformat() if recorded else None)


def _own_key(key_id: str) -> QuerySet[SigningKey] | None:
    """By its address, or by its name in the organisation's DID document."""
    found = KEY.fullmatch((own_path(key_id) or ("", ""))[0])
    found = found or re.fullmatch(re.escape(f"{did()}:issuers:") + r"([a-z0-9-]+)#key-(\d{1,6})", key_id)
    if found is None:
        return None
    return SigningKey.objects.filter(issuer__slug=found[1], number=int(found[2]))


def _recorded_on(signature: str, badge_id: str) -> datetime | None:
    """When the award was made that bears this very signature, or did in a former edition."""
    award = _award(badge_id.removeprefix("urn:uuid:").removeprefix(credential_url("")))
    if award is None:
        return None
    if award.signed == signature or is_former_signature(award, signature):
        return award.created_at
    kept = Credential.objects.filter(award=award).only("proof", "signature", "made_at")
    return next((row.made_at for row in kept if _bears(row, signature)), None)


def _bears(row: Credential, signature: str) -> bool:
    """A token counts with all it says; a proof covers its document, so that its value alone will do."""
    if "." in signature:
        return row.signature == signature.rpartition(".")[2] and row.token == signature
    return bool(json.loads(row.proof)[0]["proofValue"] == signature)


def _award(written: str) -> Award | None:
    try:
        award_id = uuid.UUID(written)
    except ValueError:
        return None
    return Award.objects.for_pages().filter(pk=award_id).first()
