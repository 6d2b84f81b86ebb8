"""Evidence files: known by their bytes, kept once, spoken of in forms by a token."""

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from assertions.models import EvidenceUpload
from assertions.services import (
    EvidenceInput,
    files,
    forget_unused_evidence,
    keep_waiting,
    read_evidence_token,
    store_evidence,
)
from badges.models import Badge
from common.errors import Invalid
from tests.factories import make_award

PDF = b"%PDF-1.7\n..."
PNG = b"\x89PNG\r\n\x1a\n..."
JPEG = b"\xff\xd8\xff\xe0..."


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "media_type"), [(PDF, "application/pdf"), (PNG, "image/png"), (JPEG, "image/jpeg")]
)
def test_kept_under_their_content(content: bytes, media_type: str) -> None:
    first = store_evidence(content=content, name="C:\\Plans\\Déroulé\x07.txt")
    second = store_evidence(content=content, name="")
    assert first.file == second.file
    assert (first.media_type, first.size, first.name) == (media_type, len(content), "Déroulé.txt")
    assert second.name == "File"
    with default_storage.open(first.file) as file:
        assert file.read() == content


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"<svg/>", "file_kind"),
        (b" %PDF-1.7", "file_kind"),
        (PDF + b" " * files.MAX_BYTES, "file_too_large"),
    ],
)
def test_refused_in_words(content: bytes, code: str) -> None:
    with pytest.raises(Invalid) as invalid:
        store_evidence(content=content, name="plan.pdf")
    assert invalid.value.code == code
    assert "plan.pdf" in invalid.value.message


def test_a_token_stands_for_the_file_and_cannot_be_made_up() -> None:
    evidence = EvidenceInput(file="evidence/ab/ab.pdf", name="Plan", media_type="application/pdf", size=3)
    token = files.evidence_token(evidence)
    assert read_evidence_token(token) == evidence
    assert read_evidence_token(token[:-2] + "xx") is None
    assert read_evidence_token("") is None


def test_files_that_no_award_has_are_forgotten(badge: Badge) -> None:
    used, unused, renewed = (store_evidence(content=PDF + name, name="Plan") for name in (b"1", b"2", b"3"))
    make_award(badge, evidence=[used])
    tomorrow = timezone.now() + timedelta(days=1)
    assert keep_waiting([renewed], at=tomorrow) == [renewed]
    assert forget_unused_evidence(before=tomorrow) == 1
    assert [default_storage.exists(one.file) for one in (used, unused, renewed)] == [True, False, True]
    assert EvidenceUpload.objects.get().file == renewed.file
    assert forget_unused_evidence(before=tomorrow) == 0
    assert keep_waiting([unused, used], at=tomorrow) == [used]


@pytest.mark.django_db
def test_a_forgotten_file_can_be_stored_again() -> None:
    first = store_evidence(content=PDF + b"again", name="Plan")
    forget_unused_evidence(before=timezone.now() + timedelta(days=1))
    assert default_storage.exists(store_evidence(content=PDF + b"again", name="Plan").file)
    assert keep_waiting([first], at=timezone.now()) == [first]
