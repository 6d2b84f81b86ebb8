"""The outbox under a new encryption key."""

from django.db import transaction

from common.sealing import key_provider
from journal.models import Message


@transaction.atomic
def rewrap_messages() -> int:
    """Seals what waiting mails keep secret anew, with the first of KEY_ENCRYPTION_KEYS; how many."""
    rows = list(Message.objects.select_for_update().exclude(sealed=None).only("pk", "sealed"))
    for message in rows:
        message.sealed = key_provider().reseal(bytes(message.sealed or b""))
    Message.objects.bulk_update(rows, ["sealed"], batch_size=500)
    return len(rows)
