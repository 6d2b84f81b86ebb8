"""The same work as most servers of this field do it: one `save()` after the other, with the key loaded each time."""

import uuid

from assertions.documents import signed_payload
from assertions.emails import award_mail
from assertions.models import Award, Claim, Recipient
from assertions.services.making import CLAIM_LIFETIME
from badges.models import BadgeVersion
from common.sealing import key_provider
from common.tokens import new_token, token_hash
from issuers.models import SigningKey
from journal.services.outbox import unsent
from openbadges import jws
from openbadges.keys import load_private_key
from tests.bench.stage import NOW


def save_one(version: BadgeVersion, key: SigningKey, address: str) -> None:
    """Recipient, award with its signature, claim link and mail."""
    recipient = Recipient(address=address, created_at=NOW)
    recipient.save()
    row = Award(
        id=uuid.uuid4(), issuer=version.badge.issuer, badge=version.badge, version=version, recipient=recipient,
        language="en", salt=uuid.uuid4().hex, issued_on=NOW, narrative="She **listened** twice.", signing_key=key,
        created_at=NOW,
    )  # fmt: skip
    row.call("Inès Marchand")
    private = load_private_key(key_provider().unseal(bytes(key.sealed_private)))
    row.signed = jws.sign(signed_payload(row, address=address, evidence=(), key=key), private)
    row.save(force_insert=True)
    token = new_token()
    Claim(award=row, token_hash=token_hash(token), created_at=NOW, expires_at=NOW + CLAIM_LIFETIME).save()
    unsent(award_mail(row, token=token), at=NOW).save(force_insert=True)
