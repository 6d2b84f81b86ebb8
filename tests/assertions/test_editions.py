"""Awards of several keys: each points at the edition of the Profile that lists its key, and all go on verifying."""

import json
from datetime import timedelta

import pytest
from django.test import Client

from assertions.documents import hosted_assertion
from assertions.models import Award
from assertions.services import revoke
from assertions.services.correcting import confirm_address_change
from assertions.services.own_documents import own_document
from assertions.services.pictures import baked
from assertions.services.verification import Inquiry, award_of_report, verify_award
from badges.models import Badge
from common.actors import SYSTEM
from issuers.models import Issuer
from issuers.services import declare_compromised, rotate_key
from issuers.services.keys import private_key, signing_key_of
from openbadges import CheckCode, Outcome, Verdict, jws
from tests.factories import NOON, make_accepted

pytestmark = pytest.mark.django_db
SITE = "https://badges.example.org"
MACHINE = {"Accept": "application/ld+json"}
LATER = NOON + timedelta(days=30)
MUCH_LATER = NOON + timedelta(days=60)


def rotate(issuer: Issuer) -> None:
    rotate_key(key=signing_key_of(issuer.pk), by=SYSTEM, at=LATER)


@pytest.fixture
def three(badge: Badge, issuer: Issuer) -> list[Award]:
    """Awards of keys 1, 3 and 4."""
    awards = []
    for place in range(3):
        if place:
            rotate(issuer)
        awards.append(make_accepted(badge, address=f"holder{place}@example.org"))
    assert [award.signing_key.number for award in awards] == [1, 3, 4]
    return awards


def said(award: Award) -> dict[str, object]:
    return json.loads(jws.decode_unverified(award.signed).payload)


def test_what_the_first_key_signs_is_as_it_always_was(waiting_award: Award, issuer: Issuer):
    badge = f"{SITE}/badges/{waiting_award.badge_id}/v/1"
    assert said(waiting_award)["badge"] == badge
    assert said(waiting_award)["verification"]["creator"] == f"{SITE}/issuers/{issuer.slug}/keys/1"


def test_a_rotation_changes_no_document_that_awards_point_at(
    accepted_award: Award, issuer: Issuer, client: Client
):
    own = f"/issuers/{issuer.slug}"
    paths = [
        f"/assertions/{accepted_award.pk}", f"/assertions/{accepted_award.pk}.jws",
        f"/assertions/{accepted_award.pk}.png", f"/badges/{accepted_award.badge_id}/v/1", own, f"{own}/keys/1",
        f"{own}/revocations",
    ]  # fmt: skip
    before = [client.get(path, headers=MACHINE) for path in paths]
    rotate(issuer)
    after = [client.get(path, headers=MACHINE) for path in paths]
    assert [answer.status_code for answer in before] == [200] * len(paths)
    assert [(one.content, one["ETag"]) for one in after] == [(one.content, one["ETag"]) for one in before]


def test_each_edition_lists_its_key_and_the_key_names_it(three: list[Award], issuer: Issuer, client: Client):
    for award in three:
        badge = client.get(str(said(award)["badge"]).removeprefix(SITE), headers=MACHINE).json()
        assert badge["id"] == said(award)["badge"]
        profile = client.get(badge["issuer"].removeprefix(SITE), headers=MACHINE).json()
        assert profile["id"] == badge["issuer"]
        assert profile["publicKey"] == said(award)["verification"]["creator"]
        key = client.get(profile["publicKey"].removeprefix(SITE), headers=MACHINE).json()
        assert (key["owner"], key["publicKeyPem"]) == (profile["id"], award.signing_key.public_pem)
        listing = client.get(profile["revocationList"].removeprefix(SITE), headers=MACHINE).json()
        assert (listing["id"], listing["issuer"]) == (profile["revocationList"], profile["id"])
    did = client.get(f"/issuers/{issuer.slug}/did.json").json()
    assert did["alsoKnownAs"] == [
        f"{SITE}/issuers/{issuer.slug}{edition}" for edition in ("", "/profiles/3", "/profiles/4")
    ]


def test_editions_differ_in_nothing_but_their_key(three: list[Award], issuer: Issuer, client: Client):
    own, later = (
        client.get(f"/issuers/{issuer.slug}{edition}", headers=MACHINE).json()
        for edition in ("", "/profiles/3")
    )
    differing = {name for name in own | later if own.get(name) != later.get(name)}
    assert differing == {"id", "publicKey", "revocationList", "related"}
    badge = f"/badges/{three[0].badge_id}/v/1"
    own, later = (client.get(f"{badge}{edition}", headers=MACHINE).json() for edition in ("", "/profiles/3"))
    differing = {name for name in own | later if own.get(name) != later.get(name)}
    assert differing == {"id", "issuer", "related"}
    assert later["related"][0] == {"id": f"{SITE}{badge}", "@language": "en"}


@pytest.mark.parametrize("form", ["token", "page", "hosted", "png", "svg", "hosted png"])
def test_awards_of_every_key_are_valid_in_every_form(three: list[Award], form: str):
    for award in three:
        brought: dict[str, str | bytes] = {
            "token": award.signed,
            "page": f"{SITE}/assertions/{award.pk}",
            "hosted": json.dumps(hosted_assertion(award.pk, award.signed)),
            "png": baked(award, "png", hosted=False),
            "svg": baked(award, "svg", hosted=False),
            "hosted png": baked(award, "png", hosted=True),
        }
        report = Inquiry(seconds=0).verify(brought[form], at=MUCH_LATER, recipient=award.recipient.address)
        assert report.verdict == Verdict.VALID
        assert award_of_report(report) == award
        assert verify_award(award, at=MUCH_LATER).verdict == Verdict.VALID


