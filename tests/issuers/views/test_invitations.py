"""The invitation's link, and the list of one's organisations."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from issuers.models import Invitation, Issuer, Membership
from issuers.services import invite_member, withdraw_invitation
from tests.issuers.codes import code_for, invitation_path

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _fresh_rates() -> None:
    from django.core.cache import cache

    cache.clear()


@pytest.fixture
def invitation(issuer: Issuer, owner: User) -> Invitation:
    role = Membership.Role.EDITOR
    return invite_member(
        issuer=issuer, address="new@example.org", role=role, by=owner.actor, at=timezone.now()
    )


def test_somebody_without_an_account_joins(invitation: Invitation, issuer: Issuer):
    client, path = Client(), invitation_path()
    assert "Join Atelier Nord" in client.get(path).content.decode()
    code_page = client.post(path)["Location"]
    back = client.post(code_page, {"code": code_for("new@example.org")})["Location"]
    assert back == path
    assert client.get(path).context["is_theirs"]
    assert client.post(path)["Location"] == f"/manage/{issuer.slug}/"
    member = issuer.memberships.get(user__email="new@example.org")
    assert member.role == Membership.Role.EDITOR


def test_looking_changes_nothing(invitation: Invitation):
    client, path = Client(), invitation_path()
    for method in (client.get, client.head, client.get):
        response = method(path)
        assert response.status_code == 200
        assert "no-store" in response["Cache-Control"]
        # Not "no-referrer": browsers then send forms with "Origin: null", which are refused.
        assert response["Referrer-Policy"] == "same-origin"
    invitation.refresh_from_db()
    assert invitation.accepted_at is None


def test_another_account_is_told_what_to_do(
    invitation: Invitation, stranger: User, signed_in: SignIn, issuer: Issuer
):
    page, path = signed_in(stranger), invitation_path()
    for response in (page.get(path), page.post(path)):
        assert "This is another account." in response.content.decode()
    assert not issuer.memberships.filter(user=stranger).exists()


def test_closed_links_all_answer_the_same(invitation: Invitation, owner: User):
    client, path = Client(), invitation_path()
    withdraw_invitation(invitation=invitation, by=owner.actor, at=timezone.now())
    used, unknown = client.get(path), client.get("/invitations/" + "x" * 43 + "/")
    assert used.status_code == unknown.status_code == 404
    assert "This invitation is not open" in used.content.decode()
    assert len(used.content) == len(unknown.content)


def test_the_link_needs_csrf(invitation: Invitation):
    assert Client(enforce_csrf_checks=True).post(invitation_path()).status_code == 403


def test_their_times_are_shown_as_they_are_where_they_are(invitation: Invitation):
    client, path = Client(), invitation_path()
    assert "data-time-zone" in client.get(path).content.decode()
    client.post(path, {"time_zone": "Asia/Tokyo"})
    assert User.objects.get(email="new@example.org").time_zone == "Asia/Tokyo"
