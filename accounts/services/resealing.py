"""Second factors under a new encryption key."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction

from common.sealing import key_provider


@transaction.atomic
def rewrap_authenticators() -> int:
    """Seals the secrets of authenticator apps and recovery codes anew; how many rows."""
    sealed = Authenticator.objects.select_for_update().exclude(type=Authenticator.Type.WEBAUTHN)
    rows = list(sealed)
    for row in rows:
        row.data = {name: _resealed(name, value) for name, value in row.data.items()}
    Authenticator.objects.bulk_update(rows, ["data"], batch_size=500)
    return len(rows)


def _resealed(name: str, value: Any) -> Any:
    if name in ("secret", "seed"):
        return key_provider().reseal(value.encode()).decode()
    if name == "migrated_codes":
        return [key_provider().reseal(code.encode()).decode() for code in value]
    return value
