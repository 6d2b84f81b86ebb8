"""`manage.py rewrap`: after a new key was put in front of KEY_ENCRYPTION_KEYS. The site stays at work meanwhile."""

from collections.abc import Callable, Iterator
from typing import Any

from django.core.management import BaseCommand

from accounts.services.resealing import reseal_authenticators
from assertions.services.receipts import reseal_receipt_keys
from common.resealing import Step
from issuers.services.resealing import reseal_answers, reseal_keys
from journal.services.resealing import reseal_link_keys, reseal_messages, reseal_webhooks

# Everything in the database that is sealed with common.sealing.
SEALED: tuple[tuple[str, Callable[[], Iterator[Step]]], ...] = (
    ("signing keys", reseal_keys),
    ("receipt keys", reseal_receipt_keys),
    ("second factors", reseal_authenticators),
    ("webhooks", reseal_webhooks),
    ("keys of links in mails", reseal_link_keys),
    ("kept answers of API calls", reseal_answers),
    ("waiting mails", reseal_messages),
)


class Command(BaseCommand):
    help = (
        "Seal every kept secret with the first of KEY_ENCRYPTION_KEYS; afterwards the others may go. May be stopped "
        "and run again: what is sealed with the first key already is passed over."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        broken = [where for name, steps in SEALED for where in self._reseal(name, steps())]
        if not broken:
            self.stdout.write("Everything is sealed with the first key now.")
            return
        self.stderr.write("No key of KEY_ENCRYPTION_KEYS opens these: " + ", ".join(broken[:20]))
        self.stderr.write("Put the key that sealed them back into the list, and run this again.")
        raise SystemExit(1)

    def _reseal(self, name: str, steps: Iterator[Step]) -> list[str]:
        """Goes through one kind with its progress; gives what cannot be opened."""
        seen = resealed = 0
        broken: list[str] = []
        for step in steps:
            seen, resealed = seen + step.seen, resealed + step.resealed
            broken += step.broken
            if self.stderr.isatty():
                self.stderr.write(f"\r{name}: {seen}", ending="")
        if self.stderr.isatty():
            self.stderr.write("\r\033[K", ending="")
        self.stdout.write(f"{name}: {resealed} sealed anew, {seen - resealed - len(broken)} were already")
        return broken
