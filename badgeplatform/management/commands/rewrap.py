"""`manage.py rewrap`: after a new key was put in front of KEY_ENCRYPTION_KEYS."""

from typing import Any

from django.core.management import BaseCommand

from accounts.services.resealing import rewrap_authenticators
from assertions.services.receipts import rewrap_receipt_keys
from issuers.services import rewrap_keys
from journal.services.resealing import rewrap_messages, rewrap_webhooks


class Command(BaseCommand):
    help = "Seal every kept secret with the first of KEY_ENCRYPTION_KEYS; afterwards the others may go."

    def handle(self, *args: Any, **options: Any) -> None:
        keys, factors, mails = rewrap_keys(), rewrap_authenticators(), rewrap_messages()
        hooks, receipts = rewrap_webhooks(), rewrap_receipt_keys()
        self.stdout.write(
            f"Sealed with the first key now: {keys} signing keys, {factors} second factors, {mails} waiting mails, "
            f"{hooks} webhooks, {receipts} receipt keys."
        )
