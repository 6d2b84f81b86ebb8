"""What rows of earlier times did not say: who withdrew a badge after accepting it, and of which list a mail is."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC
from itertools import islice

from django.db import migrations
from django.db.models import F

STEP = 500


def tell_withdrawn_from_declined(apps, schema_editor):
    """The journal knows who had accepted before: a badge that is declined after that was withdrawn."""
    award = apps.get_model("assertions", "Award")
    entry = apps.get_model("journal", "Entry")
    change = apps.get_model("assertions", "FiguresChange")
    declined = award.objects.filter(response="declined").order_by("pk")
    for rows in _steps(declined.values_list("pk", "issuer_id", "badge_id", "issued_on", "revoked_at").iterator()):
        ids = [str(row[0]) for row in rows]
        theirs = {"scope__in": {f"issuer:{row[1]}" for row in rows}, "target_kind": "award", "target_id__in": ids}
        accepted = entry.objects.filter(**theirs, action="assertions.award.accepted")
        accepted = set(accepted.values_list("target_id", flat=True))
        found = [row for row in rows if str(row[0]) in accepted]
        award.objects.filter(pk__in=[row[0] for row in found]).update(response="withdrawn", stamp=F("stamp") + 1)
        days = Counter((row[1], row[2], row[3].astimezone(UTC).date()) for row in found if row[4] is None)
        change.objects.bulk_create(
            change(issuer_id=issuer, badge_id=badge, day=day, declined=-count, withdrawn=count)
            for (issuer, badge, day), count in days.items()
        )


def name_the_rounds_of_mails(apps, schema_editor):
    """So that the mails of lists of earlier times are counted too."""
    award = apps.get_model("assertions", "Award")
    batch = apps.get_model("assertions", "Batch")
    message = apps.get_model("journal", "Message")
    for pk in batch.objects.values_list("pk", flat=True):
        for ids in _steps(award.objects.filter(round=pk).values_list("pk", flat=True).iterator()):
            message.objects.filter(kind="award", subject__in=[f"award:{one}" for one in ids]).update(round=pk)


def _steps(rows) -> Iterator[list]:
    rows = iter(rows)
    while some := list(islice(rows, STEP)):
        yield some


class Migration(migrations.Migration):
    dependencies = [
        ("assertions", "0011_batches_looked_after"),
        ("journal", "0006_mails_of_rounds"),
    ]

    operations = [
        migrations.RunPython(tell_withdrawn_from_declined, migrations.RunPython.noop),
        migrations.RunPython(name_the_rounds_of_mails, migrations.RunPython.noop),
    ]
