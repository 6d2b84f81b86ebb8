"""What stands in a register is never rewritten: the database itself refuses, whoever asks.

A leaf loses at most its salt, a tile only grows at its end, a checkpoint stays as it was signed. Deleting rows shows in
the tree (`manage.py reconcile`) and against every checkpoint that somebody kept. SQLite forgets triggers when a later
migration rebuilds one of these tables: such a migration calls `protect` again (tests/journal/test_registers.py
notices where it does not).
"""

from django.db import migrations

MESSAGE = "a register is only added to"
SAME_LEAF = " AND ".join(
    f"NEW.{column} = OLD.{column}"
    for column in (
        "id", "register_id", '"index"', "kind", "subject", "number", "at", "logged_at", "commitment",
    )
)  # fmt: skip
REFUSED = {
    "journal_leaf": f"NOT ({SAME_LEAF} AND (NEW.salt IS NULL OR (OLD.salt IS NOT NULL AND NEW.salt = OLD.salt)))",
    "journal_tile": "NOT (NEW.register_id = OLD.register_id AND NEW.level = OLD.level AND NEW.number = OLD.number"
    " AND substr(NEW.hashes, 1, length(OLD.hashes)) = OLD.hashes)",
    "journal_checkpoint": "TRUE",
}


def protect(apps, schema_editor):
    unprotect(apps, schema_editor)
    vendor = schema_editor.connection.vendor
    for table, condition in REFUSED.items():
        if vendor == "postgresql":
            schema_editor.execute(
                f"CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                f" IF {condition} THEN RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'integrity_constraint_violation';"
                f" END IF; RETURN NEW; END $$"
            )
            schema_editor.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE ON {table}"
                f" FOR EACH ROW EXECUTE FUNCTION {table}_append_only()"
            )
        elif vendor == "sqlite":
            schema_editor.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE ON {table} FOR EACH ROW WHEN {condition}"
                f" BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
            )


def unprotect(apps, schema_editor):
    for table in REFUSED:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}")
            schema_editor.execute(f"DROP FUNCTION IF EXISTS {table}_append_only()")
        elif schema_editor.connection.vendor == "sqlite":
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_append_only")


class Migration(migrations.Migration):
    dependencies = [("journal", "0007_registers")]

    operations = [migrations.RunPython(protect, unprotect)]
