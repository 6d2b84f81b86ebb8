"""`manage.py count_anew`: the figures of dashboards, counted again from the awards."""

from typing import Any

from django.core.management import BaseCommand

from assertions.services.figures import count_anew


class Command(BaseCommand):
    help = "Count the figures of dashboards again from the awards, where reconcile says that they are wrong."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Counted anew: {count_anew()} rows of badges and days.")
