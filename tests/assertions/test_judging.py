"""A pack is judged in bounded time, however slow its badges were made to be; what is left is named, not dropped."""

import json

import pytest

from assertions.models import Award
from assertions.services.bringing import Brought, Pack
from assertions.services.judging import MOST_WORK, judge
from tests.factories import NOON
from tests.openbadges.stage3 import signed

pytestmark = pytest.mark.django_db


def test_a_visit_begins_no_more_badges_than_it_has_time_to_work_on(accepted_award: Award) -> None:
    slow = [Brought(f"{number}.json", json.dumps(signed())) for number in range(3)]
    verdicts = judge(Pack((*slow, Brought("own", accepted_award.signed))), at=NOON, work=0.0)
    assert [one.brought.label for one in verdicts.judged] == ["0.json"]
    assert [one.label for one in verdicts.waiting] == ["1.json", "2.json", "own"]


def test_there_is_work_enough_for_a_pack_of_ordinary_badges(accepted_award: Award) -> None:
    pack = Pack(tuple(Brought(str(number), accepted_award.signed) for number in range(30)))
    verdicts = judge(pack, at=NOON)
    assert (len(verdicts.judged), verdicts.waiting) == (1, ())  # the same badge thirty times is one row
    assert MOST_WORK <= 10
