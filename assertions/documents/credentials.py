"""Awards as Open Badges 3.0 credentials (OpenBadgeCredential, section B.1; Verifiable Credentials Data Model 2.0)."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from assertions.documents.assertions import award_url, date_time, evidence_url
from assertions.models import Assessment, Award, Evidence, StatusList
from badges.documents import achievement, result_description_id
from badges.models import BadgeVersion
from common.links import absolute
from issuers.documents import credential_issuer, did, key_method
from issuers.models import Issuer, SigningKey
from openbadges import v3

SCHEMA = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"


# The texts in which the credentials of one version differ: what all the rest means is worked out once for all of them.
# Levels are not among these texts, as each is named twice; the same few come back again and again.
VARYING = (
    "id", "image.id", "validFrom", "validUntil", "awardedDate",
    "evidence.*.id", "evidence.*.name", "evidence.*.narrative",
    "credentialSubject.id", "credentialSubject.narrative", "credentialSubject.identifier.*.identityHash",
    "credentialSubject.identifier.*.salt", "credentialStatus.id", "credentialStatus.statusListIndex",
)  # fmt: skip


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


def achieved(version: BadgeVersion) -> v3.Achievement:
    """What an award of this version achieves (prefetch with `BadgeVersion.objects.with_content()`)."""
    return achievement(version)


def credential(facts: Facts, *, issuer: Issuer, achievement: v3.Achievement) -> dict[str, Any]:
    """The OpenBadgeCredential without its proof. `achievement` is what `achieved` gives for the award's version."""
    award = facts.award
    return v3.OpenBadgeCredential(
        context=v3.CONTEXT_WITH_EXTENSIONS,
        id=credential_url(award.id),
        name=achievement.name,
        image=v3.Image(id=f"{award_url(award.id)}.png"),
        issuer=credential_issuer(issuer),
        valid_from=date_time(facts.valid_from),
        awarded_date=date_time(award.issued_on),
        valid_until=date_time(award.expires_at) if award.expires_at else None,
        credential_subject=_subject(facts, achievement),
        evidence=tuple(_evidence(award.id, row) for row in facts.evidence),
        credential_schema=(v3.CredentialSchema(id=SCHEMA),),
        credential_status=_status(facts.place),
    ).to_document()


def _subject(facts: Facts, achievement: v3.Achievement) -> v3.AchievementSubject:
    award = facts.award
    return v3.AchievementSubject(
        id=subject_id(award),
        identifier=(v3.IdentityObject.hashing(facts.address, award.salt),),
        narrative=award.narrative or None,
        result=tuple(_result(achievement.id, row) for row in facts.results),
        achievement=_with_levels(achievement, facts.results),
    )


def _result(version_url: str, row: Assessment) -> v3.Result:
    """How one criterion was assessed. The level is said twice: by its id, and in words for who knows no rubrics."""
    described = result_description_id(version_url, row.criterion.position)
    return v3.Result(
        result_description=described,
        status="Completed",
        achieved_level=_level_id(described, row.level) if row.level else None,
        value=row.level or None,
    )


def _with_levels(achievement: v3.Achievement, results: Sequence[Assessment]) -> v3.Achievement:
    """With the levels that its results name: organisations write them freely, a badge has no list of all of them."""
    levels = {
        result_description_id(achievement.id, row.criterion.position): row.level
        for row in results
        if row.level
    }
    described = tuple(
        replace(one, rubric_criterion_level=(_level(one.id, levels[one.id]),)) if one.id in levels else one
        for one in achievement.result_description
    )
    return replace(achievement, result_description=described) if levels else achievement


def _level(described: str, name: str) -> v3.RubricCriterionLevel:
    return v3.RubricCriterionLevel(id=_level_id(described, name), name=name)


def _level_id(described: str, name: str) -> str:
    """The same for the same level of the same criterion."""
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{described} {name}')}"


def _evidence(award_id: object, row: Evidence) -> v3.Evidence:
    return v3.Evidence(id=evidence_url(award_id, row), name=row.name or None, narrative=row.narrative or None)


def _status(place: Place) -> v3.BitstringStatusListEntry:
    """The standard's schema has room for one entry: of revocation, which every verifier reads."""
    return v3.BitstringStatusListEntry(
        id=f"{place.url}#{place.index}",
        status_purpose=StatusList.Purpose.REVOCATION.value,
        status_list_index=str(place.index),
        status_list_credential=place.url,
    )


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
