"""Evidence files: PDF and pictures, known by their own bytes, kept under the hash of their content."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.core import signing
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assertions.models import Evidence, EvidenceUpload
from assertions.services.awarding import EvidenceInput
from common.errors import Invalid

MAX_BYTES = 10 * 1024 * 1024
_KINDS = (
    (b"%PDF-", "application/pdf", "pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png", "png"),
    (b"\xff\xd8\xff", "image/jpeg", "jpg"),
)
_SALT = "assertions.evidence"


def store_evidence(*, content: bytes, name: str) -> EvidenceInput:
    """The file in storage, as evidence to award with. Raises Invalid, with words for the person who chose it."""
    name = _tidy(name)
    if not content:
        raise Invalid(_("“%(name)s” is empty.") % {"name": name}, code="empty_file")
    if len(content) > MAX_BYTES:
        raise Invalid(_("“%(name)s” is larger than 10 MB.") % {"name": name}, code="file_too_large")
    media_type, ending = _kind(content, name)
    digest = hashlib.sha256(content).hexdigest()
    path = f"evidence/{digest[:2]}/{digest}.{ending}"
    _note([path], at=timezone.now())  # first: nobody forgets the file while it is looked for
    if not default_storage.exists(path):
        default_storage.save(path, ContentFile(content))
    return EvidenceInput(file=path, name=name, media_type=media_type, size=len(content))


def evidence_token(evidence: EvidenceInput) -> str:
    """Stands for a stored file in a form, so that a form shown again needs no second upload."""
    facts = [evidence.file, evidence.name, evidence.media_type, evidence.size]
    return signing.dumps(facts, salt=_SALT, compress=True)


def read_evidence_token(token: str) -> EvidenceInput | None:
    """The file that `evidence_token` stood for; None where the token is not ours."""
    try:
        facts: list[Any] = signing.loads(token, salt=_SALT)
    except signing.BadSignature:
        return None
    file, name, media_type, size = facts
    return EvidenceInput(file=file, name=name, media_type=media_type, size=size)


@transaction.atomic
def keep_waiting(files: Sequence[EvidenceInput], *, at: datetime) -> list[EvidenceInput]:
    """Those that are still there, kept from now on for as long as when they were new: their form is still open."""
    _note(sorted({one.file for one in files}), at=at)
    return [one for one in files if default_storage.exists(one.file)]


@transaction.atomic
def forget_unused_evidence(*, before: datetime) -> int:
    """Deletes files that were stored for an award which never came. Gives how many."""
    stale = EvidenceUpload.objects.filter(stored_at__lt=before).order_by("stored_at")
    names = [row.file for row in stale.select_for_update()[:500]]
    used = set(Evidence.objects.exclude(file="").filter(file__in=names).values_list("file", flat=True))
    unused = [name for name in names if name not in used]
    EvidenceUpload.objects.filter(file__in=names).delete()
    # Within the transaction: who stores or keeps the same file meanwhile waits, and then finds it gone.
    for name in unused:
        default_storage.delete(name)
    return len(unused)


@transaction.atomic
def give_up_evidence(awards: Sequence[UUID]) -> None:
    """The evidence of these awards is forgotten; `forget_unused_evidence` deletes the files that no other award has."""
    rows = Evidence.objects.filter(award__in=awards)
    names = set(rows.exclude(file="").values_list("file", flat=True))
    rows.delete()
    # Who has the same file in an open form keeps it for as long as that.
    uploads = [
        EvidenceUpload(file=name, stored_at=datetime(1970, 1, 1, tzinfo=UTC)) for name in sorted(names)
    ]
    EvidenceUpload.objects.bulk_create(uploads, ignore_conflicts=True)


def _note(names: Sequence[str], *, at: datetime) -> None:
    EvidenceUpload.objects.bulk_create(
        [EvidenceUpload(file=name, stored_at=at) for name in names],
        update_conflicts=True,
        unique_fields=["file"],
        update_fields=["stored_at"],
    )


def _kind(content: bytes, name: str) -> tuple[str, str]:
    for beginning, media_type, ending in _KINDS:
        if content.startswith(beginning):
            return media_type, ending
    raise Invalid(_("“%(name)s” is not a PDF, PNG or JPEG file.") % {"name": name}, code="file_kind")


def _tidy(name: str) -> str:
    """What people called it, without folders and without control characters."""
    shown = "".join(letter for letter in name.replace("\\", "/").rpartition("/")[2] if letter.isprintable())
    return shown.strip()[-150:] or _("File")
