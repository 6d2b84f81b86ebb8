"""`manage.py demo`: demonstration data, made through the services; found again when it is there."""

import json
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command
from django.core.management.base import CommandParser
from django.urls import reverse
from django.utils import timezone

from badgeplatform.demonstration import Demonstration, new_claim_url, new_token, prepare
from badgeplatform.demonstration.atelier_nord import CAMILLE, INES, KARIM
from common.errors import Refused
from common.links import absolute, absolute_url


class Command(BaseCommand):
    help = "Make the demonstration data, or find it, and say where to go."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--json", action="store_true", help="print addresses, a claim link, a token and passwords as JSON"
        )
        parser.add_argument(
            "--force", action="store_true", help="also on a site that serves https (--json does so unasked)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.SITE_IS_HTTPS and not (options["force"] or options["json"]):
            raise CommandError(
                f"{settings.SITE_URL} serves https, so it is taken for a real site. Invented organisations do not "
                "belong there; --force makes them all the same."
            )
        call_command("migrate", interactive=False, verbosity=0)
        at = timezone.now()
        try:
            shown = prepare(at=at)
        except Refused as refusal:
            raise CommandError(f"The demonstration data cannot be made: {refusal}") from refusal
        claim_url = new_claim_url(shown.issuer, at=at)
        if options["json"]:
            facts = _facts(shown, claim_url=claim_url, token=new_token(shown.issuer, at=at))
            self.stdout.write(json.dumps(facts, indent=2, ensure_ascii=False))
        else:
            self.stdout.write(_guide(shown, claim_url))


def _facts(shown: Demonstration, *, claim_url: str, token: str) -> dict[str, Any]:
    cast = {"owner": CAMILLE, "awarder": KARIM, "earner": INES}
    return {
        "site_url": settings.SITE_URL,
        "issuer_slug": shown.issuer.slug,
        "badge_id": str(shown.badge.pk),
        "award_id": str(shown.award.pk),
        "claim_url": claim_url,
        "token": token,
        "users": {
            role: {"email": person.address, "password": shown.password} for role, person in cast.items()
        },
    }


def _guide(shown: Demonstration, claim_url: str) -> str:
    page = absolute_url("assertion", award_id=shown.award.pk)
    moved = ""
    if shown.made_for != settings.SITE_URL:
        moved = (
            f"\nThese badges were signed for {shown.made_for}; under {settings.SITE_URL} their checks will say so."
            "\nStart again with the PORT or SITE_URL of that day, or with an empty DATA_DIR.\n"
        )
    return f"""
Demonstration data is in place: three organisations, ten badges, some forty awards. Everybody is invented.
{moved}
As an organisation   {absolute(reverse("account_login_password"))}
                     {CAMILLE.address}   password {shown.password}
                     (owner; {KARIM.address} awards; same password for all)
As a recipient       {absolute(reverse("mailbox"))}   every mail that was sent
                     {claim_url}
As a recruiter       {page}
                     {absolute(reverse("verify"))}   its address, its picture or a photo of its QR code
As a developer       {absolute(reverse("api_docs"))}   a token: manage.py demo --json
"""
