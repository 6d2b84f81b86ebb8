"""`manage.py catalogue`: the translations, without GNU gettext on the machine."""

from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.core.management.base import CommandParser

from badgeplatform import catalogue


class Command(BaseCommand):
    help = "Translations: --update the French catalogue from the code, --check that it is complete, --compile it."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        act = parser.add_mutually_exclusive_group(required=True)
        act.add_argument("--update", action="store_true", help="add what is new (empty), drop what is gone")
        act.add_argument(
            "--check", action="store_true", help="exit 1 while anything is missing or does not fit"
        )
        act.add_argument("--compile", action="store_true", help="write the .mo files that the product reads")

    def handle(self, *args: Any, **options: Any) -> None:
        path = settings.LOCALE_PATHS[0] / "fr" / "LC_MESSAGES" / "django.po"
        if options["compile"]:
            if path.exists():
                catalogue.compile_catalogue(path)
            return
        messages = catalogue.extract(settings.BASE_DIR)
        if options["update"]:
            written = catalogue.update(messages, path)
            empty = len(written.untranslated_entries())
            self.stdout.write(
                f"{len(written)} messages, {empty} to translate in {path.relative_to(settings.BASE_DIR)}"
            )
        elif found := list(catalogue.problems(messages, path)):
            raise CommandError(
                "\n".join([*found, f"The French catalogue has {len(found)} gaps. See `make messages`."])
            )
        else:
            self.stdout.write(f"The French catalogue is complete: {len(messages)} messages.")
