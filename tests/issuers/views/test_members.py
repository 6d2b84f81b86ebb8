"""Members: the list, invitations, roles, removal, leaving, handing over."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from issuers.models import Invitation, Issuer, Membership
from issuers.services import invite_member, make_token
from journal.models import Message
from tests.factories import make_member, make_user

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
Climb = Callable[..., None]
Role = Membership.Role


@pytest.fixture
def base(issuer: Issuer) -> str:
    return f"/manage/{issuer.slug}/members"


def invited(issuer: Issuer, owner: User, address: str = "new@example.org") -> Invitation:
    return invite_member(issuer=issuer, address=address, role=Role.VIEWER, by=owner.actor, at=timezone.now())


def test_access(base: str, issuer: Issuer, owner: User, viewer: User, climb: Climb):
    member = issuer.memberships.get(user=viewer).pk
    number = invited(issuer, owner).pk
    climb(base, 200, 200, 200, 200)
    climb(f"{base}/invite", 200, 403, 403, 403)
    climb(f"{base}/{member}", 200, 403, 403, 403)
    climb(f"{base}/{member}/remove", 200, 403, 403, 403)
    climb(f"{base}/leave", 200, 200, 200, 200)
    climb(f"{base}/ownership", 200, 403, 403, 403)
    climb(f"{base}/invitations/{number}", 302, 403, 403, 403, post={"act": "again"})


def test_rows_of_other_organisations_are_not_there(
    base: str, owner: User, other_issuer: Issuer, stranger: User, signed_in: SignIn
):
    foreign = other_issuer.memberships.get().pk
    number = invited(other_issuer, stranger).pk
    page = signed_in(owner)
    assert page.get(f"{base}/{foreign}").status_code == 404
    assert page.post(f"{base}/{foreign}/remove").status_code == 404
    assert page.post(f"{base}/invitations/{number}").status_code == 404
    assert page.post(f"{base}/ownership", {"to": foreign}).status_code == 200
    assert other_issuer.memberships.count() == 1


def test_addresses_are_for_who_manages_them(
    base: str, issuer: Issuer, owner: User, viewer: User, signed_in: SignIn
):
    invited(issuer, owner)
    make_member(issuer, Role.VIEWER, make_user("", email="nameless@example.org"))
    seen_by_owner = signed_in(owner).get(base).content.decode()
    seen_by_viewer = signed_in(viewer).get(base).content.decode()
    assert "new@example.org" in seen_by_owner
    assert "nameless@example.org" in seen_by_owner
    assert "@example.org" not in seen_by_viewer.replace("viewer@example.org", "")
    assert "Olga Owner" in seen_by_viewer


def test_query_count_does_not_grow(
    base: str,
    issuer: Issuer,
    owner: User,
    signed_in: SignIn,
    django_assert_num_queries: Callable[..., object],
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    page = signed_in(owner)
    page.get(base)
    with CaptureQueriesContext(connection) as one:
        page.get(base)
    for number in range(3):
        make_member(issuer, Role.VIEWER)
        invited(issuer, owner, f"n{number}@example.org")
    with CaptureQueriesContext(connection) as several:
        page.get(base)
    assert len(several) == len(one)


def test_inviting(base: str, owner: User, signed_in: SignIn):
    page = signed_in(owner)
    response = page.post(f"{base}/invite", {"address": "A@Example.org", "role": "editor"}, follow=True)
    assert "An invitation is on its way to a@example.org" in response.content.decode()
    assert Message.objects.get(kind="invitation").recipient == "a@example.org"
    again = page.post(f"{base}/invite", {"address": "owner@example.org", "role": "editor"})
    assert "Olga Owner is a member already" in str(again.context["form"].errors["address"])


@pytest.mark.parametrize(
    "data", [{}, {"address": "x", "role": "editor"}, {"address": "a@b.example", "role": "x"}]
)
def test_bad_invitations(base: str, owner: User, signed_in: SignIn, data: dict[str, str]):
    response = signed_in(owner).post(f"{base}/invite", data)
    assert response.status_code == 200
    assert response.context["form"].errors
    assert not Invitation.objects.exists()


def test_sending_again_and_withdrawing(base: str, issuer: Issuer, owner: User, signed_in: SignIn):
    page = signed_in(owner)
    page.post(f"{base}/invitations/{invited(issuer, owner).pk}", {"act": "again"})
    assert Message.objects.filter(kind="invitation").count() == 2
    current = Invitation.objects.open(at=timezone.now()).get()
    page.post(f"{base}/invitations/{current.pk}", {"act": "withdraw"})
    assert not Invitation.objects.open(at=timezone.now()).exists()


def test_changing_a_role(base: str, issuer: Issuer, owner: User, viewer: User, signed_in: SignIn):
    row = issuer.memberships.get(user=viewer)
    response = signed_in(owner).post(f"{base}/{row.pk}", {"role": "editor"}, follow=True)
    assert "Vera Viewer is now: Editor." in response.content.decode()
    row.refresh_from_db()
    assert row.role == Role.EDITOR


def test_the_last_owner_is_told_why(base: str, issuer: Issuer, owner: User, signed_in: SignIn):
    row, page = issuer.memberships.get(user=owner), signed_in(owner)
    answer = page.post(f"{base}/{row.pk}", {"role": "viewer"})
    assert "An organisation needs an owner" in answer.content.decode()
    for path in (f"{base}/leave", f"{base}/{row.pk}/remove"):
        assert "An organisation needs an owner" in page.post(path, follow=True).content.decode()
    assert issuer.memberships.get(user=owner).role == Role.OWNER


def test_removing_says_which_tokens_go(base: str, issuer: Issuer, owner: User, signed_in: SignIn):
    second = make_member(issuer, Role.OWNER, make_user("Second <b>Owner</b>"))
    make_token(issuer=issuer, name="Moodle", scopes=[], by=second.actor, at=timezone.now())
    row, page = issuer.memberships.get(user=second), signed_in(owner)
    shown = page.get(f"{base}/{row.pk}/remove").content.decode()
    assert "Moodle" in shown
    assert "<b>Owner" not in shown
    page.post(f"{base}/{row.pk}/remove")
    assert not issuer.memberships.filter(user=second).exists()


def test_who_cannot_leave_is_told_before_trying(
    base: str, issuer: Issuer, owner: User, viewer: User, signed_in: SignIn
):
    page = signed_in(owner).get(f"{base}/leave").content.decode()
    assert "You are the only owner" in page
    assert f'{base}/ownership"' in page
    assert '<form class="card' not in page
    assert "You lose access at once" in signed_in(viewer).get(f"{base}/leave").content.decode()
    make_member(issuer, Role.OWNER)
    assert "You lose access at once" in signed_in(owner).get(f"{base}/leave").content.decode()


def test_leaving(base: str, issuer: Issuer, viewer: User, signed_in: SignIn):
    page = signed_in(viewer)
    assert page.post(f"{base}/leave")["Location"] == "/manage/"
    assert page.get(base).status_code == 404


def test_handing_over(base: str, issuer: Issuer, owner: User, editor: User, signed_in: SignIn):
    page, row = signed_in(owner), issuer.memberships.get(user=editor)
    response = page.post(f"{base}/ownership", {"to": row.pk}, follow=True)
    assert "now owns Atelier Nord" in response.content.decode()
    assert page.get(f"{base}/ownership").status_code == 403


def test_nobody_to_hand_over_to(base: str, owner: User, signed_in: SignIn):
    assert "Nobody to hand over to yet" in signed_in(owner).get(f"{base}/ownership").content.decode()


def test_invitations_are_not_sent_without_end(base: str, owner: User, signed_in: SignIn, settings: object):
    from django.core.cache import cache

    cache.clear()
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"invitation": "1/h"}  # type: ignore[attr-defined]
    page = signed_in(owner)
    answers = [
        page.post(f"{base}/invite", {"address": f"a{n}@b.example", "role": "viewer"}) for n in range(2)
    ]
    assert [answer.status_code for answer in answers] == [302, 429]
    assert Invitation.objects.count() == 1
