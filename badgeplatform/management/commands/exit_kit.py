"""`manage.py exit_kit SLUG FOLDER|FILE.zip`: an organisation's public face as files that any web server can keep."""

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from assertions.services.kit import note_kit, write_kit
from badgeplatform.management.archiving import issuer_named, readable, said_of
from common.actors import SYSTEM
from common.archives import place_at


class Command(BaseCommand):
    help = "Write an organisation's public documents, pages, pictures, keys and lists as static files."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="of the organisation")
        parser.add_argument("to", metavar="FOLDER|FILE.zip", type=Path, help="a new folder, or a ZIP file")

    def handle(self, *args: Any, **options: Any) -> None:
        issuer, to, began, now = (
            issuer_named(options["slug"]),
            options["to"],
            time.monotonic(),
            timezone.now(),
        )
        try:
            with place_at(to, at=now) as place:
                counts = write_kit(issuer=issuer, place=place, at=now, tell=self._tell)
        except OSError as error:
            raise CommandError(said_of(error, to)) from error
        note_kit(issuer=issuer, by=SYSTEM, at=now, counts=counts)
        took = f"{time.monotonic() - began:.0f} s"
        self.stdout.write(
            f"{to}: {counts['awards']} awards in {counts['files']} files, {readable(counts['bytes'])}, {took}.\n"
            "README.txt and LISEZMOI.txt in it say what to do with it."
        )

    def _tell(self, done: int, total: int) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{done} of {total} awards", ending="")
