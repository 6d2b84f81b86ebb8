"""Which browser may look after a badge: the one that accepted it, for a month, while it is that person's."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone

from accounts.models import User
from assertions.models import Award
from assertions.services import revoke, undo_revocation
from assertions.services.correcting import confirm_address_change
from badges.models import Badge
from common.actors import SYSTEM
from tests.assertions.views.visiting import asked, browser, claim_link
from tests.factories import make_award, make_user


def holds(client: Client, award: Award) -> bool:
    """Whether this browser may change something about the badge."""
    return client.get(f"/yours/{award.pk}/name").status_code == 200


@pytest.fixture
def holding(waiting_award: Award) -> Client:
    """A browser that accepted."""
    client = browser()
    client.post(claim_link(waiting_award))
    return client


def test_who_accepted_holds(holding: Client, waiting_award: Award) -> None:
    assert holds(holding, waiting_award)
    assert not holds(browser(), waiting_award)


def test_holding_one_is_not_holding_another(holding: Client, badge: Badge) -> None:
    other = make_award(badge)
    browser().post(claim_link(other))
    assert not holds(holding, other)


def test_a_browser_holds_several(holding: Client, waiting_award: Award, badge: Badge) -> None:
    other = make_award(badge)
    holding.post(claim_link(other))
    assert holds(holding, waiting_award)
    assert holds(holding, other)


def test_not_for_ever(holding: Client, waiting_award: Award) -> None:
    session = holding.session
    session["held_awards"][str(waiting_award.pk)][1] = int(timezone.now().timestamp()) - 30 * 86_400
    session.save()
    assert not holds(holding, waiting_award)


def test_a_session_planted_before_does_not_hold(waiting_award: Award) -> None:
    """Whoever knows the session that was in the browser before does not get the badge with it."""
    victim = browser()
    victim.get("/claim/nothing")
    session = victim.session
    session["x"] = 1
    session.save()
    planted = session.session_key
    victim.cookies["sessionid"] = planted
    victim.post(claim_link(waiting_award))
    attacker = browser()
    attacker.cookies["sessionid"] = planted
    assert holds(victim, waiting_award)
    assert not holds(attacker, waiting_award)


def test_moved_to_another_address_the_former_browsers_are_out(holding: Client, waiting_award: Award) -> None:
    waiting_award.refresh_from_db()
    token = asked_now(waiting_award)
    confirming = browser()
    confirming.post(f"/address/{token}")
    assert holds(confirming, waiting_award)
    assert not holds(holding, waiting_award)


def asked_now(award: Award) -> str:
    """The token of the mail that was sent to the new address just now."""
    return asked(award, at=timezone.now())


def test_revoked_is_nobodys_to_change_until_that_is_undone(holding: Client, waiting_award: Award) -> None:
    revoke(awards=[waiting_award], reason="Mistake.", by=SYSTEM, at=timezone.now())
    assert not holds(holding, waiting_award)
    undo_revocation(award=waiting_award, by=SYSTEM, at=timezone.now())
    assert holds(holding, waiting_award)


def test_withdrawn_only_showing_again_is_left(holding: Client, waiting_award: Award) -> None:
    holding.post(f"/yours/{waiting_award.pk}/withdraw")
    assert not holds(holding, waiting_award)
    assert holding.post(f"/yours/{waiting_award.pk}/restore").status_code == 302
    assert holds(holding, waiting_award)


def test_who_proved_the_address_holds_without_a_link(accepted_award: Award, signed_in: Any) -> None:
    ines = make_user("Inès Marchand", email="ines@example.org")
    assert holds(signed_in(ines), accepted_award)


@pytest.mark.parametrize("how", ["unproved", "other", "owner of the organisation"])
def test_other_accounts_do_not_hold(accepted_award: Award, signed_in: Any, owner: User, how: str) -> None:
    people = {"owner of the organisation": owner}
    user = people.get(how) or make_user("Sam", email="sam@example.org")
    if how == "unproved":
        EmailAddress.objects.create(user=user, email="ines@example.org", verified=False)
    assert not holds(signed_in(user), accepted_award)


def test_after_moving_the_account_of_the_former_address_is_out(accepted_award: Award, signed_in: Any) -> None:
    former = signed_in(make_user("Inès", email="ines@example.org"))
    assert holds(former, accepted_award)
    confirm_address_change(token=asked_now(accepted_award), at=timezone.now() + timedelta(hours=1))
    assert not holds(former, accepted_award)


def test_a_session_of_another_make_is_ignored(holding: Client, waiting_award: Award) -> None:
    session = holding.session
    session["held_awards"] = [str(waiting_award.pk)]
    session.save()
    assert not holds(holding, waiting_award)
    assert holding.get(f"/assertions/{waiting_award.pk}").status_code == 200


def test_another_alphabet_is_another_address(accepted_award: Award) -> None:
    """A dotless i is no i, although databases find them alike: who owns a domain that looks so holds nothing."""
    lookalike = accepted_award.recipient.address.replace("i", "\u0131").replace("s", "\u017f")
    assert lookalike != accepted_award.recipient.address
    client = browser()
    client.force_login(
        make_user(email=lookalike), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    assert not holds(client, accepted_award)
