"""`manage.py reconcile`: silent about what fits, plain about what does not."""

from io import StringIO
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import call_command

from assertions.models import Award
from badgeplatform.management.commands.reconcile import CHECKS

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def demonstration(settings: LazySettings, tmp_path: Path) -> None:
    settings.SITE_IS_HTTPS = False
    settings.EMAIL_BACKEND = "journal.mailbox.Backend"
    settings.DATA_DIR, settings.MAILBOX_DIR = tmp_path, tmp_path / "mailbox"
    settings.MEDIA_ROOT = tmp_path / "media"
    call_command("demo", stdout=StringIO())


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def reconcile(*options: str, stderr: StringIO | None = None) -> tuple[str, int]:
    said, status = StringIO(), 0
    try:
        call_command("reconcile", *options, stdout=said, stderr=stderr or StringIO())
    except SystemExit as end:
        status = int(end.code or 0)
    return said.getvalue(), status


def test_a_healthy_site_and_one_that_is_broken() -> None:
    assert reconcile("--strict") == (f"Everything fits: {len(CHECKS)} checks, nothing broken.\n", 0)
    waiting = list(Award.objects.waiting()[:3])
    Award.objects.filter(pk__in=[row.pk for row in waiting]).update(salt="0" * 32)
    said, status = reconcile("--strict", "--show=2")
    assert status == 1
    assert "BROKEN: awards are signed as they stand" in said
    assert sum(str(row.pk) in said for row in waiting) == 2
    assert "what was signed names another recipient" in said
    assert "... and 1 more" in said
    assert "What to do: Somebody changed awards" in said
    assert f"3 findings in 1 of {len(CHECKS)} checks." in said
    assert reconcile()[1] == 0


def test_progress_is_shown_on_a_terminal_only() -> None:
    terminal, file = Terminal(), StringIO()
    reconcile(stderr=terminal)
    reconcile(stderr=file)
    assert "journals are whole: 0 found" in terminal.getvalue()
    assert file.getvalue() == ""
