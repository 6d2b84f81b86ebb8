"""Open Badges 3.0: credentials that are made once and kept, and the lists that say which of them still count."""

from assertions.services.credentials.keeping import (
    credential_of,
    facts_of,
    is_outdated,
    sign_all,
    unsigned,
)
from assertions.services.credentials.signing import Keys, Signed, signed
from assertions.services.credentials.statuses import (
    CLOCKS_DIFFER,
    SIZE,
    TakenPlace,
    place_of,
    said_now,
    signed_status_list,
    take_places,
)

__all__ = [
    "CLOCKS_DIFFER",
    "SIZE",
    "Keys",
    "Signed",
    "TakenPlace",
    "credential_of",
    "facts_of",
    "is_outdated",
    "place_of",
    "said_now",
    "sign_all",
    "signed",
    "signed_status_list",
    "take_places",
    "unsigned",
]
