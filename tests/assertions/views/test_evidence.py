"""Evidence files as strangers get them."""

import pytest
from django.core.files.storage import default_storage
from django.test import Client

from accounts.models import User
from assertions.models import Award
from assertions.services import EvidenceInput, revoke, store_evidence
from badges.models import Badge
from common.actors import SYSTEM
from tests.assertions.views.support import SignIn
from tests.factories import NOON, make_award

PDF = b"%PDF-1.7 the plan"


@pytest.fixture
def row(badge: Badge) -> Award:
    return make_award(badge, evidence=[store_evidence(content=PDF, name="Déroulé d’atelier")])


def test_a_file_to_keep_and_nothing_that_runs(client: Client, row: Award) -> None:
    response = client.get(f"/assertions/{row.pk}/evidence/1")
    assert response.getvalue() == PDF
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("attachment")
    assert "D%C3%A9roul%C3%A9" in response["Content-Disposition"]
    policy = {part.strip() for part in response["Content-Security-Policy"].split(";")}
    assert {"default-src 'none'", "frame-ancestors 'none'", "sandbox"} <= policy
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["2", "0", "99999999999"])
def test_what_is_not_there(client: Client, row: Award, path: str) -> None:
    assert client.get(f"/assertions/{row.pk}/evidence/{path}").status_code == 404


def test_links_are_no_files(client: Client, badge: Badge) -> None:
    row = make_award(badge, evidence=[EvidenceInput(url="https://example.org/film")])
    assert client.get(f"/assertions/{row.pk}/evidence/1").status_code == 404


def test_a_file_that_was_lost(client: Client, badge: Badge) -> None:
    stored = store_evidence(content=b"%PDF-1.7 lost", name="Lost")
    row = make_award(badge, evidence=[stored])
    default_storage.delete(stored.file)
    assert client.get(f"/assertions/{row.pk}/evidence/1").status_code == 404


def test_what_was_declined_is_for_members(
    client: Client, row: Award, signed_in: SignIn, viewer: User, stranger: User
) -> None:
    Award.objects.filter(pk=row.pk).update(response="declined")
    url = f"/assertions/{row.pk}/evidence/1"
    assert [client.get(url).status_code, signed_in(stranger).get(url).status_code] == [404, 404]
    response = signed_in(viewer).get(url)
    assert response.getvalue() == PDF


@pytest.mark.parametrize(("accepted", "status"), [(False, 404), (True, 200)])
def test_what_was_revoked_before_it_was_accepted_is_for_members(
    client: Client, row: Award, signed_in: SignIn, viewer: User, stranger: User, accepted: bool, status: int
) -> None:
    if accepted:
        Award.objects.filter(pk=row.pk).update(response="accepted")
    revoke(awards=[row], reason="Sent to a wrong address.", by=SYSTEM, at=NOON)
    url = f"/assertions/{row.pk}/evidence/1"
    for visitor in (client, signed_in(stranger)):
        response = visitor.get(url)
        assert response.status_code == status
        assert (response.getvalue() == PDF) == accepted  # read to its end, which closes the file
    assert signed_in(viewer).get(url).getvalue() == PDF
