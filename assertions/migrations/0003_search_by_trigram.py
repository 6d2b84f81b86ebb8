"""Searching awards by any part of a name or address stays fast at a million rows (PostgreSQL only)."""

from django.db import migrations


def add(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        schema_editor.execute(
            "CREATE INDEX award_search ON assertions_award USING gin ((search::text) gin_trgm_ops)"
        )


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX award_search")


class Migration(migrations.Migration):
    dependencies = [("assertions", "0002_finding_awards")]
    operations = [migrations.RunPython(add, remove)]
