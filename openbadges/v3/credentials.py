"""The documents of Open Badges 3.0, verifiable credentials (W3C VC Data Model 2.0), as the standards name them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, ClassVar

from openbadges import contexts
from openbadges.v3.achievements import AchievementSubject, EndorsementSubject
from openbadges.v3.node import Link, Nested, Node
from openbadges.v3.parts import CredentialSchema, Evidence, Image, RefreshService, TermsOfUse, Type
from openbadges.v3.profiles import Profile
from openbadges.vocabulary import REQUIRED, Many, Problem, join, parse_date_time, types_of
from openbadges.vocabulary.kinds import ANY, CONTEXTS, DATE_TIME, IRI, TEXT, TYPES, OneOf, Plain

INTEGER = Plain(int, code="not_integer")
PURPOSE = OneOf("revocation", "suspension", "message", "refresh", extensible=True)
_OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context"


@dataclass(frozen=True, kw_only=True, slots=True)
class CredentialStatus(Node):
    """Where to ask whether a credential still counts ("CredentialStatus").

    Of type `1EdTechRevocationList` (`id`: address of the list) or BitstringStatusListEntry, with fields of its own.
    """

    id: Annotated[str | None, IRI] = None
    type: Annotated[Type, TYPES, REQUIRED]
    status_purpose: Annotated[str | None, PURPOSE] = None
    status_list_index: Annotated[str | None, TEXT] = None
    status_list_credential: Annotated[str | None, IRI] = None

    @classmethod
    def own_problems(cls, document: Mapping[str, Any], path: str) -> Iterator[Problem]:
        """An entry of a bitstring list says which list, which bit and what for; a revocation list has an address."""
        kinds = types_of(document)
        needed = ("statusPurpose", "statusListIndex", "statusListCredential")
        required = needed if "BitstringStatusListEntry" in kinds else ("id",)
        for term in required:
            if document.get(term) is None:
                yield Problem(join(path, term), "missing")


@dataclass(frozen=True, kw_only=True, slots=True)
class BitstringStatusListEntry(CredentialStatus):
    """One bit of a status list (W3C Bitstring Status List 1.0, section 2.1). The index is a decimal text.

    W3C leaves `id` open; the stricter schema of 1EdTech asks for it (`LIST#INDEX`). One entry per credential: the
    schema of Open Badges 3.0 has no list of them.
    """

    TYPE: ClassVar[str | None] = "BitstringStatusListEntry"

    type: Annotated[Type, TYPES, REQUIRED] = "BitstringStatusListEntry"


@dataclass(frozen=True, kw_only=True, slots=True)
class Credential(Node):
    """What every verifiable credential has (W3C VC Data Model 2.0, section 4).

    Dates are ISO 8601 texts with a zone, kept as written; `valid_from_at` and `valid_until_at` give them as datetimes.
    `issuer`: a Profile or its id. `proof`: Data Integrity proofs as raw JSON, which `proofs` reads.
    """

    context: Annotated[Any, CONTEXTS, REQUIRED] = Node.CONTEXT
    id: Annotated[str, IRI, REQUIRED]
    type: Annotated[Type, TYPES, REQUIRED] = ("VerifiableCredential",)
    name: Annotated[str | None, TEXT] = None
    description: Annotated[str | None, TEXT] = None
    issuer: Annotated[str | Profile, Link("Profile", IRI), REQUIRED]
    valid_from: Annotated[str, DATE_TIME, REQUIRED]
    valid_until: Annotated[str | None, DATE_TIME] = None
    awarded_date: Annotated[str | None, DATE_TIME] = None
    credential_schema: Annotated[tuple[CredentialSchema, ...], Many(Nested("CredentialSchema"))] = ()
    credential_status: Annotated[
        CredentialStatus | BitstringStatusListEntry | None, Nested("CredentialStatus")
    ] = None
    refresh_service: Annotated[RefreshService | None, Nested("RefreshService")] = None
    terms_of_use: Annotated[tuple[TermsOfUse, ...], Many(Nested("TermsOfUse"))] = ()
    evidence: Annotated[tuple[Evidence, ...], Many(Nested("Evidence"))] = ()
    proof: Annotated[tuple[dict[str, Any], ...], Many(ANY)] = ()

    @classmethod
    def own_problems(cls, document: Mapping[str, Any], path: str) -> Iterator[Problem]:
        """The contexts come in their order, and it calls itself a verifiable credential."""
        yield from context_problems(document, path)
        if "type" in document and "VerifiableCredential" not in types_of(document):
            yield Problem(join(path, "type"), "wrong_type")

    @property
    def issuer_id(self) -> str:
        """The issuer's id, whether written alone or inside a profile."""
        return self.issuer if isinstance(self.issuer, str) else self.issuer.id

    @property
    def valid_from_at(self) -> datetime:
        """`valid_from` as an aware datetime; MalformedDocument if it is not one."""
        return parse_date_time(self.valid_from)

    @property
    def valid_until_at(self) -> datetime | None:
        """`valid_until` as an aware datetime or None; MalformedDocument if it is not one."""
        return None if self.valid_until is None else parse_date_time(self.valid_until)


