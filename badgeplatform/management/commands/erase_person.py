"""`manage.py erase_person ADDRESS`: somebody asked to be forgotten."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from assertions.models import Recipient
from assertions.services.erasing import awards_of, erase_person
from assertions.services.files import forget_unused_evidence
from common.actors import SYSTEM
from common.addresses import normalise
from common.errors import Refused

OPEN_FORMS = timedelta(days=1)
"""Files that somebody uploaded since may belong to a form that is still open."""


class Command(BaseCommand):
    help = (
        "Erase what every organisation knows of a person: names, address, salts, signed texts, evidence, mails. Of "
        "each award a tombstone stays, whose address answers 410. Without --yes it is only said what would go."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("address", help="an e-mail address at which badges are or were kept")
        parser.add_argument("--yes", action="store_true", help="do it; nothing brings it back")

    def handle(self, *args: Any, **options: Any) -> None:
        address, now = options["address"], timezone.now()
        if not options["yes"]:
            self._say(address)
            return
        try:
            count = erase_person(address=address, by=SYSTEM, at=now)
        except Refused as refusal:
            raise CommandError(refusal.message) from refusal
        files = forget_unused_evidence(before=now - OPEN_FORMS)
        self.stdout.write(f"Erased: awards {count}, files {files}.")

    def _say(self, address: str) -> None:
        person = Recipient.objects.filter(address=normalise(address)).first()
        if person is None:
            raise CommandError("Nobody was awarded anything at this address.")
        awards = awards_of(person).select_related("issuer", "version")
        for award in awards:
            self.stdout.write(f"{award.pk}  {award.issuer.slug}  {award.version}")
        self.stdout.write(
            f"Awards that would be erased: {len(awards)}. Add --yes to do it: nothing brings them back."
        )
