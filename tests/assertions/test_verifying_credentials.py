"""Open Badges 3.0 at the verifier: ours from the tables in every form, others over the network with every guard."""

import json
from typing import Any

import pytest

from assertions.models import Award
from assertions.services import revoke
from assertions.services.correcting import confirm_address_change
from assertions.services.credentials import credential_of
from assertions.services.own_documents import own_document
from assertions.services.pictures import baked
from assertions.services.verification import Inquiry, award_of_report, expectation, is_former
from badges.models import Badge
from common.actors import SYSTEM
from issuers.models import Issuer
from openbadges import CheckCode, Outcome, Report, Verdict
from openbadges.keys import did_key
from tests.assertions.elsewhere import Elsewhere
from tests.assertions.views.visiting import asked
from tests.factories import NOON, make_accepted
from tests.openbadges.stage3 import credential, ed_key, signed

SITE = "https://badges.example.org"


def judged(brought: str | bytes, **given: Any) -> Report:
    """Without a second for the network: whatever is asked elsewhere fails."""
    return Inquiry(seconds=0).verify(brought, at=NOON, **given)


def found(report: Report) -> dict[str, Any]:
    bad = (Outcome.FAILED, Outcome.NOT_CHECKED)
    return {str(check.code): check.facts.get("reason") for check in report.checks if check.outcome in bad}


FORMS = ["document", "token", "address", "token's address", "png", "svg", "both", "svg with both"]


def form_of(award: Award, form: str) -> str | bytes:
    kept = credential_of(award, at=NOON)
    document = kept.document.decode()
    forms: dict[str, Any] = {
        "document": lambda: document,
        "token": lambda: kept.token,
        "address": lambda: f"{SITE}/credentials/{award.pk}",
        "token's address": lambda: f"{SITE}/credentials/{award.pk}.jwt",
        "png": lambda: baked(award, "png", hosted=True, credential=document),
        "svg": lambda: baked(award, "svg", hosted=True, credential=kept.token),
        "both": lambda: baked(award, "png", credential=document),
        "svg with both": lambda: baked(award, "svg", credential=kept.token),
    }
    made: str | bytes = forms[form]()
    return made


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_ours_is_valid_and_ours(accepted_award: Award, form: str) -> None:
    report = judged(form_of(accepted_award, form), recipient="ines@example.org")
    assert (found(report), report.verdict) == ({}, Verdict.VALID)
    assert award_of_report(report) == accepted_award
    assert not is_former(accepted_award, report)
    assert report.statement is not None
    assert (report.statement.standard, report.statement.issuer.name) == ("3.0", "Atelier Nord")


@pytest.mark.parametrize("form", FORMS)
def test_revoked_is_known_at_once_in_every_form(accepted_award: Award, form: str) -> None:
    brought = form_of(accepted_award, form)
    assert judged(brought).verdict == Verdict.VALID
    revoke(awards=[accepted_award], reason="Awarded by mistake.", by=SYSTEM, at=NOON)
    report = judged(brought)
    assert report.revoked
    assert award_of_report(report) == accepted_award


def test_an_edition_from_before_it_moved_is_told(accepted_award: Award) -> None:
    before = form_of(accepted_award, "document")
    confirm_address_change(token=asked(accepted_award, at=NOON), at=NOON)
    accepted_award.refresh_from_db()
    report = judged(before)
    assert (report.verdict, award_of_report(report)) == (Verdict.VALID, accepted_award)
    assert is_former(accepted_award, report)
    assert not is_former(accepted_award, judged(form_of(accepted_award, "token")))


def test_ours_changed_by_a_letter_is_not_ours(accepted_award: Award) -> None:
    document = json.loads(str(form_of(accepted_award, "document")))
    report = judged(json.dumps(document | {"name": "Doctor"}))
    assert found(report) == {"signature": "mismatch"}
    assert award_of_report(report) is None


def test_our_id_in_the_credential_of_another_is_not_our_award(accepted_award: Award) -> None:
    did = own_key_did()
    forged = signed(
        credential(did, id=f"{SITE}/credentials/{accepted_award.pk}"), method=f"{did}#{did[8:]}", number=3
    )
    report = judged(json.dumps(forged))
    assert (report.verdict, award_of_report(report)) == (Verdict.CONSISTENT, None)


def own_key_did() -> str:
    return did_key(ed_key(3).public_key())


def test_one_organisation_cannot_sign_for_another(badge: Badge, other_issuer: Issuer) -> None:
    """Both live on this site; each has a DID document of its own."""
    award = make_accepted(badge)
    document = json.loads(str(form_of(award, "document")))
    stolen = document | {
        "issuer": document["issuer"] | {"id": f"did:web:badges.example.org:issuers:{other_issuer.slug}"}
    }
    report = judged(json.dumps(stolen))
    assert found(report)["key_listed"] == "not_listed"
    assert award_of_report(report) is None


