"""Open Badges 3.0 over HTTP: forms, headers, and what becomes of a credential when the badge is gone."""

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from assertions.models import Award, Credential
from assertions.services import award_instead, revoke, undo_revocation
from assertions.services.credentials import credential_of
from assertions.services.suspending import suspend
from badges.models import Badge
from common.actors import SYSTEM
from issuers.models import Issuer
from openbadges import jws, status
from tests.assertions.views.visiting import BROWSER
from tests.factories import NOON, make_accepted, make_award

SITE = "https://badges.example.org"


def url(award: Award, ending: str = "") -> str:
    return f"/credentials/{award.pk}{ending}"


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (None, "application/vc+ld+json"),
        ("*/*", "application/vc+ld+json"),
        ("application/vc+ld+json", "application/vc+ld+json"),
        ("application/vc", "application/vc"),
        ("application/ld+json", "application/ld+json"),
        ("application/json", "application/json"),
        ("application/json;q=0.5, application/vc", "application/vc"),
        ("application/vc+jwt", "application/vc+jwt"),
        ("text/plain", "text/plain; charset=utf-8"),
    ],
)
def test_who_asks_gets_what_they_prefer(
    client: Client, accepted_award: Award, accept: str | None, kind: str
) -> None:
    response = client.get(url(accepted_award), headers={"Accept": accept} if accept else {})
    assert (response.status_code, response["Content-Type"]) == (200, kind)
    assert {"accept", "accept-language"} <= {name.strip().lower() for name in response["Vary"].split(",")}
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cache-Control"] == "public, max-age=60"
    kept = credential_of(accepted_award, at=NOON)
    assert response.content == (
        kept.token.encode() if "json" not in kind and kind != "application/vc" else kept.document
    )


def test_people_get_the_page(client: Client, accepted_award: Award) -> None:
    answer = client.get(url(accepted_award), headers={"Accept": BROWSER})
    assert (answer.status_code, answer["Location"]) == (302, f"/assertions/{accepted_award.pk}")
    assert not Credential.objects.exists()


@pytest.mark.parametrize(("ending", "kind"), [("", "json"), (".jwt", "jwt")])
def test_people_who_download_get_the_file(
    client: Client, accepted_award: Award, ending: str, kind: str
) -> None:
    answer = client.get(url(accepted_award, f"{ending}?download"), headers={"Accept": BROWSER})
    assert answer.status_code == 200
    assert answer["Content-Disposition"] == f'attachment; filename="credential-{accepted_award.pk}.{kind}"'


def test_nobody_gets_a_form_that_there_is_not(client: Client, accepted_award: Award) -> None:
    answer = client.get(url(accepted_award), headers={"Accept": "image/png"})
    assert (answer.status_code, answer["Content-Type"]) == (406, "application/problem+json")
    assert "application/vc" in answer.json()["detail"]


def test_the_token_whoever_asks(client: Client, accepted_award: Award) -> None:
    for accept in ("*/*", BROWSER, "application/json"):
        answer = client.get(url(accepted_award, ".jwt"), headers={"Accept": accept})
        assert answer["Content-Type"] == "text/plain; charset=utf-8"
        assert json.loads(jws.decode_unverified(answer.content.decode()).payload)["jti"] == SITE + url(
            accepted_award
        )


def test_the_same_bytes_every_time_and_304(client: Client, accepted_award: Award) -> None:
    first = client.get(url(accepted_award))
    again = client.get(url(accepted_award))
    assert first.content == again.content
    kept = client.get(url(accepted_award), headers={"If-None-Match": first["ETag"]})
    assert (kept.status_code, kept.content) == (304, b"")


def test_two_questions_to_the_database(
    client: Client, accepted_award: Award, django_assert_num_queries: Any
) -> None:
    client.get(url(accepted_award))
    for ending in ("", ".jwt"):
        with django_assert_num_queries(2):
            client.get(url(accepted_award, ending))


