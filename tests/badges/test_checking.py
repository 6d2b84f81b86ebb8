"""Each planted violation is found in badges, their versions and their pictures."""

from pathlib import Path

import pytest
from django.core.files.storage import default_storage

from badges.models import Badge, Picture
from badges.services import checking
from common.actors import SYSTEM
from issuers.models import Issuer
from tests.factories import NOON, make_badge
from tests.planting import codes


@pytest.fixture(autouse=True)
def media(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def real(issuer: Issuer) -> Badge:
    """Published by the service, so that its hash is that of its content."""
    from badges.designer import Design
    from badges.queries import content_of
    from badges.services import create_published_badge

    content = content_of(make_badge(issuer, published=False).draft)
    Badge.objects.all().delete()
    return create_published_badge(issuer=issuer, content=content, picture=Design(), by=SYSTEM, at=NOON)


def found() -> set[str]:
    return codes(checking.CHECKS, at=NOON)


def test_nothing_where_all_is_well(real: Badge) -> None:
    assert found() == set()


def test_a_version_that_says_something_else(badge: Badge) -> None:
    """The database keeps published versions from being changed; the factory writes a hash that is none."""
    assert found() == {"version.altered"}


def test_a_badge_that_shows_no_version_of_its_own(real: Badge, issuer: Issuer) -> None:
    Badge.objects.filter(pk=real.pk).update(state="draft")
    assert found() == {"badge.state"}
    Badge.objects.filter(pk=real.pk).update(state="published", current=None)
    assert found() == {"badge.current"}
    draft = make_badge(issuer, published=False).versions.get()
    Badge.objects.filter(pk=real.pk).update(current=draft)
    assert found() == {"badge.current"}


def test_a_picture_that_is_gone_or_another(real: Badge) -> None:
    picture = Picture.objects.get()
    svg = Path(default_storage.path(picture.svg))
    kept = svg.read_bytes()
    svg.write_bytes(b"<svg/>")
    assert found() == {"picture.file"}
    svg.write_bytes(kept)
    default_storage.delete(picture.png)
    assert found() == {"picture.png"}
