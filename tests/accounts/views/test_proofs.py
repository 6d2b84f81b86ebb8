"""Passwords, authenticator apps, recovery codes, passkeys."""

from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client

from accounts.models import User
from journal.models import Message
from tests.accounts.codes import code_for, last_mail
from tests.factories import make_user

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
PASSWORD = "correct horse battery"
ACTIVATE = "/accounts/2fa/totp/activate/"


@pytest.fixture
def person() -> User:
    return make_user("Inès Marchand", email="ines@example.org")


@pytest.fixture
def me(signed_in: SignIn, person: User) -> Client:
    return signed_in(person)


def digits(secret: str) -> str:
    """What the app shows now."""
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def add_app(me: Client) -> str:
    secret = me.get(ACTIVATE).context["form"].secret
    done = me.post(ACTIVATE, {"code": digits(secret)})
    assert done["Location"] == "/accounts/2fa/recovery-codes/"
    return secret


def test_setting_and_changing_a_password(me: Client, person: User):
    me.post("/accounts/password/set/", {"password1": PASSWORD, "password2": PASSWORD})
    person.refresh_from_db()
    assert person.check_password(PASSWORD)
    assert last_mail("ines@example.org").context["event"] == "password_set"
    new = {"oldpassword": PASSWORD, "password1": f"{PASSWORD} 2", "password2": f"{PASSWORD} 2"}
    me.post("/accounts/password/change/", new)
    person.refresh_from_db()
    assert person.check_password(f"{PASSWORD} 2")


@pytest.mark.parametrize("weak", ["short", "password123", "ines@example.org"])
def test_weak_passwords(me: Client, person: User, weak: str):
    page = me.post("/accounts/password/set/", {"password1": weak, "password2": weak}).content.decode()
    assert 'aria-invalid="true"' in page
    person.refresh_from_db()
    assert not person.has_usable_password()


def test_the_owner_hears_of_an_app_and_its_key_is_sealed(
    me: Client, person: User, django_capture_on_commit_callbacks: Any
):
    with django_capture_on_commit_callbacks(execute=True):
        secret = add_app(me)
    assert secret not in str(Authenticator.objects.get(type="totp").data)
    [mail] = Message.objects.filter(recipient="ines@example.org")
    assert (mail.kind, mail.context["event"]) == ("account_notice", "app_added")


def test_an_app_is_asked_for_after_the_code(me: Client, person: User):
    add_app(me)
    browser = Client()
    browser.post("/accounts/login/", {"login": "ines@example.org", "next": "/accounts/email/"})
    second = browser.post(
        "/accounts/login/code/confirm/?next=/accounts/email/", {"code": code_for("ines@example.org")}
    )
    assert second["Location"] == "/accounts/2fa/authenticate/"
    assert browser.get("/accounts/profile/").status_code == 302
    assert "not the code" in browser.post("/accounts/2fa/authenticate/", {"code": "000000"}).content.decode()
    recovery = RecoveryCodes(Authenticator.objects.get(type="recovery_codes")).get_unused_codes()[0]
    done = browser.post("/accounts/2fa/authenticate/", {"code": recovery})
    assert done["Location"] == "/accounts/email/"


def test_who_has_just_added_an_app_sees_the_recovery_codes(me: Client):
    add_app(me)
    page = me.get("/accounts/2fa/recovery-codes/").content.decode()
    assert page.count("<code>") == 10
    download = me.get("/accounts/2fa/recovery-codes/download/")
    assert "attachment" in download["Content-Disposition"]


def test_removing_the_app(me: Client, person: User):
    add_app(me)
    page = me.get("/accounts/2fa/totp/deactivate/").content.decode()
    assert "Remove the authenticator app" in page
    me.post("/accounts/2fa/totp/deactivate/")
    assert not Authenticator.objects.filter(type="totp").exists()


def test_what_matters_asks_once_more(me: Client, signed_in: SignIn, person: User):
    add_app(me)
    other = signed_in(person)
    asked = other.get("/accounts/delete/")
    assert asked["Location"].startswith("/accounts/reauthenticate/") or "reauthenticate" in asked["Location"]
    page = other.get(asked["Location"], follow=True)
    assert "Is it still you?" in page.content.decode()


def test_recovery_codes_are_made_anew(me: Client):
    add_app(me)
    before = RecoveryCodes(Authenticator.objects.get(type="recovery_codes")).get_unused_codes()
    assert "stop working" in me.get("/accounts/2fa/recovery-codes/generate/").content.decode()
    me.post("/accounts/2fa/recovery-codes/generate/")
    assert RecoveryCodes(Authenticator.objects.get(type="recovery_codes")).get_unused_codes() != before


def test_passkeys_belong_to_the_site(me: Client):
    data = me.get("/accounts/2fa/webauthn/add/", headers={"Host": "evil.example"}).context["js_data"]
    assert data["creation_options"]["publicKey"]["rp"] == {"id": "badges.example.org", "name": "Badges"}


HOSTILE = [
    "",
    "x",
    "[]",
    "{}",
    "null",
    '{"id": 1}',
    '{"rawId": "%%", "type": "public-key", "response": {}}',
    "1e999",
]


@pytest.mark.parametrize("credential", HOSTILE)
def test_hostile_passkeys(me: Client, credential: str):
    assert me.post("/accounts/2fa/webauthn/add/", {"credential": credential, "name": "x"}).status_code == 200
    stranger = Client()
    answer = stranger.get("/accounts/2fa/webauthn/login/", headers={"Accept": "application/json"})
    assert "request_options" in answer.json()
    assert stranger.post("/accounts/2fa/webauthn/login/", {"credential": credential}).status_code in (
        200,
        302,
    )
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize("credential", HOSTILE)
def test_hostile_passkeys_as_a_second_step(me: Client, person: User, credential: str):
    add_app(me)
    browser = Client()
    browser.post("/accounts/login/", {"login": "ines@example.org"})
    browser.post("/accounts/login/code/confirm/", {"code": code_for("ines@example.org")})
    assert browser.post("/accounts/2fa/authenticate/", {"credential": credential}).status_code == 200


def test_the_name_of_a_passkey_is_a_device(me: Client):
    page = me.get(
        "/accounts/2fa/webauthn/add/", headers={"User-Agent": "Mozilla/5.0 (Windows NT) Firefox/140.0"}
    )
    assert 'value="Firefox on Windows"' in page.content.decode()
