"""`manage.py reconcile`: does everything fit together? It only looks, and may run while the site is at work."""

import time
from collections.abc import Iterator
from typing import Any

from django.core.management import BaseCommand
from django.core.management.base import CommandParser
from django.utils import timezone

import assertions.services.checking
import badges.services.checking
import issuers.services.checking
import journal.services.checking
from common.checking import Check, Finding

CHECKS: tuple[Check, ...] = (
    *journal.services.checking.CHECKS,
    *issuers.services.checking.CHECKS,
    *badges.services.checking.CHECKS,
    *assertions.services.checking.CHECKS,
)
SHOWN = 20


class Command(BaseCommand):
    help = "Check every invariant between tables, signatures, outbox and files; say what is broken and what to do."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--strict", action="store_true", help="exit 1 when something is broken")
        parser.add_argument(
            "--show", type=int, default=SHOWN, help=f"findings to print per check ({SHOWN}); all are counted"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        counts = [self._look(check, shown=options["show"]) for check in CHECKS]
        total = sum(counts)
        if total == 0:
            self.stdout.write(f"Everything fits: {len(CHECKS)} checks, nothing broken.")
            return
        broken = sum(count > 0 for count in counts)
        self.stdout.write(f"\n{total} findings in {broken} of {len(CHECKS)} checks.")
        if options["strict"]:
            raise SystemExit(1)

    def _look(self, check: Check, *, shown: int) -> int:
        """Prints what this check finds; gives how many that are."""
        count, began = 0, time.monotonic()
        for count, finding in enumerate(self._with_progress(check), start=1):
            if count == 1:
                self.stdout.write(f"\nBROKEN: {check.title}")
            if count <= shown:
                self.stdout.write(f"  [{finding.code}] {finding.where}: {finding.what}")
        if count > shown:
            self.stdout.write(f"  ... and {count - shown} more")
        if count:
            self.stdout.write(f"  What to do: {check.remedy}")
        if self.stderr.isatty():
            self.stderr.write(f"\r\033[K{check.title}: {count} found, {time.monotonic() - began:.1f} s")
        return count

    def _with_progress(self, check: Check) -> Iterator[Finding]:
        if self.stderr.isatty():
            self.stderr.write(f"{check.title} ...", ending="")
        yield from check.find(timezone.now())
