"""What operators run: api_token, rewrap."""

import io
from typing import Any

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import User
from common.tokens import token_hash
from issuers.models import ApiToken, Issuer, Membership
from issuers.services import invite_member
from issuers.tasks import forget_old_calls
from journal.models import Action, Entry, Message
from tests.issuers.codes import secrets_of

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue().strip()


def test_a_token_is_printed_once(issuer: Issuer):
    scopes = ["--scope", "awards.create", "awards.revoke", "--scope", "badges.edit"]
    printed = run("api_token", "--issuer", issuer.slug, "--name", "CI", *scopes, "--days", "30")
    row = ApiToken.objects.get()
    assert row.token_hash == token_hash(printed)
    assert row.scopes == ["view", "badges.edit", "awards.create", "awards.revoke"]
    assert row.expires_at is not None
    assert Entry.objects.get(action=Action.TOKEN_CREATED).actor_id == "system"


@pytest.mark.parametrize(
    "wrong",
    [
        ["--issuer", "nobody", "--name", "x"],
        ["--name", ""],
        ["--name", "x", "--scope", "issuer.manage"],
        ["--name", "x", "--days", "-1"],
        ["--name", "x", "--days", "99999999"],
    ],
)
def test_nonsense_is_refused(issuer: Issuer, wrong: list[str]):
    with pytest.raises(CommandError):
        run("api_token", "--issuer", issuer.slug, *wrong)
    assert not ApiToken.objects.exists()


def test_rewrap_leaves_no_secret_under_the_former_key(issuer: Issuer, owner: User, settings: Any):
    totp = Authenticator.objects.create(
        user=owner, type=Authenticator.Type.TOTP, data={"secret": get_adapter().encrypt("JBSWY3DP")}
    )
    invite_member(
        issuer=issuer, address="a@b.example", role=Membership.Role.VIEWER, by=owner.actor, at=timezone.now()
    )
    new = Fernet.generate_key().decode()
    settings.KEY_ENCRYPTION_KEYS = [new, *settings.KEY_ENCRYPTION_KEYS]
    said = run("rewrap")
    for what in ("signing keys: 2", "second factors: 1", "waiting mails: 1"):
        assert f"{what} sealed anew" in said
    settings.KEY_ENCRYPTION_KEYS = [new]
    totp.refresh_from_db()
    assert get_adapter().decrypt(totp.data["secret"]) == "JBSWY3DP"
    assert "/invitations/" in secrets_of(Message.objects.get())["action_url"]


def test_the_worker_forgets_old_calls(db: None):
    assert forget_old_calls() == 0


# keys -------------------------------------------------------------------------------------------------


def test_keys_are_listed_replaced_and_declared_compromised(issuer: Issuer):
    first, second = run("keys", issuer.slug).splitlines()
    assert ("  1  RS256  active " in f"  {first}", "EdDSA  active" in second) == (True, True)
    lines = run("keys", issuer.slug, "--rotate", "RS256").splitlines()
    assert ("retired" in lines[0], "ended" in lines[0], "3  RS256  active" in lines[2]) == (True, True, True)
    lines = run("keys", issuer.slug, "--compromised", "1", "--from", "2026-03-03").splitlines()
    assert "compromised from 2026-03-03 12:00Z" in lines[0]
    lines = run("keys", issuer.slug, "--compromised", "1", "--from", "2026-04-03T10:00+02:00").splitlines()
    assert "compromised from 2026-04-03 08:00Z" in lines[0]


@pytest.mark.parametrize(
    "wrong",
    [
        ["nobody"],
        ["--compromised", "9", "--from", "2026-03-04"],
        ["--compromised", "1"],
        ["--compromised", "1", "--from", "soon"],
        ["--compromised", "1", "--from", "2026-02-31"],
        ["--compromised", "1", "--from", "2001-01-01"],
        ["--rotate", "none"],
    ],
)
def test_nonsense_about_keys_is_refused(issuer: Issuer, wrong: list[str]):
    arguments = wrong if wrong == ["nobody"] else [issuer.slug, *wrong]
    with pytest.raises(CommandError):
        run("keys", *arguments)
    assert issuer.keys.filter(state="active").count() == 2
