"""/receipts: printed, downloaded, and checked when they come back."""

import json
import re
from datetime import date
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from assertions.documents import award_url
from assertions.models import Assessment, Award
from assertions.services import revoke
from common.actors import SYSTEM
from tests.assertions.elsewhere import Elsewhere
from tests.assertions.views.visiting import browser, words
from tests.factories import NOON

SITE = "https://badges.example.org"


@pytest.fixture(autouse=True)
def _fresh_rates() -> None:
    cache.clear()


def downloaded(award: Award) -> dict[str, Any]:
    return json.loads(browser().get(f"/assertions/{award.pk}/receipt.json").content)


def signed_in(response: Any) -> str:
    return re.findall(r'name="signed" value="([^"]+)"', response.content.decode())[0]


def brought(content: bytes, name: str = "receipt.json", **more: Any) -> Any:
    return browser().post("/receipts", {"receipt": SimpleUploadedFile(name, content), **more})


# On paper ---------------------------------------------------------------------------------------------


def test_the_paper_says_what_was_evaluated_and_how(accepted_award: Award) -> None:
    criterion = accepted_award.version.criteria.first()
    Assessment.objects.create(
        award=accepted_award, criterion=criterion, level="confirmed", assessor="Karim Benali",
        assessed_on=date(2026, 3, 2), note="Seen twice.",
    )  # fmt: skip
    response = browser().get(f"/assertions/{accepted_award.pk}/receipt")
    said = words(response)
    assert "What was evaluated" in said
    assert "Level reached: confirmed. Assessed by Karim Benali on 2 March 2026. Seen twice." in said
    assert "awarded by Atelier Nord to Inès Marchand on 3 March 2026." in said
    assert 'src="data:image/svg+xml' in response.content.decode()
    assert downloaded(accepted_award)["criteria"][0]["assessment"]["assessor"] == "Karim Benali"


def test_before_it_is_accepted_nothing_is_said_of_the_person(waiting_award: Award) -> None:
    criterion = waiting_award.version.criteria.first()
    Assessment.objects.create(award=waiting_award, criterion=criterion, assessor="Karim Benali")
    said = words(browser().get(f"/assertions/{waiting_award.pk}/receipt"))
    for private in ("Marchand", "Karim"):
        assert private not in said
        assert private not in json.dumps(downloaded(waiting_award), ensure_ascii=False)


def test_a_receipt_of_a_badge_of_others(db: None, elsewhere: Elsewhere) -> None:
    """Kept nowhere: the page of the verdict holds it, signed, and a button prints it."""
    verdict = browser().post("/verify", {"text": elsewhere.signed()})
    asked_before = len(elsewhere.asked)
    signed = signed_in(verdict)
    paper = browser().post("/receipts/print", {"signed": signed})
    said = words(paper)
    assert "Receipt of a verification" in said
    assert "First aid , awarded by Riverside College on 1 February 2026." in said
    assert "Six hours of practice." in said
    assert "The issuer is not known here" in said
    assert len(elsewhere.asked) == asked_before, "printing asks nobody"
    file = browser().post("/receipts/print", {"signed": signed, "as": "json"})
    assert file["Content-Disposition"].startswith('attachment; filename="verification-')
    assert "This receipt is genuine, and still true." in words(brought(file.content))


def test_a_badge_of_ours_has_its_own_receipt(accepted_award: Award) -> None:
    response = browser().post("/verify", {"text": accepted_award.signed})
    assert f'href="/assertions/{accepted_award.pk}/receipt"' in response.content.decode()


@pytest.mark.parametrize("signed", ["", "x", "a.b.c", "e30.e30.e30"])
def test_only_what_this_site_signed_is_printed(db: None, signed: str) -> None:
    assert browser().post("/receipts/print", {"signed": signed}).status_code == 404


def test_what_strangers_wrote_stays_text_on_paper(db: None, elsewhere: Elsewhere) -> None:
    evil = "<script>alert(1)</script>"
    elsewhere.pages["/badge"] = elsewhere.badge(
        name=evil, criteria={"narrative": f"{evil} [x](javascript:a)"}
    )
    signed = signed_in(browser().post("/verify", {"text": elsewhere.signed()}))
    body = browser().post("/receipts/print", {"signed": signed}).content.decode()
    assert evil not in body
    assert 'href="javascript' not in body


# Brought back -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_empty_page(db: None, language: str) -> None:
    response = browser(language).get("/receipts")
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]


def test_the_code_on_the_paper_leads_to_the_check(accepted_award: Award) -> None:
    import resvg_py

    from assertions.services.pictures import qr_text

    page = browser().get(f"/assertions/{accepted_award.pk}/receipt").content.decode()
    from html import unescape
    from urllib.parse import unquote

    svg = unquote(unescape(re.findall(r'src="data:image/svg\+xml[^,]*,([^"]+)"', page)[0]))
    url = qr_text(bytes(resvg_py.svg_to_bytes(svg_string=svg, width=500)))
    assert url.startswith(f"{SITE}/receipts?r=")
    said = words(browser().get(url.removeprefix(SITE)))
    assert "This receipt is genuine, and still true." in said
    assert "Awarded to Inès Marchand" in said
    assert "Compare what is printed on the paper with what stands here." in said


