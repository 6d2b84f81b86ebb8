"""A small world of Open Badges 3.0: one issuer with its keys, one achievement, one award with everything it can say."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ed25519

from openbadges import keys, proofs, v3

HOME = "https://badges.example.org"
ISSUER = "did:web:badges.example.org:issuers:riverside"
METHOD, TOKEN_METHOD = f"{ISSUER}#key-1", f"{ISSUER}#key-2"
LIST = f"{HOME}/status/1"
CREATED = "2026-02-01T09:00:00Z"
PNG_ADDRESS = f"{HOME}/badge.png"


@cache
def ed25519_key(number: int = 0) -> ed25519.Ed25519PrivateKey:
    """The same key for each number, always: what is signed in tests can be compared."""
    return ed25519.Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)


def issuer() -> v3.Profile:
    return v3.Profile(
        id=ISSUER,
        name="Riverside College",
        url=HOME,
        email="badges@example.org",
        phone="+33123456789",
        description="A college – “au bord de l’eau”",
        image=v3.Image(id=PNG_ADDRESS, caption="A river"),
        official="Dr Rivers",
        other_identifier=(v3.IdentifierEntry(identifier="R-1", identifier_type="sourcedId"),),
        address=v3.Address(
            address_locality="Lyon",
            geo=v3.GeoCoordinates(latitude=45.75, longitude=4.85),
            postal_code="69001",
        ),
    )


def levels() -> tuple[v3.RubricCriterionLevel, ...]:
    return tuple(
        v3.RubricCriterionLevel(id=f"{HOME}/badge#level-{n}", name=name, level=str(n), points=str(n * 10))
        for n, name in enumerate(("Started", "Able", "Expert"), start=1)
    )


def achievement() -> v3.Achievement:
    return v3.Achievement(
        id=f"{HOME}/badges/1/v/1",
        name="First aid",
        description='Can help\tuntil "help" comes. \\ é 🎓',
        criteria=v3.Criteria(id=f"{HOME}/badges/1", narrative="**Six** hours\nof practice."),
        achievement_type="Badge",
        image=v3.Image(id=PNG_ADDRESS, caption="A white cross"),
        creator=v3.Profile(id=ISSUER, name="Riverside College"),
        in_language="en",
        version="1",
        tag=("health", "safety"),
        alignment=(
            v3.Alignment(
                target_name="First aid at work",
                target_url="https://hse.example/fa",
                target_code="FA1",
                target_framework="HSE",
                target_description="Helps others.",
                target_type="CFItem",
            ),
            v3.Alignment(target_name="Caring", target_url="https://hse.example/care"),
        ),
        related=(v3.Related(id=f"{HOME}/badges/1/v/1/fr", in_language="fr", version="1"),),
        result_description=(
            v3.ResultDescription(
                id=f"{HOME}/badge#r1",
                name="Practice",
                result_type="RubricCriterionLevel",
                rubric_criterion_level=levels(),
                required_level=f"{HOME}/badge#level-2",
            ),
            v3.ResultDescription(
                id=f"{HOME}/badge#r2", name="Test", result_type="LetterGrade", allowed_value=("C", "B", "A")
            ),
        ),
        credits_available=3.5,
        field_of_study="Health",
        human_code="FA-1",
        other_identifier=(v3.IdentifierEntry(identifier="42", identifier_type="ext:local"),),
        specialization="Water",
    )


def subject() -> v3.AchievementSubject:
    return v3.AchievementSubject(
        id="urn:uuid:6f0a3d0c-4b6e-4d0e-9f5e-0f6a3b1c2d3e",
        identifier=(v3.IdentityObject.hashing("alex@example.org", "pepper"),),
        achievement=achievement(),
        narrative="Led a *drill*.",
        result=(
            v3.Result(result_description=f"{HOME}/badge#r1", achieved_level=f"{HOME}/badge#level-2"),
            v3.Result(result_description=f"{HOME}/badge#r2", value="A", status="Completed"),
        ),
        activity_start_date="2026-01-01T00:00:00Z",
        activity_end_date="2026-01-31T00:00:00Z",
        credits_earned=3,
        license_number="L-1",
        role="Leader",
        term="Winter",
        source=v3.Profile(id="https://partner.example/profile", name="Partner"),
    )


def credential(**changes: Any) -> v3.OpenBadgeCredential:
    """An award that says everything that the vocabulary has a place for."""
    given = v3.OpenBadgeCredential(
        context=v3.CONTEXT_WITH_EXTENSIONS,
        id=f"{HOME}/credentials/1",
        name="First aid",
        description="An award",
        image=v3.Image(id=PNG_ADDRESS),
        issuer=issuer(),
        valid_from="2026-02-01T09:00:00Z",
        valid_until="2028-02-01T09:00:00+01:00",
        awarded_date="2026-01-31T12:00:00Z",
        credential_subject=subject(),
        credential_status=v3.BitstringStatusListEntry(
            id=f"{LIST}#7", status_purpose="revocation", status_list_index="7", status_list_credential=LIST
        ),
        credential_schema=(v3.CredentialSchema(id=f"{HOME}/schema.json"),),
        refresh_service=v3.RefreshService(id=f"{HOME}/newer/1"),
        evidence=(
            v3.Evidence(id=f"{HOME}/proof?a=1&b=2", name="A film", narrative="Seen."),
            v3.Evidence(narrative="Told.", genre="Story", audience="All", description="Long"),
        ),
    )
    return replace(given, **changes)


def bare() -> v3.OpenBadgeCredential:
    """An award that says no more than it must."""
    return v3.OpenBadgeCredential(
        id=f"{HOME}/credentials/2",
        issuer=v3.Profile(id=ISSUER),
        valid_from="2026-02-01T09:00:00Z",
        credential_subject=v3.AchievementSubject(
            id="urn:uuid:0b0a3d0c-4b6e-4d0e-9f5e-0f6a3b1c2d3e",
            achievement=v3.Achievement(
                id=f"{HOME}/badges/2/v/1",
                name="Calm",
                description="Stays calm.",
                criteria=v3.Criteria(narrative="Seen."),
            ),
        ),
    )


def signed(document: dict[str, Any] | None = None, number: int = 0) -> dict[str, Any]:
    """The document (the full credential) with a proof of the issuer's key."""
    given = credential().to_document() if document is None else document
    return proofs.sign(given, key=ed25519_key(number), verification_method=METHOD, created=CREATED)


def did_document(rsa: keys.PublicKey | None = None) -> dict[str, Any]:
    """The controller document of the issuer, with a key for Data Integrity and (given) one for tokens."""
    methods = [
        v3.Multikey(
            id=METHOD, controller=ISSUER, public_key_multibase=keys.multikey(ed25519_key().public_key())
        )
    ]
    written = [method.to_dict() for method in methods]
    if rsa is not None:
        token = v3.JsonWebKey(id=TOKEN_METHOD, controller=ISSUER, public_key_jwk=keys.public_jwk(rsa))
        written.append(token.to_dict())
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": ISSUER,
        "verificationMethod": written,
        "assertionMethod": [method["id"] for method in written],
    }
