"""An award can be a tombstone: of whom it was for nothing is known any more."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("assertions", "0016_batch_pauses")]

    operations = [
        migrations.AlterField(
            model_name="award",
            name="response",
            field=models.CharField(
                choices=[
                    ("waiting", "Waiting"),
                    ("accepted", "Accepted"),
                    ("declined", "Declined"),
                    ("not_me", "Not the right person"),
                    ("withdrawn", "Withdrawn by its holder"),
                    ("erased", "Erased"),
                ],
                default="waiting",
                max_length=10,
            ),
        ),
    ]
