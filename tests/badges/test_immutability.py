"""A published version cannot be rewritten, whatever code asks for it: the database refuses."""

import pytest
from django.db import IntegrityError, models, transaction

from badges.models import Alignment, Badge, BadgeText, BadgeVersion, Criterion, CriterionText
from badges.queries import altered_versions
from issuers.models import Issuer
from tests.factories import make_badge


def _rows(badge: Badge) -> list[tuple[models.QuerySet, dict[str, object]]]:
    version = badge.versions.get()
    Alignment.objects.create(
        version=version, position=1, target_name="Weld", target_url="https://a.example/1"
    )
    return [
        (BadgeVersion.objects.filter(pk=version.pk), {"tags": ["other"]}),
        (BadgeVersion.objects.filter(pk=version.pk), {"published_at": None}),
        (BadgeText.objects.filter(version=version), {"name": "Other"}),
        (Criterion.objects.filter(version=version), {"method": "test"}),
        (CriterionText.objects.filter(criterion__version=version), {"name": "Other"}),
        (Alignment.objects.filter(version=version), {"target_url": "https://elsewhere.example"}),
    ]


def test_published_rows_cannot_be_updated(badge: Badge) -> None:
    for rows, change in _rows(badge):
        with pytest.raises(IntegrityError, match="immutable"), transaction.atomic():
            rows.update(**change)


def test_drafts_can(issuer: Issuer) -> None:
    for rows, change in _rows(make_badge(issuer, published=False)):
        assert rows.update(**change) > 0


def test_what_was_altered_all_the_same_is_found(published: Badge) -> None:
    """A criterion added behind everybody's back: rows can be inserted, but the hash tells."""
    assert list(altered_versions()) == []
    Criterion.objects.create(version=published.shown, position=9, method="test")
    assert list(altered_versions()) == [f"badge {published.pk}: version 1 is not what was published"]


def test_a_version_that_was_awarded_cannot_be_deleted(waiting_award: object, badge: Badge) -> None:
    with pytest.raises(models.ProtectedError):
        badge.versions.get().delete()
