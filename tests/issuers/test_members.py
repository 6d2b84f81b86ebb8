"""Membership: roles, removal, ownership, and what goes with it."""

import pytest

from accounts.models import User
from issuers.models import Invitation, Issuer, Membership
from issuers.permissions import Permission, permissions_of
from issuers.services import (
    LastOwner,
    change_role,
    invite_member,
    leave,
    leave_everything,
    make_token,
    remove_member,
    transfer_ownership,
)
from journal.models import Action, Entry, Message
from tests.factories import NOON, make_issuer, make_member, make_user

pytestmark = pytest.mark.django_db
Role = Membership.Role


def membership(issuer: Issuer, user: User) -> Membership:
    return issuer.memberships.get(user=user)


def test_a_role_is_changed_and_written_down(issuer: Issuer, owner: User, viewer: User):
    change_role(membership=membership(issuer, viewer), role=Role.EDITOR, by=owner.actor, at=NOON)
    assert Permission.EDIT_BADGES in permissions_of(viewer, issuer)
    line = Entry.objects.get(action=Action.MEMBER_ROLE_CHANGED)
    assert (line.target_label, line.data) == ("Vera Viewer", {"from": "viewer", "to": "editor"})


def test_the_last_owner_stays(issuer: Issuer, owner: User, editor: User):
    for act in (
        lambda: leave(issuer=issuer, user=owner, at=NOON),
        lambda: remove_member(membership=membership(issuer, owner), by=owner.actor, at=NOON),
        lambda: change_role(membership=membership(issuer, owner), role=Role.EDITOR, by=owner.actor, at=NOON),
        lambda: leave_everything(user=owner, by=owner.actor, at=NOON),
    ):
        with pytest.raises(LastOwner):
            act()
    assert membership(issuer, owner).role == Role.OWNER


def test_one_of_two_owners_may_leave(issuer: Issuer, owner: User):
    second = make_member(issuer, Role.OWNER)
    leave(issuer=issuer, user=owner, at=NOON)
    assert permissions_of(owner, issuer) == frozenset()
    with pytest.raises(LastOwner):
        leave(issuer=issuer, user=second, at=NOON)


def test_who_goes_takes_every_grant_along(issuer: Issuer, owner: User):
    second = make_member(issuer, Role.OWNER)
    token, _secret = make_token(issuer=issuer, name="CI", scopes=["view"], by=second.actor, at=NOON)
    kept, _secret = make_token(issuer=issuer, name="Mine", scopes=["view"], by=owner.actor, at=NOON)
    invite_member(issuer=issuer, address="again@example.org", role=Role.OWNER, by=second.actor, at=NOON)
    remove_member(membership=membership(issuer, second), by=owner.actor, at=NOON)
    token.refresh_from_db()
    kept.refresh_from_db()
    assert token.revoked_at == NOON
    assert kept.revoked_at is None
    assert not Invitation.objects.open(at=NOON).exists()


def test_a_smaller_role_takes_the_grants_beyond_it(issuer: Issuer, owner: User):
    second = make_member(issuer, Role.OWNER)
    small, _secret = make_token(issuer=issuer, name="Read", scopes=["view"], by=second.actor, at=NOON)
    large, _secret = make_token(issuer=issuer, name="All", scopes=["badges.edit"], by=second.actor, at=NOON)
    change_role(membership=membership(issuer, second), role=Role.AWARDER, by=owner.actor, at=NOON)
    small.refresh_from_db()
    large.refresh_from_db()
    assert (small.revoked_at, large.revoked_at) == (None, NOON)


def test_ownership_is_handed_over_and_told(issuer: Issuer, owner: User, editor: User):
    transfer_ownership(issuer=issuer, to=membership(issuer, editor), by=owner.actor, at=NOON)
    assert membership(issuer, editor).role == Role.OWNER
    assert membership(issuer, owner).role == Role.EDITOR
    mail = Message.objects.get(kind="ownership")
    assert (mail.recipient, mail.context["former_owner"]) == ("editor@example.org", "Olga Owner")


def test_before_an_account_goes(owner: User, issuer: Issuer):
    alone = make_issuer("Alone", owner=owner)
    token, _secret = make_token(issuer=alone, name="CI", scopes=[], by=owner.actor, at=NOON)
    make_member(issuer, Role.OWNER)
    leave_everything(user=owner, by=owner.actor, at=NOON)
    token.refresh_from_db()
    assert not owner.memberships.exists()
    assert token.revoked_at
    assert Issuer.objects.filter(pk=alone.pk).exists()


def test_journals_are_written_in_the_order_in_which_all_take_them(owner: User):
    """By scope, as text: a sweep that reminds recipients takes the same journals."""
    for number in (900_009, 1_000_010):
        make_issuer("A house", owner=owner, pk=number)
    leave_everything(user=owner, by=owner.actor, at=NOON)
    lines = Entry.objects.filter(action=Action.MEMBER_LEFT).order_by("pk")
    assert list(lines.values_list("scope", flat=True))[-2:] == ["issuer:1000010", "issuer:900009"]


def test_others_who_depend_on_a_person_are_named(owner: User):
    make_member(make_issuer("Alpha", owner=owner), Role.VIEWER)
    make_member(make_issuer("Beta", owner=owner), Role.VIEWER)
    with pytest.raises(LastOwner, match="Alpha, Beta"):
        leave_everything(user=owner, by=owner.actor, at=NOON)


def test_a_stranger_cannot_hand_over(issuer: Issuer, editor: User, viewer: User):
    from common.errors import Refused

    with pytest.raises(Refused):
        transfer_ownership(issuer=issuer, to=membership(issuer, viewer), by=make_user().actor, at=NOON)
