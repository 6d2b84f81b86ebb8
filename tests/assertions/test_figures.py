"""Figures by day: right after every act, in one sum, and found out when they are not."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone

from assertions.models import Award, DailyFigures, FiguresChange
from assertions.queries import figures_of
from assertions.queries.figures import figures_by_badge
from assertions.services import Nomination, award_many, checking
from assertions.services import figures as keeping
from assertions.services.claiming import accept, decline, disown, show_again, withdraw
from assertions.services.revoking import revoke, undo_revocation
from assertions.tasks import add_up_figures
from badges.models import Badge
from common.actors import SYSTEM
from journal.models import Heartbeat
from tests.assertions.batching import awarded, people_csv
from tests.factories import NOON, make_award, make_badge
from tests.planting import codes

LATER = NOON + timedelta(minutes=5)


@pytest.fixture(autouse=True)
def media(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def wrong() -> set[str]:
    return codes(checking.figures.CHECKS, at=NOON)


def sums(badge: Badge) -> tuple[int, int, int, int, int]:
    found = figures_by_badge(badge.issuer, since=date(2000, 1, 1)).get(badge.pk, {})
    return tuple(found.get(name, 0) for name in keeping.COLUMNS)


def test_every_act_is_counted_at_once(badge: Badge) -> None:
    people = [Nomination(f"person{number}@example.org") for number in range(5)]
    outcome = award_many(badge=badge, nominations=people, by=SYSTEM, at=NOON)
    one, two, three, four, _five = outcome.awards
    assert sums(badge) == (5, 0, 0, 0, 0)
    accept(token=outcome.tokens[one.pk], at=NOON)
    decline(token=outcome.tokens[two.pk], at=NOON)
    disown(token=outcome.tokens[three.pk], at=NOON)
    assert sums(badge) == (5, 1, 2, 0, 0)
    revoke(awards=[one, four], reason="A mistake.", by=SYSTEM, at=NOON)
    assert sums(badge) == (5, 0, 2, 0, 2)
    undo_revocation(award=one, by=SYSTEM, at=LATER)
    assert sums(badge) == (5, 1, 2, 0, 1)
    withdraw(award=Award.objects.get(pk=one.pk), at=LATER)
    assert sums(badge) == (5, 0, 2, 1, 1)
    show_again(award=Award.objects.get(pk=one.pk), at=LATER)
    assert sums(badge) == (5, 1, 2, 0, 1)
    assert wrong() == set()


def test_adding_up_changes_no_sum_and_leaves_few_rows(badge: Badge) -> None:
    awarded(badge, people_csv(4))
    other = make_badge(badge.issuer, "Other")
    for _number in range(3):
        make_award(badge, at=timezone.now())
    make_award(other)
    before = sums(badge), sums(other)
    assert add_up_figures() == 5
    assert (sums(badge), sums(other)) == before == ((7, 0, 0, 0, 0), (1, 0, 0, 0, 0))
    assert not FiguresChange.objects.exists()
    assert DailyFigures.objects.count() == 2
    revoke(awards=Award.objects.filter(badge=badge), reason="A mistake.", by=SYSTEM, at=timezone.now())
    add_up_figures()
    assert sums(badge) == (7, 0, 0, 0, 7)
    assert DailyFigures.objects.count() == 2
    assert wrong() == set()
    assert Heartbeat.objects.filter(name="figures").exists()


def test_some_at_a_time(badge: Badge, monkeypatch) -> None:
    monkeypatch.setattr(keeping, "AT_ONCE", 2)
    for _number in range(5):
        make_award(badge)
    assert keeping.add_up() == 2
    assert sums(badge) == (5, 0, 0, 0, 0)
    assert add_up_figures() == 3


def test_a_chunk_of_a_batch_leaves_one_row(badge: Badge) -> None:
    awarded(badge, people_csv(30))
    assert FiguresChange.objects.get().awarded == 30


def test_the_day_is_that_of_the_award_in_utc(badge: Badge) -> None:
    make_award(badge, issued_on=datetime(2026, 3, 1, 23, 30, tzinfo=UTC))
    assert FiguresChange.objects.get().day == date(2026, 3, 1)
    assert wrong() == set()


@pytest.mark.parametrize("model", [DailyFigures, FiguresChange])
def test_wrong_figures_are_found_and_counted_anew(badge: Badge, model) -> None:
    make_award(badge)
    if model is DailyFigures:
        add_up_figures()
    model.objects.update(accepted=1)
    assert wrong() == {"figures.day"}
    call_command("count_anew")
    assert wrong() == set()
    assert sums(badge) == (1, 0, 0, 0, 0)
    model.objects.all().delete()
    DailyFigures.objects.all().delete()
    assert wrong() == {"figures.day"}


def test_figures_of_the_overview_add_up(badge: Badge) -> None:
    now = timezone.now()
    rows = [make_award(badge, at=now) for _number in range(4)]
    make_award(badge, at=now - timedelta(days=40))
    revoke(awards=rows[:1], reason="A mistake.", by=SYSTEM, at=now)
    figures = figures_of(badge.issuer, at=now)
    assert (figures.awarded, figures.waiting, figures.revoked) == (4, 3, 1)
    assert figures.badges == [(badge, 4)]
