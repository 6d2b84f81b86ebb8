"""What the sweep over registers looks for: awards and moves by when they were written.

Awards are found by an index that costs next to nothing to keep (BRIN), so that awarding to many is not held up.
"""

from django.db import migrations, models


def add(apps, schema_editor):
    kind = "USING brin " if schema_editor.connection.vendor == "postgresql" else ""
    schema_editor.execute(f"CREATE INDEX award_by_creation ON assertions_award {kind}(created_at)")


def remove(apps, schema_editor):
    schema_editor.execute("DROP INDEX award_by_creation")


class Migration(migrations.Migration):
    dependencies = [("assertions", "0012_said_as_it_is"), ("journal", "0008_registers_cannot_be_rewritten")]

    operations = [
        migrations.AlterField(
            model_name="formersignature",
            name="replaced_at",
            field=models.DateTimeField(db_index=True),
        ),
        migrations.RunPython(add, remove),
    ]
