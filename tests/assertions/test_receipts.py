"""Receipts: signed by the site, kept nowhere, and checked again when they are brought back."""

import io
import json
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from PIL import Image

from assertions.documents import award_url
from assertions.models import Award, ReceiptKey
from assertions.services import receipts, revoke
from assertions.services.bringing import Brought, Pack
from assertions.services.correcting import confirm_address_change
from assertions.services.judging import judge
from assertions.services.receipts import (
    Receipt,
    make_receipt_key,
    public_keys,
    receipt_of,
    reseal_receipt_keys,
    with_receipts,
)
from assertions.services.rechecking import NotGenuine, opened, recheck, rechecked_json, whole
from common.actors import SYSTEM
from common.errors import Invalid
from journal.models import Entry
from journal.services import broken_links
from openbadges import jws, keys
from tests.assertions.elsewhere import EARNER, Elsewhere
from tests.assertions.views.visiting import asked
from tests.common.paper_making import Pdf, png_of_qr
from tests.factories import NOON
from tests.openbadges.stage import png, rsa_key

LATER = NOON + timedelta(days=400)


def receipt(brought: str | bytes, **options: Any) -> Receipt:
    (one,) = judge(Pack((Brought("x", brought),)), at=NOON, **options).judged
    return receipt_of(one, at=NOON)


@pytest.fixture
def ours(accepted_award: Award) -> Receipt:
    return receipt(award_url(accepted_award.pk))


# Made -------------------------------------------------------------------------------------------------


def test_a_receipt_says_who_found_what_when(ours: Receipt, accepted_award: Award) -> None:
    said = ours.statement
    assert (said["by"], said["at"]) == ("https://badges.example.org", "2026-03-03T12:00:00+00:00")
    assert (said["verdict"], said["badge"], said["issuer"]) == ("valid", "Run a workshop", "Atelier Nord")
    assert said["verified"] == award_url(accepted_award.pk)
    assert opened(ours.signed) == said
    assert {"at", "badge", "verdict", "open"} <= opened(ours.short).keys()


def test_it_fits_into_a_code_on_paper(ours: Receipt) -> None:
    import resvg_py

    from assertions.services.pictures import qr_texts

    assert len(ours.url) < 1100
    svg = ours.qr.partition(",")[2]
    from urllib.parse import unquote

    drawn = bytes(resvg_py.svg_to_bytes(svg_string=unquote(svg), width=500))
    assert qr_texts(drawn) == [ours.url]
    assert recheck(drawn, at=LATER).headline.kind == "good"


def test_anyone_can_check_it_with_the_public_key(ours: Receipt) -> None:
    signed = ours.signed
    (key,) = public_keys()["keys"]
    assert (key["kty"], key["crv"], key["kid"]) == ("OKP", "Ed25519", "1")
    import jwt

    read = jwt.api_jws.decode(signed, jwt.PyJWK(key).key, algorithms=["EdDSA"])
    assert json.loads(read) == ours.statement


def test_the_first_receipt_makes_the_key_and_the_journal_says_so(ours: Receipt) -> None:
    assert ours.signed == ours.signed != ours.short
    assert ReceiptKey.objects.count() == 1
    assert Entry.objects.filter(scope="site", action="issuers.key.created").count() == 1
    assert list(broken_links("site")) == []


def test_no_private_byte_is_stored_in_the_clear(ours: Receipt) -> None:
    assert ours.signed
    row = ReceiptKey.objects.get()
    assert b"PRIVATE" not in bytes(row.sealed_private)
    assert "PRIVATE" not in row.public_pem


def test_what_an_earlier_key_signed_stays_genuine(ours: Receipt) -> None:
    before = ours.signed
    make_receipt_key(at=NOON)
    assert sum(step.seen for step in reseal_receipt_keys()) == 2
    assert ours.signed != before
    assert opened(before) == opened(ours.signed) == ours.statement


def test_half_a_surrogate_pair_does_not_stop_it(db: None, elsewhere: Elsewhere) -> None:
    elsewhere.pages["/badge"] = elsewhere.badge(name="Half \ud83d of it")
    report = judge(Pack((Brought("x", elsewhere.signed()),)), at=NOON)
    json.dumps(with_receipts(report), ensure_ascii=False).encode()
    assert recheck(json.dumps(receipt_of(report.judged[0], at=NOON).document), at=NOON).is_genuine


def test_a_receipt_of_what_is_no_badge_is_not_given(db: None) -> None:
    report = with_receipts(judge(Pack((Brought("x", png()),)), at=NOON))
    assert [result["receipt"] for result in report["results"]] == [None]


# Brought back -----------------------------------------------------------------------------------------


def forms(made: Receipt) -> dict[str, str | bytes]:
    photo = io.BytesIO()
    Image.open(io.BytesIO(png_of_qr(made.url))).save(photo, "PNG")
    return {
        "file": json.dumps(made.document, indent=2).encode(),
        "text": json.dumps(made.document),
        "signed": made.signed,
        "link": made.url,
        "photo": photo.getvalue(),
        "pdf": Pdf().page("Receipt", qr=[made.url]).whole(),
    }


@pytest.mark.parametrize("form", ["file", "text", "signed", "link", "photo", "pdf"])
def test_genuine_and_still_true(ours: Receipt, form: str) -> None:
    found = recheck(forms(ours)[form], at=LATER)
    assert found.headline.title == "This receipt is genuine, and still true."
    assert (found.differences, found.is_altered) == ((), False)
    assert found.now is not None
    assert found.now.report.verdict == "valid"


