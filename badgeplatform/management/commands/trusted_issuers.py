"""`manage.py trusted_issuers`: who is on the list that TRUSTED_ISSUERS names; `--check` says what is wrong with it."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from common.trusted_issuers import ListRefused, read_list


class Command(BaseCommand):
    help = "Print the issuers that this site trusts, or check a list before it is put in place."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", help="another file than the one that TRUSTED_ISSUERS names")
        parser.add_argument("--check", action="store_true", help="only say whether it can be used")

    def handle(self, *args: Any, **options: Any) -> None:
        file = options["file"] or settings.TRUSTED_ISSUERS
        if not file:
            raise CommandError("TRUSTED_ISSUERS names no file, and none was given.")
        try:
            listed = read_list(Path(file))
        except ListRefused as refused:
            raise CommandError("\n".join(f"{file}, {problem}" for problem in refused.problems)) from refused
        if not options["check"]:
            for issuer, name in sorted(listed.items(), key=lambda entry: entry[1].casefold()):
                self.stdout.write(f"{name}  {issuer}")
        self.stdout.write(f"{file}: {len(listed)} issuers.")
