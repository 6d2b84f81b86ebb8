"""What our own public addresses answer, straight from the tables: for verifying and for exit kits."""

import re
import uuid
from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404
from django.urls import is_valid_path

from assertions.documents import (
    hosted_assertion_json,
    revocation_list,
    revoked_assertion,
    revoked_credentials,
)
from assertions.models import Award, StatusList
from assertions.queries import edition_state, gone_awards, public_state
from assertions.services.credentials import credential_of, signed_status_list
from assertions.services.pictures import baked
from badges.documents import badge_class_for_key_json, badge_class_json, newest_badge_class_json
from badges.models import Badge, BadgeVersion
from common.json_documents import json_bytes
from issuers.documents import issuer_did_json, key_json, profile_json, site_did_json
from issuers.models import Issuer, SigningKey
from issuers.queries import later_keys
from openbadges import Fetched

JSON = "application/ld+json"


def own_path(url: str) -> tuple[str, str] | None:
    """(path, query) of an address of this site, however its host and port are written; None for others."""
    try:
        parts, site = urlsplit(url), urlsplit(settings.SITE_URL)
        place = (parts.hostname or "", parts.port or _port(parts.scheme))
    except ValueError:
        return None
    # Our did:web says https on a plain http site, too.
    ports = (80, 443) if site.port is None else (site.port,)
    if place not in [(site.hostname, port) for port in ports] or parts.username is not None:
        return None
    return parts.path, parts.query


def _port(scheme: str) -> int:
    return 443 if scheme == "https" else 80


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


def is_only_page(path: str) -> bool:
    """Whether there is a page at this path of ours, and no document."""
    documents = (*_OWN, *_SIGNED_WHEN_ASKED)
    return not any(pattern.fullmatch(path) for pattern, _answer in documents) and bool(is_valid_path(path))


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


def revocations_answer(slug: str, key_number: str | None, about: Award | None = None) -> Fetched:
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


REVOCATIONS = re.compile(r"/issuers/([a-z0-9-]+)(?:/profiles/(\d{1,6}))?/revocations")
KEY = re.compile(r"/issuers/([a-z0-9-]+)/keys/(\d{1,6})")
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
    (KEY, _key),
    (REVOCATIONS, revocations_answer),
    (re.compile(r"/issuers/([a-z0-9-]+)/revocations\.json"), _revoked_credentials),
)
_SIGNED_WHEN_ASKED: tuple[tuple[re.Pattern[str], Callable[..., Fetched]], ...] = (
    (re.compile(r"/credentials/([0-9a-f-]{36})(\.jwt)?"), _credential),
    (re.compile(r"/issuers/([a-z0-9-]+)/status/(\d{1,6})(/suspension)?(\.jwt)?"), _status_list),
)