@dataclass(frozen=True, kw_only=True, slots=True)
class AchievementCredential(Credential):
    """One award of an achievement to one person ("AchievementCredential", also called OpenBadgeCredential)."""

    type: Annotated[Type, TYPES, REQUIRED] = ("VerifiableCredential", "OpenBadgeCredential")
    credential_subject: Annotated[AchievementSubject, Nested("AchievementSubject"), REQUIRED]
    image: Annotated[Image | None, Nested("Image", link=True)] = None
    endorsement: Annotated[tuple[EndorsementCredential, ...], Many(Nested("EndorsementCredential"))] = ()
    endorsement_jwt: Annotated[tuple[str, ...], Many(TEXT)] = ()

    @classmethod
    def own_problems(cls, document: Mapping[str, Any], path: str) -> Iterator[Problem]:
        """As of every credential; and it is one of the two names of the type."""
        # Not super(): a dataclass with slots is made twice, and the first one is not the second.
        yield from Credential.own_problems.__func__(cls, document, path)  # type: ignore[attr-defined]
        if "type" in document and not {"AchievementCredential", "OpenBadgeCredential"} & set(
            types_of(document)
        ):
            yield Problem(join(path, "type"), "wrong_type")


OpenBadgeCredential = AchievementCredential


@dataclass(frozen=True, kw_only=True, slots=True)
class EndorsementCredential(Credential):
    """What a third party says of an achievement, a profile or an award ("EndorsementCredential")."""

    TYPE: ClassVar[str | None] = "EndorsementCredential"

    type: Annotated[Type, TYPES, REQUIRED] = ("VerifiableCredential", "EndorsementCredential")
    name: Annotated[str, TEXT, REQUIRED]
    credential_subject: Annotated[EndorsementSubject, Nested("EndorsementSubject"), REQUIRED]


@dataclass(frozen=True, kw_only=True, slots=True)
class BitstringStatusList(Node):
    """The bits themselves (W3C Bitstring Status List 1.0, section 2.2). `ttl`: milliseconds a copy may be kept."""

    TYPE: ClassVar[str | None] = "BitstringStatusList"

    id: Annotated[str | None, IRI] = None
    type: Annotated[Type, TYPES, REQUIRED] = "BitstringStatusList"
    status_purpose: Annotated[str, PURPOSE, REQUIRED]
    encoded_list: Annotated[str, TEXT, REQUIRED]
    ttl: Annotated[int | None, INTEGER] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class BitstringStatusListCredential(Credential):
    """A list of status bits, signed by the issuer of the credentials it speaks of."""

    CONTEXT: ClassVar[Any] = (contexts.CREDENTIALS_V2,)
    TYPE: ClassVar[str | None] = "BitstringStatusListCredential"

    context: Annotated[Any, CONTEXTS, REQUIRED] = (contexts.CREDENTIALS_V2,)
    type: Annotated[Type, TYPES, REQUIRED] = ("VerifiableCredential", "BitstringStatusListCredential")
    credential_subject: Annotated[BitstringStatusList, Nested("BitstringStatusList"), REQUIRED]

    @classmethod
    def own_problems(cls, document: Mapping[str, Any], path: str) -> Iterator[Problem]:
        """It calls itself a verifiable credential; the words of Open Badges are not needed."""
        if "type" in document and "VerifiableCredential" not in types_of(document):
            yield Problem(join(path, "type"), "wrong_type")


@dataclass(frozen=True, kw_only=True, slots=True)
class RevokedCredential(Node):
    """One entry of a 1EdTech revocation list."""

    id: Annotated[str, IRI, REQUIRED]
    revoked: Annotated[bool | None, Plain(bool, code="not_boolean")] = None
    revocation_reason: Annotated[str | None, TEXT] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class RevocationList(Node):
    """The credentials an issuer took back ("1EdTech Revocation List Status Method 1.0")."""

    id: Annotated[str, IRI, REQUIRED]
    issuer: Annotated[str, IRI, REQUIRED]
    revoked_credential: Annotated[tuple[RevokedCredential, ...], Many(Nested("RevokedCredential")), REQUIRED]


def context_problems(document: Mapping[str, Any], path: str = "") -> Iterator[Problem]:
    """The first context is the one of credentials, the second an edition of Open Badges 3.0 (section 8.1)."""
    written = document.get("@context")
    listed = written if isinstance(written, list) else [written]
    credentials = (contexts.CREDENTIALS_V2, contexts.CREDENTIALS_V1)
    first, second = (*listed, None, None)[:2]
    if first not in credentials or not (isinstance(second, str) and second.startswith(_OPEN_BADGES)):
        yield Problem(join(path, "@context"), "wrong_context")
