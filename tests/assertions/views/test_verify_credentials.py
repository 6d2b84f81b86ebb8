"""/verify: Open Badges 3.0 and the editions before 2.0, in words."""

import json
from typing import Any

import pytest
from django.core.cache import cache
from hypothesis import given
from hypothesis import strategies as st

from assertions.documents import award_url
from assertions.models import Award
from assertions.services import revoke, suspend
from assertions.services.correcting import confirm_address_change
from assertions.services.credentials import credential_of
from assertions.services.pictures import baked
from common.actors import SYSTEM
from issuers.models import Issuer
from openbadges.keys import did_key
from tests.assertions.elsewhere import Elsewhere
from tests.assertions.views.test_verify import ANY, JSON, bring, no_limit
from tests.assertions.views.visiting import asked, words
from tests.factories import NOON
from tests.openbadges.stage3 import achievement, credential, ed_key, endorsement, signed

__all__ = ["no_limit"]

SCHOOL = did_key(ed_key(3).public_key())
METHOD = f"{SCHOOL}#{SCHOOL[8:]}"


@pytest.fixture(autouse=True)
def _fresh_rates() -> None:
    cache.clear()


def from_school(**more: Any) -> str:
    """A credential of a stranger whose name is a key."""
    return json.dumps(signed(credential(SCHOOL, **more), method=METHOD, number=3))


# Ours


@pytest.mark.parametrize("form", ["document", "token", "png", "svg"])
def test_a_credential_of_ours_in_every_form(accepted_award: Award, form: str) -> None:
    kept = credential_of(accepted_award, at=NOON)
    response = {
        "document": lambda: bring(kept.document.decode()),
        "token": lambda: bring(kept.token),
        "png": lambda: bring("", baked(accepted_award, "png", credential=kept.document.decode())),
        "svg": lambda: bring("", baked(accepted_award, "svg", credential=kept.token)),
    }[form]()
    said = words(response)
    assert (
        "This badge is valid. Run a workshop , awarded by Atelier Nord to Inès Marchand on 3 March 2026."
        in said
    )
    assert f'href="{award_url(accepted_award.pk)}"' in response.content.decode()
    assert ("Both editions in the picture agree" in said) == (form in ("png", "svg"))
    assert "Not revoked" in said


def test_revoked_suspended_and_not_public(accepted_award: Award) -> None:
    document = credential_of(accepted_award, at=NOON).document.decode()
    suspend(award=accepted_award, reason="We look into it.", by=SYSTEM, at=NOON)
    assert "This badge is suspended." in words(bring(document))
    revoke(awards=[accepted_award], reason="Mistake.", by=SYSTEM, at=NOON)
    assert "This badge was revoked." in words(bring(document))
    Award.objects.update(revoked_at=None, response=Award.Response.DECLINED)
    said = words(bring("", document.encode(), names=("badge.json",)))
    assert "This badge is not public." in said
    assert "Run a workshop" not in said


def test_an_earlier_edition_says_so(accepted_award: Award) -> None:
    document = credential_of(accepted_award, at=NOON).document.decode()
    confirm_address_change(token=asked(accepted_award, at=NOON), at=NOON)
    assert "An earlier edition of this badge." in words(bring(document))


# Strangers'


def test_what_a_strangers_badge_says_and_how_far_it_is_proven(db: None) -> None:
    response = bring(from_school())
    said = words(response)
    assert "This badge is intact, but its issuer is not known here." in said
    assert "First aid" in said
    for shown in (
        "Six hours of practice.",
        "Practical test",
        "The drill",
        "First aid at work",
        "Led a drill.",
    ):
        assert shown in said
    assert "The issuer is named by a key alone" in said
    assert "It follows the Open Badges 3.0 standard" in said
    assert "<strong>Six</strong>" in response.content.decode()


def test_who_vouches_for_it(db: None) -> None:
    good = signed(endorsement(issuer=SCHOOL), method=METHOD, number=3)
    bad = signed(endorsement(issuer=SCHOOL) | {"id": "urn:uuid:1"}, method=METHOD, number=3)
    bad["credentialSubject"] |= {"endorsementComment": "Forged praise."}
    said = words(bring(from_school(endorsement=[good, bad])))
    assert "What others say of it" in said
    assert "The Red Cross signed, not known here We teach it too" in said
    assert "The Red Cross not theirs" in said
    assert "An endorsement in it does not hold" in said
    assert "Forged praise" not in said


