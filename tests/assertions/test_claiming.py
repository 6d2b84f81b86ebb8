"""What recipients answer: once, whoever looks before, however many ask at the same time."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from assertions.models import Award, Claim, NameRequest
from assertions.services import open_claims, revoke
from assertions.services.claiming import (
    LinkSpent,
    accept,
    claim_for,
    decline,
    disown,
    reopen,
    show_again,
    withdraw,
)
from badges.models import Badge
from common.actors import SYSTEM
from common.errors import Refused
from journal.models import Action, Entry, Message
from tests.factories import NOON, make_award

Answer = Callable[..., Award]
LATER = NOON + timedelta(hours=1)


def link_to(award: Award) -> str:
    return open_claims([award], at=NOON)[award.pk]


@pytest.mark.parametrize(
    ("answer", "response", "action"),
    [
        (accept, Award.Response.ACCEPTED, Action.AWARD_ACCEPTED),
        (decline, Award.Response.DECLINED, Action.AWARD_DECLINED),
        (disown, Award.Response.NOT_ME, Action.AWARD_DISOWNED),
    ],
)
def test_an_answer_is_kept_and_written_down(
    waiting_award: Award, answer: Answer, response: str, action: Action
) -> None:
    before = waiting_award.stamp
    answer(token=link_to(waiting_award), at=LATER)
    waiting_award.refresh_from_db()
    assert (waiting_award.response, waiting_award.responded_at) == (response, LATER)
    assert waiting_award.stamp == before + 1
    entry = Entry.objects.get(action=action)
    assert entry.actor_id == waiting_award.recipient.actor_id
    assert "ines" not in f"{entry.actor_label} {entry.target_label} {entry.data}".lower()


@pytest.mark.parametrize("answer", [decline, disown])
def test_a_word_to_the_awarder_is_kept(waiting_award: Award, answer: Answer) -> None:
    answer(token=link_to(waiting_award), at=LATER, note="I was ill that day. " * 60)
    waiting_award.refresh_from_db()
    assert waiting_award.response_note.startswith("I was ill that day.")
    assert len(waiting_award.response_note) == 500


@pytest.mark.parametrize("answer", [accept, decline, disown])
def test_one_answer_spends_every_link(waiting_award: Award, answer: Answer) -> None:
    first, second = link_to(waiting_award), link_to(waiting_award)
    answer(token=first, at=LATER)
    for token in (first, second):
        with pytest.raises(LinkSpent):
            accept(token=token, at=LATER)


@pytest.mark.parametrize("answer", [accept, decline, disown])
def test_no_mail_asks_again_after_an_answer(badge: Badge, answer: Answer) -> None:
    award = make_award(badge, notify=True)
    answer(token=link_to(award), at=LATER)
    assert not Message.objects.about(award.mail_subject).exists()


@pytest.mark.parametrize("answer", [decline, disown])
def test_who_turns_it_down_leaves_nothing_to_decide(waiting_award: Award, answer: Answer) -> None:
    NameRequest.objects.create(award=waiting_award, name="Agnès", created_at=NOON)
    answer(token=link_to(waiting_award), at=LATER)
    assert not NameRequest.objects.exists()


def test_a_wanted_name_still_waits_after_accepting(waiting_award: Award) -> None:
    NameRequest.objects.create(award=waiting_award, name="Agnès", created_at=NOON)
    accept(token=link_to(waiting_award), at=LATER)
    assert NameRequest.objects.count() == 1


def test_unknown_used_and_expired_links_are_refused_alike(waiting_award: Award) -> None:
    used, expired = link_to(waiting_award), link_to(waiting_award)
    Claim.objects.order_by("-pk").update(expires_at=NOON + timedelta(days=30))
    words = set()
    with pytest.raises(LinkSpent) as unknown:
        accept(token="nothing", at=NOON)
    words.add(unknown.value.message)
    with pytest.raises(LinkSpent) as too_late:
        accept(token=expired, at=NOON + timedelta(days=30))
    words.add(too_late.value.message)
    accept(token=used, at=NOON)
    with pytest.raises(LinkSpent) as again:
        accept(token=used, at=NOON)
    words.add(again.value.message)
    assert len(words) == 1


def test_looking_spends_nothing(waiting_award: Award) -> None:
    token = link_to(waiting_award)
    for _look in range(3):
        assert claim_for(token, at=LATER).award == waiting_award
    assert Claim.objects.open(at=LATER).exists()


def test_a_revoked_award_cannot_be_accepted_until_that_is_undone(waiting_award: Award) -> None:
    token = link_to(waiting_award)
    revoke(awards=[waiting_award], reason="Mistake.", by=SYSTEM, at=NOON)
    with pytest.raises(LinkSpent):
        accept(token=token, at=LATER)
    Award.objects.update(revoked_at=None)
    assert accept(token=token, at=LATER).response == Award.Response.ACCEPTED


def test_who_accepted_comes_back_by_a_fresh_link_once(accepted_award: Award) -> None:
    token = link_to(accepted_award)
    with pytest.raises(LinkSpent):
        accept(token=token, at=LATER)
    assert reopen(token=token, at=LATER) == accepted_award
    with pytest.raises(LinkSpent):
        reopen(token=token, at=LATER)


def test_what_still_waits_is_not_reopened(waiting_award: Award) -> None:
    with pytest.raises(LinkSpent):
        reopen(token=link_to(waiting_award), at=LATER)


def test_an_accepted_badge_is_withdrawn_and_shown_again(accepted_award: Award) -> None:
    token = link_to(accepted_award)
    withdraw(award=accepted_award, at=LATER)
    assert accepted_award.response == Award.Response.WITHDRAWN
    with pytest.raises(LinkSpent):
        reopen(token=token, at=LATER)
    show_again(award=accepted_award, at=LATER)
    assert accepted_award.response == Award.Response.ACCEPTED
    assert Entry.objects.filter(action=Action.AWARD_WITHDRAWN).count() == 1


@pytest.mark.parametrize("act", [withdraw, show_again])
def test_a_revoked_badge_is_not_theirs_to_withdraw_or_show(accepted_award: Award, act: Answer) -> None:
    Award.objects.update(revoked_at=NOON, response="accepted" if act is withdraw else Award.Response.DECLINED)
    with pytest.raises(Refused):
        act(award=accepted_award, at=LATER)


@pytest.mark.django_db(transaction=True)
def test_of_sixteen_at_once_exactly_one_accepts(waiting_award: Award) -> None:
    """Each on a connection of its own, all let go at the same moment."""
    token, start = link_to(waiting_award), Barrier(16)

    def answer(number: int) -> str:
        start.wait(timeout=30)
        try:
            act = (accept, accept, decline, disown)[number % 4]
            return act(token=token, at=LATER).response
        except LinkSpent:
            return "spent"
        finally:
            connection.close()

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(answer, range(16)))
    assert answers.count("spent") == 15
    waiting_award.refresh_from_db()
    assert waiting_award.response in answers
    assert Claim.objects.filter(spent_at=None).count() == 0
    assert Entry.objects.filter(action__startswith="assertions.award.").count() == 1
