"""Each planted violation is found in awards, signatures, claim links and evidence."""

import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection

from assertions.models import Award, Claim, Evidence, FormerSignature
from assertions.services import Nomination, award_many, checking, store_evidence
from assertions.services.claiming import accept
from assertions.services.correcting import ask_address_change, confirm_address_change
from assertions.services.revoking import revoke
from badges.models import Badge
from common.actors import SYSTEM
from common.tokens import token_hash
from issuers.models import Issuer
from journal.models import Message
from tests.factories import NOON, make_award, make_badge, make_issuer
from tests.planting import codes

TOKEN = "t" * 43


@pytest.fixture(autouse=True)
def media(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def found() -> set[str]:
    """Without the figures by day: rows that are changed behind the services' back are not counted. See test_figures."""
    return codes(checking.CHECKS, at=NOON) - {"figures.day"}


def change(row: Award, **fields: object) -> None:
    Award.objects.filter(pk=row.pk).update(**fields)


def accepted(badge: Badge) -> Award:
    outcome = award_many(badge=badge, nominations=[Nomination("ines@example.org")], by=SYSTEM, at=NOON)
    (token,) = outcome.tokens.values()
    return accept(token=token, at=NOON + timedelta(hours=1))


def moved(row: Award) -> Award:
    ask = ask_address_change(award=row, address="new@example.org", at=NOON)
    type(ask).objects.filter(pk=ask.pk).update(token_hash=token_hash(TOKEN))
    return confirm_address_change(token=TOKEN, at=NOON).award


def test_nothing_where_all_is_well(badge: Badge) -> None:
    accepted(badge)
    moved(make_award(badge, notify=True))
    make_award(badge, notify=True, evidence=[store_evidence(content=b"%PDF-1", name="plan.pdf")])
    revoke(awards=[make_award(badge, notify=True)], reason="Sent by mistake.", by=SYSTEM, at=NOON)
    assert FormerSignature.objects.exists()
    assert found() == set()


def test_signed_bytes_that_do_not_verify(badge: Badge) -> None:
    one, other = make_award(badge), make_award(badge)
    payload = one.signed.split(".")[1]
    header, _payload, signature = other.signed.split(".")
    change(other, signed=f"{header}.{payload}.{signature}")
    assert found() == {"award.signature"}
    change(other, signed="no signature at all")
    assert found() == {"award.signature"}


@pytest.mark.parametrize("field", ["salt", "recipient", "version", "issued_on", "expires_at", "signed"])
def test_a_row_that_is_not_what_was_signed(badge: Badge, issuer: Issuer, field: str) -> None:
    row = make_award(badge)
    second = badge.versions.create(
        number=2, picture=row.version.picture, published_at=NOON, created_at=NOON, updated_at=NOON
    )
    other = make_award(badge)
    values = {
        "salt": "0" * 32, "recipient": other.recipient, "version": second, "issued_on": NOON - timedelta(days=1),
        "expires_at": NOON + timedelta(days=9), "signed": other.signed,
    }  # fmt: skip
    if field == "recipient":
        change(other, is_repeat=True)
    change(row, **{field: values[field]})
    assert found() == {"award.signed_facts"}


def test_a_former_signature_that_was_changed(badge: Badge) -> None:
    moved(make_award(badge))
    assert found() == set()
    FormerSignature.objects.update(salt="0" * 32)
    assert found() == {"former_award.signed_facts"}
    FormerSignature.objects.update(signed="a.b.c")
    assert found() == {"former_award.signature"}


@pytest.mark.parametrize(
    ("constraint", "code"),
    [
        ("one_award_per_badge_and_recipient", "award.double"),
        ("one_award_per_round_and_recipient", "award.round_double"),
    ],
)
def test_somebody_awarded_twice(badge: Badge, constraint: str, code: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX {constraint}")
    one, other = make_award(badge), make_award(badge)
    fields: dict[str, object] = {"recipient": one.recipient}
    if code == "award.round_double":
        fields |= {"is_repeat": True, "round": uuid.uuid4()}
        change(one, round=fields["round"])
    change(other, **fields)
    assert code in found()


def test_an_award_of_two_pieces(badge: Badge) -> None:
    change(make_award(badge), badge=make_badge(make_issuer("Elsewhere")))
    assert "award.astray" in found()


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"revoked_at": NOON}, "award.revoked_without_reason"),
        ({"revocation_reason": "Why not."}, "award.reason_without_time"),
        ({"response": "declined"}, "award.answered_without_time"),
    ],
)
def test_a_state_that_is_half_there(badge: Badge, fields: dict[str, object], code: str) -> None:
    change(make_award(badge), **fields)
    assert found() == {code}


def test_links_that_are_missing_unspent_or_left_open(badge: Badge) -> None:
    row = accepted(badge)
    claim = Claim.objects.create(award=row, token_hash="x", created_at=NOON, expires_at=NOON)
    assert found() == {"award.link_left_open"}
    claim.delete()
    Claim.objects.update(spent_at=None, created_at=NOON + timedelta(days=1))
    assert found() == {"award.accepted_unspent"}
    Claim.objects.all().delete()
    change(row, response="waiting", responded_at=None)
    assert found() == {"award.no_link"}


def test_a_mail_of_no_award_or_of_one_that_is_answered(badge: Badge) -> None:
    row = make_award(badge, notify=True)
    change(row, revoked_at=NOON, revocation_reason="Sent by mistake.")
    assert found() == {"mail.too_late"}
    Message.objects.update(attempts=1)
    assert found() == set()
    Message.objects.update(subject=f"award:{uuid.uuid4()}")
    assert found() == {"mail.no_award"}


def test_a_mail_that_brings_a_link_to_somebody_else(badge: Badge) -> None:
    make_award(badge, notify=True)
    Message.objects.update(recipient="else@example.org")
    assert found() == {"mail.other_person"}
    Message.objects.update(state="sent", sent_at=NOON, sealed=None)
    assert found() == set(), "the address may have been forgotten since"


def test_evidence_that_is_gone_another_or_nobodys(badge: Badge) -> None:
    given = store_evidence(content=b"%PDF-1", name="plan.pdf")
    make_award(badge, evidence=[given])
    file = Path(default_storage.path(given.file))
    file.write_bytes(b"%PDF-2")
    assert found() == {"evidence.file"}
    file.unlink()
    assert found() == {"evidence.file"}
    Evidence.objects.all().delete()
    assert found() == set()
    default_storage.save("evidence/ab/abc.pdf", ContentFile(b"%PDF-1"))
    assert found() == {"evidence.stray"}
