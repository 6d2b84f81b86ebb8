"""Rotation of the key that locks the signing keys away."""

from base64 import urlsafe_b64encode
from io import StringIO

import pytest
from django.core.management import call_command

from common.actors import SYSTEM
from common.sealing import SealBroken, key_provider
from issuers.models import Issuer
from journal.models import Webhook
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
