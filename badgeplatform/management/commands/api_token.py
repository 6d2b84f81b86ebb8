"""`manage.py api_token --issuer SLUG --name NAME --scope S ...`: a new token of the API, printed once."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from common.actors import SYSTEM
from common.errors import Refused
from issuers.models import Issuer
from issuers.permissions import TOKEN_SCOPES
from issuers.services import make_token


class Command(BaseCommand):
    help = "Print a new API token of an organisation. It is not kept: this is the only time it is seen."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--issuer", required=True, metavar="SLUG")
        parser.add_argument("--name", required=True, help="what will use it")
        parser.add_argument(
            "--scope",
            action="extend",
            nargs="+",
            default=[],
            metavar="S",
            choices=[scope.value for scope in TOKEN_SCOPES],
            help=f"one or several of: {', '.join(TOKEN_SCOPES)}; seeing comes with every token",
        )
        parser.add_argument(
            "--days", type=int, help="expires after so many days; without, it does not expire"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        issuer = Issuer.objects.filter(slug=options["issuer"]).first()
        if issuer is None:
            raise CommandError(f"There is no organisation “{options['issuer']}”.")
        try:
            expires_at = now + timedelta(days=options["days"]) if options["days"] is not None else None
        except OverflowError as error:
            raise CommandError(
                "The calendar ends before that. Leave out --days for a token that stays."
            ) from error
        try:
            _row, token = make_token(
                issuer=issuer,
                name=options["name"],
                scopes=options["scope"],
                expires_at=expires_at,
                by=SYSTEM,
                at=now,
            )
        except Refused as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write(token)
