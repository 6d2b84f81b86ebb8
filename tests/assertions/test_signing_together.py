"""Awarding while keys are replaced and the encryption key changes: in threads, as web processes and workers do."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.db import transaction

from assertions.models import Award
from assertions.services import Nomination, award_many
from assertions.services.checking.awards import signatures
from assertions.services.verification import verify_award
from badges.models import Badge
from common.actors import SYSTEM
from issuers.models import Issuer, SigningKey
from issuers.services import declare_compromised, rotate_key
from issuers.services.checking import key_pairs
from issuers.services.keys import private_key, signing_key_of
from openbadges import Verdict
from tests.assertions.together import in_thread, wait_for_waiting
from tests.factories import NOON, make_award, make_badge, make_issuer

pytestmark = pytest.mark.django_db(transaction=True)
LATER = NOON + timedelta(days=1)
ROUNDS, PEOPLE = 12, 5


@pytest.fixture
def badge(db: None) -> Badge:
    return make_badge(make_issuer())


def award_rounds(badge: Badge, name: str) -> int:
    """Some small lists of people, one after the other; how many awards."""
    count = 0
    for place in range(ROUNDS):
        people = [Nomination(f"{name}-{place}-{number}@example.org") for number in range(PEOPLE)]
        outcome = award_many(badge=badge, nominations=people, by=SYSTEM, at=NOON, notify=False)
        assert outcome.refused == {}
        count += len(outcome.awards)
    return count


def active(issuer: Issuer) -> SigningKey:
    return issuer.keys.get(algorithm="RS256", state="active")


def test_nobody_who_awards_notices_a_rotation(badge: Badge, pool: ThreadPoolExecutor):
    workers = [in_thread(pool, lambda name=name: award_rounds(badge, name)) for name in ("a", "b", "c")]
    for _number in range(3):
        rotate_key(key=active(badge.issuer), by=SYSTEM, at=LATER)
    assert sum(worker.result(60) for worker in workers) == 3 * ROUNDS * PEOPLE
    make_award(badge)
    assert list(signatures(NOON)) == []
    awards = Award.objects.for_pages().filter(badge=badge)
    assert {verify_award(row, at=LATER).verdict for row in awards[:: len(awards) // 12]} == {Verdict.VALID}


def test_the_private_half_is_gone_and_still_nothing_fails(badge: Badge, pool: ThreadPoolExecutor):
    """Declared compromised in the middle of the work of others."""
    workers = [in_thread(pool, lambda name=name: award_rounds(badge, name)) for name in ("a", "b")]
    declare_compromised(key=active(badge.issuer), since=NOON, note="Stolen.", by=SYSTEM, at=LATER)
    assert sum(worker.result(60) for worker in workers) == 2 * ROUNDS * PEOPLE
    assert list(signatures(NOON)) == []
    assert list(key_pairs(NOON)) == []


@pytest.mark.needs_postgres
def test_who_signs_is_waited_for_and_who_comes_after_gets_the_new_key(badge: Badge, pool: ThreadPoolExecutor):
    """A signature that is not yet committed holds the rotation up; afterwards the old key signs nothing."""
    issuer, signing = badge.issuer, threading.Event()
    may_commit = threading.Event()

    def sign_slowly() -> int:
        with transaction.atomic():
            number = make_award(badge).signing_key.number
            signing.set()
            assert may_commit.wait(30)
        return number

    slow = in_thread(pool, sign_slowly)
    assert signing.wait(30)
    rotation = in_thread(pool, lambda: rotate_key(key=active(issuer), by=SYSTEM, at=LATER).number)
    wait_for_waiting(1)
    late = in_thread(pool, lambda: make_award(badge).signing_key.number)
    wait_for_waiting(2)  # in its turn: a rotation is not kept waiting for ever
    assert not rotation.done()
    may_commit.set()
    assert (slow.result(30), rotation.result(30), late.result(30)) == (1, 3, 3)


def test_a_worker_that_holds_an_old_row_reads_it_anew(badge: Badge):
    with transaction.atomic():
        stale = signing_key_of(badge.issuer_id)
    private_key(stale)
    rotate_key(key=stale, by=SYSTEM, at=LATER)
    assert make_award(badge).signing_key.number == 3


def test_outside_of_a_transaction_no_key_is_given(badge: Badge):
    with pytest.raises(transaction.TransactionManagementError):
        signing_key_of(badge.issuer_id)


def test_rewrapping_while_people_award(badge: Badge, pool: ThreadPoolExecutor, settings: Any):
    """The new key is in front everywhere; then everything is sealed anew; then the old one goes."""
    new = Fernet.generate_key().decode()
    settings.KEY_ENCRYPTION_KEYS = [new, *settings.KEY_ENCRYPTION_KEYS]
    workers = [in_thread(pool, lambda name=name: award_rounds(badge, name)) for name in ("a", "b")]
    call_command("rewrap", verbosity=0)
    rotate_key(key=active(badge.issuer), by=SYSTEM, at=LATER)
    assert sum(worker.result(60) for worker in workers) == 2 * ROUNDS * PEOPLE
    settings.KEY_ENCRYPTION_KEYS = [new]
    assert list(key_pairs(NOON)) == []
    make_award(badge)
    assert list(signatures(NOON)) == []
