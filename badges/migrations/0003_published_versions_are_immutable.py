"""What was published is never rewritten: the database itself refuses to update it, whoever asks.

A row of a published version (and of its texts, criteria and alignments) cannot be updated. Deleting is guarded by
the foreign keys of the awards. SQLite forgets triggers when a later migration rebuilds one of these tables: such a
migration calls `protect` again (tests/badges/test_immutability.py notices where it does not).
"""

from django.db import migrations

MESSAGE = "a published badge version is immutable"
PUBLISHED = {
    "badges_badgeversion": "OLD.published_at IS NOT NULL",
    "badges_badgetext": "EXISTS (SELECT 1 FROM badges_badgeversion v WHERE v.id = OLD.version_id"
    " AND v.published_at IS NOT NULL)",
    "badges_criterion": "EXISTS (SELECT 1 FROM badges_badgeversion v WHERE v.id = OLD.version_id"
    " AND v.published_at IS NOT NULL)",
    "badges_alignment": "EXISTS (SELECT 1 FROM badges_badgeversion v WHERE v.id = OLD.version_id"
    " AND v.published_at IS NOT NULL)",
    "badges_criteriontext": "EXISTS (SELECT 1 FROM badges_badgeversion v JOIN badges_criterion c ON c.version_id = v.id"
    " WHERE c.id = OLD.criterion_id AND v.published_at IS NOT NULL)",
}


def protect(apps, schema_editor):
    unprotect(apps, schema_editor)
    if schema_editor.connection.vendor == "postgresql":
        for table, condition in PUBLISHED.items():
            schema_editor.execute(
                f"CREATE FUNCTION {table}_immutable() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                f" IF {condition} THEN RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'integrity_constraint_violation';"
                f" END IF; RETURN NEW; END $$"
            )
            schema_editor.execute(
                f"CREATE TRIGGER {table}_immutable BEFORE UPDATE ON {table}"
                f" FOR EACH ROW EXECUTE FUNCTION {table}_immutable()"
            )
    elif schema_editor.connection.vendor == "sqlite":
        for table, condition in PUBLISHED.items():
            schema_editor.execute(
                f"CREATE TRIGGER {table}_immutable BEFORE UPDATE ON {table} FOR EACH ROW WHEN {condition}"
                f" BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
            )


def unprotect(apps, schema_editor):
    for table in PUBLISHED:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_immutable ON {table}")
            schema_editor.execute(f"DROP FUNCTION IF EXISTS {table}_immutable()")
        elif schema_editor.connection.vendor == "sqlite":
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_immutable")


class Migration(migrations.Migration):
    dependencies = [("badges", "0002_content_of_versions")]

    operations = [migrations.RunPython(protect, unprotect)]
