"""`manage.py credentials`: how many awards have their Open Badges 3.0 form, and making those that are missing."""

from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from assertions.models import Credential
from assertions.services.credentials import sign_all, unsigned
from issuers.models import Issuer


class Command(BaseCommand):
    help = "Tell how many awards have no Open Badges 3.0 credential yet; with --sign-all, make them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--sign-all", action="store_true", help="go on where it ended, if it was stopped")
        parser.add_argument("--issuer", metavar="SLUG", help="of one organisation only")

    def handle(self, *args: Any, **options: Any) -> None:
        issuers = self._issuers(options["issuer"])
        if options["sign_all"]:
            made = sign_all(issuers=issuers, now=timezone.now, told=self._tell)
            self.stdout.write(f"Made: {made}")
        missing = sum(unsigned(issuer).count() for issuer in issuers)
        kept = Credential.objects.current().filter(award__issuer__in=issuers).count()
        self.stdout.write(f"Kept: {kept}, not asked for yet: {missing}")

    def _issuers(self, slug: str | None) -> list[Issuer]:
        found = list(Issuer.objects.filter(slug=slug) if slug else Issuer.objects.order_by("pk"))
        if slug and not found:
            raise CommandError(f"There is no organisation “{slug}”.")
        return found

    def _tell(self, count: int) -> None:
        if count % 1000 == 0:
            self.stdout.write(f"{count} ...")
