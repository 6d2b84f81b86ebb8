"""Every award as an Open Badges 3.0 credential: made once, kept byte for byte, newer only where it says more."""

import json
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import IntegrityError

from assertions.models import Assessment, Award, Credential, StatusList
from assertions.services import EvidenceInput, revoke
from assertions.services.claiming import accept, decline
from assertions.services.correcting import confirm_address_change
from assertions.services.credentials import (
    SIZE,
    credential_of,
    place_of,
    sign_all,
    signed_status_list,
    take_places,
)
from assertions.services.making import open_claims
from assertions.services.suspending import lift_suspension, suspend
from badges.models import Badge
from common.actors import SYSTEM
from issuers.models import Issuer, SigningKey
from openbadges import jws, proofs, status, v3
from openbadges.keys import load_public_key
from openbadges.recipients import hash_identity
from tests.assertions.views import visiting
from tests.factories import NOON, make_accepted, make_award, make_badge

SITE = "https://badges.example.org"
LATER = NOON + timedelta(hours=1)


def document(kept: Credential) -> dict[str, Any]:
    return json.loads(kept.document)  # type: ignore[no-any-return]


def public_key(row: SigningKey) -> Any:
    return load_public_key(row.public_pem)


def assessed(row: Award, level: str = "confident") -> Award:
    """Its first criterion with a level, the second one without."""
    first, second = row.version.criteria.all()
    Assessment.objects.create(award=row, criterion=first, level=level, assessor="Karim Benali")
    Assessment.objects.create(award=row, criterion=second, assessed_on=NOON.date())
    return row


@pytest.fixture
def full(badge: Badge) -> Award:
    """Accepted, with everything that can be said of an award."""
    evidence = [
        EvidenceInput(url="https://example.org/work", name="The review"),
        EvidenceInput(narrative="Seen."),
    ]
    end = NOON + timedelta(days=900)
    made = make_accepted(
        badge,
        address="ines@example.org",
        narrative="You got **eighteen** talking.",
        evidence=evidence,
        expires_at=end,
    )
    return assessed(made)


# What it says -----------------------------------------------------------------------------------------


