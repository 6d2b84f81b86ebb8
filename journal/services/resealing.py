"""The outbox and the secrets of webhooks under a new encryption key."""

from django.db import transaction

from common.sealing import key_provider
from journal.models import Message, Webhook


@transaction.atomic
def rewrap_messages() -> int:
    """Seals what waiting mails keep secret anew, with the first of KEY_ENCRYPTION_KEYS; how many."""
    rows = list(Message.objects.select_for_update().exclude(sealed=None).only("pk", "sealed"))
    for message in rows:
        message.sealed = key_provider().reseal(bytes(message.sealed or b""))
    Message.objects.bulk_update(rows, ["sealed"], batch_size=500)
    return len(rows)


@transaction.atomic
def rewrap_webhooks() -> int:
    """Seals the secrets of webhooks anew, those that only sign for a while yet as well; how many webhooks."""
    live = Webhook.objects.exclude(state=Webhook.State.DELETED)
    rows = list(live.select_for_update(no_key=True).only("pk", "sealed_secret", "sealed_previous"))
    for hook in rows:
        hook.sealed_secret = key_provider().reseal(bytes(hook.sealed_secret))
        if hook.sealed_previous:
            hook.sealed_previous = key_provider().reseal(bytes(hook.sealed_previous))
    Webhook.objects.bulk_update(rows, ["sealed_secret", "sealed_previous"], batch_size=200)
    return len(rows)