@pytest.mark.parametrize("form", ["file", "link"])
def test_revoked_since(ours: Receipt, accepted_award: Award, form: str) -> None:
    revoke(awards=[accepted_award], reason="Mistake.", by=SYSTEM, at=LATER)
    found = recheck(forms(ours)[form], at=LATER)
    assert found.headline.title == "This receipt is genuine, but something has changed since."
    assert found.headline.kind == "bad"
    assert "The verdict was: This badge is valid. Now it is: This badge was revoked." in found.differences
    assert "Then: Not revoked. Now: Revoked." in found.differences


def test_moved_to_another_address_since(ours: Receipt, accepted_award: Award) -> None:
    confirm_address_change(token=asked(accepted_award, at=NOON), at=NOON)
    assert recheck(ours.url, at=LATER).differences == (
        "It was issued anew since, as when a person moves it to another address of theirs.",
    )


def test_no_longer_shown(ours: Receipt) -> None:
    Award.objects.update(response=Award.Response.DECLINED)
    found = recheck(ours.signed, at=LATER)
    assert found.differences == ("The person no longer shows this badge.",)
    assert rechecked_json(found)["now"]["badge"] is None


def test_whose_it_was_is_not_a_change(accepted_award: Award) -> None:
    """The receipt speaks of an address that was typed; when it is checked none is."""
    made = receipt(award_url(accepted_award.pk), recipient="sam@example.org")
    assert made.statement["verdict"] == "not_valid"
    assert recheck(made.signed, at=LATER).differences == ()


def test_of_a_badge_of_others(db: None, elsewhere: Elsewhere) -> None:
    """The file takes the signed badge along; the paper does not, and asks for it."""
    token = elsewhere.signed()
    made = receipt(token, recipient=EARNER)
    assert recheck(json.dumps(made.document), at=LATER).headline.title.endswith("and still true.")
    paper = recheck(made.url, at=LATER)
    assert (paper.is_genuine, paper.now, paper.headline.kind) == (True, None, "warn")
    assert recheck(made.url, at=LATER, badge=Brought("b", token)).differences == ()
    other = elsewhere.signed(issuedOn="2026-02-02T09:00:00Z")
    (difference,) = recheck(made.url, at=LATER, badge=Brought("b", other)).differences
    assert difference.startswith("It is not the same document, letter by letter")


def test_of_a_hosted_badge_of_others(db: None, elsewhere: Elsewhere) -> None:
    made = receipt(elsewhere.url("/award"))
    assert recheck(made.url, at=LATER).headline.title.endswith("and still true.")
    elsewhere.pages["/badge"] = elsewhere.badge(name="Second aid")
    elsewhere.pages["/award"] = elsewhere.award(narrative="More.")
    assert set(recheck(made.url, at=LATER).differences) == {
        "It is not the same document, letter by letter: it was changed since, or another badge was brought.",
        "The badge was called “First aid”, and “Second aid” now.",
    }


# Forged -----------------------------------------------------------------------------------------------


def test_a_receipt_that_was_changed_is_not_genuine(ours: Receipt) -> None:
    head, payload, signature = ours.signed.split(".")
    other = json.dumps(ours.statement | {"badge": "Doctor of everything"}).encode()
    swapped = jws.sign(other, rsa_key(0)).split(".")[1]
    for forged in (f"{head}.{swapped}.{signature}", f"{head}.{payload}.{'A' * len(signature)}"):
        assert recheck(forged, at=NOON).headline.title == "This receipt is not genuine."


def test_keys_of_others_sign_nothing_here(ours: Receipt) -> None:
    octets = json.dumps(ours.statement).encode()
    for key in (keys.generate_ed25519_key(), rsa_key(0)):
        assert not recheck(jws.sign(octets, key), at=NOON).is_genuine


def test_a_badge_is_no_receipt(ours: Receipt, accepted_award: Award) -> None:
    assert not recheck(accepted_award.signed, at=NOON).is_genuine


def test_what_is_written_beside_the_signature_counts_for_nothing(ours: Receipt) -> None:
    """The file says another badge; what was signed is shown, and that the file says something else."""
    file = json.dumps(ours.document | {"badge": "Doctor of everything"})
    found = recheck(file, at=NOON)
    assert (found.is_genuine, found.is_altered, found.statement["badge"]) == (True, True, "Run a workshop")


def test_the_brief_form_is_not_printed_as_the_whole(ours: Receipt) -> None:
    with pytest.raises(NotGenuine):
        whole(ours.short)
    assert whole(ours.signed) == ours.statement


@pytest.mark.parametrize(
    "brought",
    ["", "hello", "{}", '{"type": "VerificationReceipt"}', "[" * 10_000, b"\xff", b"\x89PNG", png(), "x" * 3_000_000],
)  # fmt: skip
def test_what_is_no_receipt_at_all(db: None, brought: str | bytes) -> None:
    with pytest.raises(Invalid, match="no receipt"):
        recheck(brought, at=NOON)


@pytest.mark.needs_postgres
@pytest.mark.django_db(transaction=True)
def test_two_first_receipts_at_once_make_one_key() -> None:
    """The second waits for the first to be committed, and takes its key."""
    begun, tokens = threading.Barrier(2, timeout=20), []

    def sign() -> None:
        try:
            begun.wait()
            tokens.append(receipts._signed({"at": NOON.isoformat()}))
        finally:
            connection.close()

    both = [threading.Thread(target=sign) for _number in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join(30)
    assert len(tokens) == 2
    assert ReceiptKey.objects.count() == 1
    assert len(set(tokens)) == 1