def test_it_speaks_the_standards_language(full: Award, badge: Badge) -> None:
    for row in (full, make_award(badge), make_accepted(make_badge(full.issuer, "Bare"))):
        said = document(credential_of(row, at=LATER))
        assert list(v3.OpenBadgeCredential.problems(said)) == []
        assert said["id"] == f"{SITE}/credentials/{row.pk}"
        assert said["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
        assert said["issuer"]["id"] == f"did:web:badges.example.org:issuers:{row.issuer.slug}"
        assert said["validFrom"] == said["awardedDate"] == "2026-03-03T12:00:00Z"


def test_its_holder_is_a_salted_imprint(full: Award) -> None:
    kept = credential_of(full, at=LATER)
    subject = document(kept)["credentialSubject"]
    assert subject["identifier"] == [
        {
            "type": "IdentityObject",
            "hashed": True,
            "identityHash": hash_identity("ines@example.org", full.salt),
            "identityType": "emailAddress",
            "salt": full.salt,
        }
    ]
    text = f"{kept.document.decode()}{kept.payload.decode()}".lower()
    assert "ines" not in text.replace("lines", "")
    assert "marchand" not in text
    assert "karim" not in text


def test_it_says_what_was_achieved_and_how_it_was_assessed(full: Award) -> None:
    said = document(credential_of(full, at=LATER))
    achievement = said["credentialSubject"]["achievement"]
    url = f"{SITE}/badges/{full.badge_id}/v/1"
    assert achievement["id"] == achievement["criteria"]["id"] == url
    assert "Prepare a plan" in achievement["criteria"]["narrative"]
    assert achievement["related"] == [{"id": f"{url}/fr", "type": ["Related"], "inLanguage": "fr"}]
    first, second = achievement["resultDescription"]
    assert (first["id"], first["name"]) == (f"{url}#criterion-1", "Prepare a plan (portfolio)")
    (level,) = first["rubricCriterionLevel"]
    assert level["name"] == "confident"
    assert "rubricCriterionLevel" not in second
    assert said["credentialSubject"]["result"] == [
        {
            "type": ["Result"],
            "achievedLevel": level["id"],
            "resultDescription": first["id"],
            "status": "Completed",
            "value": "confident",
        },
        {"type": ["Result"], "resultDescription": second["id"], "status": "Completed"},
    ]
    assert [one.get("name") for one in said["evidence"]] == ["The review", None]
    assert said["validUntil"] == "2028-08-19T12:00:00Z"


def test_the_same_level_has_the_same_id_everywhere(badge: Badge) -> None:
    rows = [assessed(make_accepted(badge)) for _number in range(2)]
    levels = [
        document(credential_of(row, at=LATER))["credentialSubject"]["result"][0]["achievedLevel"]
        for row in rows
    ]
    assert levels[0] == levels[1]


# How it is signed -------------------------------------------------------------------------------------


def test_both_signatures_verify_with_the_issuers_keys(full: Award) -> None:
    kept = credential_of(full, at=LATER)
    signed = document(kept)
    (proof,) = signed["proof"]
    proofs.verify(signed, proof, public_key(kept.proof_key))
    assert proof["verificationMethod"].endswith(f"#key-{kept.proof_key.number}")
    assert proof["created"] == "2026-03-03T13:00:00Z"
    read = jws.verify(kept.token, public_key(kept.token_key))
    assert read.header == {
        "alg": "RS256",
        "kid": f"{signed['issuer']['id']}#key-{kept.token_key.number}",
        "typ": "JWT",
    }
    said = json.loads(read.payload)
    claims = {name: said.pop(name) for name in ("iss", "jti", "sub", "nbf", "exp")}
    assert claims == {
        "iss": signed["issuer"]["id"],
        "jti": signed["id"],
        "sub": signed["credentialSubject"]["id"],
        "nbf": int(NOON.timestamp()),
        "exp": int((NOON + timedelta(days=900)).timestamp()),
    }
    del signed["proof"]
    assert said == signed


# Kept -------------------------------------------------------------------------------------------------


def test_it_is_made_once(full: Award) -> None:
    first = credential_of(full, at=LATER)
    again = credential_of(Award.objects.get(), at=LATER + timedelta(days=400))
    assert (again.pk, again.document, again.token) == (first.pk, first.document, first.token)
    full.issuer.name = "Another name"
    full.issuer.save()
    SigningKey.objects.update(state=SigningKey.State.RETIRED)
    assert credential_of(full, at=LATER).document == first.document


def test_of_two_who_ask_at_once_one_makes_it(full: Award) -> None:
    """The table has the last word: whoever comes second takes what is there."""
    kept = credential_of(full, at=LATER)
    with pytest.raises(IntegrityError):
        Credential(
            **{f.attname: getattr(kept, f.attname) for f in Credential._meta.fields if f.name != "id"}
        ).save()


def test_awarding_makes_none_and_sign_all_makes_the_rest(badge: Badge) -> None:
    rows = [make_award(badge) for _number in range(5)]
    Award.objects.filter(pk=rows[0].pk).update(response=Award.Response.DECLINED)
    kept = credential_of(rows[1], at=LATER)
    assert Credential.objects.count() == 1
    counts: list[int] = []
    assert sign_all(now=lambda: LATER, told=counts.append) == 3
    assert counts == [3]
    assert not Credential.objects.filter(award=rows[0]).exists()
    assert credential_of(rows[1], at=LATER).document == kept.document
    assert sign_all(now=lambda: LATER) == 0


def test_moving_makes_a_newer_edition_in_the_same_place(full: Award) -> None:
    before = credential_of(full, at=LATER)
    moved_at = LATER + timedelta(hours=1)
    moved = confirm_address_change(token=visiting.asked(full, at=LATER), at=moved_at).award
    after = credential_of(moved, at=moved_at + timedelta(minutes=1))
    old, new = document(before), document(after)
    assert new["id"] == old["id"]
    assert new["validFrom"] > old["validFrom"]
    assert new["awardedDate"] == old["awardedDate"]
    assert new["credentialStatus"] == old["credentialStatus"]
    assert new["credentialSubject"]["id"] != old["credentialSubject"]["id"]
    before.refresh_from_db()
    assert before.replaced_at is not None
    proofs.verify(old, old["proof"][0], public_key(before.proof_key))


def test_before_it_is_accepted_nothing_is_said_of_how_it_was_assessed(badge: Badge) -> None:
    row = assessed(make_award(badge, narrative="Well done."))
    before = document(credential_of(row, at=NOON))
    assert "result" not in before["credentialSubject"]
    assert "confident" not in json.dumps(before)
    token = open_claims([row], at=NOON)[row.pk]
    accepted = accept(token=token, at=LATER)
    after = document(credential_of(accepted, at=LATER))
    assert len(after["credentialSubject"]["result"]) == 2
    assert after["validFrom"] > before["validFrom"]
    assert document(credential_of(accepted, at=LATER)) == after


def test_accepting_makes_no_new_edition_where_there_is_nothing_more_to_say(badge: Badge) -> None:
    row = make_award(badge)
    before = credential_of(row, at=NOON)
    accepted = accept(token=open_claims([row], at=NOON)[row.pk], at=LATER)
    assert credential_of(accepted, at=LATER).pk == before.pk


# Status lists -----------------------------------------------------------------------------------------


def bits(issuer: Issuer, purpose: str = "revocation") -> set[int]:
    listing = signed_status_list(issuer=issuer, number=1, purpose=purpose, at=LATER)
    said = json.loads(listing.document)
    assert list(v3.BitstringStatusListCredential.problems(said)) == []
    keys = {row.algorithm: public_key(row) for row in issuer.keys.all()}
    proofs.verify(said, said["proof"][0], keys[SigningKey.Algorithm.ED25519])
    token = json.loads(jws.verify(listing.token, keys[SigningKey.Algorithm.RS256]).payload)
    assert token["credentialSubject"] == said["credentialSubject"]
    assert said["credentialSubject"]["statusPurpose"] == purpose
    found = status.decode(said["credentialSubject"]["encodedList"])
    assert len(found) * 8 == SIZE
    return {place for place in range(SIZE) if status.is_set(found, place)}


def test_a_list_says_what_is_revoked_declined_and_suspended(badge: Badge, issuer: Issuer) -> None:
    rows = {name: make_accepted(badge) for name in ("valid", "revoked", "suspended")}
    rows["declined"] = make_award(badge)
    places = {name: credential_of(row, at=NOON).status_index for name, row in rows.items()}
    assert bits(issuer) == set()
    revoke(awards=[rows["revoked"]], reason="Mistake.", by=SYSTEM, at=LATER)
    suspend(award=rows["suspended"], reason="We look into it.", by=SYSTEM, at=LATER)
    decline(token=open_claims([rows["declined"]], at=NOON)[rows["declined"].pk], note="", at=LATER)
    assert bits(issuer) == {places["revoked"], places["suspended"], places["declined"]}
    assert bits(issuer, "suspension") == {places["suspended"]}
    lift_suspension(award=rows["suspended"], by=SYSTEM, at=LATER)
    assert bits(issuer) == {places["revoked"], places["declined"]}
    assert bits(issuer, "suspension") == set()


def test_a_list_is_signed_anew_only_when_it_says_something_else(badge: Badge, issuer: Issuer) -> None:
    row = make_accepted(badge)
    credential_of(row, at=NOON)

    def ask(hours: int) -> str:
        at = NOON + timedelta(hours=hours)
        return signed_status_list(issuer=issuer, number=1, purpose="revocation", at=at).token

    first = ask(1)
    assert ask(500) == first
    revoke(awards=[row], reason="Mistake.", by=SYSTEM, at=LATER)
    assert ask(501) != first


def test_every_edition_of_a_revoked_award_is_revoked(full: Award, issuer: Issuer) -> None:
    credential_of(full, at=LATER)
    moved = confirm_address_change(token=visiting.asked(full, at=LATER), at=LATER).award
    place = credential_of(moved, at=LATER).status_index
    revoke(awards=[moved], reason="Mistake.", by=SYSTEM, at=LATER)
    assert bits(issuer) == {place}


def test_places_are_taken_once_and_tell_no_order() -> None:
    seed = b"s" * 16
    places = [place_of(number, seed) for number in range(SIZE)]
    assert set(places) == set(range(SIZE))
    follows = sum(after - before == 1 for before, after in pairwise(places))
    assert follows < 10
    assert places[:100] != [place_of(number, b"t" * 16) for number in range(100)]


@pytest.mark.django_db
def test_a_full_list_is_followed_by_the_next(issuer: Issuer) -> None:
    list(take_places(issuer, 1, at=NOON))
    StatusList.objects.update(assigned=SIZE - 2)
    taken = list(take_places(issuer, 5, at=NOON))
    assert [place.status_list.number for place in taken] == [1, 1, 2, 2, 2]
    assert [row.assigned for row in StatusList.objects.order_by("number")] == [SIZE, 3]


def test_lists_belong_to_one_organisation(badge: Badge, other_issuer: Issuer) -> None:
    elsewhere = make_accepted(make_badge(other_issuer))
    here = make_accepted(badge)
    assert credential_of(here, at=NOON).status_list != credential_of(elsewhere, at=NOON).status_list
