"""Awards as Open Badges 3.0 credentials (OpenBadgeCredential, section B.1; Verifiable Credentials Data Model 2.0)."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from assertions.documents.assertions import award_url, date_time, evidence_url
from assertions.models import Assessment, Award, Evidence, StatusList
from badges.documents import achievement, result_description_id
from badges.models import BadgeVersion
from common.links import absolute
from issuers.documents import credential_issuer, did, key_method
from issuers.models import Issuer, SigningKey
from openbadges.recipients import hash_identity

CONTEXTS = (
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
)
SCHEMA = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"


@dataclass(frozen=True)
class Place:
    """A bit in a status list: its address and its number, from 0."""

    url: str
    index: int


@dataclass(frozen=True)
class Facts:
    """What a credential says of one award beside the badge itself. `results` are left out before it is accepted."""

    award: Award
    address: str
    evidence: Sequence[Evidence]
    results: Sequence[Assessment]
    place: Place
    valid_from: datetime


def credential_url(award_id: object) -> str:
    """The id of the credential, and where it is served."""
    return absolute(f"/credentials/{award_id}")


def subject_id(award: Award) -> str:
    """Names the recipient of this one award, in its present edition: it says nothing of who that is."""
    return f"urn:uuid:{uuid.uuid5(award.id, award.salt)}"


def achieved(version: BadgeVersion) -> dict[str, Any]:
    """The Achievement: the same for all awards of a version (prefetch with `BadgeVersion.objects.with_content()`)."""
    return achievement(version)


def credential(facts: Facts, *, issuer: Issuer, achievement: Mapping[str, Any]) -> dict[str, Any]:
    """The OpenBadgeCredential without its proof. `achievement` is what `achieved` gives for the award's version."""
    award = facts.award
    document: dict[str, Any] = {
        "@context": list(CONTEXTS),
        "id": credential_url(award.id),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": achievement["name"],
        "image": {"id": f"{award_url(award.id)}.png", "type": "Image"},
        "issuer": credential_issuer(issuer),
        "validFrom": date_time(facts.valid_from),
        "awardedDate": date_time(award.issued_on),
    }
    if award.expires_at:
        document["validUntil"] = date_time(award.expires_at)
    document["credentialSubject"] = _subject(facts, achievement)
    if facts.evidence:
        document["evidence"] = [_evidence(award.id, row) for row in facts.evidence]
    document["credentialSchema"] = [{"id": SCHEMA, "type": "1EdTechJsonSchemaValidator2019"}]
    document["credentialStatus"] = _status(facts.place)
    return document


def _subject(facts: Facts, achievement: Mapping[str, Any]) -> dict[str, Any]:
    award = facts.award
    identity = {
        "type": "IdentityObject",
        "hashed": True,
        "identityHash": hash_identity(facts.address, award.salt),
        "identityType": "emailAddress",
        "salt": award.salt,
    }
    subject: dict[str, Any] = {
        "id": subject_id(award),
        "type": ["AchievementSubject"],
        "identifier": [identity],
    }
    if award.narrative:
        subject["narrative"] = award.narrative
    if facts.results:
        subject["result"] = [_result(achievement["id"], row) for row in facts.results]
        achievement = _with_levels(achievement, facts.results)
    subject["achievement"] = achievement
    return subject


def _result(version_url: str, row: Assessment) -> dict[str, Any]:
    """How one criterion was assessed. The level is said twice: by its id, and in words for who knows no rubrics."""
    described = result_description_id(version_url, row.criterion.position)
    said: dict[str, Any] = {"type": ["Result"], "resultDescription": described, "status": "Completed"}
    if row.level:
        said |= {"achievedLevel": _level_id(described, row.level), "value": row.level}
    return said


def _with_levels(achievement: Mapping[str, Any], results: Sequence[Assessment]) -> dict[str, Any]:
    """With the levels that its results name: organisations write them freely, a badge has no list of all of them."""
    levels = {
        result_description_id(achievement["id"], row.criterion.position): row.level
        for row in results
        if row.level
    }
    described = [
        one | {"rubricCriterionLevel": [_level(one["id"], levels[one["id"]])]} if one["id"] in levels else one
        for one in achievement.get("resultDescription", ())
    ]
    return {**achievement, "resultDescription": described}


def _level(described: str, name: str) -> dict[str, Any]:
    return {"id": _level_id(described, name), "type": ["RubricCriterionLevel"], "name": name}


def _level_id(described: str, name: str) -> str:
    """The same for the same level of the same criterion."""
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{described} {name}')}"


def _evidence(award_id: object, row: Evidence) -> dict[str, Any]:
    said = {"id": evidence_url(award_id, row), "name": row.name, "narrative": row.narrative}
    return {"type": ["Evidence"]} | {name: value for name, value in said.items() if value}


def _status(place: Place) -> dict[str, Any]:
    """The standard's schema has room for one entry: of revocation, which every verifier reads."""
    return {
        "id": f"{place.url}#{place.index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": StatusList.Purpose.REVOCATION.value,
        "statusListIndex": str(place.index),
        "statusListCredential": place.url,
    }


def claims(facts: Facts) -> dict[str, Any]:
    """The registered claims of a VC-JWT (Open Badges 3.0, section 8.2.4): the same facts in JWT's words."""
    said: dict[str, Any] = {
        "iss": did(facts.award.issuer.slug),
        "jti": credential_url(facts.award.id),
        "sub": subject_id(facts.award),
        "nbf": int(facts.valid_from.timestamp()),
    }
    return said | ({"exp": int(facts.award.expires_at.timestamp())} if facts.award.expires_at else {})


def token_header(key: SigningKey, slug: str) -> dict[str, str]:
    """The JOSE header. `kid` leads to the key by way of the organisation's DID document."""
    return {"alg": "RS256", "kid": key_method(slug, key.number), "typ": "JWT"}
