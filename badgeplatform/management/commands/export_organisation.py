"""`manage.py export_organisation SLUG FILE.zip`: everything of an organisation, to move it to another installation."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from assertions.services.moving import note_export, sealed_secrets, write_export
from badgeplatform.management.archiving import issuer_named, passphrase_from, readable, said_of
from common.actors import SYSTEM
from common.archives import place_at
from common.errors import Refused


class Command(BaseCommand):
    help = "Write all rows and files of an organisation into one archive. It holds personal data: keep it as such."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="of the organisation")
        parser.add_argument("to", metavar="FILE.zip", type=Path)
        keys = parser.add_mutually_exclusive_group()
        keys.add_argument(
            "--without-keys", action="store_true", help="private keys and webhooks' secrets stay here"
        )
        keys.add_argument(
            "--passphrase-file", type=Path, help="its first line seals the private keys; else it is asked for"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        issuer, to, now = issuer_named(options["slug"]), options["to"], timezone.now()
        if to.suffix.lower() != ".zip":
            raise CommandError(f"{to}: give the name of a file that ends in .zip")
        try:
            secrets = None
            if not options["without_keys"]:
                passphrase = passphrase_from(options["passphrase_file"], twice=True)
                secrets = sealed_secrets(issuer, passphrase=passphrase)
            note_export(issuer=issuer, by=SYSTEM, at=now, with_keys=secrets is not None)
            with place_at(to, at=now) as place:
                counts = write_export(issuer=issuer, place=place, at=now, secrets=secrets)
        except Refused as refused:
            raise CommandError(refused.message) from refused
        except OSError as error:
            raise CommandError(said_of(error, to)) from error
        to.chmod(0o600)
        self.stdout.write(
            f"{to}: {counts['rows']} rows, {counts['files']} files, {readable(counts['bytes'])}."
        )
        if counts["missing"]:
            self.stdout.write(f"{counts['missing']} files were not in storage: see `manage.py reconcile`.")
        self.stdout.write(
            "It holds names and addresses of people. Keep it safe, and delete it when it has been taken in."
        )
