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
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import QuerySet
from django.http import Http404
from django.urls import is_valid_path

from assertions.documents import (
    credential_url,
    hosted_assertion_json,
    revocation_list,
    revoked_assertion,
    revoked_credentials,
    subject_id,
)
from assertions.models import Award, Credential, FormerSignature, StatusList
from assertions.queries import edition_state, gone_awards, public_state
from assertions.services.credentials import credential_of, signed_status_list
from assertions.services.pictures import baked
from badges.documents import badge_class_for_key_json, badge_class_json, newest_badge_class_json
from badges.models import Badge, BadgeVersion
from common.http import MAX_SECONDS, FetchRefused, fetch
from common.json_documents import json_bytes
from common.trusted_issuers import trusted_issuers
from issuers.documents import did, issuer_did_json, key_json, profile_json, site_did_json
from issuers.models import Issuer, SigningKey
from issuers.queries import later_keys
from openbadges import Check, CheckCode, Doubt, Expectation, Fetched, FetchFailed, Outcome, Report, verify

ACCEPT = (
    "application/ld+json, application/vc+ld+json, application/vc, application/did+json, application/json;q=0.9, "
    "image/png;q=0.8, image/svg+xml;q=0.8, application/vc+jwt;q=0.5, text/plain;q=0.5"
)
JSON = "application/ld+json"
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
            if url == self._brought and _is_only_page(own[0]):
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
        if found := _REVOCATIONS.fullmatch(path):
            slug, key_number = found.groups()
            return _revocations(slug, key_number, about=award)
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


def own_document(path: str, query: str = "", *, at: datetime | None = None) -> Fetched:
    """The answer of our public address `path`; 404 where there is nothing.

    `at`: the time of asking. Credentials and status lists are signed when they are first asked for; without a time
    there are none.
    """
    if path.endswith((".png", ".svg")) and "proof=hosted" in query.split("&"):
        path += "?proof=hosted"
    try:
        for pattern, answer in _OWN:
            if found := pattern.fullmatch(path):
                return answer(*found.groups())
        for pattern, made in _SIGNED_WHEN_ASKED:
            if at is not None and (found := pattern.fullmatch(path)):
                return made(*found.groups(), at=at)
    except (Http404, ValueError, ObjectDoesNotExist):
        pass
    return Fetched(404, JSON, b"{}")


def _is_only_page(path: str) -> bool:
    """Whether there is a page at this path of ours, and no document."""
    documents = (*_OWN, *_SIGNED_WHEN_ASKED)
    return not any(pattern.fullmatch(path) for pattern, _answer in documents) and bool(is_valid_path(path))


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
    found = _KEY.fullmatch((own_path(key_id) or ("", ""))[0])
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


def own_path(url: str) -> tuple[str, str] | None:
    """(path, query) of an address of this site, however its host and port are written; None for others."""
    try:
        parts, site = urlsplit(url), urlsplit(settings.SITE_URL)
        place = (parts.hostname or "", parts.port or _port(parts.scheme))
    except ValueError:
        return None
    ports = (
        (80, 443) if site.port is None else (site.port,)
    )  # our did:web says https on a plain http site, too
    if place not in [(site.hostname, port) for port in ports] or parts.username is not None:
        return None
    return parts.path, parts.query


def _port(scheme: str) -> int:
    return 443 if scheme == "https" else 80


def _award(written: str) -> Award | None:
    try:
        award_id = uuid.UUID(written)
    except ValueError:
        return None
    return Award.objects.for_pages().filter(pk=award_id).first()


def _assertion(award_id: str) -> Fetched:
    state = public_state(uuid.UUID(award_id))
    if state.is_withheld:
        return Fetched(410, JSON, json_bytes(revoked_assertion(award_id, state.reason)))
    return Fetched(200, JSON, hosted_assertion_json(uuid.UUID(award_id), state.signed))


def _token(award_id: str) -> Fetched:
    state = public_state(uuid.UUID(award_id))
    return _assertion(award_id) if state.is_withheld else Fetched(200, "text/plain", state.signed.encode())


def _picture(award_id: str, kind: str, hosted: str | None) -> Fetched:
    state = public_state(uuid.UUID(award_id))
    if state.is_withheld:
        return _assertion(award_id)
    award = Award.objects.select_related("version__picture").get(pk=award_id)
    return Fetched(200, "image/*", baked(award, kind, hosted=bool(hosted)))


def _version(badge_id: str, number: str, language: str | None) -> Fetched:
    version = (
        BadgeVersion.objects.published().with_content().get(badge_id=uuid.UUID(badge_id), number=int(number))
    )
    if language and language not in version.languages:
        raise Http404
    return Fetched(200, JSON, badge_class_json(version, language))


