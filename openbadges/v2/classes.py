"""The documents of Open Badges 2.0, named as the standard names them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, ClassVar, Self

from openbadges.v2.node import CONTEXT, Link, Nested, Node
from openbadges.v2.parts import (
    AlignmentObject,
    Criteria,
    Evidence,
    IdentityObject,
    Image,
    Related,
    RevokedAssertion,
    Type,
    VerificationObject,
)
from openbadges.vocabulary import REQUIRED, Many, Problem, join, types_of
from openbadges.vocabulary.kinds import (
    ANY,
    BOOLEAN,
    DATE_TIME,
    EMAIL,
    IRI,
    LANGUAGE,
    TELEPHONE,
    TEXT,
    TYPES,
    URL,
    VERSION,
)
from openbadges.vocabulary.values import parse_date_time

METHODS = frozenset({"HostedBadge", "SignedBadge", "hosted", "signed"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Document(Node):
    """What every document may have: context, language, version, relatives, endorsements."""

    context: Annotated[Any, ANY] = None
    language: Annotated[str | None, LANGUAGE] = None
    version: Annotated[str | int | float | None, VERSION] = None
    related: Annotated[tuple[Related, ...], Many(Nested("Related", link=True))] = ()
    endorsement: Annotated[tuple[str | Endorsement, ...], Many(Link("Endorsement", IRI))] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Assertion(Document):
    """One award of a badge to one recipient (Open Badges 2.0, "Assertion").

    `issued_on` and `expires` are ISO 8601 texts, kept as written; `issued_at` and `expires_at` give
    them as datetimes. `badge` is the id of the BadgeClass or the BadgeClass itself.
    """

    TYPE: ClassVar[str | None] = "Assertion"

    id: Annotated[str, IRI, REQUIRED]
    type: Annotated[Type, TYPES, REQUIRED] = "Assertion"
    recipient: Annotated[IdentityObject, Nested("IdentityObject"), REQUIRED]
    badge: Annotated[str | BadgeClass, Link("BadgeClass", IRI), REQUIRED]
    verification: Annotated[VerificationObject, Nested("VerificationObject"), REQUIRED]
    issued_on: Annotated[str, DATE_TIME, REQUIRED]
    expires: Annotated[str | None, DATE_TIME] = None
    image: Annotated[Image | None, Nested("Image", link=True)] = None
    evidence: Annotated[tuple[Evidence, ...], Many(Nested("Evidence", link=True))] = ()
    narrative: Annotated[str | None, TEXT] = None
    revoked: Annotated[bool | None, BOOLEAN] = None
    revocation_reason: Annotated[str | None, TEXT] = None

    @classmethod
    def own_problems(cls, document: Mapping[str, Any], path: str) -> Iterator[Problem]:
        """Its verification is of a type the standard knows; its picture has an address."""
        verification, image = document.get("verification"), document.get("image")
        named = types_of(verification) if isinstance(verification, Mapping) else ()
        if named and not METHODS & set(named):
            yield Problem(join(path, "verification.type"), "wrong_type")
        address = image.get("id") if isinstance(image, Mapping) else image
        if isinstance(address, str) and address.lower().startswith("data:"):
            yield Problem(join(path, "image"), "not_url")

    @property
    def issued_at(self) -> datetime:
        """`issued_on` as an aware datetime; MalformedDocument if it is not one."""
        return parse_date_time(self.issued_on)

    @property
    def expires_at(self) -> datetime | None:
        """`expires` as an aware datetime or None; MalformedDocument if it is not one."""
        return None if self.expires is None else parse_date_time(self.expires)


@dataclass(frozen=True, kw_only=True, slots=True)
class BadgeClass(Document):
    """What can be earned (Open Badges 2.0, "BadgeClass"). `issuer`: a Profile or its id."""

    TYPE: ClassVar[str | None] = "BadgeClass"

    id: Annotated[str, IRI, REQUIRED]
    type: Annotated[Type, TYPES, REQUIRED] = "BadgeClass"
    name: Annotated[str, TEXT, REQUIRED]
    description: Annotated[str, TEXT, REQUIRED]
    image: Annotated[Image, Nested("Image", link=True), REQUIRED]
    criteria: Annotated[Criteria, Nested("Criteria", link=True), REQUIRED]
    issuer: Annotated[str | Profile, Link("Profile", IRI), REQUIRED]
    alignment: Annotated[tuple[AlignmentObject, ...], Many(Nested("AlignmentObject"))] = ()
    tags: Annotated[tuple[str, ...], Many(TEXT)] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Profile(Document):
    """An issuer (Open Badges 2.0, "Profile"). As an issuer it also needs `ISSUER_REQUIRES`.

    `revocation_list`: URL of the RevocationList of its signed badges; `public_key`: ids of its
    CryptographicKeys or the keys themselves; `verification`: where its hosted assertions live.
    """

    id: Annotated[str, IRI, REQUIRED]
    type: Annotated[Type, TYPES, REQUIRED] = "Issuer"
    name: Annotated[str | None, TEXT] = None
    url: Annotated[str | None, URL] = None
    email: Annotated[str | None, EMAIL] = None
    telephone: Annotated[str | None, TELEPHONE] = None
    description: Annotated[str | None, TEXT] = None
    image: Annotated[Image | None, Nested("Image", link=True)] = None
    public_key: Annotated[tuple[str | CryptographicKey, ...], Many(Link("CryptographicKey", IRI))] = ()
    verification: Annotated[VerificationObject | None, Nested("VerificationObject")] = None
    revocation_list: Annotated[str | RevocationList | None, Link("RevocationList", IRI)] = None


ISSUER_REQUIRES = ("name", "url", "email")


@dataclass(frozen=True, kw_only=True, slots=True)
class CryptographicKey(Document):
    """A public key that an issuer signs with (Open Badges 2.0, "CryptographicKey").

    `owner`: id of the issuer's Profile, which lists this key in turn; `public_key_pem`: PEM text.
    """

    TYPE: ClassVar[str | None] = "CryptographicKey"

    id: Annotated[str, IRI, REQUIRED]
    type: Annotated[Type, TYPES, REQUIRED] = "CryptographicKey"
    owner: Annotated[str, IRI, REQUIRED]
    public_key_pem: Annotated[str, TEXT, REQUIRED]


@dataclass(frozen=True, kw_only=True, slots=True)
class RevocationList(Document):
    """The signed assertions an issuer took back (Open Badges 2.0, "RevocationList")."""

    TYPE: ClassVar[str | None] = "RevocationList"

    id: Annotated[str | None, IRI] = None
    type: Annotated[Type, TYPES, REQUIRED] = "RevocationList"
    issuer: Annotated[str | Profile | None, Link("Profile", IRI)] = None
    revoked_assertions: Annotated[
        tuple[RevokedAssertion, ...], Many(Nested("RevokedAssertion", link=True)), REQUIRED
    ]

    @classmethod
    def listing(cls, entries: Iterable[RevokedAssertion], *, id: str, issuer: str) -> Self:
        """The list of these entries, as every verifier reads it.

        1EdTech's validator overlooks the entry of a list of one (its JSON-LD turns the list into its
        member), so a sole entry is followed by its id alone.
        """
        revoked = tuple(entries)
        if len(revoked) == 1 and revoked[0].id is not None:
            revoked = (*revoked, RevokedAssertion(id=revoked[0].id, bare=True))
        return cls(id=id, issuer=issuer, revoked_assertions=revoked)


@dataclass(frozen=True, kw_only=True, slots=True)
class Endorsement(Document):
    """What a third party says of a badge, an issuer or an award (Open Badges 2.0, "Endorsement").

    `claim`: JSON object with the `id` endorsed and, as a rule, an `endorsementComment` (Markdown).
    """

    TYPE: ClassVar[str | None] = "Endorsement"

    id: Annotated[str, IRI, REQUIRED]
    type: Annotated[Type, TYPES, REQUIRED] = "Endorsement"
    claim: Annotated[dict[str, Any], ANY, REQUIRED]
    issuer: Annotated[str | Profile, Link("Profile", IRI), REQUIRED]
    issued_on: Annotated[str, DATE_TIME, REQUIRED]
    verification: Annotated[VerificationObject, Nested("VerificationObject"), REQUIRED]
    revoked: Annotated[bool | None, BOOLEAN] = None
    revocation_reason: Annotated[str | None, TEXT] = None

    @classmethod
    def own_problems(cls, document: Mapping[str, Any], path: str) -> Iterator[Problem]:
        """The claim says what it is about."""
        claim = document.get("claim")
        if claim is not None and not (isinstance(claim, Mapping) and isinstance(claim.get("id"), str)):
            yield Problem(join(path, "claim.id"), "missing")


def revoked_document(id: str, reason: str | None = None) -> dict[str, Any]:
    """The body that goes with HTTP 410 for a revoked hosted assertion: nothing but the fact and why.

    Open Badges 2.0, "Hosted Badges", revocation.
    """
    document = {"@context": CONTEXT, "type": "Assertion", "id": id, "revoked": True}
    return document if reason is None else {**document, "revocationReason": reason}