def test_names_and_words_of_strangers_stay_text(db: None) -> None:
    nasty = "<script>alert(1)</script>[x](javascript:alert(1))"
    subject = credential()["credentialSubject"] | {
        "narrative": nasty,
        "achievement": achievement(name=nasty, description=nasty, criteria={"narrative": nasty}),
    }
    by = {"id": SCHOOL, "type": ["Profile"], "name": nasty}
    document = credential(SCHOOL, credentialSubject=subject) | {"issuer": by}
    body = bring(json.dumps(signed(document, method=METHOD, number=3))).content.decode()
    assert "<script>alert" not in body
    assert 'href="javascript' not in body


def test_an_imitation_of_ours_is_a_warning(db: None, issuer: Issuer) -> None:
    by = {"id": SCHOOL, "type": ["Profile"], "name": "Аtelier Nоrd"}
    said = words(bring(json.dumps(signed(credential(SCHOOL) | {"issuer": by}, method=METHOD, number=3))))
    assert "The issuer’s name resembles another’s" in said
    assert "This badge is intact, but its issuer is not known here." in said


@pytest.mark.parametrize(
    ("brought", "said"),
    [
        (lambda: from_school(validUntil="2026-02-02T00:00:00Z"), "This badge has expired."),
        (lambda: json.dumps({**json.loads(from_school()), "name": "x"}), "The signature does not fit"),
        (lambda: json.dumps({**json.loads(from_school()), "proof": []}), "There is no signature"),
        (
            lambda: json.dumps(credential("did:ion:x", proof=[{}])),
            "named in a way that cannot be looked up here",
        ),
        (lambda: json.dumps(credential("did:web:localhost", proof=[{}])), "leads into a private network"),
        (lambda: json.dumps(json.loads(from_school()) | {"colour": "red"}), "Nothing defines “colour”"),
    ],
)
def test_reasons_in_words(db: None, brought: Any, said: str) -> None:
    assert said in words(bring(brought()))


# Before 2.0


def old(site: Elsewhere, **more: Any) -> dict[str, Any]:
    return {
        "uid": "1", "recipient": {"type": "email", "hashed": False, "identity": "alex@example.org"},
        "badge": {"name": "Webmaker", "description": "Makes pages.", "criteria": site.url("/criteria")},
        "verify": {"type": "hosted", "url": site.url("/old")}, "issuedOn": 1_370_000_000,
    } | more  # fmt: skip


def test_an_old_badge_is_shown_and_said_to_be_too_old(db: None, elsewhere: Elsewhere) -> None:
    elsewhere.pages["/old"] = old(elsewhere)
    said = words(bring(json.dumps(old(elsewhere))))
    assert "This badge is of a form that is too old." in said
    assert "A site still shows it at the address that it names." in said
    assert "Webmaker" in said
    assert "31 May 2013" in said
    elsewhere.pages.pop("/old")
    said = words(bring(json.dumps(old(elsewhere))))
    assert "The issuer’s site does not know this badge" in said
    assert "A site still shows it" not in said


def test_an_old_badge_that_was_renewed(db: None, elsewhere: Elsewhere) -> None:
    renewed = old(elsewhere, verify={"type": "hosted", "url": elsewhere.url("/award")})
    said = words(bring(json.dumps(renewed)))
    assert "The copy you have differs from the badge that was awarded." in said
    assert "First aid" in said


# Anything

TEXTS = st.sampled_from(
    [SCHOOL, METHOD, "did:web:localhost", "https://www.w3.org/ns/credentials/v2", "VerifiableCredential",
     "OpenBadgeCredential", "EndorsementCredential", "BitstringStatusListEntry", "eddsa-rdfc-2022"]
)  # fmt: skip
MEMBERS = st.sampled_from(
    ["@context", "id", "type", "issuer", "credentialSubject", "achievement", "proof", "verificationMethod",
     "endorsement", "endorsementJwt", "credentialStatus", "statusListCredential", "validFrom", "validUntil",
     "result", "identifier", "evidence", "vc", "criteria", "resultDescription", "proofValue", "created"]
)  # fmt: skip
CREDENTIALS = st.recursive(
    st.none() | st.integers() | st.text(max_size=6) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(MEMBERS, inner, max_size=4),
    max_leaves=10,
)


@ANY
@given(changes=st.dictionaries(MEMBERS, CREDENTIALS | JSON, max_size=3))
def test_any_json_of_the_third_edition(db: None, no_limit: None, changes: dict[str, Any]) -> None:
    document = json.loads(_SIGNED) | {"type": ["VerifiableCredential", "OpenBadgeCredential"]} | changes
    assert bring(json.dumps(document)).status_code in (200, 400)


_SIGNED = from_school()