def test_a_picture_of_ours_with_the_badge_of_another_inside(badge: Badge) -> None:
    mine, other = make_accepted(badge), make_accepted(badge)
    did = own_key_did()
    foreign = json.dumps(signed(credential(did), method=f"{did}#{did[8:]}", number=3))
    assert found(judged(baked(mine, "png", credential=foreign))) == {"editions": "differ"}
    assert judged(baked(mine, "png", credential=credential_of(other, at=NOON).token)).verdict == Verdict.VALID


@pytest.mark.parametrize("path", ["", ".jwt"])
def test_our_documents_of_3_0(accepted_award: Award, issuer: Issuer, path: str) -> None:
    credential_of(accepted_award, at=NOON)
    for own in (
        f"/credentials/{accepted_award.pk}{path}",
        f"/issuers/{issuer.slug}/status/1{path}",
        f"/issuers/{issuer.slug}/status/1/suspension{path}",
        f"/issuers/{issuer.slug}/did.json",
        f"/issuers/{issuer.slug}/revocations.json",
        "/.well-known/did.json",
    ):
        assert own_document(own, at=NOON).status == 200
    for none in ("/issuers/none/did.json", f"/issuers/{issuer.slug}/status/9", "/credentials/" + "-" * 36):
        assert own_document(none, at=NOON).status == 404


def test_what_its_recipient_turned_down_is_gone(accepted_award: Award) -> None:
    brought = form_of(accepted_award, "document")
    Award.objects.update(response=Award.Response.DECLINED)
    assert own_document(f"/credentials/{accepted_award.pk}", at=NOON).status == 410
    report = judged(brought)
    assert report.revoked
    assert award_of_report(report) == accepted_award


def test_what_was_revoked_before_it_was_accepted_is_gone(waiting_award: Award) -> None:
    brought = form_of(waiting_award, "document")
    revoke(awards=[waiting_award], reason="Sent to a wrong address.", by=SYSTEM, at=NOON)
    assert own_document(f"/credentials/{waiting_award.pk}", at=NOON).status == 410
    assert own_document(f"/credentials/{waiting_award.pk}.jwt", at=NOON).status == 410
    report = judged(brought)
    assert report.revoked
    assert award_of_report(report) == waiting_award
    assert judged(f"{SITE}/credentials/{waiting_award.pk}").verdict == Verdict.NOT_VALID


# Others -----------------------------------------------------------------------------------------------


def test_a_credential_of_another_site(db: None, elsewhere: Elsewhere) -> None:
    did = own_key_did()
    elsewhere.pages["/c"] = signed(credential(did), method=f"{did}#{did[8:]}", number=3)
    report = Inquiry().verify(elsewhere.url("/c"), at=NOON)
    assert (found(report), report.verdict) == ({}, Verdict.CONSISTENT)


@pytest.mark.parametrize(
    "did",
    [
        "did:web:localhost", "did:web:127.0.0.1", "did:web:10.0.0.1", "did:web:169.254.169.254", "did:web:0x7f000001",
        "did:web:2130706433", "did:web:localhost%3A8000", "did:web:[::1]", "did:web:metadata.internal",
        "http://127.0.0.1:1/issuer", "http://[::1]/issuer", "http://0/",
    ],
)  # fmt: skip
def test_no_issuer_leads_into_a_private_network(db: None, did: str) -> None:
    report = Inquiry(seconds=5).verify(json.dumps(signed(credential(did), method=f"{did}#k")), at=NOON)
    assert found(report)["issuer_profile"] in ("refused", "no_address", "unreachable")
    assert report.verdict == Verdict.NOT_VALID


def test_our_names_and_the_operators_list_are_what_imitations_are_compared_with(issuer: Issuer) -> None:
    assert issuer.name in list(expectation().trusted_names())
    did = own_key_did()
    named = credential(did) | {"issuer": {"id": did, "type": ["Profile"], "name": "ATELlER  NORD"}}
    report = judged(json.dumps(signed(named, method=f"{did}#{did[8:]}", number=3)))
    check = report.check(CheckCode.ISSUER_NAME)
    assert check is not None
    assert (check.outcome, check.facts["known"]) == (Outcome.WARNING, "Atelier Nord")


@pytest.mark.parametrize("site", ["http://127.0.0.1:8123", "http://localhost"])
def test_a_demonstration_site_on_plain_http_knows_its_own_did(settings: Any, badge: Badge, site: str) -> None:
    settings.SITE_URL = site
    award = make_accepted(badge)
    report = judged(credential_of(award, at=NOON).document)
    assert (found(report), report.verdict) == ({}, Verdict.VALID)
    assert award_of_report(report) == award
