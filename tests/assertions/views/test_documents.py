"""What machines get of an award: forms, headers, and what becomes of them when the badge is gone."""

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from assertions.models import Award
from assertions.services import revoke
from badges.models import Badge
from common.actors import SYSTEM
from issuers.models import Issuer
from openbadges import bake, unbake
from openbadges.baking import carried
from tests.factories import NOON, make_accepted, make_award

SITE = "https://badges.example.org"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
PICTURE_OF_A_PAGE = "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"
ENDINGS = ["", ".jws", ".png", ".svg", ".png?proof=hosted"]


def url(award: Award, ending: str = "") -> str:
    return f"/assertions/{award.pk}{ending}"


def taken_back(award: Award) -> Award:
    revoke(awards=[award], reason="Awarded by mistake.", by=SYSTEM, at=NOON)
    return award


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (None, "application/ld+json"),
        ("*/*", "application/ld+json"),
        ("application/json", "application/json"),
        ("application/ld+json", "application/ld+json"),
        ("application/json;q=0.5, application/ld+json", "application/ld+json"),
        (BROWSER, "text/html; charset=utf-8"),
        ("text/html;q=0.5, application/json", "application/json"),
    ],
)
def test_who_asks_gets_what_they_prefer(
    client: Client, accepted_award: Award, accept: str | None, kind: str
) -> None:
    response = client.get(url(accepted_award), headers={"Accept": accept} if accept else {})
    assert (response.status_code, response["Content-Type"]) == (200, kind)
    assert {"accept", "accept-language"} <= {name.strip().lower() for name in response["Vary"].split(",")}


def test_the_hosted_assertion(client: Client, accepted_award: Award) -> None:
    document = client.get(url(accepted_award)).json()
    assert document["id"] == f"{SITE}/assertions/{accepted_award.pk}"
    assert document["verification"] == {"type": "HostedBadge"}
    assert document["badge"] == f"{SITE}/badges/{accepted_award.badge_id}/v/1"
    assert document["recipient"]["hashed"] is True
    assert "ines" not in json.dumps(document).lower()


