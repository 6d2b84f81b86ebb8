"""The list of one's organisations, and the invitations that wait there."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from issuers.models import Invitation, Issuer, Membership
from issuers.services import invite_member
from tests.factories import make_issuer, make_user

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


@pytest.fixture
def invitation(issuer: Issuer, owner: User) -> Invitation:
    role = Membership.Role.EDITOR
    return invite_member(
        issuer=issuer, address="new@example.org", role=role, by=owner.actor, at=timezone.now()
    )


def test_my_organisations(owner: User, issuer: Issuer, signed_in: SignIn):
    page = signed_in(owner)
    assert page.get("/manage/")["Location"] == f"/manage/{issuer.slug}/"
    assert "Atelier Nord" in page.get("/manage/?all=1").content.decode()
    make_issuer("Second", owner=owner)
    assert "Second" in page.get("/manage/").content.decode()


def test_no_organisation_yet(signed_in: SignIn):
    person = signed_in(make_user())
    assert person.get("/manage/")["Location"] == "/backpack/"
    assert "No organisation yet" in person.get("/manage/?all=1").content.decode()
    assert Client().get("/manage/")["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize(("answer", "joins"), [("accept", True), ("decline", False)])
def test_waiting_invitations_are_answered_there(
    invitation: Invitation, issuer: Issuer, signed_in: SignIn, answer: str, joins: bool
):
    person = make_user(email="new@example.org")
    page = signed_in(person)
    assert "Atelier Nord invites you." in page.get("/manage/").content.decode()
    page.post("/manage/", {"invitation": str(invitation.pk), "answer": answer})
    assert issuer.memberships.filter(user=person).exists() is joins
    assert not Invitation.objects.open(at=timezone.now()).exists()


@pytest.mark.parametrize("number", ["", "x", "9" * 30, "٣", "-1"])
def test_invitations_of_others_are_not_there(
    invitation: Invitation, stranger: User, signed_in: SignIn, number: str
):
    page = signed_in(stranger)
    for asked in (number, str(invitation.pk)):
        assert page.post("/manage/", {"invitation": asked, "answer": "accept"}).status_code == 404
