"""`manage.py import_organisation FILE.zip`: takes in an organisation that was exported elsewhere."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from assertions.services.moving import import_organisation
from badgeplatform.management.archiving import passphrase_from, said_of
from common.actors import Actor
from common.errors import Refused


class Command(BaseCommand):
    help = "Take in an organisation with its ids, signatures and history: all of it, or nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("archive", metavar="FILE.zip", type=Path)
        parser.add_argument(
            "--dry-run", action="store_true", help="do everything, count it, and take it back"
        )
        keys = parser.add_mutually_exclusive_group()
        keys.add_argument(
            "--without-keys", action="store_true", help="new keys are made; what was signed goes on verifying"
        )
        keys.add_argument(
            "--passphrase-file", type=Path, help="its first line opens the private keys; else it is asked for"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path = options["archive"]
        if not path.is_file():
            raise CommandError(f"{path}: there is no such file")
        passphrase = "" if options["without_keys"] else passphrase_from(options["passphrase_file"])
        if not passphrase and not options["without_keys"]:
            raise CommandError(
                "The passphrase is empty. To leave the private keys behind, say --without-keys."
            )
        try:
            moved = import_organisation(
                path=path, passphrase=passphrase, rehearse=options["dry_run"],
                by=Actor(id="system", label=settings.SITE_NAME), at=timezone.now(), tell=self._tell,
            )  # fmt: skip
        except Refused as refused:
            raise CommandError(refused.message) from refused
        except OSError as error:
            raise CommandError(said_of(error, path)) from error
        for name, count in moved.rows.items():
            if count:
                self.stdout.write(f"{count:>9}  {name}")
        self.stdout.write(f"{moved.files:>9}  files")
        if options["dry_run"]:
            self.stdout.write(f"“{moved.issuer.name}” can be taken in. Nothing was changed.")
            return
        self.stdout.write(
            f"“{moved.issuer.name}” is here. {moved.invited} members were invited by mail, webhooks are paused, "
            "batches that were under way wait for a person. Look at it with `manage.py reconcile --strict`."
        )

    def _tell(self, words: str) -> None:
        if self.stderr.isatty():
            self.stderr.write(words)