def test_the_signed_assertion_byte_for_byte(client: Client, accepted_award: Award) -> None:
    response = client.get(url(accepted_award, ".jws"))
    assert response.content.decode() == accepted_award.signed
    assert response["Content-Type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize(("ending", "kind"), [(".png", "image/png"), (".svg", "image/svg+xml")])
def test_baked_pictures(client: Client, accepted_award: Award, ending: str, kind: str) -> None:
    signed = client.get(url(accepted_award, ending))
    assert signed["Content-Type"] == kind
    assert unbake(signed.content) == accepted_award.signed
    hosted = client.get(url(accepted_award, f"{ending}?proof=hosted"))
    assert unbake(hosted.content) == client.get(url(accepted_award)).content.decode()
    plain = client.get(f"/pictures/{accepted_award.version.picture_id}{ending}").content
    # Nothing but the proofs was added.
    credential = client.get(f"/credentials/{accepted_award.pk}").content.decode()
    assert signed.content == bake(plain, accepted_award.signed, credential=credential)


def test_files_are_named_and_can_do_nothing(client: Client, accepted_award: Award) -> None:
    shown = client.get(url(accepted_award, ".svg"))
    assert shown["Content-Disposition"] == 'inline; filename="run-a-workshop.svg"'
    assert "sandbox" in shown["Content-Security-Policy"]
    assert shown["X-Content-Type-Options"] == "nosniff"
    kept = client.get(url(accepted_award, ".png?download"))
    assert kept["Content-Disposition"] == 'attachment; filename="run-a-workshop.png"'


@pytest.mark.parametrize("ending", ENDINGS)
def test_any_site_may_read_them(client: Client, accepted_award: Award, ending: str) -> None:
    for answer in (client.get(url(accepted_award, ending)), client.options(url(accepted_award, ending))):
        assert answer["Access-Control-Allow-Origin"] == "*"
        assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert not answer.cookies
    assert client.options(url(accepted_award, ending)).status_code == 204
    assert client.options(url(accepted_award, ending))["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_copy_is_kept_a_minute_and_asked_for_anew_by_its_tag(
    client: Client, accepted_award: Award, ending: str
) -> None:
    first = client.get(url(accepted_award, ending))
    assert first["Cache-Control"] == "public, max-age=60"
    again = client.get(url(accepted_award, ending), headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    weak = client.get(url(accepted_award, ending), headers={"If-None-Match": f'"x", W/{first["ETag"]}'})
    assert weak.status_code == 304
    other = client.get(url(accepted_award, ending), headers={"If-None-Match": '"x"'})
    assert other.content == first.content


@pytest.mark.parametrize("ending", ENDINGS)
def test_head_is_get_without_a_body(client: Client, accepted_award: Award, ending: str) -> None:
    get, head = client.get(url(accepted_award, ending)), client.head(url(accepted_award, ending))
    assert (head.status_code, head.content) == (200, b"")
    assert head["ETag"] == get["ETag"]
    assert head["Content-Type"] == get["Content-Type"]


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("ending", ENDINGS)
def test_nothing_else_is_done_with_them(
    client: Client, accepted_award: Award, ending: str, method: str
) -> None:
    assert getattr(client, method)(url(accepted_award, ending)).status_code == 405


def test_406_where_nothing_will_do(client: Client, accepted_award: Award) -> None:
    for address in (url(accepted_award), f"/issuers/{accepted_award.issuer.slug}/revocations"):
        response = client.get(address, headers={"Accept": "application/pdf"})
        assert response.status_code == 406
        assert response["Content-Type"] == "application/problem+json"
        assert response.json()["code"] == "not_acceptable"
        assert response["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("ending", ENDINGS)
def test_404_in_the_form_of_who_asks(client: Client, db: None, ending: str) -> None:
    address = f"/assertions/{uuid.UUID(int=1)}{ending}"
    machine = client.get(address)
    assert (machine.status_code, machine["Content-Type"]) == (404, "application/problem+json")
    assert machine.json()["status"] == 404
    assert machine["Access-Control-Allow-Origin"] == "*"
    person = client.get(address, headers={"Accept": BROWSER})
    assert (person.status_code, person["Content-Type"]) == (404, "text/html; charset=utf-8")


@pytest.mark.parametrize("ending", ENDINGS)
def test_revoked_answers_410_with_the_reason_at_once(
    client: Client, accepted_award: Award, ending: str
) -> None:
    before = client.get(url(accepted_award, ending))
    taken_back(accepted_award)
    gone = client.get(url(accepted_award, ending), headers={"If-None-Match": before["ETag"]})
    assert gone.status_code == 410
    assert gone.json() == {
        "@context": "https://w3id.org/openbadges/v2",
        "type": "Assertion",
        "id": f"{SITE}/assertions/{accepted_award.pk}",
        "revoked": True,
        "revocationReason": "Awarded by mistake.",
    }
    assert gone["Access-Control-Allow-Origin"] == "*"
    assert gone["Cache-Control"] == "public, max-age=60"


@pytest.mark.parametrize("response", [Award.Response.DECLINED, Award.Response.NOT_ME])
@pytest.mark.parametrize("ending", ENDINGS)
def test_declined_answers_410_and_tells_nothing_else(
    client: Client, accepted_award: Award, response: str, ending: str
) -> None:
    Award.objects.update(response=response)
    gone = client.get(url(accepted_award, ending))
    assert gone.status_code == 410
    assert gone.json()["revocationReason"] == "Declined by the recipient."
    assert set(gone.json()) == {"@context", "type", "id", "revoked", "revocationReason"}


@pytest.mark.parametrize("ending", [".jws", ".png", ".svg"])
def test_people_who_open_the_file_of_a_revoked_badge_come_to_its_page(
    client: Client, accepted_award: Award, ending: str
) -> None:
    taken_back(accepted_award)
    person = client.get(url(accepted_award, ending), headers={"Accept": BROWSER})
    assert (person.status_code, person["Location"]) == (302, url(accepted_award))
    assert client.get(url(accepted_award, ending), headers={"Accept": PICTURE_OF_A_PAGE}).status_code == 410


def test_the_list_of_revoked_badges(client: Client, badge: Badge, issuer: Issuer) -> None:
    address = f"/issuers/{issuer.slug}/revocations"
    assert client.get(address).json()["revokedAssertions"] == []
    make_accepted(badge)
    revoked = taken_back(make_accepted(badge))
    declined = make_award(badge, at=NOON + timedelta(hours=1))
    Award.objects.filter(pk=declined.pk).update(response=Award.Response.DECLINED)
    document = client.get(address, headers={"Accept": "application/ld+json"}).json()
    assert document["id"] == f"{SITE}{address}"
    assert document["issuer"] == f"{SITE}/issuers/{issuer.slug}"
    assert document["revokedAssertions"] == [
        {"id": f"urn:uuid:{revoked.pk}", "revocationReason": "Awarded by mistake."},
        {"id": f"urn:uuid:{declined.pk}", "revocationReason": "Declined by the recipient."},
    ]


def test_a_list_of_one_names_it_twice(client: Client, accepted_award: Award) -> None:
    """1EdTech's validator overlooks the only entry of a list."""
    taken_back(accepted_award)
    listed = client.get(f"/issuers/{accepted_award.issuer.slug}/revocations").json()["revokedAssertions"]
    assert listed[0]["id"] == listed[1] == f"urn:uuid:{accepted_award.pk}"


def test_the_list_asks_the_database_no_more_for_many(
    client: Client, badge: Badge, issuer: Issuer, django_assert_num_queries: Any
) -> None:
    for count in (1, 3):
        for _number in range(count):
            taken_back(make_accepted(badge))
        with django_assert_num_queries(2):
            client.get(f"/issuers/{issuer.slug}/revocations")


@pytest.mark.parametrize("ending", ["", ".jws"])
def test_one_question_to_the_database(
    client: Client, accepted_award: Award, ending: str, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        client.get(url(accepted_award, ending))


@pytest.mark.parametrize("end", ["", ".jws", ".png", ".svg"])
def test_documents_are_only_read(accepted_award: Award, end: str) -> None:
    """405 in plain words of HTTP: nobody filled in a form here."""
    strict = Client(enforce_csrf_checks=True)
    for method in (strict.post, strict.put, strict.delete):
        answer = method(f"/assertions/{accepted_award.pk}{end}")
        assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_a_picture_carries_both_versions(client: Client, accepted_award: Award, kind: str) -> None:
    document = client.get(f"/credentials/{accepted_award.pk}").content.decode()
    token = client.get(f"/credentials/{accepted_award.pk}.jwt").content.decode()
    for query, credential in (("", document), ("?credential=jwt", token), ("?credential=none", None)):
        found = carried(client.get(url(accepted_award, f".{kind}{query}")).content)
        assert (found.assertion, found.credential) == (accepted_award.signed, credential)
    hosted = carried(client.get(url(accepted_award, f".{kind}?proof=hosted")).content)
    assert json.loads(hosted.assertion or "")["verification"] == {"type": "HostedBadge"}
    assert hosted.credential is None
