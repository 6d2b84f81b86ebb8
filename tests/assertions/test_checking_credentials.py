"""Each planted violation is found in credentials and in status lists."""

from base64 import urlsafe_b64decode
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection

from assertions.models import Award, Credential, SignedStatusList, StatusList
from assertions.services import checking, revoke
from assertions.services.claiming import accept
from assertions.services.correcting import confirm_address_change
from assertions.services.credentials import SIZE, credential_of, signed_status_list
from assertions.services.making import open_claims
from badges.models import Badge
from common.actors import SYSTEM
from issuers.models import Issuer
from issuers.services.keys import private_key
from openbadges import jws
from tests.assertions.test_credentials import assessed
from tests.assertions.views import visiting
from tests.factories import NOON, make_accepted, make_award, make_badge, make_issuer
from tests.planting import codes

LATER = NOON + timedelta(hours=1)


def found() -> set[str]:
    return codes(checking.credentials.CHECKS, at=LATER)


def change(row: Credential, **fields: object) -> None:
    Credential.objects.filter(pk=row.pk).update(**fields)


@pytest.fixture
def kept(badge: Badge) -> Credential:
    return credential_of(make_accepted(badge, expires_at=NOON + timedelta(days=900)), at=LATER)


def test_nothing_where_all_is_well(badge: Badge, issuer: Issuer) -> None:
    moving = assessed(make_award(badge, narrative="Well done."))
    credential_of(moving, at=NOON)
    credential_of(accept(token=open_claims([moving], at=NOON)[moving.pk], at=NOON), at=LATER)
    moving.refresh_from_db()
    credential_of(confirm_address_change(token=visiting.asked(moving, at=LATER), at=LATER).award, at=LATER)
    gone = make_accepted(badge)
    credential_of(gone, at=LATER)
    for purpose in StatusList.Purpose:
        signed_status_list(issuer=issuer, number=1, purpose=purpose, at=LATER)
    revoke(awards=[gone], reason="Mistake.", by=SYSTEM, at=LATER)
    assert Credential.objects.count() == 4
    assert found() == set()


@pytest.mark.parametrize(
    "fields",
    [{"proof": "[]"}, {"proof": "no JSON"}, {"signature": "AAAA"}, {"claims": '"iss":"x"'}, {"body": "{"}],
)
def test_bytes_that_do_not_verify(kept: Credential, fields: dict[str, str]) -> None:
    change(kept, **fields)
    assert found() == {"credential.signature"}


def test_a_token_that_says_something_else_than_its_document(kept: Credential) -> None:
    """Of two members of one name the last one counts: both signatures verify."""
    kept.claims += ',"name":"Another badge"'
    header, _payload, signature = jws.sign(kept.payload, private_key(kept.token_key)).split(".")
    change(kept, claims=kept.claims, header=urlsafe_b64decode(header + "==").decode(), signature=signature)
    assert found() == {"credential.two_tongues"}


def test_another_ones_bytes(kept: Credential, badge: Badge) -> None:
    other = credential_of(make_accepted(badge), at=LATER)
    names = ("body", "proof", "header", "claims", "signature")
    change(kept, **{name: getattr(other, name) for name in names})
    assert found() == {"credential.signed_facts"}


@pytest.mark.parametrize(
    "changes",
    [
        {"salt": "0" * 32},
        {"issued_on": NOON - timedelta(days=1)},
        {"expires_at": NOON + timedelta(days=9)},
        {"expires_at": None},
    ],
)
def test_an_award_that_is_not_what_was_signed(kept: Credential, changes: dict[str, object]) -> None:
    Award.objects.update(**changes)
    assert found() == {"credential.signed_facts"}


def test_a_place_that_is_not_what_was_signed(kept: Credential) -> None:
    change(kept, status_index=(kept.status_index + 1) % SIZE)
    assert found() == {"credential.signed_facts"}


def test_no_current_edition(kept: Credential) -> None:
    change(kept, replaced_at=LATER)
    assert found() == {"credential.editions"}


def test_one_place_for_two(kept: Credential, badge: Badge) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX one_credential_per_place")
    other = credential_of(make_accepted(badge), at=LATER)
    change(other, status_index=kept.status_index)
    assert "credential.shared_place" in found()


def test_a_list_of_another_organisation(kept: Credential) -> None:
    elsewhere = credential_of(make_accepted(make_badge(make_issuer("Elsewhere"))), at=LATER)
    change(kept, status_list=elsewhere.status_list)
    assert {"credential.astray", "status_list.places"} & found() == {
        "credential.astray",
        "status_list.places",
    }


def test_a_list_that_forgot_what_it_gave_away(kept: Credential) -> None:
    StatusList.objects.update(assigned=0)
    assert found() == {"status_list.places"}


def test_a_list_of_lies(kept: Credential, issuer: Issuer, badge: Badge) -> None:
    def ask() -> SignedStatusList:
        return signed_status_list(issuer=issuer, number=1, purpose="revocation", at=LATER)

    innocent = ask()
    revoke(awards=[kept.award], reason="Mistake.", by=SYSTEM, at=LATER)
    guilty = ask()
    lies: list[tuple[dict[str, str], str]] = [
        ({"document": innocent.document, "token": innocent.token}, "status_list.bits"),
        ({"token": innocent.token}, "status_list.signed_facts"),
        ({"document": guilty.document.replace('"ttl":60000', '"ttl":60001')}, "status_list.signature"),
        ({"document": "{}"}, "status_list.unreadable"),
        ({"token": guilty.token[:-8] + "AAAAAAAA"}, "status_list.signature"),
    ]
    for fields, code in lies:
        SignedStatusList.objects.filter(pk=guilty.pk).update(**fields)
        assert found() == {code}
        SignedStatusList.objects.filter(pk=guilty.pk).update(document=guilty.document, token=guilty.token)
    assert found() == set()
    undo: Callable[[], object] = Credential.objects.all().delete
    undo()
    StatusList.objects.update(assigned=0)
    assert found() == {"status_list.nobodys"}
