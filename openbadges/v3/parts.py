"""The objects inside the documents of Open Badges 3.0, named as the standard names them (section B, "Data Models")."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Self

from openbadges.recipients import hash_identity, is_hash
from openbadges.v3.node import Node
from openbadges.v3.words import IDENTITY_TYPE, TARGET_TYPE
from openbadges.vocabulary import REQUIRED, Problem, join
from openbadges.vocabulary.kinds import BOOLEAN, IMAGE, IRI, LANGUAGE, NUMBER, TEXT, TYPES, URL

Type = str | tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Criteria(Node):
    """What was asked for: a page (`id`), Markdown (`narrative`), or both ("Criteria")."""

    id: Annotated[str | None, IRI] = None
    type: Annotated[Type | None, TYPES] = None
    narrative: Annotated[str | None, TEXT] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class IdentityObject(Node):
    """Who a credential is for ("IdentityObject").

    `identity_type`: `emailAddress` and other words of the standard; `identity_hash`: an IdentityHash over the identity
    and `salt` when `hashed`, else the identity as it is.
    """

    TYPE: ClassVar[str | None] = "IdentityObject"

    type: Annotated[Type, TYPES, REQUIRED] = "IdentityObject"
    hashed: Annotated[bool, BOOLEAN, REQUIRED]
    identity_hash: Annotated[str, TEXT, REQUIRED]
    identity_type: Annotated[str, IDENTITY_TYPE, REQUIRED] = "emailAddress"
    salt: Annotated[str | None, TEXT] = None

    @classmethod
    def hashing(cls, identity: str, salt: str, *, identity_type: str = "emailAddress") -> Self:
        """The hashed form of a plain identity, which is used exactly as given."""
        hashed = hash_identity(identity, salt)
        return cls(identity_type=identity_type, identity_hash=hashed, hashed=True, salt=salt)

    @classmethod
    def own_problems(cls, document: Mapping[str, Any], path: str) -> Iterator[Problem]:
        """A hash must be called one, and what is called one must be it."""
        identity, hashed = document.get("identityHash"), document.get("hashed")
        if isinstance(identity, str) and isinstance(hashed, bool) and is_hash(identity) != hashed:
            yield Problem(join(path, "hashed"), "hashed_mismatch")

    @property
    def identity(self) -> str:
        """`identity_hash`, under the name that `recipients.matches` reads."""
        return self.identity_hash


@dataclass(frozen=True, kw_only=True, slots=True)
class IdentifierEntry(Node):
    """Another identifier of an achievement or a profile ("IdentifierEntry")."""

    TYPE: ClassVar[str | None] = "IdentifierEntry"

    type: Annotated[Type, TYPES, REQUIRED] = "IdentifierEntry"
    identifier: Annotated[str, TEXT, REQUIRED]
    identifier_type: Annotated[str, IDENTITY_TYPE, REQUIRED]


@dataclass(frozen=True, kw_only=True, slots=True)
class Image(Node):
    """A picture: `id` is its URL or `data:` URI, `caption` a text in its place ("Image")."""

    TYPE: ClassVar[str | None] = "Image"

    id: Annotated[str, IMAGE, REQUIRED]
    type: Annotated[Type, TYPES, REQUIRED] = "Image"
    caption: Annotated[str | None, TEXT] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Alignment(Node):
    """A line of a framework that the achievement speaks to ("Alignment")."""

    TYPE: ClassVar[str | None] = "Alignment"

    type: Annotated[Type, TYPES, REQUIRED] = ("Alignment",)
    target_name: Annotated[str, TEXT, REQUIRED]
    target_url: Annotated[str, URL, REQUIRED]
    target_code: Annotated[str | None, TEXT] = None
    target_description: Annotated[str | None, TEXT] = None
    target_framework: Annotated[str | None, TEXT] = None
    target_type: Annotated[str | None, TARGET_TYPE] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence(Node):
    """What shows that the criteria were met: a page (`id`) and/or a Markdown story ("Evidence")."""

    TYPE: ClassVar[str | None] = "Evidence"

    id: Annotated[str | None, IRI] = None
    type: Annotated[Type, TYPES, REQUIRED] = ("Evidence",)
    narrative: Annotated[str | None, TEXT] = None
    name: Annotated[str | None, TEXT] = None
    description: Annotated[str | None, TEXT] = None
    genre: Annotated[str | None, TEXT] = None
    audience: Annotated[str | None, TEXT] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Related(Node):
    """Another achievement that is this one in another language or version ("Related")."""

    TYPE: ClassVar[str | None] = "Related"

    id: Annotated[str, IRI, REQUIRED]
    type: Annotated[Type, TYPES, REQUIRED] = ("Related",)
    in_language: Annotated[str | None, LANGUAGE] = None
    version: Annotated[str | None, TEXT] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class GeoCoordinates(Node):
    """A place on the globe, in decimal degrees ("GeoCoordinates")."""

    TYPE: ClassVar[str | None] = "GeoCoordinates"

    type: Annotated[Type, TYPES, REQUIRED] = "GeoCoordinates"
    latitude: Annotated[float, NUMBER, REQUIRED]
    longitude: Annotated[float, NUMBER, REQUIRED]


@dataclass(frozen=True, kw_only=True, slots=True)
class CredentialSchema(Node):
    """Where the JSON Schema of a credential is kept ("CredentialSchema").

    The type `1EdTechJsonSchemaValidator2019` is defined in the context of extensions only.
    """

    id: Annotated[str, IRI, REQUIRED]
    type: Annotated[Type, TYPES, REQUIRED] = "1EdTechJsonSchemaValidator2019"


@dataclass(frozen=True, kw_only=True, slots=True)
class RefreshService(Node):
    """Where a newer edition of a credential can be had ("RefreshService")."""

    id: Annotated[str, IRI, REQUIRED]
    type: Annotated[Type, TYPES, REQUIRED] = "1EdTechCredentialRefresh"


@dataclass(frozen=True, kw_only=True, slots=True)
class TermsOfUse(Node):
    """What a credential may be used for ("TermsOfUse")."""

    id: Annotated[str | None, IRI] = None
    type: Annotated[Type, TYPES, REQUIRED]
