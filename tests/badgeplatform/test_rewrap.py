"""Rotation of the key that locks the signing keys away."""

from base64 import urlsafe_b64encode
from io import StringIO

import pytest
from django.core.management import call_command

from common.sealing import SealBroken, key_provider
from issuers.models import Issuer


def test_old_key_may_go_afterwards(issuer: Issuer, settings) -> None:
    old = settings.KEY_ENCRYPTION_KEYS[0]
    new = urlsafe_b64encode(b"n" * 32).decode()
    before = issuer.keys.first().sealed_private
    settings.KEY_ENCRYPTION_KEYS = [new, old]
    said = StringIO()
    call_command("rewrap", stdout=said)
    assert "2 signing keys" in said.getvalue()
    settings.KEY_ENCRYPTION_KEYS = [new]
    assert b"PRIVATE KEY" in key_provider().unseal(issuer.keys.first().sealed_private)
    with pytest.raises(SealBroken):
        key_provider().unseal(before)
