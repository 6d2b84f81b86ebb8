"""`manage.py keys SLUG`: an organisation's signing keys, listed, replaced, declared compromised."""

from argparse import ArgumentParser
from datetime import datetime, time
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from assertions.queries import signed_by_key
from common.actors import SYSTEM
from common.errors import Refused
from issuers.models import Issuer, SigningKey
from issuers.services import declare_compromised, rotate_key


class Command(BaseCommand):
    help = (
        "List an organisation's signing keys; replace one, or declare one compromised. "
        "Nothing that was issued changes."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="the organisation's address: /issuers/SLUG")
        act = parser.add_mutually_exclusive_group()
        act.add_argument("--list", action="store_true", help="only list them (without another option, too)")
        act.add_argument(
            "--rotate",
            choices=SigningKey.Algorithm.values,
            help="replace the key that signs by this algorithm",
        )
        act.add_argument(
            "--compromised", type=int, metavar="NUMBER", help="declare this key compromised; needs --from"
        )
        parser.add_argument(
            "--from", dest="since", metavar="DATE", help="since when: 2026-03-03 or 2026-03-03T12:00Z"
        )
        parser.add_argument("--note", default="Declared by the operator.", help="what happened")

    def handle(self, *args: Any, **options: Any) -> None:
        issuer = Issuer.objects.filter(slug=options["slug"]).first()
        if issuer is None:
            raise CommandError(f"There is no organisation “{options['slug']}”.")
        try:
            if options["rotate"]:
                rotate_key(key=_active(issuer, options["rotate"]), by=SYSTEM, at=timezone.now())
            elif options["compromised"] is not None:
                key = _numbered(issuer, options["compromised"])
                since = _moment(options["since"], key)
                declare_compromised(key=key, since=since, note=options["note"], by=SYSTEM, at=timezone.now())
        except Refused as refusal:
            raise CommandError(refusal.message) from refusal
        self._list(issuer)

    def _list(self, issuer: Issuer) -> None:
        counts = signed_by_key(issuer)
        for key in issuer.keys.order_by("number"):
            ended = f"  ended {key.ended_at:%Y-%m-%d %H:%M}Z" if key.ended_at else ""
            since = (
                f"  compromised from {key.compromised_from:%Y-%m-%d %H:%M}Z" if key.compromised_from else ""
            )
            self.stdout.write(
                f"{key.number:>3}  {key.algorithm:<5}  {key.state:<11}  made {key.created_at:%Y-%m-%d %H:%M}Z"
                f"{ended}{since}  {counts.get(key.pk, 0)} awards  SHA-256 {key.fingerprint.replace(' ', '')[:16]}…"
            )


def _active(issuer: Issuer, algorithm: str) -> SigningKey:
    key = issuer.keys.filter(algorithm=algorithm, state=SigningKey.State.ACTIVE).first()
    if key is None:
        raise CommandError(f"No {algorithm} key of this organisation signs.")
    return key


def _numbered(issuer: Issuer, number: int) -> SigningKey:
    key = issuer.keys.filter(number=number).first()
    if key is None:
        raise CommandError(f"This organisation has no key {number}.")
    return key


def _moment(written: str | None, key: SigningKey) -> datetime:
    """A day begins in the site's time zone; on the day on which the key was made, with the key."""
    if not written:
        raise CommandError("Say since when: --from 2026-03-03")
    try:
        moment, day = parse_datetime(written), parse_date(written)
    except ValueError as error:
        raise CommandError(f"“{written}” is not a date.") from error
    if day is not None:
        midnight = timezone.make_aware(datetime.combine(day, time.min))
        return max(midnight, key.created_at) if day == timezone.localtime(key.created_at).date() else midnight
    if moment is None:
        raise CommandError(f"“{written}” is not a date such as 2026-03-03.")
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
