"""The vocabulary of Open Badges 3.0 as frozen dataclasses.

https://www.imsglobal.org/spec/ob/v3p0/ (section B, "Data Models"), on W3C Verifiable Credentials Data Model 2.0.
Classes and fields keep the standard's names (fields in snake_case). `from_dict` and `to_dict` lose nothing;
`to_document` adds the contexts; `problems` lists departures from the standard in a raw JSON object.
"""

from openbadges.v3.achievements import (
    Achievement,
    AchievementSubject,
    EndorsementSubject,
    Result,
    ResultDescription,
    RubricCriterionLevel,
)
from openbadges.v3.credentials import (
    AchievementCredential,
    BitstringStatusList,
    BitstringStatusListCredential,
    BitstringStatusListEntry,
    Credential,
    CredentialStatus,
    EndorsementCredential,
    OpenBadgeCredential,
    RevocationList,
    RevokedCredential,
    context_problems,
)
from openbadges.v3.node import CONTEXT, CONTEXT_WITH_EXTENSIONS, Node
from openbadges.v3.parts import (
    Alignment,
    CredentialSchema,
    Criteria,
    Evidence,
    GeoCoordinates,
    IdentifierEntry,
    IdentityObject,
    Image,
    RefreshService,
    Related,
    TermsOfUse,
)
from openbadges.v3.profiles import Address, JsonWebKey, Multikey, Profile
from openbadges.vocabulary import Problem, format_date_time, parse_date_time, types_of

__all__ = [
    "CONTEXT",
    "CONTEXT_WITH_EXTENSIONS",
    "Achievement",
    "AchievementCredential",
    "AchievementSubject",
    "Address",
    "Alignment",
    "BitstringStatusList",
    "BitstringStatusListCredential",
    "BitstringStatusListEntry",
    "Credential",
    "CredentialSchema",
    "CredentialStatus",
    "Criteria",
    "EndorsementCredential",
    "EndorsementSubject",
    "Evidence",
    "GeoCoordinates",
    "IdentifierEntry",
    "IdentityObject",
    "Image",
    "JsonWebKey",
    "Multikey",
    "Node",
    "OpenBadgeCredential",
    "Problem",
    "Profile",
    "RefreshService",
    "Related",
    "Result",
    "ResultDescription",
    "RevocationList",
    "RevokedCredential",
    "RubricCriterionLevel",
    "TermsOfUse",
    "context_problems",
    "format_date_time",
    "parse_date_time",
    "types_of",
]