@pytest.mark.parametrize("path", ["/credentials/{}", "/credentials/{}.jwt"])
def test_what_was_never_awarded(client: Client, db: None, path: str) -> None:
    answer = client.get(path.format(uuid.uuid4()))
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_documents_are_only_read(accepted_award: Award, method: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    for path in (url(accepted_award), url(accepted_award, ".jwt")):
        assert getattr(strict, method)(path).status_code == 405


# Gone -------------------------------------------------------------------------------------------------


def test_what_is_revoked_stays_readable_and_its_list_says_so(client: Client, accepted_award: Award) -> None:
    before = client.get(url(accepted_award))
    entry = before.json()["credentialStatus"]
    revoke(awards=[accepted_award], reason="Awarded by mistake.", by=SYSTEM, at=NOON)
    after = client.get(url(accepted_award))
    assert (after.status_code, after.content) == (200, before.content)
    assert is_set(client, entry)


@pytest.mark.parametrize("ending", ["", ".jwt"])
def test_what_was_revoked_before_it_was_accepted_tells_nothing(
    client: Client, badge: Badge, ending: str
) -> None:
    """A badge that went to a wrong address: what is written in it was about somebody else."""
    wrong = make_award(badge, address="inse@example.org", narrative="Inès led it.")
    entry = client.get(url(wrong)).json()["credentialStatus"]
    right = award_instead(award=wrong, address="ines@example.org", by=SYSTEM, at=NOON)
    gone = client.get(url(wrong, ending))
    assert (gone.status_code, gone["Content-Type"]) == (410, "application/problem+json")
    assert gone.json()["code"] == "revoked"
    assert "Inès led it." not in gone.content.decode()
    assert is_set(client, entry)
    assert client.get(url(right, ending)).status_code == 200
    assert (
        client.get(url(wrong, ".jwt"), headers={"Accept": BROWSER})["Location"] == f"/assertions/{wrong.pk}"
    )
    assert client.get(f"/assertions/{wrong.pk}", headers={"Accept": "application/ld+json"}).json()["revoked"]


def test_a_revocation_that_is_undone_shows_it_again(client: Client, waiting_award: Award) -> None:
    before = client.get(url(waiting_award)).content
    revoke(awards=[waiting_award], reason="Awarded by mistake.", by=SYSTEM, at=NOON)
    assert client.get(url(waiting_award)).status_code == 410
    undo_revocation(award=waiting_award, by=SYSTEM, at=NOON)
    assert client.get(url(waiting_award)).content == before


@pytest.mark.parametrize("response", [Award.Response.DECLINED, Award.Response.NOT_ME])
@pytest.mark.parametrize("ending", ["", ".jwt"])
def test_what_was_turned_down_answers_410_and_tells_nothing(
    client: Client, accepted_award: Award, response: str, ending: str
) -> None:
    entry = client.get(url(accepted_award)).json()["credentialStatus"]
    Award.objects.update(response=response)
    gone = client.get(url(accepted_award, ending))
    assert (gone.status_code, gone["Content-Type"]) == (410, "application/problem+json")
    assert gone.json()["code"] == "turned_down"
    assert set(gone.json()) == {"type", "title", "status", "detail", "code", "errors"}
    assert is_set(client, entry)


def test_turned_down_before_anybody_asked_none_is_made(client: Client, waiting_award: Award) -> None:
    Award.objects.update(response=Award.Response.NOT_ME)
    assert client.get(url(waiting_award)).status_code == 410
    assert not Credential.objects.exists()


# Lists ------------------------------------------------------------------------------------------------


def is_set(client: Client, entry: dict[str, Any], ending: str = "") -> bool:
    answer = client.get(entry["statusListCredential"].removeprefix(SITE) + ending)
    bits = status.decode(answer.json()["credentialSubject"]["encodedList"])
    return status.is_set(bits, int(entry["statusListIndex"]))


def test_lists_of_both_purposes_as_document_and_as_token(
    client: Client, accepted_award: Award, issuer: Issuer
) -> None:
    entry = client.get(url(accepted_award)).json()["credentialStatus"]
    assert entry["statusListCredential"] == f"{SITE}/issuers/{issuer.slug}/status/1"
    assert entry["statusPurpose"] == "revocation"
    suspend(award=accepted_award, reason="We look into it.", by=SYSTEM, at=NOON)
    assert is_set(client, entry)
    assert is_set(client, entry, "/suspension")
    for ending in ("", "/suspension"):
        address = f"/issuers/{issuer.slug}/status/1{ending}"
        listed = client.get(address)
        assert listed["Content-Type"] == "application/vc+ld+json"
        assert listed["Cache-Control"] == "public, max-age=60"
        assert listed["Access-Control-Allow-Origin"] == "*"
        token = client.get(f"{address}.jwt")
        assert token["Content-Type"] == "text/plain; charset=utf-8"
        assert client.get(address, headers={"Accept": "application/vc+jwt"}).content == token.content
        said = json.loads(jws.decode_unverified(token.content.decode()).payload)
        assert said["credentialSubject"] == listed.json()["credentialSubject"]


@pytest.mark.parametrize("place", ["1", "1.jwt", "1/suspension", "7"])
def test_lists_that_there_are_not(client: Client, issuer: Issuer, place: str) -> None:
    assert client.get(f"/issuers/{issuer.slug}/status/{place}").status_code == 404
    assert client.get(f"/issuers/nobody/status/{place}").status_code == 404


def test_the_list_with_reasons(client: Client, badge: Badge, issuer: Issuer) -> None:
    address = f"/issuers/{issuer.slug}/revocations.json"
    did = f"did:web:badges.example.org:issuers:{issuer.slug}"
    assert client.get(address).json() == {
        "id": f"{SITE}{address}", "issuer": did, "revokedCredential": [],
    }  # fmt: skip
    rows = [make_award(badge, at=NOON + timedelta(minutes=number)) for number in range(2)]
    make_accepted(badge)
    revoke(awards=rows[:1], reason="Awarded by mistake.", by=SYSTEM, at=NOON)
    suspend(award=rows[1], reason="We look into it.", by=SYSTEM, at=NOON)
    assert client.get(address).json()["revokedCredential"] == [
        {
            "id": f"{SITE}/credentials/{rows[0].pk}",
            "revoked": True,
            "revocationReason": "Awarded by mistake.",
        },
        {
            "id": f"{SITE}/credentials/{rows[1].pk}",
            "revoked": True,
            "revocationReason": "Suspended: We look into it.",
        },
    ]


def test_a_list_asks_the_database_no_more_for_many(
    client: Client, badge: Badge, issuer: Issuer, django_assert_num_queries: Any
) -> None:
    for count in (1, 3):
        rows = [make_accepted(badge) for _number in range(count)]
        for row in rows:
            credential_of(row, at=NOON)
        revoke(awards=rows, reason="Mistake.", by=SYSTEM, at=NOON)
        client.get(f"/issuers/{issuer.slug}/status/1")
        with django_assert_num_queries(5):
            client.get(f"/issuers/{issuer.slug}/status/1")
