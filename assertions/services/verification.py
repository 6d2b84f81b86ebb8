"""Verifying any badge: ours are looked up in our own tables, others fetched with every guard.

The verdict is computed by the same code for both. Reads only.
"""

import re
import time
import uuid
from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404

from assertions.documents import hosted_assertion_json, revocation_list, revoked_assertion
from assertions.models import Award, FormerSignature
from assertions.queries import gone_awards, public_state
from assertions.services.pictures import baked
from badges.documents import badge_class_json, newest_badge_class_json
from badges.models import Badge, BadgeVersion
from common.http import MAX_SECONDS, FetchRefused, fetch
from common.json_documents import json_bytes
from issuers.documents import key_json, profile_json
from issuers.models import Issuer, SigningKey
from openbadges import Expectation, Fetched, FetchFailed, Report, verify

ACCEPT = "application/ld+json, application/json;q=0.9, image/png;q=0.8, image/svg+xml;q=0.8, text/plain;q=0.5"
JSON = "application/ld+json"
PATIENCE = 20.0  # seconds that one visit may make us wait for others, however many badges it brings
MOST_KEPT = 8_000_000  # bytes of answers that one visit remembers


class Inquiry:
    """The looking up of one visit: our own documents from the tables, others fetched, each once, all in one time."""

    def __init__(self, *, seconds: float | None = None) -> None:
        self._deadline = time.monotonic() + (PATIENCE if seconds is None else seconds)
        self._answers: dict[str, Fetched | FetchFailed] = {}
        self._room = MOST_KEPT

    @property
    def is_over(self) -> bool:
        return self._left <= 0

    def verify(self, document: str | bytes, *, at: datetime, recipient: str = "") -> Report:
        """The report on any badge: an address, JSON, a token, or the bytes of a baked picture."""
        return _verify(document, self.look_up, at=at, recipient=recipient)

    def look_up(self, url: str) -> Fetched:
        """What is at this address. Our own documents come straight from the tables, never over HTTP."""
        own = _own_path(url)
        if own is not None:
            return own_document(*own)
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
        return Fetched(answer.status, answer.content_type, answer.body)

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
        path, query = _own_path(url) or ("", "")
        if found := _REVOCATIONS.fullmatch(path):
            return _revocations(found[1], about=award)
        return (documents or own_document)(path, query)

    return _verify(award.signed, look_up, at=at)


def own_document(path: str, query: str = "") -> Fetched:
    """The answer of our public address `path`; 404 where there is nothing."""
    if path.endswith((".png", ".svg")) and "proof=hosted" in query.split("&"):
        path += "?proof=hosted"
    for pattern, answer in _OWN:
        if found := pattern.fullmatch(path):
            try:
                return answer(*found.groups())
            except (Http404, ValueError, ObjectDoesNotExist):
                break
    return Fetched(404, JSON, b"{}")


def award_of_report(report: Report) -> Award | None:
    """Our award that a report speaks of: where it was read from our own tables, or bears a signature of ours.

    An id alone proves nothing: anyone can write one of ours into a document of their own.
    """
    own_id, site = report.id or "", f"{settings.SITE_URL}/assertions/"
    if report.token is None and own_id.startswith(site):
        return _award(own_id.removeprefix(site))
    if report.token is None or not own_id.startswith("urn:uuid:"):
        return None
    award = _award(own_id.removeprefix("urn:uuid:"))
    ours = award is not None and (award.signed == report.token or is_former_signature(award, report.token))
    return award if ours else None


def is_former_signature(award: Award, token: str | None) -> bool:
    """Whether this token was signed before the award moved to another address."""
    return bool(token) and FormerSignature.objects.filter(award=award, signed=token).exists()


def _verify(
    document: str | bytes, look_up: Callable[[str], Fetched], *, at: datetime, recipient: str = ""
) -> Report:
    expect = Expectation(recipient=recipient or None, trusted_origins=frozenset({settings.SITE_URL}))
    return verify(document, fetch=look_up, at=at, expect=expect)


def _own_path(url: str) -> tuple[str, str] | None:
    """(path, query) of an address of this site, however its host and port are written; None for others."""
    try:
        parts, site = urlsplit(url), urlsplit(settings.SITE_URL)
        place = (parts.hostname or "", parts.port or _port(parts.scheme))
    except ValueError:
        return None
    http = (site.hostname, 80 if site.port is None else site.port)
    if place not in ((site.hostname, site.port or _port(site.scheme)), http) or parts.username is not None:
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
    if state.is_gone:
        return Fetched(410, JSON, json_bytes(revoked_assertion(award_id, state.reason)))
    return Fetched(200, JSON, hosted_assertion_json(uuid.UUID(award_id), state.signed))


def _token(award_id: str) -> Fetched:
    state = public_state(uuid.UUID(award_id))
    return _assertion(award_id) if state.is_gone else Fetched(200, "text/plain", state.signed.encode())


def _picture(award_id: str, kind: str, hosted: str | None) -> Fetched:
    state = public_state(uuid.UUID(award_id))
    if state.is_gone:
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


def _issuer(slug: str) -> Fetched:
    return Fetched(200, JSON, profile_json(Issuer.objects.get(slug=slug)))


def _key(slug: str, number: str) -> Fetched:
    key = SigningKey.objects.select_related("issuer").get(issuer__slug=slug, number=int(number))
    return Fetched(200, JSON, key_json(key))


def _revocations(slug: str, about: Award | None = None) -> Fetched:
    issuer = Issuer.objects.get(slug=slug)
    return Fetched(200, JSON, json_bytes(revocation_list(issuer, gone_awards(issuer, about=about))))


_REVOCATIONS = re.compile(r"/issuers/([a-z0-9-]+)/revocations")
_OWN: tuple[tuple[re.Pattern[str], Callable[..., Fetched]], ...] = (
    (re.compile(r"/assertions/([0-9a-f-]{36})"), _assertion),
    (re.compile(r"/assertions/([0-9a-f-]{36})\.jws"), _token),
    (re.compile(r"/assertions/([0-9a-f-]{36})\.(png|svg)(\?proof=hosted)?"), _picture),
    (re.compile(r"/badges/([0-9a-f-]{36})"), _badge),
    (re.compile(r"/badges/([0-9a-f-]{36})/v/(\d{1,6})(?:/([a-z-]+))?"), _version),
    (re.compile(r"/issuers/([a-z0-9-]+)"), _issuer),
    (re.compile(r"/issuers/([a-z0-9-]+)/keys/(\d{1,6})"), _key),
    (_REVOCATIONS, _revocations),
)
