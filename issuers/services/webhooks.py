"""Owners are told when a webhook of theirs stopped by itself."""

from datetime import datetime

from django.db import transaction

from issuers.emails import webhook_stopped_mail
from issuers.models import Issuer, Membership
from journal.models import Webhook
from journal.services import Mail, queue_mails


@transaction.atomic
def mail_owners_of_stopped_webhooks(*, at: datetime) -> int:
    """How many mails were left. Stopping it was recorded already; each owner gets one mail, whoever sweeps."""
    stopped = Webhook.objects.select_for_update(no_key=True).filter(owners_to_tell=True).order_by("pk")
    hooks = list(stopped[:100])
    mails = [mail for hook in hooks for mail in _mails(hook)]
    queue_mails(mails, at=at)
    Webhook.objects.filter(pk__in=[hook.pk for hook in hooks]).update(owners_to_tell=False)
    return len(mails)


def _mails(hook: Webhook) -> list[Mail]:
    issuer = Issuer.objects.get(pk=hook.scope.removeprefix("issuer:"))
    owners = issuer.memberships.filter(role=Membership.Role.OWNER).select_related("user").order_by("pk")
    return [
        webhook_stopped_mail(
            hook, issuer, address=row.user.email, name=row.user.name, language=row.user.language
        )
        for row in owners
    ]
