"""Rotation of the key that locks the signing keys away."""

from base64 import urlsafe_b64encode
from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command

from common.actors import SYSTEM
from common.sealing import SealBroken, key_provider
from issuers.models import Issuer
from issuers.services import make_token
from issuers.services.calls import SEALED, finish_call, reserve_call
from issuers.services.resealing import reseal_keys
from journal.emails import address_of, unsubscribe_url
from journal.models import LinkKey, Webhook
from journal.services import make_webhook, rotate_secret
from tests.factories import NOON


def test_the_secrets_of_webhooks_come_along(issuer: Issuer, settings) -> None:
    hook, before = make_webhook(
        scope=issuer.scope, url="https://example.org/", events=["award.created"], by=SYSTEM, at=NOON
    )
    after = rotate_secret(webhook=hook, by=SYSTEM, at=NOON)
    new = urlsafe_b64encode(b"m" * 32).decode()
    settings.KEY_ENCRYPTION_KEYS = [new, *settings.KEY_ENCRYPTION_KEYS]
    said = StringIO()
    call_command("rewrap", stdout=said)
    assert "webhooks: 1 sealed anew" in said.getvalue()
    settings.KEY_ENCRYPTION_KEYS = [new]
    hook = Webhook.objects.get()
    assert key_provider().unseal(hook.sealed_secret).decode() == after
    assert key_provider().unseal(hook.sealed_previous).decode() == before


def test_old_key_may_go_afterwards(issuer: Issuer, settings) -> None:
    old = settings.KEY_ENCRYPTION_KEYS[0]
    new = urlsafe_b64encode(b"n" * 32).decode()
    before = issuer.keys.first().sealed_private
    settings.KEY_ENCRYPTION_KEYS = [new, old]
    said = StringIO()
    call_command("rewrap", stdout=said)
    assert "signing keys: 2 sealed anew, 0 were already" in said.getvalue()
    settings.KEY_ENCRYPTION_KEYS = [new]
    assert b"PRIVATE KEY" in key_provider().unseal(issuer.keys.first().sealed_private)
    with pytest.raises(SealBroken):
        key_provider().unseal(before)


def test_links_in_mails_that_were_sent_stay_good(db: None, settings) -> None:
    token = unsubscribe_url("ines@example.org").rpartition("/")[2]
    older = (
        key_provider().seal(b"zoe@example.org").decode()
    )  # as links were made before they had a key of their own
    new = urlsafe_b64encode(b"o" * 32).decode()
    settings.KEY_ENCRYPTION_KEYS = [new, *settings.KEY_ENCRYPTION_KEYS]
    call_command("rewrap", verbosity=0, stdout=StringIO())
    assert (address_of(token), address_of(older)) == ("ines@example.org", "zoe@example.org")
    settings.KEY_ENCRYPTION_KEYS = [new]
    assert address_of(token) == "ines@example.org"
    with pytest.raises(SealBroken):
        address_of(older)


def test_an_emptied_database_has_a_key_for_links_again(transactional_db: None) -> None:
    before = LinkKey.objects.get().sealed
    unsubscribe_url("ines@example.org")  # remembers the key
    call_command("flush", interactive=False, verbosity=0)
    after = LinkKey.objects.get().sealed
    token = unsubscribe_url("zoe@example.org").rpartition("/")[2]
    assert bytes(after) != bytes(before)
    assert Fernet(key_provider().unseal(after)).decrypt(token.encode()) == b"zoe@example.org"


def test_it_can_be_stopped_and_run_again(issuer: Issuer, settings) -> None:
    settings.KEY_ENCRYPTION_KEYS = [urlsafe_b64encode(b"p" * 32).decode(), *settings.KEY_ENCRYPTION_KEYS]
    next(reseal_keys())  # one step, then somebody stops it
    said = StringIO()
    call_command("rewrap", stdout=said)
    assert "signing keys: 0 sealed anew, 2 were already" in said.getvalue()
    assert "Everything is sealed with the first key now." in said.getvalue()


def test_what_no_key_opens_is_named(issuer: Issuer, settings) -> None:
    broken = issuer.keys.get(number=2)
    issuer.keys.filter(number=2).update(sealed_private=b"sealed with a key that was lost")
    settings.KEY_ENCRYPTION_KEYS = [urlsafe_b64encode(b"q" * 32).decode(), *settings.KEY_ENCRYPTION_KEYS]
    said, complained = StringIO(), StringIO()
    with pytest.raises(SystemExit):
        call_command("rewrap", stdout=said, stderr=complained)
    assert "signing keys: 1 sealed anew, 0 were already" in said.getvalue()
    assert f"issuers.SigningKey {broken.pk}" in complained.getvalue()


def test_answers_of_calls_that_hold_a_secret(issuer: Issuer, settings) -> None:
    token, _secret = make_token(issuer=issuer, name="CI", scopes=["view"], by=SYSTEM, at=NOON)
    call = reserve_call(token=token, key="1", request_hash="x", at=NOON)
    finish_call(call, status=201, body={SEALED: key_provider().seal(b'{"secret": 1}').decode()})
    new = urlsafe_b64encode(b"r" * 32).decode()
    settings.KEY_ENCRYPTION_KEYS = [new, *settings.KEY_ENCRYPTION_KEYS]
    call_command("rewrap", stdout=StringIO())
    settings.KEY_ENCRYPTION_KEYS = [new]
    call.refresh_from_db()
    assert key_provider().unseal(call.body[SEALED].encode()) == b'{"secret": 1}'
