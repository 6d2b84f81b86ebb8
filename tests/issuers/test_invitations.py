"""Invitations: a link for 14 days, hashed, for whoever proves the address."""

from datetime import timedelta

import pytest

from accounts.models import User
from common.errors import Invalid
from common.tokens import token_hash
from issuers.models import Invitation, Issuer, Membership
from issuers.services import (
    InvitationClosed,
    WrongAddress,
    accept_invitation,
    invite_member,
    open_invitation,
    withdraw_invitation,
)
from journal.models import Action, Entry, Message
from tests.factories import NOON, make_user

pytestmark = pytest.mark.django_db
Role = Membership.Role


def secret_of(message: Message) -> str:
    """The token in the link of the mail."""
    import json

    from common.sealing import key_provider

    url = json.loads(key_provider().unseal(bytes(message.sealed)))["action_url"]
    return str(url).rstrip("/").rpartition("/")[2]


@pytest.fixture
def invitation(issuer: Issuer, owner: User) -> Invitation:
    return invite_member(
        issuer=issuer, address=" New@Example.org", role=Role.AWARDER, by=owner.actor, at=NOON
    )


def test_an_invitation_is_a_mail_with_a_hashed_link(invitation: Invitation, issuer: Issuer):
    mail = Message.objects.get(kind="invitation")
    token = secret_of(mail)
    assert mail.recipient == invitation.address == "new@example.org"
    assert invitation.token_hash == token_hash(token)
    assert len(token) == 43
    assert token not in str(mail.context)
    assert open_invitation(token, at=NOON) == invitation
    assert Entry.objects.get(action=Action.MEMBER_INVITED).target_label == "n…@example.org"


def test_who_proves_the_address_joins(invitation: Invitation, issuer: Issuer):
    person = make_user("New Person", email="new@example.org")
    membership = accept_invitation(invitation=invitation, user=person, at=NOON)
    assert (membership.role, membership.issuer) == (Role.AWARDER, issuer)
    assert Entry.objects.get(action=Action.MEMBER_JOINED).actor_label == "New Person"
    with pytest.raises(InvitationClosed):
        accept_invitation(invitation=invitation, user=person, at=NOON)


def test_another_address_does_not_do(invitation: Invitation, stranger: User):
    with pytest.raises(WrongAddress):
        accept_invitation(invitation=invitation, user=stranger, at=NOON)


def test_an_unproved_address_does_not_do(invitation: Invitation):
    person = make_user(email="new@example.org")
    person.emailaddress_set.update(verified=False)
    with pytest.raises(WrongAddress):
        accept_invitation(invitation=invitation, user=person, at=NOON)


def test_after_14_days_it_is_closed(invitation: Invitation):
    person = make_user(email="new@example.org")
    with pytest.raises(InvitationClosed):
        accept_invitation(invitation=invitation, user=person, at=NOON + timedelta(days=14))


def test_withdrawn_is_closed(invitation: Invitation, owner: User):
    withdraw_invitation(invitation=invitation, by=owner.actor, at=NOON)
    withdraw_invitation(invitation=invitation, by=owner.actor, at=NOON)
    assert open_invitation(secret_of(Message.objects.get()), at=NOON) is None
    assert Entry.objects.filter(action=Action.INVITATION_WITHDRAWN).count() == 1
    with pytest.raises(InvitationClosed):
        accept_invitation(invitation=invitation, user=make_user(email="new@example.org"), at=NOON)


def test_inviting_again_replaces_the_link(invitation: Invitation, issuer: Issuer, owner: User):
    old = secret_of(Message.objects.get())
    again = invite_member(issuer=issuer, address="new@example.org", role=Role.OWNER, by=owner.actor, at=NOON)
    assert open_invitation(old, at=NOON) is None
    assert list(Invitation.objects.open(at=NOON)) == [again]
    assert Message.objects.count() == 2


def test_an_expired_invitation_does_not_stand_in_the_way(invitation: Invitation, issuer: Issuer, owner: User):
    later = NOON + timedelta(days=30)
    invite_member(issuer=issuer, address="new@example.org", role=Role.VIEWER, by=owner.actor, at=later)


def test_members_are_not_invited(issuer: Issuer, owner: User, viewer: User):
    with pytest.raises(Invalid, match="Vera Viewer is a member already"):
        invite_member(issuer=issuer, address="VIEWER@example.org", role=Role.EDITOR, by=owner.actor, at=NOON)


def test_who_joined_by_another_address_keeps_the_role(invitation: Invitation, issuer: Issuer, editor: User):
    editor.emailaddress_set.create(email="new@example.org", verified=True)
    assert accept_invitation(invitation=invitation, user=editor, at=NOON).role == Role.EDITOR


@pytest.mark.parametrize(("address", "role"), [("nobody", "viewer"), ("a@b.example", "king"), ("", "viewer")])
def test_nonsense_is_refused(issuer: Issuer, owner: User, address: str, role: str):
    with pytest.raises(Invalid):
        invite_member(issuer=issuer, address=address, role=role, by=owner.actor, at=NOON)


def test_the_mail_speaks_the_language_of_who_is_invited(issuer: Issuer, owner: User):
    make_user(email="fr@example.org", language="fr")
    invite_member(issuer=issuer, address="fr@example.org", role=Role.VIEWER, by=owner.actor, at=NOON)
    assert Message.objects.get().language == "fr"
