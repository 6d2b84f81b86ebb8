"""The vocabulary of Open Badges 2.0 as frozen dataclasses.

https://www.imsglobal.org/sites/default/files/Badges/OBv2p0Final/index.html. Classes and fields keep
the standard's names (fields in snake_case). `from_dict` and `to_dict` lose nothing; `to_document`
adds the context; `problems` lists departures from the standard in a raw JSON object.
"""

from openbadges.v2.classes import (
    ISSUER_REQUIRES,
    Assertion,
    BadgeClass,
    CryptographicKey,
    Document,
    Endorsement,
    Profile,
    RevocationList,
    revoked_document,
)
from openbadges.v2.node import CONTEXT, Node
from openbadges.v2.parts import (
    AlignmentObject,
    Criteria,
    Evidence,
    IdentityObject,
    Image,
    Related,
    RevokedAssertion,
    VerificationObject,
)
from openbadges.vocabulary import Problem, types_of
from openbadges.vocabulary.values import (
    Address,
    format_date_time,
    is_iri,
    is_url,
    parse_date_time,
    read_address,
)

__all__ = [
    "CONTEXT",
    "ISSUER_REQUIRES",
    "Address",
    "AlignmentObject",
    "Assertion",
    "BadgeClass",
    "Criteria",
    "CryptographicKey",
    "Document",
    "Endorsement",
    "Evidence",
    "IdentityObject",
    "Image",
    "Node",
    "Problem",
    "Profile",
    "Related",
    "RevocationList",
    "RevokedAssertion",
    "VerificationObject",
    "format_date_time",
    "is_iri",
    "is_url",
    "parse_date_time",
    "read_address",
    "revoked_document",
    "types_of",
]
