"""Somebody is erased while something is written for them: it is erased too, or comes too late. None of it is left."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from assertions.models import Award, Batch, Claim, Recipient
from assertions.services import Nomination, award_many, batches
from assertions.services.batches.issuing import issue_chunk
from assertions.services.checking.awards import erased
from assertions.services.claiming import LinkSpent
from assertions.services.correcting import ask_address_change, confirm_address_change
from assertions.services.credentials import credential_of
from assertions.services.credentials.keeping import sign_all
from assertions.services.erasing import erase_person
from assertions.services.finding import ask_for_links, mail_links
from assertions.services.replacing import award_instead
from common.actors import SYSTEM
from common.tokens import token_hash
from issuers.models import Issuer
from journal.models import Message
from tests.assertions.together import in_thread, wait_for_waiting
from tests.factories import NOON, make_accepted, make_award, make_badge, make_issuer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.needs_postgres]
ADDRESS, LATER, TOKEN = "ines.marchand@example.org", NOON + timedelta(days=1), "t" * 43
Act = Callable[[], Any]


@pytest.fixture
def issuer(db: None) -> Issuer:
    return make_issuer()


@pytest.fixture
def award(issuer: Issuer) -> Award:
    return make_accepted(make_badge(issuer), address=ADDRESS, name="Inès Marchand")


def awarding(award: Award) -> Act:
    badge = make_badge(award.issuer, "Another")
    return lambda: award_many(badge=badge, nominations=[Nomination(ADDRESS)], by=SYSTEM, at=LATER)


def awarding_instead(award: Award) -> Act:
    """One that went to a wrong address."""
    other = make_award(make_badge(award.issuer, "Another"), address="ines.marchant@example.org")
    return lambda: award_instead(award=other, address=ADDRESS, by=SYSTEM, at=LATER)


def awarding_a_list(award: Award) -> Act:
    badge = make_badge(award.issuer, "Another")
    batch = batches.upload_text(badge=badge, text=f"{ADDRESS}\n", by=SYSTEM, at=NOON)
    batches.work_on(batch_id=batch.pk, now=lambda: NOON, seconds=5)
    batches.confirm(batch=Batch.objects.get(pk=batch.pk), hold=timedelta(0), by=SYSTEM, at=NOON)
    return lambda: issue_chunk(batch_id=batch.pk, at=LATER)


def moving_an_address(award: Award) -> Act:
    """Somebody else's award comes to the address."""
    other = make_accepted(make_badge(award.issuer, "Another"), address="ines@example.net")
    change = ask_address_change(award=other, address=ADDRESS, at=LATER)
    type(change).objects.filter(pk=change.pk).update(token_hash=token_hash(TOKEN))
    return lambda: confirm_address_change(token=TOKEN, at=LATER)


def asking_for_a_credential(award: Award) -> Act:
    return lambda: credential_of(award, at=LATER)


def signing_all_credentials(award: Award) -> Act:
    return lambda: sign_all(issuers=[award.issuer], now=lambda: LATER)


def mailing_links(award: Award) -> Act:
    request = ask_for_links(address=ADDRESS, at=NOON)
    return lambda: mail_links(request_id=request.pk, at=LATER)


def erasing() -> int:
    return erase_person(address=ADDRESS, by=SYSTEM, at=LATER)


def slowly(act: Act, pool: ThreadPoolExecutor) -> Act:
    """Done in a thread and not yet committed; gives what commits it, and tells what came of it."""
    done, may_commit = threading.Event(), threading.Event()

    def run() -> Any:
        with transaction.atomic():
            result = act()
            done.set()
            assert may_commit.wait(90)
        return result

    running = in_thread(pool, run)

    def commit() -> Any:
        may_commit.set()
        return running.result(30)

    assert done.wait(30)
    return commit


@pytest.mark.parametrize(
    "writer",
    [
        awarding, awarding_instead, awarding_a_list, moving_an_address, asking_for_a_credential,
        signing_all_credentials, mailing_links,
    ],
)  # fmt: skip
def test_what_is_being_written_is_erased_too(
    award: Award, pool: ThreadPoolExecutor, writer: Callable[[Award], Act]
) -> None:
    commit = slowly(writer(award), pool)
    late = in_thread(pool, erasing)
    try:
        wait_for_waiting(1)
    finally:
        commit()
    assert late.result(30) in (1, 2)
    assert list(erased(LATER)) == []
    assert not Recipient.objects.filter(address=ADDRESS).exists()
    assert not Message.objects.filter(recipient=ADDRESS).exists()
    assert not Claim.objects.filter(award__response=Award.Response.ERASED).exists()
    living = Award.objects.exclude(response=Award.Response.ERASED)
    assert not living.exclude(recipient__address="ines.marchant@example.org").exists()


def test_who_is_awarded_something_meanwhile_is_somebody_new(award: Award, pool: ThreadPoolExecutor) -> None:
    late = meanwhile(awarding(award), pool)
    (made,) = late.result(30).awards
    assert (made.recipient.address, made.response) == (ADDRESS, Award.Response.WAITING)
    assert made.recipient_id != award.recipient_id
    assert Recipient.objects.get(pk=made.recipient_id).address == ADDRESS
    assert list(erased(LATER)) == []


@pytest.mark.parametrize(
    ("writer", "refusal"), [(moving_an_address, LinkSpent), (asking_for_a_credential, Award.DoesNotExist)]
)
def test_what_comes_too_late_is_not_written(
    award: Award, pool: ThreadPoolExecutor, writer: Callable[[Award], Act], refusal: type[Exception]
) -> None:
    late = meanwhile(writer(award), pool)
    with pytest.raises(refusal):
        late.result(30)
    assert list(erased(LATER)) == []


def meanwhile(act: Act, pool: ThreadPoolExecutor) -> Any:
    """What came of an act that began while an erasing went on."""
    commit = slowly(erasing, pool)
    late = in_thread(pool, act)
    try:
        wait_for_waiting(1)
    finally:
        assert commit() == 1
    return late
