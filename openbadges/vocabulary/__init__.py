"""What the vocabularies of all versions of Open Badges are made of: nodes, kinds of fields, rules for values."""

from openbadges.vocabulary.node import (
    REQUIRED,
    Kind,
    Link,
    Many,
    Nested,
    Node,
    Problem,
    join,
    members,
    types_of,
)
from openbadges.vocabulary.values import (
    Address,
    format_date_time,
    is_iri,
    is_language,
    is_url,
    parse_date_time,
    read_address,
)

__all__ = [
    "REQUIRED",
    "Address",
    "Kind",
    "Link",
    "Many",
    "Nested",
    "Node",
    "Problem",
    "format_date_time",
    "is_iri",
    "is_language",
    "is_url",
    "join",
    "members",
    "parse_date_time",
    "read_address",
    "types_of",
]