def _badge(badge_id: str) -> Fetched:
    versions = BadgeVersion.objects.published().with_content().filter(badge__in=Badge.objects.public())
    return Fetched(
        200, JSON, newest_badge_class_json(versions.filter(badge_id=uuid.UUID(badge_id)).latest("number"))
    )


def _version_for_key(badge_id: str, number: str, key_number: str) -> Fetched:
    version = (
        BadgeVersion.objects.published().with_content().get(badge_id=uuid.UUID(badge_id), number=int(number))
    )
    key = later_keys(version.badge.issuer).get(number=int(key_number))
    return Fetched(200, JSON, badge_class_for_key_json(version, key))


def _issuer(slug: str, key_number: str | None) -> Fetched:
    issuer = Issuer.objects.get(slug=slug)
    return Fetched(200, JSON, profile_json(issuer, _later_key(issuer, key_number)))


def _later_key(issuer: Issuer, number: str | None) -> SigningKey | None:
    return None if number is None else later_keys(issuer).get(number=int(number))


def _did(slug: str) -> Fetched:
    return Fetched(200, JSON, issuer_did_json(Issuer.objects.get(slug=slug)))


def _site_did() -> Fetched:
    return Fetched(200, JSON, site_did_json())


def _key(slug: str, number: str) -> Fetched:
    key = SigningKey.objects.select_related("issuer").get(issuer__slug=slug, number=int(number))
    return Fetched(200, JSON, key_json(key))


def _revocations(slug: str, key_number: str | None, about: Award | None = None) -> Fetched:
    issuer = Issuer.objects.get(slug=slug)
    gone, key = gone_awards(issuer, about=about), _later_key(issuer, key_number)
    return Fetched(200, JSON, json_bytes(revocation_list(issuer, gone, key)))


def _credential(award_id: str, form: str | None, *, at: datetime) -> Fetched:
    state = edition_state(uuid.UUID(award_id))
    if not state.is_readable:
        return Fetched(410, JSON, b"{}")
    kept = credential_of(state, at=at)
    return Fetched(200, "text/plain", kept.token.encode()) if form else Fetched(200, JSON, kept.document)


def _status_list(slug: str, number: str, purpose: str | None, form: str | None, *, at: datetime) -> Fetched:
    wanted = StatusList.Purpose.SUSPENSION if purpose else StatusList.Purpose.REVOCATION
    issuer = Issuer.objects.get(slug=slug)
    listing = signed_status_list(issuer=issuer, number=int(number), purpose=wanted, at=at)
    return (
        Fetched(200, "text/plain", listing.token.encode())
        if form
        else Fetched(200, JSON, listing.document.encode())
    )


def _revoked_credentials(slug: str) -> Fetched:
    issuer = Issuer.objects.get(slug=slug)
    return Fetched(200, JSON, json_bytes(revoked_credentials(issuer, gone_awards(issuer))))


_REVOCATIONS = re.compile(r"/issuers/([a-z0-9-]+)(?:/profiles/(\d{1,6}))?/revocations")
_KEY = re.compile(r"/issuers/([a-z0-9-]+)/keys/(\d{1,6})")
_OWN: tuple[tuple[re.Pattern[str], Callable[..., Fetched]], ...] = (
    (re.compile(r"/assertions/([0-9a-f-]{36})"), _assertion),
    (re.compile(r"/assertions/([0-9a-f-]{36})\.jws"), _token),
    (re.compile(r"/assertions/([0-9a-f-]{36})\.(png|svg)(\?proof=hosted)?"), _picture),
    (re.compile(r"/badges/([0-9a-f-]{36})"), _badge),
    (re.compile(r"/badges/([0-9a-f-]{36})/v/(\d{1,6})(?:/([a-z-]+))?"), _version),
    (re.compile(r"/badges/([0-9a-f-]{36})/v/(\d{1,6})/profiles/(\d{1,6})"), _version_for_key),
    (re.compile(r"/issuers/([a-z0-9-]+)(?:/profiles/(\d{1,6}))?"), _issuer),
    (re.compile(r"/issuers/([a-z0-9-]+)/did\.json"), _did),
    (re.compile(r"/\.well-known/did\.json"), _site_did),
    (_KEY, _key),
    (_REVOCATIONS, _revocations),
    (re.compile(r"/issuers/([a-z0-9-]+)/revocations\.json"), _revoked_credentials),
)
_SIGNED_WHEN_ASKED: tuple[tuple[re.Pattern[str], Callable[..., Fetched]], ...] = (
    (re.compile(r"/credentials/([0-9a-f-]{36})(\.jwt)?"), _credential),
    (re.compile(r"/issuers/([a-z0-9-]+)/status/(\d{1,6})(/suspension)?(\.jwt)?"), _status_list),
)
