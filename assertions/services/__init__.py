from assertions.services.assessing import AssessmentInput
from assertions.services.awarding import (
    AlreadyHeld,
    EvidenceInput,
    Nomination,
    Outcome,
    award,
    award_many,
    open_claims,
    refusals,
)
from assertions.services.deciding import decide_name
from assertions.services.files import (
    MAX_BYTES,
    forget_unused_evidence,
    keep_waiting,
    read_evidence_token,
    store_evidence,
)
from assertions.services.rehearsing import rehearse
from assertions.services.replacing import award_instead
from assertions.services.revoking import UNDO_WINDOW, can_be_undone, revoke, undo_revocation, undo_revocations
from assertions.services.sending import Sent, send_again, send_many_again
from assertions.services.suspending import lift_suspension, suspend

__all__ = [
    "MAX_BYTES",
    "UNDO_WINDOW",
    "AlreadyHeld",
    "AssessmentInput",
    "EvidenceInput",
    "Nomination",
    "Outcome",
    "Sent",
    "award",
    "award_instead",
    "award_many",
    "can_be_undone",
    "decide_name",
    "forget_unused_evidence",
    "keep_waiting",
    "lift_suspension",
    "open_claims",
    "read_evidence_token",
    "refusals",
    "rehearse",
    "revoke",
    "send_again",
    "send_many_again",
    "store_evidence",
    "suspend",
    "undo_revocation",
    "undo_revocations",
]
