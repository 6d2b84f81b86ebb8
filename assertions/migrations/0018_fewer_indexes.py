"""Indexes that others cover, which begin with the same column: every award paid for them.

Dropped by name: to alter the columns, SQLite would copy the table and lose what only SQL knows of it (0013).
"""

import django.db.models.deletion
from django.db import migrations, models

COVERED = (
    ("assertions_award", "issuer_id", "assertions_award_issuer_id_87fb2fa1"),
    ("assertions_award", "badge_id", "assertions_award_badge_id_7a65142b"),
    ("assertions_evidence", "award_id", "assertions_evidence_award_id_337d54c3"),
    ("assertions_assessment", "award_id", "assertions_assessment_award_id_3e429596"),
)


def without_index(model, name, to, on_delete, related_name):
    field = models.ForeignKey(db_index=False, on_delete=on_delete, related_name=related_name, to=to)
    return migrations.AlterField(model_name=model, name=name, field=field)


class Migration(migrations.Migration):
    dependencies = [
        ("assertions", "0017_erased_awards"),
        ("badges", "0003_published_versions_are_immutable"),
        ("issuers", "0006_languages"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(f"DROP INDEX {index}", f"CREATE INDEX {index} ON {table} ({column})")
                for table, column, index in COVERED
            ],
            state_operations=[
                without_index("award", "issuer", "issuers.issuer", django.db.models.deletion.PROTECT, "awards"),
                without_index("award", "badge", "badges.badge", django.db.models.deletion.PROTECT, "awards"),
                without_index("evidence", "award", "assertions.award", django.db.models.deletion.CASCADE, "evidence"),
                without_index(
                    "assessment", "award", "assertions.award", django.db.models.deletion.CASCADE, "assessments"
                ),
            ],
        ),
    ]