def test_revoked_is_known_whatever_the_key(three: list[Award]):
    revoke(awards=three[1:], reason="Awarded by mistake.", by=SYSTEM, at=MUCH_LATER)
    assert [verify_award(award, at=MUCH_LATER).revoked for award in three] == [False, True, True]
    assert Inquiry(seconds=0).verify(three[2].signed, at=MUCH_LATER).revoked


def test_people_see_the_same_pages(three: list[Award], issuer: Issuer, client: Client):
    person = {"Accept": "text/html"}
    page = client.get(f"/issuers/{issuer.slug}/profiles/3", headers=person)
    assert (page.status_code, issuer.name in page.content.decode()) == (200, True)
    badge = client.get(f"/badges/{three[0].badge_id}/v/1/profiles/3", headers=person).content.decode()
    assert "Run a workshop" in badge
    assert f'rel="canonical" href="{SITE}/badges/{three[0].badge_id}/v/1"' in badge


@pytest.mark.parametrize("number", ["1", "2", "9", "0"])
def test_only_later_keys_have_an_edition_of_their_own(
    three: list[Award], issuer: Issuer, client: Client, number: str
):
    """1 is the organisation's own Profile, 2 an Ed25519 key that no 2.0 Profile lists."""
    own = f"/issuers/{issuer.slug}/profiles/{number}"
    for path in (own, f"{own}/revocations", f"/badges/{three[0].badge_id}/v/1/profiles/{number}"):
        assert client.get(path, headers=MACHINE).status_code == 404
        assert own_document(path).status == 404


def test_an_award_that_moves_is_signed_with_the_key_of_today(three: list[Award]):
    from assertions.models import AddressChange
    from common.tokens import token_hash

    first = three[0]
    AddressChange.objects.create(
        award=first, address="new@example.org", token_hash=token_hash("t"), created_at=LATER,
        expires_at=MUCH_LATER,
    )  # fmt: skip
    moved = confirm_address_change(token="t", at=LATER).award
    assert moved.signing_key.number == 4
    for token in (first.signed, moved.signed):
        assert Inquiry(seconds=0).verify(token, at=MUCH_LATER).verdict == Verdict.VALID


# A key in other hands ---------------------------------------------------------------------------------


@pytest.fixture
def stolen(accepted_award: Award, issuer: Issuer) -> object:
    """The private key of key 1, which was declared compromised afterwards."""
    key = signing_key_of(issuer.pk)
    private = private_key(key)
    declare_compromised(key=key, since=NOON, note="A laptop was stolen.", by=SYSTEM, at=LATER)
    return private


def checked(token: str) -> tuple[Verdict, Outcome, dict[str, object]]:
    report = Inquiry(seconds=0).verify(token, at=MUCH_LATER)
    check = report.check(CheckCode.KEY_TRUSTED)
    return report.verdict, check.outcome, dict(check.facts)


def test_what_our_records_know_stays_valid_with_a_warning(accepted_award: Award, stolen: object):
    verdict, outcome, facts = checked(accepted_award.signed)
    assert (verdict, outcome) == (Verdict.VALID, Outcome.WARNING)
    assert facts["compromised_from"] == NOON.isoformat()
    assert facts["recorded_on"] == accepted_award.created_at.isoformat()


def test_what_our_records_never_knew_is_a_forgery(accepted_award: Award, stolen: object):
    """Signed with the stolen key, every document of ours in place: nothing but our records tells."""
    forged = said(accepted_award) | {"id": "urn:uuid:8f14e45f-ceea-467f-a8f5-3b6c2c1b5a11"}
    verdict, outcome, facts = checked(jws.sign(json.dumps(forged).encode(), stolen))
    assert (verdict, outcome, facts["reason"]) == (Verdict.NOT_VALID, Outcome.FAILED, "never_recorded")


def test_the_id_of_an_award_of_ours_does_not_help(accepted_award: Award, stolen: object):
    forged = said(accepted_award) | {"narrative": "Best of all."}
    verdict, outcome, _facts = checked(jws.sign(json.dumps(forged).encode(), stolen))
    assert (verdict, outcome) == (Verdict.NOT_VALID, Outcome.FAILED)


@pytest.mark.parametrize("id", [None, 7, "", "urn:uuid:x", ["urn:uuid:"]])
def test_odd_ids_are_no_award(accepted_award: Award, stolen: object, id: object):
    forged = said(accepted_award) | {"id": id}
    assert checked(jws.sign(json.dumps(forged).encode(), stolen))[0] == Verdict.NOT_VALID


def test_other_keys_are_not_doubted(three: list[Award], issuer: Issuer):
    declare_compromised(
        key=three[1].signing_key, since=LATER, note="A laptop was stolen.", by=SYSTEM, at=MUCH_LATER
    )
    outcomes = [checked(award.signed)[1] for award in three]
    assert outcomes == [Outcome.NOT_APPLICABLE, Outcome.WARNING, Outcome.NOT_APPLICABLE]
    assert [checked(award.signed)[0] for award in three] == [Verdict.VALID] * 3


def test_the_page_says_so(accepted_award: Award, stolen: object, client: Client):
    page = client.get(f"/assertions/{accepted_award.pk}", headers={"Accept": "text/html"}).content.decode()
    assert "This badge is valid." in page
    assert "Its key was declared compromised" in page
    assert "issuer’s records since 3 March 2026" in page


def test_so_does_verify_of_a_forgery(accepted_award: Award, stolen: object, client: Client):
    forged = said(accepted_award) | {"narrative": "Best of all."}
    token = jws.sign(json.dumps(forged).encode(), stolen)
    page = client.post("/verify", {"text": token}).content.decode()
    assert "This badge is not valid." in page
    assert "It was signed with a stolen key" in page
