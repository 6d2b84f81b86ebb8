"""The outbox and the secrets of webhooks under a new encryption key."""

from collections.abc import Iterator

from django.core.cache import cache

from common.resealing import Step, reseal_columns, reseal_in_steps
from journal.models import LINK_KEY, LinkKey, Message, Webhook


def reseal_messages() -> Iterator[Step]:
    """What waiting mails keep secret."""
    rows = Message.objects.exclude(sealed=None).only("pk", "sealed")
    yield from reseal_in_steps(rows, lambda row: reseal_columns(row, "sealed"), columns=["sealed"])


def reseal_link_keys() -> Iterator[Step]:
    """What the links in mails are sealed with; the links themselves stay good."""
    yield from reseal_in_steps(
        LinkKey.objects.all(), lambda row: reseal_columns(row, "sealed"), columns=["sealed"]
    )
    cache.delete(LINK_KEY)


def reseal_webhooks() -> Iterator[Step]:
    """The secrets of webhooks, those that only sign for a while yet as well."""
    columns = ["sealed_secret", "sealed_previous"]
    rows = Webhook.objects.exclude(state=Webhook.State.DELETED).only("pk", *columns)
    yield from reseal_in_steps(rows, lambda row: reseal_columns(row, *columns), columns=columns)
