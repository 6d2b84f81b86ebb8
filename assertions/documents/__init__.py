"""Awards in the words of the Open Badges standard. The only bridge from our rows to its vocabulary."""

from assertions.documents.assertions import (
    award_url,
    date_time,
    evidence_url,
    hosted_assertion,
    hosted_assertion_json,
    revocation_list,
    revoked_assertion,
    signed_id,
    signed_payload,
)
from assertions.documents.credentials import (
    VARYING,
    Facts,
    Place,
    achieved,
    claims,
    credential,
    credential_url,
    subject_id,
    token_header,
)
from assertions.documents.statuses import list_claims, revoked_credentials, status_list, status_list_url

__all__ = [
    "VARYING",
    "Facts",
    "Place",
    "achieved",
    "award_url",
    "claims",
    "credential",
    "credential_url",
    "date_time",
    "evidence_url",
    "hosted_assertion",
    "hosted_assertion_json",
    "list_claims",
    "revocation_list",
    "revoked_assertion",
    "revoked_credentials",
    "signed_id",
    "signed_payload",
    "status_list",
    "status_list_url",
    "subject_id",
    "token_header",
]
