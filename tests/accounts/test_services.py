"""Accounts that come and go."""

from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.conf import LazySettings
from django.utils import timezone

from accounts.models import User
from accounts.services import account_at, change_profile, delete_account
from accounts.tasks import clear_unproved_accounts
from common.actors import SYSTEM, Actor
from common.errors import Refused
from journal.models import Entry, Message
from journal.services import Mail, queue_mails
from tests.factories import NOON, make_user

pytestmark = pytest.mark.django_db


def test_an_address_nobody_has_makes_an_account():
    user = account_at(" New@Example.org", language="fr", time_zone="Asia/Tokyo")
    assert (user.email, user.language, user.time_zone) == ("new@example.org", "fr", "Asia/Tokyo")
    address = EmailAddress.objects.get()
    assert (address.user, address.primary, address.verified) == (user, True, False)
    assert account_at("new@example.org", language="en") == user


def test_an_address_somebody_has_proved_leads_to_them():
    user = make_user(email="main@example.org")
    EmailAddress.objects.create(user=user, email="second@example.org", verified=True)
    assert account_at("second@example.org", language="en") == user


def test_no_code_opens_a_closed_account():
    make_user(email="closed@example.org", is_active=False)
    assert account_at("closed@example.org", language="en") is None


def test_a_profile():
    user = make_user()
    change_profile(user=user, name="Inès", language="fr", time_zone="UTC", by=user.actor, at=NOON)
    user.refresh_from_db()
    assert (user.name, user.language, user.time_zone) == ("Inès", "fr", "UTC")


def test_deleting_an_account_by_an_operator_names_the_operator():
    user, operator = make_user(email="ines@example.org"), Actor(id="user:99", label="Olga", user_id=99)
    delete_account(user=user, by=operator, at=NOON)
    assert Entry.objects.get(scope="site").actor_label == "Olga"
    assert not User.objects.exists()


def test_mails_to_a_deleted_account_are_forgotten():
    user = make_user(email="ines@example.org")
    queue_mails([Mail(scope="site", kind="x", subject="x", recipient=user.email, language="en")], at=NOON)
    delete_account(user=user, by=user.actor, at=NOON)
    assert not Message.objects.exists()


def refuse(*, user: User, by: Actor, at: object) -> None:
    raise Refused("not now")


def test_a_room_above_may_refuse(settings: LazySettings, monkeypatch: pytest.MonkeyPatch):
    settings.BEFORE_ACCOUNT_DELETION = [f"{__name__}.refuse"]
    monkeypatch.setattr("accounts.services.leaving.import_string", lambda path: refuse)
    user = make_user()
    with pytest.raises(Refused):
        delete_account(user=user, by=SYSTEM, at=NOON)
    assert User.objects.filter(pk=user.pk).exists()


def test_accounts_that_were_begun_and_never_proved_are_forgotten():
    make_user(email="proved@example.org")
    account_at("begun@example.org", language="en")
    assert clear_unproved_accounts() == 0
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        assert clear_unproved_accounts() == 1
    assert User.objects.get().email == "proved@example.org"
