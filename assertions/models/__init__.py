"""Awards and what follows them: recipients, signed bytes, evidence, claims, corrections; batches of awards."""

from assertions.models.awards import Award, AwardQuerySet, FormerSignature
from assertions.models.batches import Batch, BatchQuerySet, BatchRow, BatchRowQuerySet, ColumnMapping
from assertions.models.claims import AddressChange, Claim, ClaimQuerySet, LinkRequest, NameRequest
from assertions.models.credentials import (
    Credential,
    CredentialQuerySet,
    SignedStatusList,
    StatusList,
    Suspension,
)
from assertions.models.evidence import Assessment, Evidence, EvidenceUpload
from assertions.models.figures import DailyFigures, FiguresChange
from assertions.models.mails import MailText
from assertions.models.receipts import ReceiptKey
from assertions.models.recipients import Recipient, RecipientQuerySet

__all__ = [
    "AddressChange",
    "Assessment",
    "Award",
    "AwardQuerySet",
    "Batch",
    "BatchQuerySet",
    "BatchRow",
    "BatchRowQuerySet",
    "Claim",
    "ClaimQuerySet",
    "ColumnMapping",
    "Credential",
    "CredentialQuerySet",
    "DailyFigures",
    "Evidence",
    "EvidenceUpload",
    "FiguresChange",
    "FormerSignature",
    "LinkRequest",
    "MailText",
    "NameRequest",
    "ReceiptKey",
    "Recipient",
    "RecipientQuerySet",
    "SignedStatusList",
    "StatusList",
    "Suspension",
]
