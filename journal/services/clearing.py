"""What need not be remembered is forgotten."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from journal.models import Delivery, Message, Webhook

SITE = "site"
# Codes and notices of accounts tell when somebody signed in: a week is enough to find out why one did not arrive.
ACCOUNT_MAILS_KEPT = timedelta(days=7)
# Organisations keep the list of what was sent to whom; what the mails said is forgotten.
WORDS_KEPT = timedelta(days=90)
# What webhooks were told: long enough to send it again after a long holiday.
DELIVERIES_KEPT = timedelta(days=30)
# Longer than any transaction: none can leave a delivery for a deleted webhook any more.
DELETED_KEPT = timedelta(hours=1)
FINAL = (Message.State.SENT, Message.State.FAILED, Message.State.UNKNOWN, Message.State.BOUNCED)


@transaction.atomic
def forget_old(*, at: datetime) -> int:
    """How many mails were forgotten, or their words."""
    final = Message.objects.filter(state__in=FINAL)
    deleted, _rows = final.filter(scope=SITE, created_at__lt=at - ACCOUNT_MAILS_KEPT).delete()
    old = final.filter(created_at__lt=at - WORDS_KEPT).exclude(context={})
    return deleted + old.update(context={}, sealed=None, recipient_name="", reply_to="")


@transaction.atomic
def forget_deliveries(*, at: datetime) -> int:
    """How many deliveries to webhooks were forgotten, sent or not; webhooks that were deleted go with them."""
    deleted, _rows = Delivery.objects.filter(created_at__lt=at - DELIVERIES_KEPT).delete()
    Webhook.objects.filter(state=Webhook.State.DELETED, since__lt=at - DELETED_KEPT).delete()
    return deleted


@transaction.atomic
def forget_mails_to(addresses: Iterable[str]) -> None:
    """The site's own mails to them: codes and notices of an account that is no more."""
    Message.objects.filter(scope=SITE, recipient__in=list(addresses)).delete()
