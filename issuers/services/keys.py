"""Signing keys: made with the organisation, sealed at rest, parsed once per process."""

from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import transaction

from common.sealing import key_provider
from issuers.models import Issuer, SigningKey
from openbadges import keys


def make_key(*, issuer: Issuer, algorithm: SigningKey.Algorithm, at: datetime) -> SigningKey:
    """A new active key pair, numbered after the issuer's last one."""
    private = (
        keys.generate_rsa_key() if algorithm == SigningKey.Algorithm.RS256 else keys.generate_ed25519_key()
    )
    last = issuer.keys.order_by("-number").first()
    return SigningKey.objects.create(
        issuer=issuer, number=last.number + 1 if last else 1, algorithm=algorithm, created_at=at,
        public_pem=keys.public_key_pem(private),
        sealed_private=key_provider().seal(keys.private_key_pem(private)),
    )  # fmt: skip


def signing_key_of(issuer_id: int, algorithm: str = SigningKey.Algorithm.RS256) -> SigningKey:
    """The key that signs this issuer's new assertions and tokens; with Ed25519, its Data Integrity proofs."""
    return SigningKey.objects.get(issuer_id=issuer_id, algorithm=algorithm, state=SigningKey.State.ACTIVE)


def private_key(key: SigningKey) -> Any:
    """The key object to sign with: unsealing and parsing cost as much as a hundred signatures, so once."""
    return _parsed(key.pk, bytes(key.sealed_private))


@lru_cache(maxsize=512)
def _parsed(pk: int, sealed: bytes) -> Any:
    return keys.load_private_key(key_provider().unseal(sealed))


@transaction.atomic
def rewrap_keys() -> int:
    """Seals every private key anew under the first of KEY_ENCRYPTION_KEYS; how many."""
    rows = list(SigningKey.objects.select_for_update().only("pk", "sealed_private"))
    for key in rows:
        key.sealed_private = key_provider().reseal(bytes(key.sealed_private))
    SigningKey.objects.bulk_update(rows, ["sealed_private"], batch_size=200)
    return len(rows)
