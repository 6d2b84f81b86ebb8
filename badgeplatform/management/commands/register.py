"""`manage.py register`: enter in every organisation's register whatever is missing, and sign how they stand."""

from typing import Any

from django.core.management import BaseCommand
from django.utils import timezone

from assertions.services.registering import enter_all
from journal.models import Register


class Command(BaseCommand):
    help = "Enter acts that are missing in the organisations' registers, sign every register that has grown."

    def handle(self, *args: Any, **options: Any) -> None:
        entered, is_done = enter_all(now=timezone.now)
        total = sum(Register.objects.values_list("size", flat=True))
        self.stdout.write(f"Entered: {entered}. All registers together: {total} entries.")
        if not is_done:
            self.stdout.write("Told to stop before the end: run it again.")
