"""Who speaks in Open Badges 3.0: profiles, their addresses, and the keys in their documents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from openbadges.v3.node import Link, Nested, Node
from openbadges.v3.parts import GeoCoordinates, IdentifierEntry, Image, Type
from openbadges.vocabulary import REQUIRED, Many
from openbadges.vocabulary.kinds import ANY, CONTEXTS, EMAIL, IRI, TELEPHONE, TEXT, TYPES, URL

if TYPE_CHECKING:
    from openbadges.v3.credentials import EndorsementCredential


@dataclass(frozen=True, kw_only=True, slots=True)
class Address(Node):
    """A postal address ("Address")."""

    TYPE: ClassVar[str | None] = "Address"

    type: Annotated[Type, TYPES, REQUIRED] = ("Address",)
    address_country: Annotated[str | None, TEXT] = None
    address_country_code: Annotated[str | None, TEXT] = None
    address_region: Annotated[str | None, TEXT] = None
    address_locality: Annotated[str | None, TEXT] = None
    street_address: Annotated[str | None, TEXT] = None
    post_office_box_number: Annotated[str | None, TEXT] = None
    postal_code: Annotated[str | None, TEXT] = None
    geo: Annotated[GeoCoordinates | None, Nested("GeoCoordinates")] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Profile(Node):
    """An organisation or a person ("Profile").

    As an issuer's own document it is also a controller document: `assertion_method` lists the keys (Multikey,
    JsonWebKey) that may sign in its name, as objects or as ids of methods under `verification_method`.
    """

    TYPE: ClassVar[str | None] = "Profile"

    context: Annotated[Any, CONTEXTS] = None
    id: Annotated[str, IRI, REQUIRED]
    type: Annotated[Type, TYPES, REQUIRED] = ("Profile",)
    name: Annotated[str | None, TEXT] = None
    url: Annotated[str | None, URL] = None
    phone: Annotated[str | None, TELEPHONE] = None
    description: Annotated[str | None, TEXT] = None
    endorsement: Annotated[tuple[EndorsementCredential, ...], Many(Nested("EndorsementCredential"))] = ()
    endorsement_jwt: Annotated[tuple[str, ...], Many(TEXT)] = ()
    image: Annotated[Image | None, Nested("Image", link=True)] = None
    email: Annotated[str | None, EMAIL] = None
    address: Annotated[Address | None, Nested("Address")] = None
    other_identifier: Annotated[tuple[IdentifierEntry, ...], Many(Nested("IdentifierEntry"))] = ()
    official: Annotated[str | None, TEXT] = None
    parent_org: Annotated[str | Profile | None, Link("Profile", IRI)] = None
    family_name: Annotated[str | None, TEXT] = None
    given_name: Annotated[str | None, TEXT] = None
    additional_name: Annotated[str | None, TEXT] = None
    patronymic_name: Annotated[str | None, TEXT] = None
    honorific_prefix: Annotated[str | None, TEXT] = None
    honorific_suffix: Annotated[str | None, TEXT] = None
    family_name_prefix: Annotated[str | None, TEXT] = None
    date_of_birth: Annotated[str | None, TEXT] = None
    verification_method: Annotated[tuple[Any, ...], Many(ANY)] = ()
    assertion_method: Annotated[tuple[Any, ...], Many(ANY)] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Multikey(Node):
    """A public key in a controller document (W3C Controlled Identifiers 1.0, "Multikey")."""

    TYPE: ClassVar[str | None] = "Multikey"

    id: Annotated[str, IRI, REQUIRED]
    type: Annotated[Type, TYPES, REQUIRED] = "Multikey"
    controller: Annotated[str, IRI, REQUIRED]
    public_key_multibase: Annotated[str, TEXT, REQUIRED]
    expires: Annotated[str | None, TEXT] = None
    revoked: Annotated[str | None, TEXT] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class JsonWebKey(Node):
    """A public key in a controller document (W3C Controlled Identifiers 1.0, "JsonWebKey")."""

    TYPE: ClassVar[str | None] = "JsonWebKey"

    id: Annotated[str, IRI, REQUIRED]
    type: Annotated[Type, TYPES, REQUIRED] = "JsonWebKey"
    controller: Annotated[str, IRI, REQUIRED]
    public_key_jwk: Annotated[dict[str, Any], ANY, REQUIRED]
    expires: Annotated[str | None, TEXT] = None
    revoked: Annotated[str | None, TEXT] = None