def test_then_and_now(accepted_award: Award) -> None:
    receipt = downloaded(accepted_award)
    revoke(awards=[accepted_award], reason="Mistake.", by=SYSTEM, at=NOON)
    said = words(brought(json.dumps(receipt).encode()))
    assert "This receipt is genuine, but something has changed since." in said
    assert "Then: Not revoked. Now: Revoked." in said
    assert f"Address {award_url(accepted_award.pk)}" in said


def test_a_name_that_is_no_longer_shown_is_not_shown_here_either(accepted_award: Award) -> None:
    receipt = downloaded(accepted_award)
    assert receipt["holder"] == "Inès Marchand"
    Award.objects.update(response=Award.Response.DECLINED)
    said = words(brought(json.dumps(receipt).encode()))
    assert "The person no longer shows this badge." in said
    assert "Marchand" not in said


def test_a_file_that_was_changed(accepted_award: Award) -> None:
    receipt = downloaded(accepted_award) | {"badge": "Doctor of everything"}
    said = words(brought(json.dumps(receipt).encode()))
    assert "The text of this file was changed." in said
    assert "Doctor" not in said


def test_a_forged_receipt(accepted_award: Award) -> None:
    receipt = downloaded(accepted_award)
    head, payload, signature = receipt["signed"].split(".")
    receipt["signed"] = f"{head}.{payload}.{'A' * len(signature)}"
    response = brought(json.dumps(receipt).encode())
    assert response.status_code == 200
    assert "This receipt is not genuine." in words(response)
    assert "Run a workshop" not in words(response)


def test_a_paper_of_a_badge_without_an_address_asks_for_it(db: None, elsewhere: Elsewhere) -> None:
    token = elsewhere.signed()
    signed = signed_in(browser().post("/verify", {"text": token}))
    paper = browser().post("/receipts/print", {"signed": signed}).content.decode()
    short = re.findall(r"receipts%3Fr%3D([\w.-]+)", paper) or re.findall(r"receipts\?r=([\w.-]+)", paper)
    from assertions.services.receipts import Receipt
    from assertions.services.rechecking import opened

    url = f"/receipts?r={Receipt(opened(signed)).short}"
    assert short is not None
    said = words(browser().get(url))
    assert "Not known: the badge itself is not at hand." in said
    response = browser().post(
        "/receipts", {"r": SITE + url, "badge": SimpleUploadedFile("badge.jws", token.encode())}
    )
    assert "This receipt is genuine, and still true." in words(response)


@pytest.mark.parametrize("sent", [{}, {"r": ""}, {"r": "hello"}, {"r": "{}"}, {"r": "\x00"}])
def test_what_is_no_receipt_is_said_at_the_field(db: None, sent: dict[str, str]) -> None:
    response = browser().post("/receipts", sent)
    assert response.status_code == 400
    assert "error" in response.content.decode()


def test_a_picture_without_a_receipt(db: None) -> None:
    from tests.openbadges.stage import png

    response = brought(png(), "cat.png")
    assert response.status_code == 400
    assert "This is no receipt." in words(response)


def test_head_looks_nothing_up(db: None, elsewhere: Elsewhere) -> None:
    assert browser().head("/receipts", {"r": "a.b.c"}).status_code == 200
    assert elsewhere.asked == []


@pytest.mark.usefixtures("one_moment")
def test_it_is_counted_together_with_verifying(db: None, settings: Any) -> None:
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"verify": "1/m"}
    client = Client(REMOTE_ADDR="203.0.113.50", headers={"Accept": "text/html"})
    assert client.get("/receipts", {"r": "x"}).status_code == 400
    assert client.get("/receipts", {"r": "x"}).status_code == 429
    assert client.get("/receipts").status_code == 200


def test_the_keys_are_public(accepted_award: Award) -> None:
    downloaded(accepted_award)
    response = Client().get("/receipts/keys")
    assert response["Content-Type"] == "application/jwk-set+json"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert [key["crv"] for key in response.json()["keys"]] == ["Ed25519"]


# For programs -----------------------------------------------------------------------------------------


def test_the_api_checks_receipts_too(accepted_award: Award) -> None:
    sent = {"url": award_url(accepted_award.pk)}
    report = Client().post("/api/v1/verify/", json.dumps(sent), content_type="application/json").json()
    signed = report["results"][0]["receipt"]
    revoke(awards=[accepted_award], reason="Mistake.", by=SYSTEM, at=NOON)
    answer = Client().post(
        "/api/v1/receipts/check/", json.dumps({"receipt": signed}), content_type="application/json"
    )
    found = answer.json()
    assert (found["genuine"], found["altered"], found["then"]["verdict"]) == (True, False, "valid")
    assert found["now"]["revoked"]
    assert "Then: Not revoked. Now: Revoked." in found["differences"]
    for wrong in ({}, {"receipt": ""}, {"receipt": "hello"}, {"receipt": 5}):
        refused = Client().post("/api/v1/receipts/check/", json.dumps(wrong), content_type="application/json")
        assert refused.status_code == 400
        assert refused.json()["errors"][0]["field"] == "receipt"
